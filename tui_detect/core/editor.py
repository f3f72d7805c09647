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
    Counting,
    Direction,
    EditorState,
    Growing,
    Nudge,
    Outcome,
    PickingRegion,
    PickingTag,
    Proposed,
    Retag,
    Reviewing,
    edited,
    showing_selected,
)
from tui_detect.core.edits import Edit, apply_edit
from tui_detect.core.geometry import Box
from tui_detect.core.model import Region, Tag
from tui_detect.core.pointing import Placed, Pointing, pointed, start_pointing
from tui_detect.core.region_edits import Part
from tui_detect.core.reviewing import accept, accept_all, answer, reject_all, reviewing
from tui_detect.core.view import WHOLE, panned, revealing, step, zoomed, zoomed_to

MOST_STEPS = 999
"""The largest count."""

_REPEATABLE = frozenset({Act.DUPLICATE, Act.DELETE})
_LABELS: dict[Part, str] = {
    "whole": "move",
    "left": "left edge",
    "right": "right edge",
    "top": "top edge",
    "bottom": "bottom edge",
    "size": "resize",
}
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
    if command is Act.REJECT_ALL:
        return reject_all(state, context)
    if command is Act.PICK_TAG and isinstance(state.mode, Proposed):
        return Outcome(replace(state, mode=PickingTag(state.mode.box)))
    state = state.ready
    if not isinstance(state.mode, Browsing):
        return Outcome(state)
    outcome = _ACTS[command](state, context)
    return _remembering(outcome, command) if command in _REPEATABLE else outcome


def type_key(state: EditorState, key: str, context: Context) -> Outcome:
    """Take a key as it is: wherever keys mean themselves and no command.

    `key` is a character, or `enter`, `tab`, `backspace`, `left`, `right`, `up`, `down`.
    """
    mode = state.mode
    if isinstance(mode, Pointing):
        return _point(state, mode, key, context)
    if isinstance(mode, PickingRegion):
        return _pick_region(state, mode, key, context)
    if isinstance(mode, Reviewing):
        return answer(state, key, context) or Outcome(state)
    if isinstance(mode, Counting):
        return _count(state, mode, context.keys.character(key))
    if isinstance(mode, Proposed) and key in ("enter", "backspace"):
        after = replace(state, mode=BROWSING)
        return place_box(after, mode.box, context) if key == "enter" else Outcome(after)
    return Outcome(state)


def choose_tag(state: EditorState, tag: Tag, context: Context) -> Outcome:
    """Give the waiting box or the selected region that tag, and the boxes to come."""
    state = state.ready
    box = state.mode.box if isinstance(state.mode, PickingTag | Proposed) else None
    state = replace(state, sticky_tag_id=tag.id, mode=BROWSING)
    if box is not None:
        return _add(state, box, tag, context)
    region = state.region
    if region is None:
        return Outcome(state, notice=f"new boxes are {tag.name}")
    retagged = replace(region, tag_id=tag.id)
    edit = region_edits.change(state.tagging, region, retagged, f"tag {tag.name}")
    return _remembering(edited(state, edit), Retag(tag.id))


def choose_tag_by_digit(state: EditorState, digit: str, context: Context) -> Outcome:
    """The tag with that digit: 1 is the first, 0 the tenth."""
    index = (int(digit) - 1) % 10
    if not isinstance(state.ready.mode, Browsing | Proposed):
        return Outcome(state)
    if index >= len(context.tags):
        return Outcome(state, notice=f"there is no tag {digit}; t makes a new one")
    return choose_tag(state, context.tags[index], context)


def place_box(state: EditorState, box: Box, context: Context) -> Outcome:
    """A new box with the sticky tag; asks for a tag when there is none to go by."""
    # Deep in the zoom, two corners can lie closer together than the picture's pixels.
    box = box.at_least(context.smallest)
    tag = context.tag(state.sticky_tag_id)
    if tag is None and len(context.tags) == 1:
        tag = context.tags[0]
    if tag is None:
        return Outcome(replace(state, mode=PickingTag(box)))
    return _add(replace(state, sticky_tag_id=tag.id, mode=BROWSING), box, tag, context)


