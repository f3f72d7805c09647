"""What a flip-book says and draws over its pictures: no screen needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tui_detect.core.model import Tag
from tui_detect.ui.graphics.overlay import Overlay, OverlayBox
from tui_detect.ui.wording import printable

if TYPE_CHECKING:
    from tui_detect.workflows.watching import FlipPage, FlipPicture

MOST_NAMED = 6
"""With more boxes, their names would hide the small picture."""
NARROWEST, LOWEST = 24, 6
"""Cells below which a picture shows nothing of use."""
USUAL_ASPECT = 4 / 3
UNKNOWN_COLOUR = "#ffffff"


def arrange(pictures: int, columns: int, rows: int, cell_aspect: float) -> tuple[int, int]:
    """How many of the pictures to show, and in how many columns, so that they are largest.

    Args:
        columns: cells there are, as `rows`.
        cell_aspect: width of a cell by its height.
    """
    best, best_area = (1, 1), 0.0
    for wide in range(1, pictures + 1):
        for high in range(1, -(-pictures // wide) + 1):
            width, height = columns // wide, rows // high
            if (width < NARROWEST or height < LOWEST) and wide * high > 1:
                continue
            shown = min(pictures, wide * high)
            side = min(width * cell_aspect, height * USUAL_ASPECT)
            # Large pictures first, but two of them before one that is hardly larger.
            area = side * side * shown
            if area > best_area:
                best, best_area = (shown, wide), area
    return best


def overlay_of(picture: FlipPicture, tags: Mapping[int, Tag], threshold: float) -> Overlay:
    """The person's regions solid and without a name, what was found dashed and named."""
    found = [item for item in picture.found if item.probability >= threshold]
    named = len(found) <= MOST_NAMED
    regions = [OverlayBox(region.box, _colour(tags, region.tag_id)) for region in picture.regions]
    boxes = [
        OverlayBox(
            item.box,
            _colour(tags, item.tag_id),
            name=_name(tags, item.tag_id, item.probability) if named else "",
            look="suggestion",
        )
        for item in sorted(found, key=lambda item: item.probability)
    ]
    return Overlay((*regions, *boxes))


def headline(page: FlipPage, pages: int, place: int, threshold: float, *, parts: int) -> str:
    """Which epoch is shown and what the lines mean."""
    training = f"training {page.part}, " if parts > 1 else ""
    newest = "the newest" if place == pages - 1 else f"{place + 1} of {pages}"
    return (
        f"after {training}epoch {page.epoch}, {newest}"
        f" · ━ region  ┅ found, {threshold:.2f} and more"
    )


def _colour(tags: Mapping[int, Tag], tag_id: int) -> str:
    return tags[tag_id].colour if tag_id in tags else UNKNOWN_COLOUR


def _name(tags: Mapping[int, Tag], tag_id: int, probability: float) -> str:
    name = printable(tags[tag_id].name) if tag_id in tags else "?"
    return f"{name} {probability:.2f}"
