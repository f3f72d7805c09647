"""The editor of one image's regions: a state, and what each command makes of it.

Nothing here changes anything: a command gives the next state and, where it changes regions, the
edit that has to be saved. Undo and redo come from the journal and enter by `absorbed`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tui_detect.core import region_edits
from tui_detect.core.editor_state import (
    BROWSING,
    Act,
    Browsing,
    Context,
    Direction,
    EditorState,
    Nudge,
    Outcome,
    PickingRegion,
    PickingTag,
)
from tui_detect.core.edits import Edit, apply_edit
from tui_detect.core.geometry import Box
from tui_detect.core.model import Region, Tag
from tui_detect.core.pointing import Placed, Pointing, pointed, start_pointing
from tui_detect.core.region_edits import Part, letters
from tui_detect.core.view import WHOLE, panned, revealing, step, zoomed, zoomed_to

_ARROWS: dict[Direction, tuple[int, int]] = {
    "left": (-1, 0),
    "right": (1, 0),
    "up": (0, -1),
    "down": (0, 1),
}


def press(state: EditorState, command: Act | Nudge, context: Context) -> Outcome:
    """Carry out a command."""
    if isinstance(command, Nudge):
        return _nudge(state, command, context)
    if command is Act.BACK:
        return _back(state)
    if not isinstance(state.mode, Browsing):
        return Outcome(state)
    return _ACTS[command](state, context)


def type_key(state: EditorState, key: str, context: Context) -> Outcome:
    """Take a key as it is: while pointing, and while a region's letters are typed.

    `key` is a character, or `enter`, `tab`, `backspace`, `left`, `right`, `up`, `down`.
    """
    if isinstance(state.mode, Pointing):
        return _point(state, state.mode, key, context)
    if isinstance(state.mode, PickingRegion):
        return _pick_region(state, state.mode, key, context)
    return Outcome(state)


def choose_tag(state: EditorState, tag: Tag, context: Context) -> Outcome:
    """Give the waiting box or the selected region that tag, and the boxes to come."""
    box = state.mode.box if isinstance(state.mode, PickingTag) else None
    state = replace(state, sticky_tag_id=tag.id, mode=BROWSING)
    if box is not None:
        return _add(state, box, tag, context)
    region = state.region
    if region is None:
        return Outcome(state, notice=f"new boxes are {tag.name}")
    retagged = replace(region, tag_id=tag.id)
    edit = region_edits.change(state.tagging, region, retagged, f"tag {tag.name}")
    return _edited(state, edit)


def choose_tag_by_digit(state: EditorState, digit: str, context: Context) -> Outcome:
    """The tag with that digit: 1 is the first, 0 the tenth."""
    index = (int(digit) - 1) % 10
    if not isinstance(state.mode, Browsing):
        return Outcome(state)
    if index >= len(context.tags):
        return Outcome(state, notice=f"there is no tag {digit}; t makes a new one")
    return choose_tag(state, context.tags[index], context)


def place_box(state: EditorState, box: Box, context: Context) -> Outcome:
    """A new box with the sticky tag; asks for a tag when there is none to go by."""
    # Deep in the zoom, two corners can lie closer together than the picture's pixels.
    if box.width < context.smallest[0] or box.height < context.smallest[1]:
        box = box.clamped(context.smallest)
    tag = next((tag for tag in context.tags if tag.id == state.sticky_tag_id), None)
    if tag is None and len(context.tags) == 1:
        tag = context.tags[0]
    if tag is None:
        return Outcome(replace(state, mode=PickingTag(box)))
    return _add(replace(state, sticky_tag_id=tag.id, mode=BROWSING), box, tag, context)


def absorbed(state: EditorState, edit: Edit, context: Context) -> EditorState:
    """The state after an edit that the journal took back or brought back: it shows what changed."""
    tagging = apply_edit(state.tagging, edit)
    changed = [c.after for c in edit.changes if c.after is not None]
    selected = changed[-1].uuid if changed else state.selected
    if selected is not None and tagging.region(selected) is None:
        selected = None
    after = replace(state, tagging=tagging, selected=selected, mode=BROWSING)
    return _showing_selected(after, context)


def _nudge(state: EditorState, nudge: Nudge, context: Context) -> Outcome:
    if not isinstance(state.mode, Browsing):
        return Outcome(state)
    right, down = _ARROWS[nudge.direction]
    region = state.region
    if region is None:
        if nudge.part != "whole":
            return Outcome(state, notice="no region is selected; tab selects one")
        return Outcome(replace(state, view=panned(state.view, context.frame, right, down)))
    width, height = step(state.view, context.frame, coarse=nudge.coarse)
    box = region_edits.nudged(
        region.box, nudge.part, right * width, down * height, context.smallest
    )
    label = "move" if nudge.part == "whole" else f"{nudge.part} edge"
    edit = region_edits.change(state.tagging, region, replace(region, box=box), label)
    outcome = _edited(replace(state, hidden=False), edit)
    moved = _part_of(box, nudge.part)
    view = revealing(state.view, context.frame, moved)
    return replace(outcome, state=replace(outcome.state, view=view))


def _part_of(box: Box, part: Part) -> Box:
    """What must stay in sight while `part` moves."""
    if part in ("left", "right"):
        return Box(box.left if part == "left" else box.right, box.top, 0.0, box.height)
    if part in ("top", "bottom"):
        return Box(box.left, box.top if part == "top" else box.bottom, box.width, 0.0)
    return box


def _back(state: EditorState) -> Outcome:
    if isinstance(state.mode, PickingTag) and state.mode.box is not None:
        return Outcome(replace(state, mode=BROWSING), notice="no tag, so no box")
    if not isinstance(state.mode, Browsing):
        return Outcome(replace(state, mode=BROWSING))
    if state.selected is not None:
        return Outcome(replace(state, selected=None))
    return Outcome(state, leave=True)


def _new_box(state: EditorState, context: Context) -> Outcome:
    pointing = start_pointing(state.view, context.frame, close_up=state.close_up)
    return Outcome(replace(state, mode=pointing, selected=None, hidden=False))


def _point(state: EditorState, pointing: Pointing, key: str, context: Context) -> Outcome:
    after = pointed(pointing, key, context.frame, context.keys)
    if isinstance(after, Placed):
        return place_box(replace(state, mode=BROWSING, view=after.view), after.box, context)
    notice = "pick a cell first" if key == "enter" and after is pointing else ""
    return Outcome(replace(state, mode=after or BROWSING), notice=notice)


def _add(state: EditorState, box: Box, tag: Tag, context: Context) -> Outcome:
    region = Region(context.new_uuid(), tag.id, box)
    edit = region_edits.add(state.tagging, region, f"add {tag.name}")
    return _edited(replace(state, selected=region.uuid), edit)


def _cycle(state: EditorState, context: Context, direction: int) -> Outcome:
    uuids = [region.uuid for region in state.tagging.regions]
    if not uuids:
        return Outcome(state, notice="no regions yet; space makes a box")
    if state.selected in uuids:
        selected = uuids[(uuids.index(state.selected) + direction) % len(uuids)]
    else:
        selected = uuids[0 if direction > 0 else -1]
    after = replace(state, selected=selected, hidden=False)
    return Outcome(_showing_selected(after, context))


def _start_picking_region(state: EditorState, context: Context) -> Outcome:
    if not state.tagging.regions:
        return Outcome(state, notice="no regions yet; space makes a box")
    return Outcome(replace(state, mode=PickingRegion(), hidden=False))


def _pick_region(state: EditorState, picking: PickingRegion, key: str, context: Context) -> Outcome:
    if key == "backspace":
        typed = picking.typed[:-1]
        return Outcome(replace(state, mode=PickingRegion(typed) if picking.typed else BROWSING))
    typed = picking.typed + key.lower()
    labels = letters(len(state.tagging.regions))
    if typed in labels:
        region = state.tagging.regions[labels.index(typed)]
        after = replace(state, selected=region.uuid, mode=BROWSING)
        return Outcome(_showing_selected(after, context))
    if any(label.startswith(typed) for label in labels):
        return Outcome(replace(state, mode=PickingRegion(typed)))
    return Outcome(state, notice=f"no region {typed}")


def _duplicate(state: EditorState, context: Context) -> Outcome:
    region = state.region
    if region is None:
        return Outcome(state, notice="no region is selected; tab selects one")
    dx, dy = step(state.view, context.frame, coarse=True)
    copy = region_edits.duplicated(region, context.new_uuid(), dx, dy)
    edit = region_edits.add(state.tagging, copy, "duplicate")
    outcome = _edited(replace(state, selected=copy.uuid, hidden=False), edit)
    return replace(outcome, state=_showing_selected(outcome.state, context))


def _delete(state: EditorState, context: Context) -> Outcome:
    region = state.region
    if region is None:
        return Outcome(state, notice="no region is selected; tab selects one")
    edit = region_edits.delete(state.tagging, region, "delete")
    last = edit.reviewed_before and not edit.reviewed_after
    notice = "no regions left, so untagged again; m marks it as background" if last else ""
    return replace(_edited(replace(state, selected=None), edit), notice=notice)


def _background(state: EditorState, context: Context) -> Outcome:
    edit = region_edits.set_background(state.tagging)
    if edit is None:
        count = len(state.tagging.regions)
        regions = "its region" if count == 1 else f"its {count} regions"
        return Outcome(state, notice=f"background means nothing to find; delete {regions} first")
    return _edited(state, edit)


def _zoom(state: EditorState, context: Context, steps: int) -> Outcome:
    region = state.region
    about = None
    if region is not None:
        about = (
            region.box.left + region.box.width / 2,
            region.box.top + region.box.height / 2,
        )
    return Outcome(replace(state, view=zoomed(state.view, context.frame, steps, about)))


def _zoom_region(state: EditorState, context: Context) -> Outcome:
    if state.region is None:
        return Outcome(state, notice="no region is selected; tab selects one")
    return Outcome(replace(state, view=zoomed_to(state.region.box, context.frame)))


def _close_up(state: EditorState, context: Context) -> Outcome:
    on = not state.close_up
    notice = "pointing zooms into each cell" if on else "pointing leaves the picture as it is"
    return Outcome(replace(state, close_up=on), notice=notice)


def _showing_selected(state: EditorState, context: Context) -> EditorState:
    if state.region is None:
        return state
    return replace(state, view=revealing(state.view, context.frame, state.region.box))


def _edited(state: EditorState, edit: Edit | None) -> Outcome:
    if edit is None:
        return Outcome(state)
    return Outcome(replace(state, tagging=apply_edit(state.tagging, edit)), edit)


_ACTS: dict[Act, Callable[[EditorState, Context], Outcome]] = {
    Act.NEW_BOX: _new_box,
    Act.NEXT_REGION: lambda state, context: _cycle(state, context, 1),
    Act.PREVIOUS_REGION: lambda state, context: _cycle(state, context, -1),
    Act.PICK_REGION: _start_picking_region,
    Act.PICK_TAG: lambda state, context: Outcome(replace(state, mode=PickingTag())),
    Act.DUPLICATE: _duplicate,
    Act.DELETE: _delete,
    Act.BACKGROUND: _background,
    Act.ZOOM_IN: lambda state, context: _zoom(state, context, 1),
    Act.ZOOM_OUT: lambda state, context: _zoom(state, context, -1),
    Act.ZOOM_REGION: _zoom_region,
    Act.ZOOM_WHOLE: lambda state, context: Outcome(replace(state, view=WHOLE)),
    Act.HIDE: lambda state, context: Outcome(replace(state, hidden=not state.hidden)),
    Act.CLOSE_UP: _close_up,
}
