"""What an overlay looks like in characters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui_detect.core.geometry import Box
from tui_detect.core.view import WHOLE, ZOOMS, Frame, Placement, View, place
from tui_detect.ui.graphics.marks import Marks, draw, draw_text
from tui_detect.ui.graphics.overlay import Look, Overlay, OverlayBox, OverlayGrid

WHOLE_PICTURE = Box(0, 0, 1, 1)
PLACE = Placement(column=2, row=1, columns=40, rows=12, area=WHOLE_PICTURE)
"""A picture of 40 by 12 cells: a cell is 2.5 % wide and 8.3 % high."""


def cells(left: float, top: float, right: float, bottom: float) -> Box:
    """A box given in cells of the picture."""
    return Box.from_edges(left / 40, top / 12, right / 40, bottom / 12)


def picture(marks: Marks, columns: int = 44, rows: int = 14) -> list[str]:
    """The marks as lines of text."""
    lines = [[" "] * columns for _ in range(rows)]
    for (row, column), mark in marks.items():
        lines[row][column] = mark.glyph
    return ["".join(line).rstrip() for line in lines]


def box(area: Box, look: Look = "normal", letter: str = "", name: str = "") -> Overlay:
    return Overlay((OverlayBox(area, "#ff0000", letter, name, look),))


def test_edges_in_the_middle_of_cells_are_lines_with_corners() -> None:
    lines = picture(draw(box(cells(1.5, 1.5, 6.5, 3.5)), PLACE))
    assert lines[2:5] == ["   ┌────┐", "   │    │", "   └────┘"]


def test_selected_and_suggested_boxes_look_different() -> None:
    area = cells(1.5, 1.5, 6.5, 3.5)
    assert picture(draw(box(area, "selected"), PLACE))[2] == "   ┏━━━━┓"
    assert picture(draw(box(area, "suggestion"), PLACE))[2] == "   ┌┄┄┄┄┐"


def test_edges_on_cell_boundaries_lie_inside_the_box() -> None:
    lines = picture(draw(box(cells(1, 1, 6, 4)), PLACE))
    assert lines[2] == "   ▏▔▔▔▕"
    assert lines[3] == "   ▏   ▕"
    assert lines[4] == "   ▏▁▁▁▕"
    assert not any(lines[:2] + lines[5:])


def test_a_fine_nudge_shows_although_it_is_less_than_a_cell() -> None:
    area = cells(4, 4, 20, 8)
    seen = {str(picture(draw(box(area.moved(0, step * 0.01)), PLACE))) for step in range(24)}
    assert len(seen) >= 9


def test_the_label_is_letter_and_name_where_there_is_room_else_the_letter() -> None:
    wide = picture(draw(box(cells(1, 1, 12, 4), letter="a", name="fork"), PLACE))
    assert " a fork " in wide[2]
    narrow = picture(draw(box(cells(1, 1, 6, 4), letter="a", name="fork"), PLACE))
    assert "a" in narrow[2]
    assert "fork" not in narrow[2]
    chosen = picture(draw(box(cells(1, 1, 6, 4), "selected", "a", "fork"), PLACE))
    assert " a fork" in chosen[2]


def test_a_box_smaller_than_a_cell_is_still_seen() -> None:
    assert "□" in "".join(picture(draw(box(cells(3.2, 3.2, 3.3, 3.3)), PLACE)))
    assert "═" in "".join(picture(draw(box(cells(3, 3.2, 8, 3.3)), PLACE)))


def test_the_grid_shows_every_key_once_and_leaves_most_of_the_picture_free() -> None:
    rows = ("1234567890", "qwertyuiop", "asdfghjkl;", "zxcvbnm,./")
    marks = draw(Overlay(grid=OverlayGrid(WHOLE_PICTURE, rows)), PLACE)
    shown = [mark.glyph for mark in marks.values()]
    for key in "".join(rows):
        assert shown.count(key) == 1
    assert len(marks) < 40 * 12 / 3


def test_a_small_grid_keeps_its_inside_free() -> None:
    rows = ("1234567890", "qwertyuiop", "asdfghjkl;", "zxcvbnm,./")
    marks = draw(Overlay(grid=OverlayGrid(cells(4, 4, 8, 8), rows, outlined=True)), PLACE)
    inside = [(row, column) for row in (6, 7) for column in (7, 8)]
    assert not any(at in marks for at in inside)
    assert {"1", "q", "a", "z"} <= {mark.glyph for mark in marks.values()}


STACKED = ("12345", "qwert", "asdfg", "zxcvb", "67890", "yuiop", "hjkl;", "nm,./")


def test_a_cell_of_nine_by_eight_shows_the_stacked_keys_where_they_lie() -> None:
    grid = OverlayGrid(cells(4, 2, 13, 10), STACKED, outlined=True)
    lines = picture(draw(Overlay(grid=grid), PLACE))
    assert lines[3] == "      1▔2▔3▔4▔5"
    sides = [line[6] + line[14] for line in lines[3:11]]
    assert sides == ["15", "qt", "ag", "zb", "60", "yp", "h;", "n/"]
    assert lines[4][7:14].strip() == ""


@given(
    height=st.floats(4.1, 8),
    row=st.floats(1, 3),
    column=st.floats(0, 34),
)
def test_every_row_of_keys_is_seen_at_a_side_of_a_small_cell(
    height: float, row: float, column: float
) -> None:
    area = cells(column, row, column + 5.6, row + height)
    marks = draw(Overlay(grid=OverlayGrid(area, STACKED, outlined=True)), PLACE)
    seen = {mark.glyph for mark in marks.values()}
    assert all({keys[0], keys[-1]} & seen for keys in STACKED)


def test_where_rows_of_keys_share_a_line_the_first_row_stands_above() -> None:
    grid = OverlayGrid(cells(4, 2, 10, 6), STACKED, outlined=True)
    lines = picture(draw(Overlay(grid=grid), PLACE))
    assert "".join(lines[2].split()) == "12345"
    assert [line[6] + line[11] for line in lines[3:7]] == ["1t", "ab", "6p", "h/"]


fractions = st.floats(0, 1)


@given(
    corners=st.tuples(fractions, fractions, fractions, fractions),
    zoom=st.sampled_from(ZOOMS),
    x=fractions,
    y=fractions,
    look=st.sampled_from(["normal", "selected", "suggestion"]),
)
def test_nothing_is_drawn_beside_the_picture(
    corners: tuple[float, float, float, float], zoom: float, x: float, y: float, look: Look
) -> None:
    placement = place(View(zoom, x, y), Frame(70, 20, 640, 480))
    area = Box.from_edges(*corners)
    overlay = Overlay(
        (OverlayBox(area, "#ff0000", "a", "a long name of a tag", look),),
        OverlayBox(area, "#00ff00"),
        corners[:2],
        OverlayGrid(area, ("12", "qw")),
    )
    for row, column in draw(overlay, placement):
        assert placement.row <= row < placement.row + placement.rows
        assert placement.column <= column < placement.column + placement.columns


def test_a_box_out_of_sight_is_not_drawn() -> None:
    placement = place(View(8.0, 0.9, 0.9), Frame(40, 12, 480, 480))
    assert draw(box(Box(0.1, 0.1, 0.1, 0.1), letter="a", name="fork"), placement) == {}
    assert WHOLE.zoom == 1


def test_a_label_below_stands_on_the_bottom_edge_and_within_the_picture() -> None:
    area = cells(1.5, 1.5, 16.5, 5.5)
    ghost = OverlayBox(area, "#ff0000", name="nut 0.91", look="suggestion", label_below=True)
    lines = picture(draw(Overlay((ghost,)), PLACE))
    assert lines[2] == "   ┌┄┄┄┄┄┄┄┄┄┄┄┄┄┄┐"
    assert lines[6] == "   └ nut 0.91 ┄┄┄┄┘"
    near = Placement(column=2, row=1, columns=40, rows=12, area=Box(0, 0, 0.4, 0.3))
    assert "nut 0.91" in picture(draw(Overlay((ghost,)), near))[12]


def test_labels_above_and_below_are_both_read_where_two_boxes_lie_on_each_other() -> None:
    area = cells(1.5, 1.5, 6.5, 3.5)
    label = OverlayBox(area, "#ff0000", name="scissors", look="selected")
    ghost = OverlayBox(area, "#00ff00", name="fork 0.91", look="suggestion", label_below=True)
    text = "\n".join(picture(draw(Overlay((label, ghost)), PLACE)))
    assert "scissors" in text
    assert "fork 0.91" in text


def test_a_label_below_leaves_the_line_free_that_is_drawn_in_pixels() -> None:
    ghost = OverlayBox(cells(1, 1, 16, 6), "#ff0000", name="nut", label_below=True)
    marks = draw_text(Overlay((ghost,)), PLACE, beside_lines=True)
    assert {row for row, _ in marks} == {PLACE.row + 4}
