"""`performance` and `iteration`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui_detect.cli.common import (
    Commands,
    as_json,
    file_size,
    iteration_argument,
    library_of,
    percent,
    print_json,
    print_table,
    project_argument,
)
from tui_detect.core.model import Iteration
from tui_detect.workflows import iterations, training
from tui_detect.workflows.library import Library
from tui_detect.workflows.performance import performance
from tui_detect.workflows.projects import find_project

if TYPE_CHECKING:
    from tui_detect.core.evaluation import Figure, Performance

threshold_option = click.option(
    "--threshold",
    type=click.FloatRange(0, 1),
    default=0.5,
    show_default=True,
    help="Probability that a detection needs.",
)


@click.command("performance")
@project_argument
@iteration_argument
@threshold_option
@click.option(
    "--overlap",
    default="0.3",
    show_default=True,
    help="IoU that a detection needs to be correct, or 0.50:0.95.",
)
@as_json
@click.pass_context
def performance_(
    ctx: click.Context,
    project: str,
    iteration: str | None,
    threshold: float,
    overlap: str,
    json_: bool,
) -> None:
    """Precision, recall and mAP of an iteration (the newest completed one)."""
    from tui_detect.core.evaluation import parse_overlap

    library = library_of(ctx)
    chosen = chosen_iteration(library, project, iteration)
    figures = performance(library, chosen.id, threshold, parse_overlap(overlap))
    if json_:
        print_json(_figures_dict(chosen, figures))
    else:
        print_performance(chosen, figures)


def chosen_iteration(library: Library, project: str, iteration: str | None) -> Iteration:
    """The iteration named, or the newest completed one, with what its run has reported."""
    found = find_project(library, project)
    training.collect_running(library, found.id)
    return iterations.find_iteration(library, found.id, iteration)


def _figures_dict(iteration: Iteration, figures: Performance) -> dict[str, object]:
    return {
        "iteration": iteration.number,
        "threshold": figures.threshold,
        "overlap": figures.overlap,
        "precision": figures.precision.value,
        "recall": figures.recall.value,
        "map": figures.map.value,
        "images": figures.images,
        "folds": iteration.settings.folds,
        "tags": [
            {
                "name": tag.tag.name,
                "precision": tag.precision,
                "recall": tag.recall,
                "ap": tag.ap,
                "regions": tag.regions,
            }
            for tag in figures.tags
        ],
        "intervals": {
            name: _interval(getattr(figures, name)) for name in ("precision", "recall", "map")
        },
        "background_images": figures.background_images,
        "false_alarms_per_background": figures.false_alarms_per_background.value,
        "definition": figures.definition,
    }


def _interval(figure: Figure) -> list[float] | None:
    return None if figure.low is None or figure.high is None else [figure.low, figure.high]


def print_performance(iteration: Iteration, figures: Performance) -> None:
    """Print the figures as a table, with what they mean."""
    folds = iteration.settings.folds
    how = f"cross-validated, {folds} folds" if folds else "for validation"
    click.echo(
        f"{iteration.name} · {iteration.domain} · {figures.images} images {how}, "
        f"{figures.regions} regions, {figures.background_images} background"
    )
    print_table(
        ["", "%", "95 % interval"],
        [
            (name, percent(figure.value), _interval_text(figure))
            for name, figure in (
                ("precision", figures.precision),
                ("recall", figures.recall),
                ("mAP", figures.map),
            )
        ],
    )
    click.echo()
    print_table(
        ["tag", "precision %", "recall %", "AP %", "regions"],
        [
            (
                tag.tag.name,
                percent(tag.precision),
                percent(tag.recall),
                percent(tag.ap),
                tag.regions,
            )
            for tag in figures.tags
        ],
    )
    alarms = figures.false_alarms_per_background.value
    if alarms is not None:
        click.echo(f"\n{alarms:.2f} false alarms per background image")
    click.echo(f"\n{figures.definition}")


def _interval_text(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return "–"
    return f"{figure.low * 100:.0f}–{figure.high * 100:.0f}"


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


COMMANDS = (performance_, iteration)
