"""The editor: what each command does, and what holds whatever a person presses."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from tui_detect.core.editor import (
    choose_tag,
    choose_tag_by_digit,
    place_box,
    press,
    propose,
    type_key,
)
from tui_detect.core.editor_state import (
    Act,
    Browsing,
    Context,
    EditorState,
    Growing,
    Nudge,
    Outcome,
    PickingTag,
    Proposed,
)
from tui_detect.core.edits import Tagging
from tui_detect.core.geometry import Box, overlap
from tui_detect.core.model import Region, Tag
from tui_detect.core.pointing import Pointing
from tui_detect.core.region_edits import letters
from tui_detect.core.view import Frame, place

EMPTY = Tagging(False, ())
FORK = Tag(1, "t1", 1, "fork", "#f94144")
SPOON = Tag(2, "t2", 1, "spoon", "#43aaff")
BOX = Box(0.2, 0.3, 0.4, 0.2)


def context(*tags: Tag) -> Context:
    """A picture of 800 by 600 on a canvas of 100 by 40, with ids r000, r001, …"""
    ids: Iterator[int] = count()
    return Context(Frame(100, 40, 800, 600), tags, lambda: f"r{next(ids):03}")


def with_boxes(number: int) -> EditorState:
    """So many regions, none selected."""
    regions = tuple(Region(f"b{i:03}", 1, BOX) for i in range(number))
    return EditorState(Tagging(True, regions) if number else EMPTY, sticky_tag_id=1)


def selected(outcome: Outcome) -> Region:
    region = outcome.state.region
    assert region is not None
    return region


def test_five_keys_make_a_saved_box_with_the_sticky_tag() -> None:
    here = context(FORK, SPOON)
    state = press(EditorState(EMPTY, sticky_tag_id=2), Act.NEW_BOX, here).state
    outcome = Outcome(state)
    for key in "11//":
        outcome = type_key(outcome.state, key, here)
    assert outcome.edit is not None
    assert outcome.edit.label == "add spoon"
    assert selected(outcome).tag_id == 2
    assert outcome.state.tagging.reviewed
    assert isinstance(outcome.state.mode, Browsing)


def test_the_first_box_of_a_project_without_tags_waits_for_one() -> None:
    outcome = place_box(EditorState(EMPTY), BOX, context())
    assert outcome.edit is None
    assert outcome.state.mode == PickingTag(BOX)
    after = choose_tag(outcome.state, FORK, context(FORK))
    assert after.edit is not None
    assert selected(after) == Region("r000", 1, BOX)
    assert after.state.sticky_tag_id == 1


def test_leaving_the_choice_of_a_tag_says_that_the_box_is_gone() -> None:
    waiting = place_box(EditorState(EMPTY), BOX, context()).state
    outcome = press(waiting, Act.BACK, context())
    assert outcome.state.tagging == EMPTY
    assert outcome.notice == "no tag, so no box"


def test_a_single_tag_needs_no_choosing_but_several_do() -> None:
    assert place_box(EditorState(EMPTY), BOX, context(FORK)).edit is not None
    assert place_box(EditorState(EMPTY), BOX, context(FORK, SPOON)).edit is None


def test_a_digit_retags_the_selected_region_and_sticks() -> None:
    here = context(FORK, SPOON)
    state = press(with_boxes(1), Act.NEXT_REGION, here).state
    outcome = choose_tag_by_digit(state, "2", here)
    assert outcome.edit is not None
    assert selected(outcome).tag_id == 2
    assert outcome.state.sticky_tag_id == 2
    assert choose_tag_by_digit(outcome.state, "2", here).edit is None


def test_a_digit_without_a_selection_is_for_the_boxes_to_come() -> None:
    outcome = choose_tag_by_digit(with_boxes(1), "2", context(FORK, SPOON))
    assert outcome.edit is None
    assert outcome.notice == "new boxes are spoon"
    assert choose_tag_by_digit(with_boxes(1), "0", context(FORK)).notice.startswith("there is no")


def test_regions_are_cycled_and_picked_by_letter() -> None:
    here = context(FORK)
    first = press(with_boxes(3), Act.NEXT_REGION, here)
    assert selected(first).uuid == "b000"
    assert selected(press(first.state, Act.PREVIOUS_REGION, here)).uuid == "b002"
    picking = press(with_boxes(3), Act.PICK_REGION, here).state
    assert selected(type_key(picking, "b", here)).uuid == "b001"
    assert type_key(picking, "x", here).notice == "no box x"


def test_more_regions_than_letters_get_two_letters_each() -> None:
    assert len(set(letters(500))) == 500
    here = context(FORK)
    picking = press(with_boxes(30), Act.PICK_REGION, here).state
    one = type_key(picking, "b", here)
    assert one.state.region is None
    assert selected(type_key(one.state, "c", here)).uuid == "b028"
    assert type_key(one.state, "backspace", here).state == picking


@pytest.mark.parametrize(
    ("nudge", "expected"),
    [
        (Nudge("whole", "left"), Box(0.19, 0.3, 0.4, 0.2)),
        (Nudge("whole", "down", coarse=True), Box(0.2, 0.34, 0.4, 0.2)),
        (Nudge("left", "left"), Box(0.19, 0.3, 0.41, 0.2)),
        (Nudge("left", "right"), Box(0.21, 0.3, 0.39, 0.2)),
        (Nudge("right", "right", coarse=True), Box(0.2, 0.3, 0.44, 0.2)),
        (Nudge("top", "up"), Box(0.2, 0.29, 0.4, 0.21)),
        (Nudge("bottom", "up", coarse=True), Box(0.2, 0.3, 0.4, 0.16)),
    ],
)
def test_nudges_move_the_box_or_one_edge(nudge: Nudge, expected: Box) -> None:
    here = context(FORK)
    state = press(with_boxes(1), Act.NEXT_REGION, here).state
    box = selected(press(state, nudge, here)).box
    assert (box.left, box.top, box.width, box.height) == pytest.approx(
        (expected.left, expected.top, expected.width, expected.height)
    )


def test_an_edge_stops_one_pixel_before_the_other_and_at_the_border() -> None:
    here = context(FORK)
    outcome = press(with_boxes(1), Act.NEXT_REGION, here)
    for _ in range(200):
        outcome = press(outcome.state, Nudge("right", "left"), here)
    assert selected(outcome).box.width == pytest.approx(1 / 800)
    assert outcome.edit is None
    for _ in range(200):
        outcome = press(outcome.state, Nudge("right", "right", coarse=True), here)
    assert selected(outcome).box.right == 1.0


def test_without_a_selection_arrows_pan_and_edges_say_why_not() -> None:
    here = context(FORK)
    close = press(with_boxes(1), Act.ZOOM_IN, here).state
    panned = press(close, Nudge("whole", "right"), here)
    assert panned.edit is None
    assert panned.state.view.x > close.view.x
    assert "no region is selected" in press(close, Nudge("left", "left"), here).notice


def test_zoom_makes_the_steps_finer_and_the_view_follows_the_box() -> None:
    here = context(FORK)
    state = press(with_boxes(1), Act.NEXT_REGION, here).state
    state = press(state, Act.ZOOM_REGION, here).state
    fine = press(state, Nudge("left", "left"), here)
    assert 0 < BOX.left - selected(fine).box.left < 0.01
    for _ in range(200):
        fine = press(fine.state, Nudge("whole", "right", coarse=True), here)
    area = place(fine.state.view, here.frame).area
    assert selected(fine).box.right == 1.0
    assert area.right == pytest.approx(1.0)


def test_a_duplicate_lies_beside_its_original_and_is_selected() -> None:
    here = context(FORK)
    state = press(with_boxes(1), Act.NEXT_REGION, here).state
    copy = selected(press(state, Act.DUPLICATE, here))
    assert copy.uuid == "r000"
    assert (copy.box.left, copy.box.top) == pytest.approx((0.24, 0.34))
    assert copy.box.width == pytest.approx(BOX.width)


def test_losing_the_last_region_makes_a_picture_untagged_never_background() -> None:
    here = context(FORK)
    state = press(with_boxes(1), Act.NEXT_REGION, here).state
    outcome = press(state, Act.DELETE, here)
    assert outcome.state.tagging == EMPTY
    assert "m marks it as background" in outcome.notice
    two = press(press(with_boxes(2), Act.NEXT_REGION, here).state, Act.DELETE, here)
    assert two.state.tagging.reviewed


def test_background_is_said_and_taken_back_but_not_with_regions() -> None:
    here = context(FORK)
    said = press(with_boxes(0), Act.BACKGROUND, here)
    assert said.state.tagging == Tagging(True, ())
    assert press(said.state, Act.BACKGROUND, here).state.tagging == EMPTY
    refused = press(with_boxes(2), Act.BACKGROUND, here)
    assert refused.edit is None
    assert "delete its 2 regions first" in refused.notice


def test_back_undoes_one_thing_at_a_time_and_then_leaves() -> None:
    here = context(FORK)
    state = press(with_boxes(1), Act.NEXT_REGION, here).state
    pointing = press(state, Act.NEW_BOX, here).state
    assert isinstance(pointing.mode, Pointing)
    assert isinstance(press(pointing, Act.BACK, here).state.mode, Browsing)
    unselected = press(state, Act.BACK, here)
    assert unselected.state.selected is None
    assert not unselected.leave
    assert press(unselected.state, Act.BACK, here).leave


def test_a_count_multiplies_the_next_move_and_only_that() -> None:
    here = context(FORK)
    state = press(with_boxes(1), Act.NEXT_REGION, here).state
    counting = press(state, Act.COUNT, here).state
    for key in "12":
        counting = type_key(counting, key, here).state
    moved = press(counting, Nudge("whole", "right"), here)
    assert selected(moved).box.left == pytest.approx(BOX.left + 0.12)
    assert selected(press(moved.state, Nudge("whole", "right"), here)).box.left == pytest.approx(
        BOX.left + 0.13
    )
    corrected = type_key(type_key(counting, "backspace", here).state, "backspace", here).state
    assert selected(press(corrected, Nudge("whole", "left"), here)).box.left == pytest.approx(0.19)
    assert press(counting, Act.NEXT_REGION, here).state.mode == Browsing()


def test_a_region_grows_and_shrinks_on_all_sides_inside_the_picture() -> None:
    here = context(FORK)
    state = press(with_boxes(1), Act.NEXT_REGION, here).state
    larger = selected(press(state, Nudge("size", "up"), here)).box
    assert (larger.left, larger.top) == pytest.approx((0.19, 0.29))
    assert (larger.right, larger.bottom) == pytest.approx((0.61, 0.51))
    smallest = selected(press(state, Nudge("size", "down", times=900), here)).box
    assert smallest.height == pytest.approx(1 / 600)
    assert smallest.middle == pytest.approx(BOX.middle)
    whole = selected(press(state, Nudge("size", "up", times=900), here)).box
    assert whole == Box(0.0, 0.0, 1.0, 1.0)


def test_the_last_edit_is_repeated_on_another_region() -> None:
    here = context(FORK, SPOON)
    assert press(with_boxes(2), Act.REPEAT, here).notice == "no edit to repeat yet"
    first = press(with_boxes(2), Act.NEXT_REGION, here).state
    moved = press(first, Nudge("left", "left", coarse=True, times=2), here).state
    second = press(moved, Act.NEXT_REGION, here).state
    assert selected(press(second, Act.REPEAT, here)).box.left == pytest.approx(BOX.left - 0.08)
    retagged = choose_tag(second, SPOON, here).state
    other = press(press(retagged, Act.NEXT_REGION, here).state, Act.REPEAT, here)
    assert selected(other).tag_id == SPOON.id
    unselected = press(retagged, Act.BACK, here).state
    assert "no region is selected" in press(unselected, Act.REPEAT, here).notice


def test_a_point_inside_an_object_asks_for_its_box_and_enter_takes_the_answer() -> None:
    here = context(FORK)
    pointing = press(EditorState(EMPTY), Act.GROW, here).state
    growing = type_key(type_key(pointing, "g", here).state, "g", here).state
    assert isinstance(growing.mode, Growing)
    point = (growing.mode.x, growing.mode.y)
    found = propose(growing, point, BOX)
    assert found.edit is None, "a proposal is no region"
    accepted = type_key(found.state, "enter", here)
    assert overlap(selected(accepted).box, BOX) == pytest.approx(1)
    assert type_key(found.state, "backspace", here).state.tagging == EMPTY
    assert propose(growing, point, None).notice.startswith("nothing stands out")


def test_an_answer_that_nobody_waits_for_any_more_changes_nothing() -> None:
    here = context(FORK)
    pointing = press(EditorState(EMPTY), Act.GROW, here).state
    growing = type_key(type_key(pointing, "g", here).state, "g", here).state
    assert isinstance(growing.mode, Growing)
    left = press(growing, Act.BACK, here).state
    assert propose(left, (growing.mode.x, growing.mode.y), BOX).state == left
    assert propose(growing, (0.9, 0.9), BOX).state == growing


def test_a_proposed_box_takes_another_tag_by_digit_or_by_name() -> None:
    here = context(FORK, SPOON)
    proposed = EditorState(EMPTY, sticky_tag_id=1, mode=Proposed(BOX))
    assert selected(choose_tag_by_digit(proposed, "2", here)).tag_id == SPOON.id
    assert press(proposed, Act.PICK_TAG, here).state.mode == PickingTag(BOX)
