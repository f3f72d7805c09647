"""`iteration`: listing, and the life of an iteration up to the trash and back."""

from __future__ import annotations

from collections.abc import Sequence

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
from tui_detect.cli.comparing import compare
from tui_detect.core.model import Iteration
from tui_detect.core.words import count
from tui_detect.workflows import iterations, publishing, training, trash
from tui_detect.workflows.library import Library
from tui_detect.workflows.projects import find_project
from tui_detect.workflows.sweeping import Leftover, warning_of
from tui_detect.workflows.trash import KEPT_DAYS

yes_option = click.option("--yes", "-y", is_flag=True, help="Do not ask.")


def chosen_iteration(library: Library, project: str, iteration: str | None) -> Iteration:
    """The iteration named, or the newest completed one, with what its run has reported."""
    found = find_project(library, project)
    training.collect_running(library, found.id)
    return iterations.find_iteration(library, found.id, iteration)


def _warn_of(leftovers: Sequence[Leftover]) -> None:
    warning = warning_of(leftovers)
    if warning is not None:
        click.echo(f"warning: {warning.one_line()}", err=True)


@click.group(cls=Commands)
def iteration() -> None:
    """List, publish, delete, restore and export iterations."""


@iteration.command("list")
@project_argument
@click.option("--deleted", is_flag=True, help="Those in the trash.")
@as_json
@click.pass_context
def list_(ctx: click.Context, project: str, deleted: bool, json_: bool) -> None:
    """List iterations, newest first; mAP is at overlap 0.3."""
    library = library_of(ctx)
    found = find_project(library, project)
    training.collect_running(library, found.id)
    trash.tidy(library)
    listed = trash.list_deleted if deleted else iterations.list_iterations
    every = listed(library, found.id)
    if json_:
        print_json([_iteration_dict(library, item) for item in every])
        return
    head = ["number", "name", "state", "domain", "created", "epochs", "mAP %"]
    print_table(
        [*head, *(("deleted", "purged on") if deleted else ("published as",))],
        [
            (
                item.number,
                item.name,
                item.state,
                item.domain,
                f"{item.created_at.astimezone():%Y-%m-%d %H:%M}",
                item.epochs_done,
                percent(item.map),
                *(_trash_cells(item) if deleted else (item.published_as,)),
            )
            for item in every
        ],
    )


def _trash_cells(item: Iteration) -> tuple[str, str]:
    assert item.deleted_at is not None, "it is in the trash"
    return (
        f"{item.deleted_at.astimezone():%Y-%m-%d %H:%M}",
        f"{trash.purged_at(item).astimezone():%Y-%m-%d}",
    )


def _iteration_dict(library: Library, item: Iteration) -> dict[str, object]:
    names = {tag.uuid: tag.name for tag in iterations.iteration_tags(library, item.id)}
    found: dict[str, object] = {
        "id": item.uuid,
        "number": item.number,
        "name": item.name,
        "state": item.state,
        "domain": item.domain,
        "created": item.created_at.isoformat(),
        "epochs": item.epochs_done,
        "map": item.map,
        "published_as": item.published_as or None,
        "threshold": item.threshold,
        "tag_thresholds": {names[uuid]: value for uuid, value in item.tag_thresholds.items()},
    }
    if item.deleted_at is not None:
        found |= {
            "deleted": item.deleted_at.isoformat(),
            "purged_on": trash.purged_at(item).isoformat(),
        }
    return found


@iteration.command()
@project_argument
@click.argument("iteration")
@click.argument("new_name")
@click.pass_context
def rename(ctx: click.Context, project: str, iteration: str, new_name: str) -> None:
    """Give an iteration another name."""
    library = library_of(ctx)
    trash.tidy(library)
    before = chosen_iteration(library, project, iteration)
    after = iterations.rename_iteration(library, before.id, new_name)
    click.echo(f"iteration {after.number} is now named {after.name}")


