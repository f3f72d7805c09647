"""Tiles fit the room there is, and captions their tile, whatever the pictures are called."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from tui_detect.imaging.cells import half_blocks
from tui_detect.ui.widgets.grid_layout import GridLayout
from tui_detect.ui.widgets.grid_tiles import (
    TileInfo,
    TileStyles,
    caption,
    cut_middle,
    draw_tile,
    notice_tile,
)

PLAIN = TileStyles(Style(), Style(), Style(), Style(bold=True), Style(), Style(reverse=True))
State = Literal["untagged", "tagged", "background"]


def info(name: str = "a.jpg", state: State = "tagged", boxes: int = 2, tags: int = 2) -> TileInfo:
    return TileInfo(1, "key", name, state, boxes, tuple(f"#0000{n:02x}" for n in range(tags)))


def text_of(segments: list[Segment]) -> str:
    return "".join(segment.text for segment in segments)


def line(tile_info: TileInfo, columns: int = 24, *, selected: bool = False) -> str:
    return text_of(caption(tile_info, columns, PLAIN, cursor=False, selected=selected))


@given(st.integers(1, 400), st.integers(1, 120), st.floats(0.3, 0.8), st.integers(-2, 5))
def test_tiles_fill_the_room_and_no_more(width: int, height: int, aspect: float, size: int) -> None:
    layout = GridLayout.fitting(width, height, aspect, size)
    assert min(layout.across, layout.down, layout.columns, layout.rows) >= 1
    if width >= 12:
        assert layout.across * layout.pitch_x + 1 <= width
    if height >= 4:
        assert layout.down * layout.pitch_y + 1 <= height
    for index in (0, layout.across - 1, layout.across, 7 * layout.across):
        region = layout.region(index)
        assert layout.index_at(region.x + 1, region.y + 1) == index
        assert region.bottom <= layout.height(index + 1)


def test_the_sizes_of_terminals_give_tiles_to_work_with() -> None:
    assert GridLayout.fitting(79, 20).across == 4
    assert GridLayout.fitting(63, 35).across == 3
    larger = GridLayout.fitting(119, 35, size=3)
    assert larger.rows > GridLayout.fitting(119, 35).rows


@given(
    st.text(max_size=60),
    st.sampled_from(["untagged", "tagged", "background"]),
    st.integers(0, 99_999),
    st.integers(0, 9),
    st.integers(12, 60),
    st.booleans(),
)
def test_captions_are_as_wide_as_their_tile(
    name: str, state: State, boxes: int, tags: int, columns: int, selected: bool
) -> None:
    shown = line(info(name, state, boxes, tags), columns, selected=selected)
    assert cell_len(shown) == columns
    assert "\n" not in shown


@pytest.mark.parametrize("name", ["new\nline.jpg", "🦊.jpg", "日本語の写真の名前がとても長い.jpg"])
def test_names_of_all_kinds_stay_on_their_line(name: str) -> None:
    assert cell_len(line(info(name), 20)) == 20


def test_states_and_selection_are_told_without_colour() -> None:
    shown = {line(info(state=state, tags=1)) for state in ("untagged", "tagged", "background")}
    assert len(shown) == 3
    assert "no boxes" in line(info(state="background"))
    assert line(info(boxes=7, tags=1)).endswith("7 ■")
    assert line(info(), selected=True).startswith("✓ ")


def test_many_tags_are_cut_short() -> None:
    assert line(info(tags=9)).endswith("■■■■+")


@given(st.text(), st.integers(0, 40))
def test_cut_names_fit(name: str, width: int) -> None:
    assert cell_len(cut_middle(name, width)) <= max(width, 0)


def test_cut_names_keep_their_end() -> None:
    assert cut_middle("BloodImage_00023.jpg", 13) == "Blood…023.jpg"
    assert cut_middle("short.jpg", 13) == "short.jpg"


def test_a_picture_lies_in_the_middle_of_its_room() -> None:
    cells = half_blocks(np.zeros((8, 6, 3), dtype=np.uint8))
    tile = draw_tile(cells, 11, 7)
    rows = [text_of(tile.line(row, Style())) for row in range(7)]
    assert [cell_len(row) for row in rows] == [11] * 7
    assert rows == [" " * 11, *["  ▀▀▀▀▀▀   "] * 4, " " * 11, " " * 11]


def test_cells_that_look_alike_are_one_run() -> None:
    cells = half_blocks(np.zeros((2, 30, 3), dtype=np.uint8))
    assert len(draw_tile(cells, 30, 1).line(0, Style())) == 1


def test_words_stand_where_a_picture_cannot() -> None:
    tile = notice_tile("unreadable", 12, 3, Style())
    assert text_of(tile.line(1, Style())) == " unreadable "
    assert text_of(tile.line(0, Style())) == " " * 12
