"""`performance`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui_detect.cli.common import (
    ProgressLine,
    as_json,
    file_size,
    iteration_argument,
    library_of,
    percent,
    print_table,
    project_argument,
)
from tui_detect.cli.iterations import chosen_iteration
from tui_detect.cli.performance_json import compact, figures_dict
from tui_detect.cli.values import overlap_option, threshold_option
from tui_detect.core.model import Iteration
from tui_detect.core.words import count
from tui_detect.workflows.full_performance import full_performance
from tui_detect.workflows.performance import as_predicted, matched_detections
from tui_detect.workflows.thresholds import threshold_of

if TYPE_CHECKING:
    from tui_detect.core.evaluation import Figure, Overlap, Performance


def _report_file(ctx: click.Context, param: click.Parameter, value: str | None) -> Path | None:
    if value is None:
        return None
    if value in ("", "-"):
        raise click.BadParameter(f"{value!r} is no file; give a name such as report.html.")
    try:
        return Path(value).expanduser()
    except RuntimeError as error:
        raise click.BadParameter(f"{value!r} names nobody's home.") from error


@click.command("performance")
@project_argument
@iteration_argument
@threshold_option
@overlap_option
@as_json
@click.option(
    "--report",
    type=click.Path(dir_okay=False),
    callback=_report_file,
    metavar="FILE",
    help="Write one HTML page with all figures and plots.",
)
@click.pass_context
def performance_(
    ctx: click.Context,
    project: str,
    iteration: str | None,
    threshold: float | None,
    overlap: Overlap,
    json_: bool,
    report: Path | None,
) -> None:
    """Precision, recall and mAP of an iteration (the newest completed one).

    With --json every figure there is: curves, sizes, errors, confusions. With --report a page
    that shows them in a browser, without any other file and without a network; a report that is
    there already is replaced.
    """
    from tui_detect.core.evaluation import figures
    from tui_detect.workflows.report.writing import report_target, write_report

    if report is not None:
        report_target(report)
    library = library_of(ctx)
    chosen = chosen_iteration(library, project, iteration)
    threshold = threshold_of(chosen) if threshold is None else threshold
    line = ProgressLine()
    try:
        if not json_ and report is None:
            matched = matched_detections(library, chosen.id, overlap, line.update)
            shown = figures(matched, threshold), as_predicted(library, chosen, matched)
            line.done()
            print_performance(chosen, *shown)
            return
        full = full_performance(library, chosen, threshold, overlap, line.update)
        written = None if report is None else write_report(library, full, report, line.update)
    finally:
        line.done()
    if json_:
        click.echo(compact(json.dumps(figures_dict(full), ensure_ascii=False, indent=2)))
    else:
        print_performance(chosen, full.performance, full.as_predicted)
    if written is not None:
        click.echo(f"report: {written} ({file_size(written.stat().st_size)})", err=True)


def print_performance(
    iteration: Iteration, figures: Performance, predicted: Performance | None = None
) -> None:
    """Print the figures as a table, with what they mean.

    Args:
        predicted: at the thresholds that predictions use, where single tags may have their own.
    """
    folds = iteration.settings.folds
    how = f"{folds}-fold cross-validated" if folds else "for validation"
    click.echo(
        f"{iteration.name} · {iteration.domain} · {count(figures.images, 'image')} {how}, "
        f"{count(figures.regions, 'region')}, {figures.background_images} background"
    )
    print_table(
        ["", "%", "95 % interval"],
        [
            (name, percent(figure.value), _interval_text(figure))
            for name, figure in (
                ("precision", figures.precision),
                ("recall", figures.recall),
                ("F1", figures.f1),
                ("mAP", figures.map),
            )
        ],
    )
    click.echo()
    print_table(
        ["tag", "precision %", "recall %", "AP %", "regions", "images"],
        [
            (
                tag.tag.name,
                percent(tag.precision),
                percent(tag.recall),
                percent(tag.ap),
                tag.regions,
                tag.images,
            )
            for tag in figures.tags
        ],
    )
    alarms = figures.false_alarms_per_background
    if alarms.value is not None:
        known = "" if alarms.low is None else f" ({alarms.low:.2f}–{alarms.high:.2f})"
        click.echo(f"\n{alarms.value:.2f}{known} false alarms per background image")
    click.echo(f"\n{figures.definition}")
    if figures.few:
        click.echo(f"\n{figures.few}")
    if predicted is not None and iteration.tag_thresholds:
        own = count(len(iteration.tag_thresholds), "tag")
        click.echo(
            f"\nPredictions use other thresholds for {own}: with them precision "
            f"{percent(predicted.precision.value)} %, recall {percent(predicted.recall.value)} %, "
            f"F1 {percent(predicted.f1.value)} %."
        )


def _interval_text(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return "–"
    return f"{figure.low * 100:.0f}–{figure.high * 100:.0f}"


COMMANDS = (performance_,)