def propose(state: EditorState, point: tuple[float, float], box: Box | None) -> Outcome:
    """Show the box that was found round a point; `None` when nothing was.

    An answer to a question that the person has given up changes nothing.
    """
    if state.mode != Growing(*point):
        return Outcome(state)
    if box is None:
        notice = "nothing stands out there; space makes a box by its corners"
        return Outcome(replace(state, mode=BROWSING), notice=notice)
    return Outcome(replace(state, mode=Proposed(box.clamped())))


def absorbed(state: EditorState, edit: Edit, context: Context) -> EditorState:
    """The state after an edit that the journal took back or brought back: it shows what changed."""
    tagging = apply_edit(state.tagging, edit)
    changed = [c.after for c in edit.changes if c.after is not None]
    selected = changed[-1].uuid if changed else state.selected
    if selected is not None and tagging.region(selected) is None:
        selected = None
    after = replace(state, tagging=tagging, selected=selected, mode=BROWSING)
    if any(change.after is not None for change in edit.suggestions):
        return reviewing(after)
    return showing_selected(after, context)


def _nudge(state: EditorState, nudge: Nudge, context: Context) -> Outcome:
    if isinstance(state.mode, Counting):
        nudge = replace(nudge, times=int(state.mode.typed or 1))
    state = state.ready
    if not isinstance(state.mode, Browsing):
        return Outcome(state)
    right, down = (times * nudge.times for times in _ARROWS[nudge.direction])
    region = state.region
    if region is None:
        if nudge.part != "whole":
            return Outcome(state, notice="no region is selected; tab selects one")
        return Outcome(replace(state, view=panned(state.view, context.frame, right, down)))
    width, height = step(state.view, context.frame, coarse=nudge.coarse)
    if nudge.part == "size":
        down = right = right - down
    box = region_edits.nudged(
        region.box, nudge.part, right * width, down * height, context.smallest
    )
    edit = region_edits.change(state.tagging, region, replace(region, box=box), _LABELS[nudge.part])
    outcome = edited(replace(state, hidden=False), edit)
    moved = _part_of(box, nudge.part)
    view = revealing(state.view, context.frame, moved)
    return _remembering(replace(outcome, state=replace(outcome.state, view=view)), nudge)


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


def _new_box(state: EditorState, context: Context, *, inside: bool = False) -> Outcome:
    pointing = start_pointing(state.view, context.frame, close_up=state.close_up)
    pointing = replace(pointing, inside=inside)
    return Outcome(replace(state, mode=pointing, selected=None, hidden=False))


def _point(state: EditorState, pointing: Pointing, key: str, context: Context) -> Outcome:
    after = pointed(pointing, key, context.frame, context.keys)
    if isinstance(after, Placed):
        return place_box(replace(state, mode=BROWSING, view=after.view), after.box, context)
    if pointing.inside and after is not None and after.first is not None:
        return Outcome(replace(state, mode=Growing(*after.first.middle)))
    notice = "pick a cell first" if key == "enter" and after is pointing else ""
    return Outcome(replace(state, mode=after or BROWSING), notice=notice)


def _add(state: EditorState, box: Box, tag: Tag, context: Context) -> Outcome:
    region = Region(context.new_uuid(), tag.id, box)
    edit = region_edits.add(state.tagging, region, f"add {tag.name}")
    return edited(replace(state, selected=region.uuid), edit)


def _cycle(state: EditorState, context: Context, direction: int) -> Outcome:
    uuids = [region.uuid for region in state.tagging.regions]
    if not uuids:
        return Outcome(state, notice="no regions yet; space makes a box")
    if state.selected in uuids:
        selected = uuids[(uuids.index(state.selected) + direction) % len(uuids)]
    else:
        selected = uuids[0 if direction > 0 else -1]
    after = replace(state, selected=selected, hidden=False)
    return Outcome(showing_selected(after, context))


def _start_picking_region(state: EditorState, context: Context) -> Outcome:
    if not state.labels:
        return Outcome(state, notice="no regions yet; space makes a box")
    return Outcome(replace(state, mode=PickingRegion(), hidden=False))


def _pick_region(state: EditorState, picking: PickingRegion, key: str, context: Context) -> Outcome:
    if key == "backspace":
        typed = picking.typed[:-1]
        return Outcome(replace(state, mode=PickingRegion(typed) if picking.typed else BROWSING))
    typed = picking.typed + key.lower()
    by_label = {label: uuid for uuid, label in state.labels.items()}
    if typed in by_label:
        after = replace(state, mode=BROWSING)
        suggestion = state.tagging.suggestion(by_label[typed])
        if suggestion is not None:
            return accept(after, [suggestion], context)
        return Outcome(showing_selected(replace(after, selected=by_label[typed]), context))
    if any(label.startswith(typed) for label in by_label):
        return Outcome(replace(state, mode=PickingRegion(typed)))
    return Outcome(state, notice=f"no box {typed}")


