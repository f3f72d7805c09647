"""The grid line by line: tiles side by side, and the frame around the one under the cursor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.segment import Segment
from textual.strip import Strip

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


def draw_line(view: GridView, shelf: TileShelf, line: int, width: int) -> Strip:
    """One line of all tiles, from the top of the first row."""
    row, line = divmod(line, view.layout.pitch_y)
    rows = -(-len(view.ids) // view.layout.across)
    segments: list[Segment] = []
    used = 0
    if line == 0 and row <= rows and view.ids:
        segments = _gap(view, row)
        used = sum(segment.cell_length for segment in segments)
    elif line > 0 and row < rows:
        segments = _tiles(view, shelf, row, line - 1)
        used = view.layout.across * view.layout.pitch_x + 1
    if used < width:
        segments.append(Segment(" " * (width - used), view.styles.ground))
    return Strip(segments, max(width, used))


def _gap(view: GridView, row: int) -> list[Segment]:
    """Between rows of tiles: the top or bottom of the frame, if it is here."""
    cursor_row, column = divmod(view.cursor, view.layout.across)
    if cursor_row not in (row, row - 1):
        return []
    frame = view.frame
    left, right = (frame[0], frame[2]) if cursor_row == row else (frame[4], frame[5])
    text = left + frame[1] * view.layout.columns + right
    before = Segment(" " * (column * view.layout.pitch_x), view.styles.ground)
    return [before, Segment(text, view.styles.frame)]


def _tiles(view: GridView, shelf: TileShelf, row: int, line: int) -> list[Segment]:
    first, beyond = row * view.layout.across, (row + 1) * view.layout.across
    gap, edge = Segment(" ", view.styles.ground), Segment(view.frame[3], view.styles.frame)
    segments: list[Segment] = []
    for index in range(first, beyond + 1):
        framed = first <= view.cursor < beyond and view.cursor in (index - 1, index)
        segments.append(edge if framed else gap)
        if index < beyond:
            segments.extend(_part_of_tile(view, shelf, index, line))
    return segments


def _part_of_tile(view: GridView, shelf: TileShelf, index: int, line: int) -> Iterable[Segment]:
    columns, rows = view.layout.columns, view.layout.rows
    blank = (Segment(" " * columns, view.styles.ground),)
    info = shelf.info(view.ids[index]) if index < len(view.ids) else None
    if info is None:
        return blank
    if line == rows:
        cursor, selected = index == view.cursor, info.image_id in view.selected
        return caption(info, columns, view.styles, cursor=cursor, selected=selected)
    tile = shelf.tile(info.key)
    if tile is not None:
        return tile.line(line, view.styles.ground)
    if line == rows // 2:
        return (Segment("·".center(columns), view.styles.muted),)
    return blank