@iteration.command()
@project_argument
@click.argument("iteration")
@click.argument("name")
@click.option("--overwrite", is_flag=True, help="Take the name from the iteration that has it.")
@click.pass_context
def publish(ctx: click.Context, project: str, iteration: str, name: str, overwrite: bool) -> None:
    """Let an iteration answer to a name, by which predictions are asked for."""
    library = library_of(ctx)
    trash.tidy(library)
    chosen = chosen_iteration(library, project, iteration)
    done = publishing.publish(library, chosen.id, name, overwrite=overwrite)
    click.echo(f"{done.iteration.name} is published as {done.iteration.published_as}")
    if done.taken_from is not None:
        click.echo(f"{done.taken_from.name} is published no more")
    if done.name_before:
        click.echo(f"nothing answers to {done.name_before} any more")


@iteration.command()
@project_argument
@click.argument("iteration")
@click.pass_context
def unpublish(ctx: click.Context, project: str, iteration: str) -> None:
    """Let an iteration answer to no name any more."""
    library = library_of(ctx)
    trash.tidy(library)
    chosen = chosen_iteration(library, project, iteration)
    publishing.unpublish(library, chosen.id)
    click.echo(f"nothing answers to {chosen.published_as} any more")


@iteration.command(help=f"Delete an iteration; `restore` brings it back for {KEPT_DAYS} days.")
@project_argument
@click.argument("iteration")
@yes_option
@click.pass_context
def delete(ctx: click.Context, project: str, iteration: str, yes: bool) -> None:
    """Say what goes, ask, and move it to the trash."""
    library = library_of(ctx)
    trash.tidy(library)
    chosen = chosen_iteration(library, project, iteration)
    plan = trash.iteration_deletion(library, chosen.id)
    click.echo(
        f"{plan.iteration.name}: {file_size(plan.weights_bytes)} of weights and logs, "
        f"{plan.detections} detections, "
        f"{len(plan.images)} images that belong to nothing else",
        err=True,
    )
    for image in plan.images:
        click.echo(f"  {image.name}", err=True)
    if plan.iteration.published_as:
        click.echo(
            f"it is published as {plan.iteration.published_as}, and is unpublished first: "
            "whoever predicts with that name gets no answer any more",
            err=True,
        )
    if not yes:
        click.confirm("Delete it all?", abort=True, err=True)
    done = trash.delete_iteration(library, plan.iteration.id)
    click.echo(f"deleted {done.iteration.name}; it can be restored for {KEPT_DAYS} days")
    if done.iteration.published_as:
        click.echo(f"nothing answers to {done.iteration.published_as} any more")
    _warn_of(done.leftovers)


@iteration.command()
@project_argument
@click.argument("iteration")
@click.pass_context
def restore(ctx: click.Context, project: str, iteration: str) -> None:
    """Bring a deleted iteration back, with all that went with it."""
    library = library_of(ctx)
    deleted = trash.find_deleted(library, find_project(library, project).id, iteration)
    done = trash.restore_iteration(library, deleted.id)
    as_before = f", published as {done.iteration.published_as}"
    click.echo(f"restored {done.iteration.name}{as_before if done.iteration.published_as else ''}")
    if done.files_gone:
        click.echo("its files are gone from the trash: it has its figures, but no weights")
    if done.name_lost and done.files_gone:
        click.echo(f"it is not published: nothing could answer to {done.name_lost}")
    elif done.name_lost:
        click.echo(f"it is not published: another one answers to {done.name_lost} by now")
    trash.tidy(library)


@iteration.command()
@project_argument
@click.argument("iteration", required=False)
@yes_option
@click.pass_context
def purge(ctx: click.Context, project: str, iteration: str | None, yes: bool) -> None:
    """Delete an iteration in the trash for good, or all of them, and free the disk."""
    library = library_of(ctx)
    found = find_project(library, project)
    doomed = trash.list_deleted(library, found.id)
    if iteration is not None:
        doomed = [trash.find_deleted(library, found.id, iteration)]
    for item in doomed:
        click.echo(f"  {item.name}", err=True)
    if doomed and not yes:
        click.confirm("Delete for good?", abort=True, err=True)
    gone = trash.purge(library, [item.id for item in doomed])
    click.echo(
        f"purged {count(len(gone.iterations), 'iteration')} and {count(gone.images, 'image')}; "
        f"{file_size(gone.freed_bytes)} are free again"
    )
    _warn_of(gone.leftovers)
    if len(gone.iterations) < len(doomed):
        ctx.exit(1)


iteration.add_command(compare)
