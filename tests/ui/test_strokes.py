"""Lines in pixels: where they lie, and that no pixel lies outside the picture."""

from __future__ import annotations

import random

import pytest

from tui_detect.core.geometry import Box
from tui_detect.core.view import Frame, View, place
from tui_detect.ui.graphics.overlay import Look, Overlay, OverlayBox
from tui_detect.ui.graphics.strokes import Stroke, strokes, thickness_px

CELL_PX = (10, 20)
FRAME = Frame(100, 30, 640, 400)


def drawn(box: Box, look: Look = "normal", view: View | None = None) -> list[Stroke]:
    overlay = Overlay((OverlayBox(box, "#f94144", look=look),))
    return strokes(overlay, place(view or View(), FRAME), CELL_PX)


def test_a_selected_box_is_two_pieces_and_any_other_four_lines() -> None:
    box = Box(0.2, 0.2, 0.4, 0.4)
    assert [each.pen.shape for each in drawn(box, "selected")] == ["end", "start"]
    assert sorted(each.pen.shape for each in drawn(box)) == ["across", "across", "down", "down"]
    assert sorted(each.pen.shape for each in drawn(box, "suggestion"))[0] == "across"


def test_edges_lie_on_the_pixels_of_the_box() -> None:
    placement = place(View(), FRAME)
    left, top = placement.to_cells(0.25, 0.5)
    first = next(each for each in drawn(Box(0.25, 0.5, 0.2, 0.2)) if each.pen.shape == "down")
    # The rim lies outside.
    assert first.x_px + 1 == round(left * 10)
    assert first.y_px + 1 == round(top * 20)


@pytest.mark.parametrize("look", ["normal", "selected", "suggestion"])
def test_nothing_lies_outside_the_picture_however_it_is_zoomed(look: Look) -> None:
    chance = random.Random(look)
    for _ in range(200):
        edges = (chance.random() for _ in range(4))
        view = View(chance.choice((1.0, 2.0, 8.0)), chance.random(), chance.random())
        lay = place(view, FRAME)
        for each in drawn(Box.from_edges(*edges), look, view):
            assert each.width_px > 0
            assert each.height_px > 0
            assert lay.column * 10 <= each.x_px
            assert each.x_px + each.width_px <= (lay.column + lay.columns) * 10
            assert lay.row * 20 <= each.y_px
            assert each.y_px + each.height_px <= (lay.row + lay.rows) * 20


def test_an_edge_out_of_sight_is_cut_off_its_piece() -> None:
    view = View(4.0, 0.5, 0.5)
    end, start = drawn(Box(0.1, 0.45, 0.4, 0.1), "selected", view)
    broad = thickness_px("selected", CELL_PX) + 2
    assert (start.from_x_px, start.from_y_px) == (broad, 0)
    assert (end.from_x_px, end.from_y_px) == (0, 0)


def test_a_box_around_all_that_is_shown_has_no_lines() -> None:
    assert drawn(Box(0.1, 0.1, 0.8, 0.8), "selected", View(8.0, 0.5, 0.5)) == []
