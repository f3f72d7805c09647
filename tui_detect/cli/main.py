"""The root command; each file beside this one adds its own."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

from tui_detect import __version__
from tui_detect.cli.common import Commands, library_of
from tui_detect.cli.opening import open_app
from tui_detect.ui.terminal import GRAPHICS
from tui_detect.workflows.library import default_home

MODULES = {
    "add": "data",
    "demo": "machine",
    "doctor": "machine",
    "images": "data",
    "iteration": "iteration_models",
    "performance": "performance",
    "predict": "predicting",
    "project": "projects",
    "queue": "queue",
    "resume": "resuming",
    "runs": "training",
    "stop": "training",
    "suggest": "suggesting",
    "suspects": "suspects",
    "tag": "projects",
    "train": "training",
    "watch": "training",
}
"""Which file holds a command: only that one is loaded, so that the app opens at once."""


class LazyCommands(Commands):
    """A group that loads the file of a command when it is called, or of all for the help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All names, by the alphabet."""
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, if there is one."""
        if cmd_name not in MODULES:
            return None
        module = import_module(f"tui_detect.cli.{MODULES[cmd_name]}")
        found = (command for command in module.COMMANDS if command.name == cmd_name)
        return next(found, None)


@click.group(
    cls=LazyCommands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where everything is kept [default: $TUI_DETECT_HOME, else the user data folder].",
)
@click.option(
    "--graphics",
    type=click.Choice(GRAPHICS),
    help="How the app draws pictures [default: $TUI_DETECT_GRAPHICS, else auto].",
)
@click.version_option(__version__, message="tui-detect %(version)s")
@click.pass_context
def main(ctx: click.Context, home: Path | None, graphics: str | None) -> None:
    """Label pictures and train object detectors in a terminal.

    Without a command the app opens.
    """
    ctx.obj = home or default_home()
    if ctx.invoked_subcommand is None:
        open_app(library_of(ctx), graphics)