def _duplicate(state: EditorState, context: Context) -> Outcome:
    region = state.region
    if region is None:
        return Outcome(state, notice="no region is selected; tab selects one")
    dx, dy = step(state.view, context.frame, coarse=True)
    copy = region_edits.duplicated(region, context.new_uuid(), dx, dy)
    edit = region_edits.add(state.tagging, copy, "duplicate")
    outcome = edited(replace(state, selected=copy.uuid, hidden=False), edit)
    return replace(outcome, state=showing_selected(outcome.state, context))


def _delete(state: EditorState, context: Context) -> Outcome:
    region = state.region
    if region is None:
        return Outcome(state, notice="no region is selected; tab selects one")
    edit = region_edits.delete(state.tagging, region, "delete")
    last = edit.reviewed_before and not edit.reviewed_after
    notice = "no regions left, so untagged again; m marks it as background" if last else ""
    return replace(edited(replace(state, selected=None), edit), notice=notice)


def _background(state: EditorState, context: Context) -> Outcome:
    edit = region_edits.set_background(state.tagging)
    if edit is None:
        count = len(state.tagging.regions)
        regions = "its region" if count == 1 else f"its {count} regions"
        return Outcome(state, notice=f"background means nothing to find; delete {regions} first")
    return edited(state, edit)


def _count(state: EditorState, counting: Counting, key: str) -> Outcome:
    if key == "backspace":
        typed = counting.typed[:-1]
        return Outcome(replace(state, mode=Counting(typed) if counting.typed else BROWSING))
    if not key.isdecimal():
        return Outcome(state)
    typed = str(min(int(counting.typed + key), MOST_STEPS))
    return Outcome(replace(state, mode=Counting(typed)))


def _repeat(state: EditorState, context: Context) -> Outcome:
    last = state.last
    if last is None:
        return Outcome(state, notice="no edit to repeat yet")
    if isinstance(last, Retag):
        tag = context.tag(last.tag_id)
        if tag is None or state.region is None:
            return Outcome(state, notice="no region is selected; tab selects one")
        return choose_tag(state, tag, context)
    return press(state, last, context)


def _review(state: EditorState, context: Context) -> Outcome:
    notice = "" if state.tagging.suggestions else "no suggestions here; P copies the last image's"
    return Outcome(reviewing(state), notice=notice)


def _remembering(outcome: Outcome, command: Act | Nudge | Retag) -> Outcome:
    """With the command as the last edit, if it was one."""
    if outcome.edit is None:
        return outcome
    return replace(outcome, state=replace(outcome.state, last=command))


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


_ACTS: dict[Act, Callable[[EditorState, Context], Outcome]] = {
    Act.NEW_BOX: _new_box,
    Act.GROW: lambda state, context: _new_box(state, context, inside=True),
    Act.NEXT_REGION: lambda state, context: _cycle(state, context, 1),
    Act.PREVIOUS_REGION: lambda state, context: _cycle(state, context, -1),
    Act.PICK_REGION: _start_picking_region,
    Act.PICK_TAG: lambda state, context: Outcome(replace(state, mode=PickingTag())),
    Act.DUPLICATE: _duplicate,
    Act.DELETE: _delete,
    Act.BACKGROUND: _background,
    Act.COUNT: lambda state, context: Outcome(replace(state, mode=Counting())),
    Act.REPEAT: _repeat,
    Act.REVIEW: _review,
    Act.ACCEPT_ALL: accept_all,
    Act.ZOOM_IN: lambda state, context: _zoom(state, context, 1),
    Act.ZOOM_OUT: lambda state, context: _zoom(state, context, -1),
    Act.ZOOM_REGION: _zoom_region,
    Act.ZOOM_WHOLE: lambda state, context: Outcome(replace(state, view=WHOLE)),
    Act.HIDE: lambda state, context: Outcome(replace(state, hidden=not state.hidden)),
    Act.CLOSE_UP: _close_up,
}
