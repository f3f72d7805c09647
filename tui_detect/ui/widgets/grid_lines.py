"""The grid line by line: tiles side by side, and the frame around the one under the cursor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.segment import Segment

from tui_detect.ui.widgets.grid_layout import GridLayout
from tui_detect.ui.widgets.grid_shelf import TileShelf
from tui_detect.ui.widgets.grid_tiles import TileStyles, caption

HEAVY = "┏━┓┃┗┛"
"""The frame where keys go, so that focus shows without colour."""
LIGHT = "┌─┐│└┘"


@dataclass(frozen=True, slots=True)
class GridView:
    """What the grid shows now."""

    layout: GridLayout
    ids: Sequence[int]
    cursor: int
    selected: frozenset[int]
    focused: bool
    styles: TileStyles

    @property
    def frame(self) -> str:
        """Corners and edges of the frame."""
        return HEAVY if self.focused else LIGHT


def draw_line(view: GridView, shelf: TileShelf, row: int, line: int) -> list[Segment]:
    """Line `line` of a row of tiles; line 0 is the gap above it."""
    rows = -(-len(view.ids) // view.layout.across)
    if line == 0:
        return _gap(view, row) if 0 <= row <= rows and view.ids else []
    return _tiles(view, shelf, row, line - 1) if 0 <= row < rows else []


def _gap(view: GridView, row: int) -> list[Segment]:
    """Between rows of tiles: the top or bottom of the frame, if it is here."""
    cursor_row, column = divmod(view.cursor, view.layout.across)
    if cursor_row not in (row, row - 1):
        return []
    frame = view.frame
    left, right = (frame[0], frame[2]) if cursor_row == row else (frame[4], frame[5])
    text = left + frame[1] * view.layout.columns + right
    return [Segment(" " * (column * view.layout.pitch_x)), Segment(text, view.styles.frame)]


def _tiles(view: GridView, shelf: TileShelf, row: int, line: int) -> list[Segment]:
    first, beyond = row * view.layout.across, (row + 1) * view.layout.across
    segments: list[Segment] = []
    for index in range(first, beyond + 1):
        framed = first <= view.cursor < beyond and view.cursor in (index - 1, index)
        edge = Segment(view.frame[3], view.styles.frame) if framed else Segment(" ")
        segments.append(edge)
        if index < beyond:
            segments.extend(_part_of_tile(view, shelf, index, line))
    return segments


def _part_of_tile(view: GridView, shelf: TileShelf, index: int, line: int) -> Iterable[Segment]:
    columns, rows = view.layout.columns, view.layout.rows
    blank = (Segment(" " * columns),)
    info = shelf.info(view.ids[index]) if index < len(view.ids) else None
    if info is None:
        return blank
    if line == rows:
        cursor, selected = index == view.cursor, info.image_id in view.selected
        return caption(info, columns, view.styles, cursor=cursor, selected=selected)
    tile = shelf.tile(info.key)
    if tile is not None:
        return tile.lines[line]
    if line == rows // 2:
        return (Segment("·".center(columns), view.styles.muted),)
    return blank
