"""What is shown of a picture, and where: fractions to cells and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_detect.core.geometry import Box
from tui_detect.core.view import (
    WHOLE,
    ZOOMS,
    Frame,
    View,
    panned,
    place,
    revealing,
    step,
    zoomed,
    zoomed_to,
)

fractions = st.floats(0, 1)
frames = st.builds(
    Frame,
    columns=st.integers(1, 250),
    rows=st.integers(1, 80),
    picture_width_px=st.integers(1, 20_000),
    picture_height_px=st.integers(1, 20_000),
    cell_aspect=st.sampled_from([0.4, 0.5, 0.6]),
)
views = st.builds(View, zoom=st.sampled_from(ZOOMS), x=fractions, y=fractions)
WIDE = Frame(columns=100, rows=40, picture_width_px=1600, picture_height_px=800)


@given(view=views, frame=frames)
def test_what_is_shown_lies_inside_the_picture_and_the_canvas(view: View, frame: Frame) -> None:
    placement = place(view, frame)
    area = placement.area
    assert -1e-9 <= area.left <= area.right <= 1 + 1e-9
    assert -1e-9 <= area.top <= area.bottom <= 1 + 1e-9
    assert placement.column >= 0
    assert placement.column + placement.columns <= frame.columns
    assert placement.row >= 0
    assert placement.row + placement.rows <= frame.rows


@given(view=views, frame=frames, x=fractions, y=fractions)
def test_a_point_goes_to_cells_and_back(view: View, frame: Frame, x: float, y: float) -> None:
    placement = place(view, frame)
    column, row = placement.to_cells(x, y)
    back = placement.to_picture(column, row)
    assert back == pytest.approx((x, y), abs=1e-6)


def test_the_whole_picture_is_in_the_middle_with_its_aspect() -> None:
    placement = place(WHOLE, WIDE)
    assert placement.area == Box(0, 0, 1, 1)
    assert (placement.columns, placement.rows) == (100, 25)
    assert (placement.column, placement.row) == (0, 7)


def test_a_tall_picture_is_bounded_by_the_rows() -> None:
    frame = Frame(columns=100, rows=40, picture_width_px=500, picture_height_px=1000)
    placement = place(WHOLE, frame)
    assert (placement.columns, placement.rows) == (40, 40)
    assert placement.column == 30


@given(view=views, frame=frames)
def test_the_aspect_is_kept_to_half_a_cell(view: View, frame: Frame) -> None:
    placement = place(view, frame)
    if min(placement.columns, placement.rows) > 1:
        picture_aspect = frame.picture_width_px / frame.picture_height_px
        wanted = picture_aspect * placement.area.width / placement.area.height
        drawn = placement.columns * frame.cell_aspect / placement.rows
        tolerance = (1 + 0.51 / placement.columns) * (1 + 0.51 / placement.rows)
        assert wanted / tolerance**2 <= drawn <= wanted * tolerance**2


def test_steps_follow_the_zoom() -> None:
    whole, close = step(WHOLE, WIDE, coarse=False), step(View(4.0), WIDE, coarse=False)
    assert whole == pytest.approx((0.01, 0.01))
    assert close[0] == pytest.approx(0.0025)
    assert step(WHOLE, WIDE, coarse=True) == pytest.approx((0.04, 0.04))


def test_zooming_in_and_out_about_a_point_keeps_it_in_view() -> None:
    view = zoomed(WHOLE, WIDE, 3, (0.9, 0.1))
    area = place(view, WIDE).area
    assert view.zoom == 3.0
    assert area.contains(0.9, 0.1)
    assert zoomed(view, WIDE, -20).zoom == 1.0
    assert zoomed(view, WIDE, 20).zoom == ZOOMS[-1]


@given(frame=frames, corners=st.tuples(fractions, fractions, fractions, fractions))
def test_zooming_to_a_box_shows_all_of_it(
    frame: Frame, corners: tuple[float, float, float, float]
) -> None:
    box = Box.from_edges(*corners).clamped()
    area = place(zoomed_to(box, frame), frame).area
    assert area.left <= box.left + 1e-9
    assert area.top <= box.top + 1e-9
    assert area.right >= box.right - 1e-9
    assert area.bottom >= box.bottom - 1e-9


def test_panning_stops_at_the_border() -> None:
    view = View(4.0, 0.5, 0.5)
    for _ in range(30):
        view = panned(view, WIDE, 1, 1)
    area = place(view, WIDE).area
    assert area.right == pytest.approx(1)
    assert area.bottom == pytest.approx(1)
    back = place(panned(view, WIDE, -1, 0), WIDE).area
    assert back.right == pytest.approx(1 - area.width * 0.15)


@given(view=views, frame=frames, corners=st.tuples(fractions, fractions, fractions, fractions))
def test_revealing_shows_a_box_that_fits(
    view: View, frame: Frame, corners: tuple[float, float, float, float]
) -> None:
    box = Box.from_edges(*corners)
    after = revealing(view, frame, box)
    area = place(after, frame).area
    assert after.zoom == view.zoom
    if box.width <= area.width:
        assert area.left - 1e-9 <= box.left <= box.right <= area.right + 1e-9
    if box.height <= area.height:
        assert area.top - 1e-9 <= box.top <= box.bottom <= area.bottom + 1e-9
