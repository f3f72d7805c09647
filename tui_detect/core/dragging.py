"""The mouse, where the terminal reports it: edges, corners and whole boxes are dragged."""

from __future__ import annotations

from dataclasses import replace

from tui_detect.core import region_edits
from tui_detect.core.editor_state import (
    BROWSING,
    Browsing,
    Context,
    Dragging,
    EditorState,
    Outcome,
    edited,
)
from tui_detect.core.geometry import Box
from tui_detect.core.model import Region
from tui_detect.core.region_edits import Part
from tui_detect.core.view import place


def grab(state: EditorState, x: float, y: float, context: Context) -> EditorState:
    """The button goes down at a point of the picture: on a box, on its edge, or beside all.

    The selected region comes first, then the one that was made last.
    """
    state = state.ready
    if not isinstance(state.mode, Browsing):
        return state
    point = (x, y)
    candidates = [] if state.hidden else [*reversed(state.tagging.regions)]
    candidates.sort(key=lambda region: region.uuid != state.selected)
    for region in candidates:
        edges = _edges_at(region, x, y, *_reach(state, context))
        if edges:
            held = Dragging(point, region.box, region.box, edges)
            return replace(state, selected=region.uuid, mode=held)
    return replace(state, selected=None, mode=Dragging(point, Box(x, y, 0.0, 0.0)))


def drag(state: EditorState, x: float, y: float, context: Context) -> EditorState:
    """The mouse moves while the button is down."""
    mode = state.mode
    if not isinstance(mode, Dragging):
        return state
    if mode.original is None:
        return replace(state, mode=replace(mode, box=Box.from_edges(*mode.start, x, y)))
    box = mode.original
    for part in sorted(mode.edges):
        dx, dy = x - mode.start[0], y - mode.start[1]
        box = region_edits.nudged(box, part, dx, dy, context.smallest)
    return replace(state, mode=replace(mode, box=box))


def drop(state: EditorState, context: Context) -> tuple[Outcome, Box | None]:
    """The button goes up: the outcome, and a box that is new and needs its tag."""
    mode = state.mode
    if not isinstance(mode, Dragging):
        return Outcome(state), None
    state = replace(state, mode=BROWSING)
    if mode.original is None:
        reach_x, reach_y = _reach(state, context)
        meant = mode.box.width >= reach_x and mode.box.height >= reach_y
        return Outcome(state), mode.box.clamped() if meant else None
    region = state.region
    if region is None:
        return Outcome(state), None
    label = "move" if "whole" in mode.edges else "resize"
    moved = replace(region, box=mode.box)
    return edited(state, region_edits.change(state.tagging, region, moved, label)), None


def _reach(state: EditorState, context: Context) -> tuple[float, float]:
    """How near the mouse has to come: one cell, as fractions of the picture."""
    placement = place(state.view, context.frame)
    return placement.area.width / placement.columns, placement.area.height / placement.rows


def _edges_at(
    region: Region, x: float, y: float, reach_x: float, reach_y: float
) -> frozenset[Part]:
    """What of a region lies under a point: edges, the whole box, or nothing."""
    box = region.box
    if not (
        box.left - reach_x <= x <= box.right + reach_x
        and box.top - reach_y <= y <= box.bottom + reach_y
    ):
        return frozenset()
    found: set[Part] = set()
    if min(abs(x - box.left), abs(x - box.right)) <= reach_x:
        found.add("left" if abs(x - box.left) < abs(x - box.right) else "right")
    if min(abs(y - box.top), abs(y - box.bottom)) <= reach_y:
        found.add("top" if abs(y - box.top) < abs(y - box.bottom) else "bottom")
    return frozenset(found or {"whole"})
