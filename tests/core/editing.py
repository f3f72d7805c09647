"""Whatever a person may do in the editor, as data: for tests with random sequences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_type_hints

from hypothesis import strategies as st

from tui_detect.core.dragging import drag, drop, grab
from tui_detect.core.editor import (
    choose_tag,
    choose_tag_by_digit,
    place_box,
    press,
    propose,
    type_key,
)
from tui_detect.core.editor_state import Act, Context, EditorState, Growing, Outcome, PickingTag
from tui_detect.core.edits import Edit, Tagging, apply_edit
from tui_detect.core.geometry import Box
from tui_detect.core.model import Region
from tui_detect.core.pointing import ARROWS, QWERTY
from tui_detect.core.reviewing import copied, suggest

NAMED_KEYS = ("enter", "tab", "backspace", *ARROWS)
GRID_KEYS: str = "".join(QWERTY.rows)


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is."""

    key: str


@dataclass(frozen=True, slots=True)
class Digit:
    """A tag by its digit."""

    digit: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """A tag by name: the one at `index`, counted round."""

    index: int


@dataclass(frozen=True, slots=True)
class Dragged:
    """The mouse goes down at the first point, over the others, and up at the last."""

    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """An answer to the question for the box round a point."""

    box: Box | None


@dataclass(frozen=True, slots=True)
class Copied:
    """Boxes of another image, as suggestions."""

    boxes: tuple[Box, ...]


Step = object
"""A command of `press`, one of the steps above, `undo` or `redo`."""

_keys = st.sampled_from([*GRID_KEYS, *NAMED_KEYS]).map(Key)
_grid_keys = st.sampled_from(GRID_KEYS).map(Key)
_fractions = st.floats(0, 1)
_points = st.tuples(_fractions, _fractions)
_sides = st.sampled_from([0.0, 0.01, 0.3, 1.0])
_boxes = st.builds(Box, _fractions, _fractions, _sides, _sides)
# The hints of `press` name every kind of command there is, also those that come later.
commands = st.from_type(get_type_hints(press)["command"])
one_step: st.SearchStrategy[list[Step]] = st.one_of(
    commands.map(lambda command: [command]),
    st.sampled_from(Act).map(lambda act: [act]),
    st.lists(_keys, min_size=4, max_size=7).map(lambda keys: [Act.NEW_BOX, *keys]),
    # A box within a cell of a cell.
    st.lists(_grid_keys, min_size=4, max_size=4).map(
        lambda keys: [Act.ZOOM_IN, Act.ZOOM_IN, Act.NEW_BOX, *keys[:2], Key("tab"), *keys]
    ),
    _keys.map(lambda key: [key]),
    st.sampled_from("1234567890").map(lambda digit: [Digit(digit)]),
    st.integers(0, 20).map(lambda index: [Chosen(index)]),
    st.lists(_points, min_size=1, max_size=4).map(lambda points: [Dragged(tuple(points))]),
    st.lists(_boxes, max_size=3).map(lambda boxes: [Copied(tuple(b.clamped() for b in boxes))]),
    st.tuples(_grid_keys, _grid_keys, st.none() | _boxes).map(
        lambda each: [Act.GROW, each[0], each[1], Found(each[2]), Key("enter")]
    ),
    st.sampled_from(["undo", "redo"]).map(lambda way: [way]),
)
step_lists = st.lists(one_step, min_size=8, max_size=40).map(
    lambda lists: [step for steps in lists for step in steps]
)


def outcome_of(state: EditorState, step: Step, here: Context) -> Outcome:
    """What a step other than undo and redo comes to, for the person who is in that state."""
    match step:
        case Key(key):
            return type_key(state, key, here)
        case Digit(digit):
            return choose_tag_by_digit(state, digit, here)
        case Chosen(index):
            # Only there is a list of tags to choose from.
            if not isinstance(state.mode, PickingTag) or not here.tags:
                return Outcome(state)
            return choose_tag(state, here.tags[index % len(here.tags)], here)
        case Dragged(points):
            return _dragged(state, points, here)
        case Found(box):
            mode = state.mode
            return (
                propose(state, (mode.x, mode.y), box)
                if isinstance(mode, Growing)
                else (Outcome(state))
            )
        case Copied(boxes):
            others = [Region("", here.tags[0].id, box) for box in boxes] if here.tags else []
            made = copied(others, "another", here, state.tagging.suggestions)
            return suggest(state, made, "copy") if others else Outcome(state)
        case _:
            return press(state, step, here)  # type: ignore[arg-type]


def _dragged(state: EditorState, points: tuple[tuple[float, float], ...], here: Context) -> Outcome:
    state = grab(state, *points[0], here)
    for point in points[1:]:
        state = drag(state, *point, here)
    outcome, new = drop(state, here)
    return outcome if new is None else place_box(outcome.state, new, here)


class Journal:
    """What the store does with edits, in a few lines."""

    def __init__(self, tagging: Tagging) -> None:
        self.tagging = tagging
        self.done: list[Edit] = []
        self.undone: list[Edit] = []

    def save(self, edit: Edit) -> None:
        """Take a new edit; what was undone is gone."""
        self.tagging = apply_edit(self.tagging, edit)
        self.done.append(edit)
        self.undone.clear()

    def step(self, way: Literal["undo", "redo"]) -> Edit | None:
        """Take the last edit back or bring it back; the edit as applied."""
        source, target = (self.done, self.undone)[:: 1 if way == "undo" else -1]
        if not source:
            return None
        edit = source.pop()
        target.append(edit)
        applied = edit.inverse if way == "undo" else edit
        self.tagging = apply_edit(self.tagging, applied)
        return applied
