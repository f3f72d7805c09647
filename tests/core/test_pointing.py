"""Pointing at corners with the keyboard's own grid of keys."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_detect.core.geometry import Box
from tui_detect.core.pointing import (
    QWERTY,
    KeyGrid,
    Placed,
    Pointing,
    box_of_corners,
    pointed,
    start_pointing,
)
from tui_detect.core.view import WHOLE, Frame, View, place

FRAME = Frame(columns=100, rows=40, picture_width_px=800, picture_height_px=600)
GRID_KEYS = "".join(QWERTY.rows)


def press(pointing: Pointing, *keys: str) -> Pointing:
    """Keys that leave the pointing going on."""
    for key in keys:
        after = pointed(pointing, key, FRAME, QWERTY)
        assert isinstance(after, Pointing)
        pointing = after
    return pointing


def test_two_keys_place_a_corner_and_two_more_the_box() -> None:
    second = press(start_pointing(WHOLE, FRAME), "1", "1")
    assert second.corner == 2
    placed = pointed(press(second, "/"), "/", FRAME, QWERTY)
    assert isinstance(placed, Placed)
    assert placed.box.left == pytest.approx(1 / 100)
    assert placed.box.top == pytest.approx(1 / 64)
    assert placed.box.right == pytest.approx(1 - 1 / 100)
    assert placed.box.bottom == pytest.approx(1 - 1 / 64)


def test_within_a_tall_cell_the_left_hand_lies_above_the_right_hand() -> None:
    chosen = press(start_pointing(WHOLE, FRAME), "a")
    assert chosen.grid(QWERTY).rows == (
        *("12345", "qwert", "asdfg", "zxcvb"),
        *("67890", "yuiop", "hjkl;", "nm,./"),
    )
    assert chosen.grid(QWERTY).cell("6") == (4, 0)


def test_within_a_wide_cell_the_keys_lie_as_on_the_keyboard() -> None:
    panorama = Frame(columns=100, rows=40, picture_width_px=4000, picture_height_px=1000)
    chosen = pointed(start_pointing(WHOLE, panorama), "a", panorama, QWERTY)
    assert isinstance(chosen, Pointing)
    assert chosen.grid(QWERTY) == QWERTY


@given(
    width=st.integers(100, 5000),
    height=st.integers(100, 5000),
    key=st.sampled_from(GRID_KEYS),
)
def test_the_second_key_has_the_squarer_of_both_arrangements(
    width: int, height: int, key: str
) -> None:
    frame = Frame(columns=100, rows=40, picture_width_px=width, picture_height_px=height)
    chosen = pointed(start_pointing(WHOLE, frame), key, frame, QWERTY)
    assert isinstance(chosen, Pointing)

    def elongation(grid: KeyGrid) -> float:
        cell = grid.within(chosen.area, 0, 0)
        return abs(math.log(cell.width * width / (cell.height * height)))

    best = min(elongation(QWERTY), elongation(QWERTY.stacked))
    assert elongation(chosen.grid(QWERTY)) == pytest.approx(best)


def test_a_grid_takes_what_its_digits_send_without_shift() -> None:
    azerty = KeyGrid(QWERTY.rows, unshifted="&é\"'(-è_çà")
    assert azerty.cell("é") == azerty.cell("2") == (0, 1)
    assert azerty.stacked.cell("à") == azerty.stacked.cell("0") == (4, 4)
    assert press(start_pointing(WHOLE, FRAME), "é").path == ""


@given(first=st.text(GRID_KEYS, min_size=2, max_size=2), second=st.text(GRID_KEYS, min_size=2))
def test_any_two_corners_in_any_order_make_a_box_inside_the_picture(
    first: str, second: str
) -> None:
    pointing = press(start_pointing(WHOLE, FRAME), *first)
    placed = pointed(press(pointing, second[0]), second[1], FRAME, QWERTY)
    assert isinstance(placed, Placed)
    box = placed.box
    assert box.width > 0
    assert box.height > 0
    assert box.left >= 0
    assert box.top >= 0
    assert box.right <= 1
    assert box.bottom <= 1


def test_capital_letters_point_too() -> None:
    assert press(start_pointing(WHOLE, FRAME), "Q") == press(start_pointing(WHOLE, FRAME), "q")


def test_two_corners_in_one_cell_mean_that_cell() -> None:
    cell = Box(0.25, 0.5, 0.25, 0.25)
    assert box_of_corners(cell, cell) == cell


def test_enter_accepts_the_middle_of_the_chosen_cell() -> None:
    second = press(start_pointing(WHOLE, FRAME), "1", "enter")
    assert second.first == Box(0, 0, 0.1, 0.25)
    placed = pointed(press(second, "2"), "enter", FRAME, QWERTY)
    assert isinstance(placed, Placed)
    assert (placed.box.left, placed.box.right) == pytest.approx((0.05, 0.15))
    assert (placed.box.top, placed.box.bottom) == pytest.approx((0.0, 0.25))


def test_enter_before_any_key_does_nothing() -> None:
    start = start_pointing(WHOLE, FRAME)
    assert pointed(start, "enter", FRAME, QWERTY) is start


def test_backspace_goes_one_key_back_all_the_way_out() -> None:
    start = start_pointing(WHOLE, FRAME)
    stages = [start, press(start, "d"), press(start, "d", "tab"), press(start, "d", "tab", "5")]
    stages.append(press(stages[-1], "5"))
    stages.append(press(stages[-1], "k"))
    for later, earlier in zip(reversed(stages), reversed(stages[:-1]), strict=False):
        assert pointed(later, "backspace", FRAME, QWERTY) == earlier
    assert pointed(start, "backspace", FRAME, QWERTY) is None


def test_tab_zooms_into_the_chosen_cell_for_one_more_level() -> None:
    close = press(start_pointing(WHOLE, FRAME), "d", "tab")
    cell = QWERTY.within(Box(0, 0, 1, 1), 2, 2)
    assert close.view.zoom > 1
    assert close.area == place(close.view, FRAME).area
    assert close.area.left <= cell.left
    assert close.area.right >= cell.right
    second = press(close, "5", "5")
    assert second.corner == 2
    assert second.view == WHOLE
    assert second.first is not None
    assert second.first.width < cell.width / 10


def test_the_view_before_comes_back_with_the_box() -> None:
    view = View(2.0, 0.5, 0.5)
    pointing = press(start_pointing(view, FRAME), "d", "tab", "5", "5", "k", "tab", "1")
    placed = pointed(pointing, "1", FRAME, QWERTY)
    assert isinstance(placed, Placed)
    assert placed.view == view


def test_arrows_nudge_the_cell_and_the_placed_corner() -> None:
    start = start_pointing(WHOLE, FRAME)
    nudged = press(start, "d", "right", "down")
    plain = press(start, "d")
    assert nudged.area.left == pytest.approx(plain.area.left + 0.01)
    assert nudged.area.top == pytest.approx(plain.area.top + 0.01)
    second = press(start, "d", "d", "left")
    assert second.first is not None
    assert second.first.left == pytest.approx(0.24 - 0.01)
    assert press(start, "left") == start


def test_a_close_up_shows_the_cell_larger_for_the_same_keys() -> None:
    start = start_pointing(WHOLE, FRAME, close_up=True)
    close = press(start, "d")
    plain = press(start_pointing(WHOLE, FRAME), "d")
    assert close.area == plain.area
    assert close.view.zoom > 1
    second = press(close, "d")
    assert second.view == WHOLE
    assert second.first == press(plain, "d").first
    assert press(second, "k").view.zoom > 1
