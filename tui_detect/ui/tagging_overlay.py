"""What the editor's state looks like over the picture."""

from __future__ import annotations

from collections.abc import Mapping

from tui_detect.core.editor_state import (
    Dragging,
    EditorState,
    Growing,
    Mode,
    PickingTag,
    Proposed,
)
from tui_detect.core.model import Tag
from tui_detect.core.pointing import QWERTY, KeyGrid, Pointing, box_of_corners
from tui_detect.ui.graphics.overlay import READABLE, Overlay, OverlayBox, OverlayGrid


def overlay_of(state: EditorState, tags: Mapping[int, Tag], keys: KeyGrid = QWERTY) -> Overlay:
    """Boxes with the selected one on top, and the grid and the first corner while pointing."""
    boxes = [] if state.hidden else _boxes(state, tags)
    sticky = tags.get(state.sticky_tag_id) if state.sticky_tag_id is not None else None
    colour = sticky.colour if sticky is not None else READABLE
    mode = state.mode
    if not isinstance(mode, Pointing):
        return Overlay(tuple(boxes), _draft(mode, colour), _crosshair(mode))
    grid = OverlayGrid(mode.area, mode.grid(keys).rows, outlined=bool(mode.path))
    if mode.first is None:
        return Overlay(tuple(boxes), grid=grid)
    corner = (
        mode.first.left + mode.first.width / 2,
        mode.first.top + mode.first.height / 2,
    )
    box = box_of_corners(mode.first, mode.area)
    draft = None if mode.untouched else OverlayBox(box, colour)
    return Overlay(tuple(boxes), draft, corner, grid)


def _draft(mode: Mode, colour: str) -> OverlayBox | None:
    """A box that is no region yet."""
    if isinstance(mode, PickingTag) and mode.box is not None:
        return OverlayBox(mode.box, colour, look="selected")
    if isinstance(mode, Proposed):
        return OverlayBox(mode.box, colour, look="suggestion")
    if isinstance(mode, Dragging) and mode.original is None:
        return OverlayBox(mode.box, colour, look="selected")
    return None


def _crosshair(mode: Mode) -> tuple[float, float] | None:
    """The point that a box is being looked for round."""
    return (mode.x, mode.y) if isinstance(mode, Growing) else None


def _boxes(state: EditorState, tags: Mapping[int, Tag]) -> list[OverlayBox]:
    """Suggestions below regions, the selected region on top."""
    labels = state.labels
    boxes: list[OverlayBox] = []
    for suggestion in state.tagging.suggestions:
        colour, name = _looks(tags.get(suggestion.tag_id))
        if suggestion.probability is not None:
            name = f"{name} {suggestion.probability:.2f}"
        letter = labels[suggestion.uuid]
        boxes.append(OverlayBox(suggestion.box, colour, letter, name, "suggestion"))
    held = state.mode if isinstance(state.mode, Dragging) else None
    on_top: list[OverlayBox] = []
    for region in state.tagging.regions:
        colour, name = _looks(tags.get(region.tag_id))
        letter = labels[region.uuid]
        if region.uuid == state.selected:
            box = held.box if held is not None else region.box
            on_top.append(OverlayBox(box, colour, letter, name, "selected"))
        else:
            boxes.append(OverlayBox(region.box, colour, letter, name))
    return boxes + on_top


def _looks(tag: Tag | None) -> tuple[str, str]:
    return (tag.colour, tag.name) if tag is not None else (READABLE, "?")
