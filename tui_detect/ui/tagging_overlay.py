"""What the editor's state looks like over the picture."""

from __future__ import annotations

from collections.abc import Mapping

from tui_detect.core.editor_state import EditorState, PickingTag
from tui_detect.core.model import Tag
from tui_detect.core.pointing import QWERTY, KeyGrid, Pointing, box_of_corners
from tui_detect.core.region_edits import letters
from tui_detect.ui.graphics.overlay import READABLE, Overlay, OverlayBox, OverlayGrid


def overlay_of(state: EditorState, tags: Mapping[int, Tag], keys: KeyGrid = QWERTY) -> Overlay:
    """Boxes with the selected one on top, and the grid and the first corner while pointing."""
    boxes = [] if state.hidden else _boxes(state, tags)
    sticky = tags.get(state.sticky_tag_id) if state.sticky_tag_id is not None else None
    colour = sticky.colour if sticky is not None else READABLE
    mode = state.mode
    if isinstance(mode, PickingTag) and mode.box is not None:
        return Overlay(tuple(boxes), OverlayBox(mode.box, colour, look="selected"))
    if not isinstance(mode, Pointing):
        return Overlay(tuple(boxes))
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


def _boxes(state: EditorState, tags: Mapping[int, Tag]) -> list[OverlayBox]:
    regions = state.tagging.regions
    boxes: list[OverlayBox] = []
    on_top: list[OverlayBox] = []
    for letter, region in zip(letters(len(regions)), regions, strict=True):
        tag = tags.get(region.tag_id)
        colour, name = (tag.colour, tag.name) if tag is not None else (READABLE, "?")
        if region.uuid == state.selected:
            on_top.append(OverlayBox(region.box, colour, letter, name, "selected"))
        else:
            boxes.append(OverlayBox(region.box, colour, letter, name))
    return boxes + on_top
