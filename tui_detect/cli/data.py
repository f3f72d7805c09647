"""`add` and `images`."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable
from typing import get_args

import click

from tui_detect.cli.common import (
    ProgressLine,
    as_json,
    duration,
    library_of,
    print_table,
    project_argument,
)
from tui_detect.core.model import Split
from tui_detect.formats import format_names
from tui_detect.workflows import images, tagging
from tui_detect.workflows.adding import AddProgress, AddReport, add_images
from tui_detect.workflows.projects import find_project
from tui_detect.workflows.tags import list_tags


@click.command()
@project_argument
@click.argument("paths", nargs=-1, required=True)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["auto", *format_names()]),
    default="auto",
    show_default=True,
    help="What the paths hold.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would be added.")
@click.option("--verbose", "-v", is_flag=True, help="Print a line for every file.")
@click.pass_context
def add(
    ctx: click.Context,
    project: str,
    paths: tuple[str, ...],
    format_: str,
    dry_run: bool,
    verbose: bool,
) -> None:
    """Add pictures: files, folders, globs, or a data set with its regions.

    Your own files are never changed. Files that were refused are listed with the reason, and the
    exit code is 1 when nothing could be added.
    """
    library = library_of(ctx)
    found = find_project(library, project)
    line = ProgressLine()

    def show(progress: AddProgress) -> None:
        line.update(
            f"{progress.done}/{progress.total} pictures, {progress.added} added, "
            f"{progress.refused} refused, {progress.per_second:.0f} a second, "
            f"{duration(progress.seconds_left)} left",
            progress.done / max(progress.total, 1),
        )

    try:
        report = add_images(
            library, found.id, paths, format=format_, dry_run=dry_run, on_progress=show
        )
    finally:
        line.done()
    _print_report(report, verbose, dry_run)
    if not report.added and not report.present:
        ctx.exit(1)


def _print_report(report: AddReport, verbose: bool, dry_run: bool) -> None:
    for result in report.results:
        if verbose or result.outcome == "refused":
            name = result.path.encode("unicode_escape").decode() if "\n" in result.path else ""
            reason = f": {result.reason}" if result.reason else ""
            click.echo(
                f"{result.outcome} {name or result.path}{reason}", err=result.outcome == "refused"
            )
    verb = "would be added" if dry_run else "added"
    click.echo(
        f"{report.added} {verb}, {report.present} already there, {report.refused} refused, "
        f"{report.regions} regions"
    )


@click.command("images")
@project_argument
@click.argument("query", nargs=-1)
@click.option(
    "--set-split",
    type=click.Choice(get_args(Split)),
    help="Move the images found to that split, and say how many.",
)
@as_json
@click.pass_context
def images_(
    ctx: click.Context,
    project: str,
    query: tuple[str, ...],
    set_split: Split | None,
    json_: bool,
) -> None:
    """List the images of a project, all or those that QUERY finds.

    QUERY: untagged, tagged, background, tag:NAME, split:train|validation|none, part of a name.
    """
    library = library_of(ctx)
    found = find_project(library, project)
    if set_split is not None:
        ids = images.image_ids(library, found.id, images.parse_query(shlex.join(query)))
        tagging.set_split(library, ids, set_split)
        click.echo(f"{len(ids)} images are now in the {set_split} split")
        return
    tags = {count.tag.id: count.tag.name for count in list_tags(library, found.id)}
    cards = images.iter_images(library, found.id, images.parse_query(shlex.join(query)))
    if json_:
        _print_json_stream(cards, tags)
        return
    print_table(
        ["image", "size", "state", "split", "regions"],
        [
            (
                card.image.name,
                f"{card.image.width_px} × {card.image.height_px}",
                card.image.state,
                card.image.split or "–",
                len(card.regions),
            )
            for card in cards
        ],
    )


def _print_json_stream(cards: Iterable[images.ImageCard], tags: dict[int, str]) -> None:
    """Print a JSON array an element at a time: a project may hold 100,000 images."""
    opening = "["
    for card in cards:
        click.echo(opening)
        click.echo(f"  {json.dumps(_card(card, tags), ensure_ascii=False)}", nl=False)
        opening = ","
    click.echo("\n]" if opening == "," else "[]")


def _card(card: images.ImageCard, tags: dict[int, str]) -> dict[str, object]:
    image = card.image
    return {
        "id": image.uuid,
        "name": image.name,
        "width": image.width_px,
        "height": image.height_px,
        "state": image.state,
        "split": image.split,
        "regions": [
            {
                "id": region.uuid,
                "tag": tags[region.tag_id],
                "left": region.box.left,
                "top": region.box.top,
                "width": region.box.width,
                "height": region.box.height,
            }
            for region in card.regions
        ],
    }


COMMANDS = (add, images_)
