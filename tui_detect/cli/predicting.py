"""`predict`."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from tui_detect.cli.common import (
    ProgressLine,
    as_json,
    launcher_option,
    library_of,
    print_json,
    project_argument,
)
from tui_detect.cli.iterations import chosen_iteration
from tui_detect.cli.values import threshold_option
from tui_detect.core.errors import PictureRefused, RunFailed
from tui_detect.vision.launchers import list_launchers
from tui_detect.workflows.launching import choose_launcher, parse_options
from tui_detect.workflows.projects import find_project

if TYPE_CHECKING:
    from tui_detect.workflows.library import Library
    from tui_detect.workflows.prediction import PicturePredictions, TagPrediction
    from tui_detect.workflows.split_prediction import SplitPrediction

POLL_S = 0.5


@click.command()
@project_argument
@click.argument("paths", nargs=-1)
@click.option("--iteration", help="Number, name or id [default: the newest completed one].")
@threshold_option
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="Share the pictures out among N workers; here at most one for each core.",
)
@click.option(
    "--launcher", type=click.Choice(list_launchers()), help="What starts the workers of --jobs."
)
@launcher_option
@click.option("--collect", metavar="ID", help="Wait for the workers of an earlier --jobs.")
@as_json
@click.pass_context
def predict(
    ctx: click.Context,
    project: str,
    paths: tuple[str, ...],
    iteration: str | None,
    threshold: float | None,
    jobs: int | None,
    launcher: str | None,
    launcher_option: tuple[str, ...],
    collect: str | None,
    json_: bool,
) -> None:
    """Find objects on pictures from outside.

    With --jobs or --launcher several processes, or jobs of a cluster, share the work. They go on
    when this command is interrupted; with --collect it shows their results later, and has those
    that ended too early go on.
    """
    from tui_detect.workflows import prediction, split_prediction

    if bool(paths) == bool(collect):
        raise click.UsageError("give pictures, or --collect ID")
    library = library_of(ctx)
    line = ProgressLine()
    refused: list[PictureRefused] = []
    found: Iterator[PicturePredictions | PictureRefused]
    if collect:
        split = split_prediction.find_prediction(
            library, find_project(library, project).id, collect
        )
        if count := split_prediction.start_again(split):
            click.echo(f"{count} of {len(split.shards)} workers go on where they were", err=True)
        chosen = split.iteration
        found = _follow(library, project, split, line)
    elif jobs or launcher:
        chosen = chosen_iteration(library, project, iteration)
        name, options = choose_launcher(
            library, chosen.project_id, launcher, parse_options(launcher_option)
        )
        split = split_prediction.start_prediction(library, chosen, paths, jobs or 1, name, options)
        found = _follow(library, project, split, line)
    else:
        chosen = chosen_iteration(library, project, iteration)
        found = prediction.predict(
            library,
            chosen,
            paths,
            lambda done, total: line.update(f"{done}/{total} pictures", done / max(total, 1)),
            refused.append,
        )
    results = []
    for picture in found:
        line.done()
        if isinstance(picture, PictureRefused):
            refused.append(picture)
            continue
        items = prediction.likely(picture, chosen, threshold)
        results.append(_prediction_dict(picture, items))
        if not json_:
            _print_prediction(picture, items)
    line.done()
    if json_:
        print_json(results)
    for error in refused:
        click.echo(f"refused: {error.one_line()}", err=True)
    if refused:
        ctx.exit(1)


def _follow(
    library: Library, project: str, split: SplitPrediction, line: ProgressLine
) -> Iterator[PicturePredictions | PictureRefused]:
    """Wait until all workers have ended, then give their results in order.

    Raises:
        RunFailed: a worker ended before its last picture.
    """
    from tui_detect.workflows.split_prediction import PredictionWatch, collect_prediction

    again = f"tui-detect predict {shlex.quote(project)} --collect {split.id}"
    watch = PredictionWatch(split)
    try:
        while (progress := watch.look()).working:
            waiting = f", waiting for {progress.waiting_for}" if progress.waiting_for else ""
            line.update(
                f"{progress.done}/{progress.total} pictures, {progress.working} workers{waiting}",
                progress.done / max(progress.total, 1),
            )
            time.sleep(POLL_S)
    except KeyboardInterrupt:
        line.done()
        click.echo(f"the workers go on without you; collect their results with: {again}", err=True)
        raise click.exceptions.Exit(130) from None
    line.done()
    if progress.problem:
        raise RunFailed(
            f"{progress.done} of {progress.total} pictures are done, but {progress.problem}",
            f"go on with: {again}",
        )
    yield from collect_prediction(library, split)


def _prediction_dict(
    picture: PicturePredictions, items: Sequence[TagPrediction]
) -> dict[str, object]:
    return {
        "path": str(picture.path),
        "predictions": [
            {
                "tag": item.tag.name,
                "probability": item.probability,
                "left": item.box.left,
                "top": item.box.top,
                "width": item.box.width,
                "height": item.box.height,
            }
            for item in items
        ],
    }


def _print_prediction(picture: PicturePredictions, items: Sequence[TagPrediction]) -> None:
    click.echo(f"{picture.path}: {len(items)} found")
    for item in items:
        box = item.box
        click.echo(
            f"  {item.tag.name} {item.probability:.2f} at {box.left:.3f} {box.top:.3f}, "
            f"{box.width:.3f} × {box.height:.3f}"
        )


COMMANDS = (predict,)
