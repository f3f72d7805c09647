"""The mouse: whole boxes, edges and corners are dragged, and new boxes drawn."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_detect.core.dragging import drag, drop, grab
from tui_detect.core.editor import press
from tui_detect.core.editor_state import Act, Browsing, Context, EditorState
from tui_detect.core.edits import Tagging
from tui_detect.core.geometry import Box
from tui_detect.core.model import Region, Tag
from tui_detect.core.view import Frame

BOX = Box(0.2, 0.2, 0.4, 0.4)
HERE = Context(Frame(100, 40, 800, 640), (Tag(1, "t1", 1, "fork", "#f94144"),), lambda: "x")


def one_region() -> EditorState:
    return EditorState(Tagging(True, (Region("r", 1, BOX),)))


def dragged(state: EditorState, *points: tuple[float, float]) -> EditorState:
    """From the first point over the others, the button still down."""
    state = grab(state, *points[0], HERE)
    for point in points[1:]:
        state = drag(state, *point, HERE)
    return state


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ((0.4, 0.4), (0.5, 0.3), Box(0.3, 0.1, 0.4, 0.4)),
        ((0.2, 0.4), (0.1, 0.9), Box(0.1, 0.2, 0.5, 0.4)),
        ((0.4, 0.6), (0.9, 0.7), Box(0.2, 0.2, 0.4, 0.5)),
        ((0.6, 0.6), (0.7, 0.9), Box(0.2, 0.2, 0.5, 0.7)),
        ((0.2, 0.2), (0.1, 0.3), Box(0.1, 0.3, 0.5, 0.3)),
    ],
    ids=["inside: the box", "left edge", "bottom edge", "lower right corner", "upper left corner"],
)
def test_what_is_grabbed_follows_the_mouse(
    start: tuple[float, float], end: tuple[float, float], expected: Box
) -> None:
    outcome, new = drop(dragged(one_region(), start, (0.5, 0.5), end), HERE)
    assert new is None
    assert outcome.edit is not None, "one edit for the whole drag"
    box = outcome.state.tagging.regions[0].box
    assert (box.left, box.top, box.width, box.height) == pytest.approx(
        (expected.left, expected.top, expected.width, expected.height)
    )


def test_a_click_selects_and_a_click_beside_deselects() -> None:
    outcome, new = drop(dragged(one_region(), (0.4, 0.4)), HERE)
    assert (outcome.edit, new) == (None, None)
    assert outcome.state.selected == "r"
    beside, new = drop(dragged(outcome.state, (0.9, 0.9)), HERE)
    assert (beside.edit, new) == (None, None)
    assert beside.state.selected is None


def test_a_drag_beside_all_boxes_draws_a_new_one_in_any_direction() -> None:
    _, new = drop(dragged(one_region(), (0.95, 0.9), (0.7, 0.7)), HERE)
    assert new is not None
    assert (new.left, new.top, new.right, new.bottom) == pytest.approx((0.7, 0.7, 0.95, 0.9))


def test_the_selected_box_is_grabbed_before_one_above_it() -> None:
    regions = (Region("a", 1, BOX), Region("b", 1, BOX))
    state = EditorState(Tagging(True, regions))
    assert grab(state, 0.4, 0.4, HERE).selected == "b"
    assert grab(EditorState(Tagging(True, regions), selected="a"), 0.4, 0.4, HERE).selected == "a"


def test_while_something_else_is_begun_the_mouse_does_nothing() -> None:
    pointing = press(one_region(), Act.NEW_BOX, HERE).state
    assert grab(pointing, 0.4, 0.4, HERE) == pointing


point = st.tuples(st.floats(0, 1), st.floats(0, 1))


@given(st.lists(point, min_size=1, max_size=6))
def test_no_drag_leads_out_of_the_picture(points: list[tuple[float, float]]) -> None:
    outcome, new = drop(dragged(one_region(), *points), HERE)
    assert isinstance(outcome.state.mode, Browsing)
    for box in (outcome.state.tagging.regions[0].box, *([new] if new else [])):
        assert -1e-9 <= box.left < box.right <= 1 + 1e-9
        assert -1e-9 <= box.top < box.bottom <= 1 + 1e-9
