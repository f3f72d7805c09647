"""`iteration`."""

from __future__ import annotations

import click

from tui_detect.cli.common import (
    Commands,
    as_json,
    file_size,
    library_of,
    percent,
    print_json,
    print_table,
    project_argument,
)
from tui_detect.core.model import Iteration
from tui_detect.workflows import iterations, training
from tui_detect.workflows.library import Library
from tui_detect.workflows.projects import find_project

threshold_option = click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    default=0.5,
    show_default=True,
    help="Probability that a detection needs.",
)


def chosen_iteration(library: Library, project: str, iteration: str | None) -> Iteration:
    """The iteration named, or the newest completed one, with what its run has reported."""
    found = find_project(library, project)
    training.collect_running(library, found.id)
    return iterations.find_iteration(library, found.id, iteration)


@click.group(cls=Commands)
def iteration() -> None:
    """List, rename and delete iterations."""


@iteration.command("list")
@project_argument
@as_json
@click.pass_context
def list_(ctx: click.Context, project: str, json_: bool) -> None:
    """List iterations, newest first; mAP is at overlap 0.3."""
    library = library_of(ctx)
    found = find_project(library, project)
    training.collect_running(library, found.id)
    every = iterations.list_iterations(library, found.id)
    if json_:
        print_json([_iteration_dict(item) for item in every])
        return
    print_table(
        ["number", "name", "state", "domain", "created", "epochs", "mAP %"],
        [
            (
                item.number,
                item.name,
                item.state,
                item.domain,
                f"{item.created_at.astimezone():%Y-%m-%d %H:%M}",
                item.epochs_done,
                percent(item.map),
            )
            for item in every
        ],
    )


def _iteration_dict(item: Iteration) -> dict[str, object]:
    return {
        "id": item.uuid,
        "number": item.number,
        "name": item.name,
        "state": item.state,
        "domain": item.domain,
        "created": item.created_at.isoformat(),
        "epochs": item.epochs_done,
        "map": item.map,
    }


@iteration.command()
@project_argument
@click.argument("iteration")
@click.argument("new_name")
@click.pass_context
def rename(ctx: click.Context, project: str, iteration: str, new_name: str) -> None:
    """Give an iteration another name."""
    library = library_of(ctx)
    before = chosen_iteration(library, project, iteration)
    after = iterations.rename_iteration(library, before.id, new_name)
    click.echo(f"iteration {after.number} is now named {after.name}")


@iteration.command()
@project_argument
@click.argument("iteration")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@click.pass_context
def delete(ctx: click.Context, project: str, iteration: str, yes: bool) -> None:
    """Delete an iteration, its weights, and the images that belong to nothing else."""
    library = library_of(ctx)
    plan = iterations.iteration_deletion(library, chosen_iteration(library, project, iteration).id)
    click.echo(
        f"{plan.iteration.name}: {file_size(plan.weights_bytes)} of weights and logs, "
        f"{len(plan.images)} images that belong to nothing else",
        err=True,
    )
    for image in plan.images:
        click.echo(f"  {image.name}", err=True)
    if not yes:
        click.confirm("Delete it all?", abort=True, err=True)
    iterations.delete_iteration(library, plan.iteration.id)
    click.echo(f"deleted {plan.iteration.name}")


COMMANDS = (iteration,)
