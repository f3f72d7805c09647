"""What a person can do to the regions of one image, as edits; nothing here changes anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from tui_detect.core.edits import Edit, RegionChange, SuggestionChange, Tagging
from tui_detect.core.geometry import MIN_SIDE, Box
from tui_detect.core.model import Region, Suggestion

Part = Literal["whole", "left", "right", "top", "bottom", "size"]
"""What a nudge changes: the place of the whole box, one of its edges, or all four at once."""


def add(tagging: Tagging, region: Region, label: str) -> Edit:
    """A new region; the image counts as reviewed from its first region on."""
    return Edit(label, (RegionChange(None, region),), tagging.reviewed, True)


def change(tagging: Tagging, before: Region, after: Region, label: str) -> Edit | None:
    """A region as it was and as it will be; `None` when that is the same."""
    if before == after:
        return None
    changes = (RegionChange(before, after),)
    return Edit(label, changes, tagging.reviewed, tagging.reviewed)


def delete(tagging: Tagging, region: Region, label: str) -> Edit:
    """Without that region.

    An image that loses its last region is untagged again: background is something a person says,
    never something left over.
    """
    reviewed = tagging.reviewed and len(tagging.regions) > 1
    return Edit(label, (RegionChange(region, None),), tagging.reviewed, reviewed)


def set_background(tagging: Tagging) -> Edit | None:
    """Mark an image without regions as background, or take that back; `None` with regions."""
    if tagging.regions:
        return None
    label = "no longer background" if tagging.reviewed else "background"
    return Edit(label, (), tagging.reviewed, not tagging.reviewed)


def suggest(tagging: Tagging, suggestions: Iterable[Suggestion], label: str) -> Edit:
    """With more suggestions; nothing that a person said changes."""
    made = tuple(SuggestionChange(None, suggestion) for suggestion in suggestions)
    return Edit(label, (), tagging.reviewed, tagging.reviewed, made)


def accept(
    tagging: Tagging,
    suggestions: Sequence[Suggestion],
    smallest: tuple[float, float],
    label: str,
) -> Edit:
    """The suggestions become regions, at least `smallest` wide and high."""
    regions = (Region(s.uuid, s.tag_id, s.box.at_least(smallest)) for s in suggestions)
    added = tuple(RegionChange(None, region) for region in regions)
    return Edit(label, added, tagging.reviewed, True, _answered(suggestions))


def reject(tagging: Tagging, suggestions: Sequence[Suggestion], label: str) -> Edit:
    """The suggestions go, and nothing comes of them."""
    return Edit(label, (), tagging.reviewed, tagging.reviewed, _answered(suggestions))


def _answered(suggestions: Iterable[Suggestion]) -> tuple[SuggestionChange, ...]:
    return tuple(SuggestionChange(suggestion, None) for suggestion in suggestions)


def nudged(box: Box, part: Part, dx: float, dy: float, smallest: tuple[float, float]) -> Box:
    """The box after its `part` moved, inside the image and at least `smallest` wide and high.

    For `size` each edge moves outward by `dx` or `dy`, inward where they are negative.
    """
    if part == "whole":
        return box.moved(dx, dy)
    left, top, right, bottom = box.left, box.top, box.right, box.bottom
    min_width = min(max(smallest[0], MIN_SIDE), box.width)
    min_height = min(max(smallest[1], MIN_SIDE), box.height)
    if part == "size":
        dx, dy = max(dx, (min_width - box.width) / 2), max(dy, (min_height - box.height) / 2)
        return Box.from_edges(
            max(left - dx, 0.0), max(top - dy, 0.0), min(right + dx, 1.0), min(bottom + dy, 1.0)
        )
    if part == "left":
        left = min(max(left + dx, 0.0), right - min_width)
    elif part == "right":
        right = max(min(right + dx, 1.0), left + min_width)
    elif part == "top":
        top = min(max(top + dy, 0.0), bottom - min_height)
    else:
        bottom = max(min(bottom + dy, 1.0), top + min_height)
    return Box.from_edges(left, top, right, bottom)


def duplicated(region: Region, uuid: str, dx: float, dy: float) -> Region:
    """The same box a step away, to the other side where there is no room."""
    box = region.box
    right = dx if box.right + dx <= 1.0 or box.left - dx < 0.0 else -dx
    down = dy if box.bottom + dy <= 1.0 or box.top - dy < 0.0 else -dy
    return replace(region, uuid=uuid, box=box.moved(right, down))


def letters(count: int) -> tuple[str, ...]:
    """One label for each of `count` boxes: a to z, or two letters each when there are more."""
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    if count <= len(alphabet):
        return tuple(alphabet[:count])
    return tuple(alphabet[i // 26 % 26] + alphabet[i % 26] if i < 676 else "" for i in range(count))
