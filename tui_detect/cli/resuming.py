"""`resume`."""

from __future__ import annotations

import shlex

import click

from tui_detect.cli.common import iteration_argument, library_of, project_argument
from tui_detect.cli.training import follow, print_ending
from tui_detect.core.errors import NotFound
from tui_detect.core.model import Iteration
from tui_detect.workflows import iterations, resuming
from tui_detect.workflows.collecting import collect_running
from tui_detect.workflows.library import Library
from tui_detect.workflows.projects import find_project


@click.command()
@project_argument
@iteration_argument
@click.option("--wait", is_flag=True, help="Follow the run to its end.")
@click.pass_context
def resume(ctx: click.Context, project: str, iteration: str | None, wait: bool) -> None:
    """Let a run that was lost, stopped or failed go on: the one named, or the newest."""
    library = library_of(ctx)
    found = find_project(library, project)
    collect_running(library, found.id)
    resumed = resuming.resume_training(library, _chosen(library, found.id, iteration).id)
    if wait:
        print_ending(follow(library, resumed))
        return
    after = f" after {resumed.epochs_done} epochs" if resumed.epochs_done else ""
    click.echo(
        f"{resumed.name} goes on{after}; follow it with: "
        f"tui-detect watch {shlex.quote(found.name)} {resumed.number}"
    )


def _chosen(library: Library, project_id: int, named: str | None) -> Iteration:
    if named is not None:
        return iterations.find_iteration(library, project_id, named)
    newest = resuming.newest_resumable(library, project_id)
    if newest is None:
        raise NotFound(
            "no run of this project was lost, stopped or failed",
            "`tui-detect runs` lists them all",
        )
    return newest


COMMANDS = (resume,)
