"""`iteration threshold` and `iteration export`, which complete the group of `iterations`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tui_detect.cli.common import library_of, project_argument
from tui_detect.cli.iterations import chosen_iteration, iteration
from tui_detect.cli.values import Wish, overlap_option, wish_argument
from tui_detect.core.model import Iteration, Tag
from tui_detect.vision.exporter import FORMATS
from tui_detect.workflows import iterations, thresholds, trash
from tui_detect.workflows.library import Library

if TYPE_CHECKING:
    from tui_detect.core.evaluation import Overlap

FORMAT_NAMES = [one.name for one in FORMATS]


@iteration.command()
@project_argument
@click.argument("iteration")
@wish_argument
@click.option("--tag", help="For detections of that tag alone.")
@overlap_option
@click.pass_context
def threshold(
    ctx: click.Context,
    project: str,
    iteration: str,
    value: Wish,
    tag: str | None,
    overlap: Overlap,
) -> None:
    """Choose the probability threshold that predictions and suggestions use.

    VALUE is 0 to 1; `best` for the best F1 on the validation images; `precision=0.9` or
    `recall=0.9` for the threshold that has it; or `none` for the usual one.
    """
    library = library_of(ctx)
    trash.tidy(library)
    chosen = chosen_iteration(library, project, iteration)
    of_tag = None if tag is None else iterations.find_iteration_tag(library, chosen, tag)
    number = _threshold(library, chosen, value, of_tag, overlap)
    if of_tag is None:
        after = thresholds.set_threshold(library, chosen.id, number)
        click.echo(f"{after.name} uses a threshold of {thresholds.threshold_of(after):g}")
    else:
        after = thresholds.set_tag_threshold(library, chosen.id, of_tag.uuid, number)
        used = thresholds.threshold_of(after, of_tag.uuid)
        click.echo(f"{after.name} uses a threshold of {used:g} for {of_tag.name}")


def _threshold(
    library: Library, iteration: Iteration, value: Wish, tag: Tag | None, overlap: Overlap
) -> float | None:
    """What VALUE says; `None` for the usual threshold.

    Raises:
        Conflict: the iteration has no such threshold.
    """
    word, number = value
    if word == "none":
        return None
    if word == "number":
        return number
    return thresholds.find_threshold(
        library,
        iteration.id,
        precision=number if word == "precision" else None,
        recall=number if word == "recall" else None,
        tag=tag,
        overlap=overlap,
    )


@iteration.command()
@project_argument
@click.argument("where", nargs=-1, required=True, metavar="[ITERATION] FILE_OR_DIR")
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMAT_NAMES),
    help="What to write [default: what the file's ending tells].",
)
@click.option("--force", is_flag=True, help="Replace files that are there.")
@click.pass_context
def export(
    ctx: click.Context, project: str, where: tuple[str, ...], format_: str | None, force: bool
) -> None:
    """Write an iteration's model for use elsewhere, with its tags and thresholds.

    FILE_OR_DIR is a file with the format's ending, such as knives.onnx, or a folder. Without
    ITERATION it is the newest completed one.
    """
    from tui_detect.workflows.exporting_model import export_iteration, format_for

    if len(where) > 2:
        raise click.UsageError("give one iteration and one file or folder")
    target = Path(where[-1]).expanduser()
    asked = format_for(target, format_)
    library = library_of(ctx)
    chosen = chosen_iteration(library, project, where[0] if len(where) == 2 else None)
    if asked.is_converted and not asked.missing:
        click.echo(f"writing {chosen.name} as {asked.name}, which may take minutes …", err=True)
    for path in export_iteration(library, chosen.id, target, asked, force=force).paths:
        click.echo(path)


COMMANDS = (iteration,)
