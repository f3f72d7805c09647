"""The root command; each file beside this one adds its own."""

from __future__ import annotations

from pathlib import Path

import click

from tui_detect import __version__
from tui_detect.cli import data, evaluating, machine, projects, training
from tui_detect.cli.common import Commands, library_of
from tui_detect.workflows.library import default_home

GRAPHICS = ("auto", "half", "quadrant")


@click.group(
    cls=Commands,
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
    default="auto",
    help="How the app draws pictures.",
)
@click.version_option(__version__, message="tui-detect %(version)s")
@click.pass_context
def main(ctx: click.Context, home: Path | None, graphics: str) -> None:
    """Label pictures and train object detectors in a terminal.

    Without a command the app opens.
    """
    ctx.obj = home or default_home()
    if ctx.invoked_subcommand is None:
        machine.open_app(library_of(ctx), graphics)


for module in (projects, data, training, evaluating, machine):
    for command in module.COMMANDS:
        main.add_command(command)
