"""`iteration compare`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tui_detect.cli.common import (
    ProgressLine,
    as_json,
    library_of,
    print_json,
    print_table,
    project_argument,
)
from tui_detect.cli.values import each_threshold_option, overlap_option
from tui_detect.core.model import Image
from tui_detect.workflows import training
from tui_detect.workflows.changes import Changes, changes_between
from tui_detect.workflows.comparing import Pairing, compare_iterations, pair_up, pictures_of
from tui_detect.workflows.iterations import find_iteration
from tui_detect.workflows.projects import find_project

if TYPE_CHECKING:
    from tui_detect.core.evaluation import Overlap
    from tui_detect.core.evaluation.comparison import Comparison
    from tui_detect.core.evaluation.difference import Difference

MOST_PICTURES = 10
"""That the table lists; `--json` has all."""
_FIGURES = (
    ("precision", "precision"),
    ("recall", "recall"),
    ("F1", "f1"),
    ("mAP", "map"),
)


@click.command()
@project_argument
@click.argument("first")
@click.argument("second")
@each_threshold_option
@overlap_option
@as_json
@click.pass_context
def compare(
    ctx: click.Context,
    project: str,
    first: str,
    second: str,
    threshold: float | None,
    overlap: Overlap,
    json_: bool,
) -> None:
    """Say whether SECOND is better than FIRST, how surely, where, and what changed."""
    library = library_of(ctx)
    found = find_project(library, project)
    training.collect_running(library, found.id)
    before, now = (find_iteration(library, found.id, name) for name in (first, second))
    line = ProgressLine()
    try:
        pairing = pair_up(library, before, now, line.update)
        comparison = compare_iterations(pairing, overlap, threshold, line.update)
    finally:
        line.done()
    pictures = pictures_of(library, comparison)
    changes = changes_between(library, before, now)
    if json_:
        print_json(_comparison_dict(pairing, comparison, pictures, changes))
    else:
        _print_comparison(pairing, comparison, pictures, changes)


def _print_comparison(
    pairing: Pairing, comparison: Comparison, pictures: dict[int, Image], changes: Changes
) -> None:
    for sentence in pairing.basis:
        click.echo(sentence)
    click.echo()
    titles = [pairing.first.name, pairing.second.name, "difference", "95 % interval", "verdict"]
    alarms = comparison.false_alarms_per_background
    print_table(
        ["", *titles],
        [
            *((f"{name} %", *_cells(getattr(comparison, key))) for name, key in _FIGURES),
            ("false alarms per background", *_cells(alarms, 1, 2)),
        ],
    )
    click.echo()
    print_table(
        ["AP % of", "regions", *titles],
        [(item.tag.name, item.regions, *_cells(item.ap)) for item in comparison.tags],
    )
    _print_pictures(pairing, comparison, pictures)
    for title, lines in (
        ("data", changes.data_lines),
        ("settings", changes.setting_lines),
    ):
        click.echo(f"\nWhat changed in the {title}:" + ("" if lines else " nothing"))
        for line in lines:
            click.echo(f"  {line}")
    click.echo(f"\n{comparison.definition}")


def _print_pictures(pairing: Pairing, comparison: Comparison, pictures: dict[int, Image]) -> None:
    click.echo(f"\nPictures: {comparison.won} won, {comparison.lost} lost by {pairing.second.name}")
    if not comparison.pictures:
        return
    shown = comparison.pictures[:MOST_PICTURES]
    print_table(
        ["", "picture", f"errors of {pairing.first.name}", f"of {pairing.second.name}"],
        [
            (
                "won" if picture.won > 0 else "lost",
                image.name if image is not None else "deleted",
                f"{picture.first_errors:g}",
                f"{picture.second_errors:g}",
            )
            for picture in shown
            for image in [pictures.get(picture.image_id)]
        ],
    )
    if len(comparison.pictures) > len(shown):
        click.echo(f"and {len(comparison.pictures) - len(shown)} more: --json lists them")


def _cells(difference: Difference, factor: float = 100, decimals: int = 1) -> tuple[str, ...]:
    one, other, apart = (
        "–".rjust(6) if value is None else f"{value * factor:{sign}6.{decimals}f}"
        for value, sign in (
            (difference.first, ""),
            (difference.second, ""),
            (difference.value, "+"),
        )
    )
    interval = "–"
    if difference.low is not None and difference.high is not None:
        low, high = difference.low * factor, difference.high * factor
        interval = f"{low:+.{decimals}f} to {high:+.{decimals}f}"
    return one, other, apart, interval, difference.in_words


def _comparison_dict(
    pairing: Pairing, comparison: Comparison, pictures: dict[int, Image], changes: Changes
) -> dict[str, object]:
    return {
        "first": pairing.first.number,
        "second": pairing.second.number,
        "labels_of": pairing.labels_of.number,
        "overlap": comparison.overlap,
        "thresholds": [comparison.first_threshold, comparison.second_threshold],
        "unused_tag_thresholds": [
            len(item.tag_thresholds) for item in (pairing.first, pairing.second)
        ],
        "images": comparison.images,
        "regions": comparison.regions,
        "background_images": comparison.background_images,
        "only_first": {"images": pairing.only_first, "tags": pairing.tags_only_first},
        "only_second": {"images": pairing.only_second, "tags": pairing.tags_only_second},
        "images_of_other_tags": pairing.ground.images_of_other_tags,
        **{key: _difference_dict(getattr(comparison, key)) for _, key in _FIGURES},
        "false_alarms_per_background": _difference_dict(comparison.false_alarms_per_background),
        "tags": [
            {"name": item.tag.name, "regions": item.regions, "ap": _difference_dict(item.ap)}
            for item in comparison.tags
        ],
        "pictures": [
            {
                "id": image.uuid if image is not None else None,
                "name": image.name if image is not None else None,
                "errors": [picture.first_errors, picture.second_errors],
            }
            for picture in comparison.pictures
            for image in [pictures.get(picture.image_id)]
        ],
        "changes": {
            "data": changes.data_lines,
            "settings": [
                {"name": item.name, "first": item.first, "second": item.second}
                for item in changes.settings
            ],
        },
        "definition": comparison.definition,
    }


def _difference_dict(difference: Difference) -> dict[str, object]:
    low, high = difference.low, difference.high
    return {
        "first": difference.first,
        "second": difference.second,
        "difference": difference.value,
        "interval": None if low is None or high is None else [low, high],
        "p": difference.p,
        "verdict": difference.verdict,
    }
