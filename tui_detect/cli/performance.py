"""`performance`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui_detect.cli.common import (
    as_json,
    iteration_argument,
    library_of,
    percent,
    print_json,
    print_table,
    project_argument,
)
from tui_detect.cli.iterations import chosen_iteration, threshold_option
from tui_detect.core.model import Iteration
from tui_detect.workflows.performance import performance

if TYPE_CHECKING:
    from tui_detect.core.evaluation import Figure, Performance


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


COMMANDS = (performance_,)
