"""An overlay as characters on cells.

Edges lie at thirds of a cell: an eighth block at either side or a line in the middle. So a fine
nudge shows, although it is less than a cell.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor

from tui_detect.core.geometry import Box
from tui_detect.core.view import Placement
from tui_detect.ui.graphics.overlay import READABLE, Look, Overlay, OverlayBox, OverlayGrid


@dataclass(frozen=True, slots=True)
class Mark:
    """A character over one cell of the picture."""

    glyph: str
    colour: str
    """`#rrggbb`, or `READABLE`."""
    solid: bool = False
    """Text on its own colour, not on the picture's: a label."""
    swapped: bool = False
    """Colour and ground exchanged, for the thick edges that no block character has."""
    bold: bool = False


Marks = dict[tuple[int, int], Mark]
"""By row and column of the canvas."""


@dataclass(frozen=True, slots=True)
class _Strokes:
    """Glyphs of an edge at its three places in a cell; the flag says swapped."""

    horizontal: tuple[tuple[str, bool], tuple[str, bool], tuple[str, bool]]
    vertical: tuple[tuple[str, bool], tuple[str, bool], tuple[str, bool]]
    corners: str
    """Top left, top right, bottom left, bottom right; then both horizontal, both vertical edges
    in one cell, and all four."""


_STROKES: dict[Look, _Strokes] = {
    "normal": _Strokes(
        (("▔", False), ("─", False), ("▁", False)),
        (("▏", False), ("│", False), ("▕", False)),
        "┌┐└┘═║□",
    ),
    "selected": _Strokes(
        (("▆", True), ("━", False), ("▂", False)),
        (("▎", False), ("┃", False), ("▊", True)),
        "┏┓┗┛═║■",
    ),
    "suggestion": _Strokes(
        (("┄", False), ("┄", False), ("┄", False)),
        (("┆", False), ("┆", False), ("┆", False)),
        "┌┐└┘═║□",
    ),
}


@dataclass(frozen=True, slots=True)
class _Edge:
    """Where an edge lies: a row or column of cells, and the third of it."""

    cell: int
    third: int


def draw(overlay: Overlay, placement: Placement) -> Marks:
    """All characters of an overlay; nothing lies outside the picture."""
    marks: Marks = {}
    for box in overlay.boxes:
        _draw_edges(marks, box, placement)
    for box in overlay.boxes:
        _draw_label(marks, box, placement)
    if overlay.crosshair is not None:
        _draw_crosshair(marks, *overlay.crosshair, placement)
    if overlay.draft is not None:
        _draw_edges(marks, overlay.draft, placement)
    if overlay.grid is not None:
        _draw_grid(marks, overlay.grid, placement)
    return marks


def draw_text(overlay: Overlay, placement: Placement, *, beside_lines: bool = False) -> Marks:
    """Labels and the keys of the grid: what stays text where lines are drawn in pixels.

    Args:
        beside_lines: labels stand below the top edges, which would lie over them.
    """
    marks: Marks = {}
    for box in overlay.boxes:
        _draw_label(marks, box, placement, beside_lines=beside_lines)
    if overlay.grid is not None:
        _draw_grid(marks, replace(overlay.grid, outlined=False), placement)
    return marks


def _edges(box: Box, placement: Placement) -> tuple[_Edge, _Edge, _Edge, _Edge]:
    """Left, top, right, bottom; right and bottom edges end in the cell before a boundary."""
    left, top = placement.to_cells(box.left, box.top)
    right, bottom = placement.to_cells(box.right, box.bottom)
    first, last = _start(left), _end(right)
    upper, lower = _start(top), _end(bottom)
    if last.cell < first.cell:
        last = first
    if lower.cell < upper.cell:
        lower = upper
    return first, upper, last, lower


def _start(position: float) -> _Edge:
    cell = floor(position + 1e-6)
    return _Edge(cell, max(0, min(2, floor((position - cell) * 3 + 1e-6))))


def _end(position: float) -> _Edge:
    cell = ceil(position - 1e-6) - 1
    return _Edge(cell, max(0, min(2, ceil((position - cell) * 3 - 1e-6) - 1)))


def _draw_edges(marks: Marks, item: OverlayBox, placement: Placement) -> None:
    left, top, right, bottom = _edges(item.box, placement)
    strokes = _STROKES[item.look]
    columns = range(placement.column, placement.column + placement.columns)
    rows = range(placement.row, placement.row + placement.rows)
    flat, thin = top.cell == bottom.cell, left.cell == right.cell

    def put(row: int, column: int, glyph: str, swapped: bool = False) -> None:
        if row in rows and column in columns:
            marks[row, column] = Mark(glyph, item.colour, swapped=swapped)

    for column in range(max(left.cell, columns.start), min(right.cell + 1, columns.stop)):
        if flat:
            put(top.cell, column, strokes.corners[4])
        else:
            put(top.cell, column, *strokes.horizontal[top.third])
            put(bottom.cell, column, *strokes.horizontal[bottom.third])
    for row in range(max(top.cell + 1, rows.start), min(bottom.cell, rows.stop)):
        if thin:
            put(row, left.cell, strokes.corners[5])
        else:
            put(row, left.cell, *strokes.vertical[left.third])
            put(row, right.cell, *strokes.vertical[right.third])
    if flat and thin:
        put(top.cell, left.cell, strokes.corners[6])
    elif not flat and not thin:
        corners = ((top, left), (top, right), (bottom, left), (bottom, right))
        for glyph, (across, along) in zip(strokes.corners, corners, strict=False):
            if across.third == along.third == 1 or item.look == "suggestion":
                put(across.cell, along.cell, glyph)
            # Where the line is on the far side, a gap of a column is smaller than one of a row.
            elif across.third == (0 if across is top else 2):
                put(across.cell, along.cell, *strokes.vertical[along.third])


def _draw_label(
    marks: Marks, item: OverlayBox, placement: Placement, *, beside_lines: bool = False
) -> None:
    if not item.label:
        return
    left, top, right, bottom = _edges(item.box, placement)
    start = max(left.cell, placement.column)
    stop = min(right.cell + 1, placement.column + placement.columns)
    row = _label_row(item, top.cell, bottom.cell, placement, beside_lines=beside_lines)
    if start >= stop or row is None:
        return
    text = f" {item.label} "
    start += 1 if stop - start > 3 else 0
    whole = item.look == "selected" or item.label_below
    if len(text) > stop - start and not whole:
        text = item.letter
    room = placement.column + placement.columns - start
    for offset, glyph in enumerate(text[:room]):
        marks[row, start + offset] = Mark(
            glyph, item.colour, solid=True, bold=item.look == "selected"
        )


def _label_row(
    item: OverlayBox, top: int, bottom: int, placement: Placement, *, beside_lines: bool
) -> int | None:
    """The row of a label: on the edge, or next to it, within the picture; `None` if out of it."""
    first, last = placement.row, placement.row + placement.rows - 1
    if item.label_below:
        row = min(bottom, last)
        if beside_lines and row > top + 1:
            # A line is up to a quarter of a row thick.
            row = min(floor(placement.to_cells(0, item.box.bottom)[1] - 0.25) - 1, last)
        return row if row >= max(top, first) else None
    row = max(top, first)
    if beside_lines and row < bottom - 1:
        row = max(ceil(placement.to_cells(0, item.box.top)[1] + 0.25), first)
    return row if row <= min(bottom, last) else None


def _draw_crosshair(marks: Marks, x: float, y: float, placement: Placement) -> None:
    column, row = (floor(value) for value in placement.to_cells(x, y))
    columns = range(placement.column, placement.column + placement.columns)
    rows = range(placement.row, placement.row + placement.rows)
    if row in rows:
        for each in columns:
            marks[row, each] = Mark("┈", READABLE)
    if column in columns:
        for each in rows:
            marks[each, column] = Mark("┊", READABLE)
    if row in rows and column in columns:
        marks[row, column] = Mark("╋", READABLE, bold=True)


def _draw_grid(marks: Marks, grid: OverlayGrid, placement: Placement) -> None:
    """Keys in the middle of their cells, and crosses where four cells meet.

    Where the cells are too small for that the outer keys stand on the frame, so that what is
    pointed at stays in sight.
    """
    left, top = placement.to_cells(grid.area.left, grid.area.top)
    right, bottom = placement.to_cells(grid.area.right, grid.area.bottom)
    across = _Division(left, right, len(grid.rows[0]))
    down = _Division(top, bottom, len(grid.rows))
    if grid.outlined:
        _draw_edges(marks, OverlayBox(grid.area, READABLE), placement)
    if across.step < 2.5 or down.step < 1:
        keys = _keys_on_the_frame(grid.rows, across, down, placement.row)
    else:
        keys = _keys_in_their_cells(grid.rows, across, down)
        if across.step >= 4 and down.step >= 2:
            for y in range(1, down.parts):
                for x in range(1, across.parts):
                    _put_cross(marks, down.edge(y), across.edge(x), placement)
    for at, key in keys:
        if _inside(at, placement):
            marks[at] = Mark(key, READABLE, bold=True)


@dataclass(frozen=True, slots=True)
class _Division:
    """A stretch of rows or columns of the canvas in equal parts."""

    start: float
    stop: float
    parts: int

    @property
    def step(self) -> float:
        return (self.stop - self.start) / self.parts

    def edge(self, part: int) -> float:
        return self.start + part * self.step

    def middle(self, part: int) -> int:
        return floor(self.start + (part + 0.5) * self.step)


_Keys = Iterator[tuple[tuple[int, int], str]]
"""Row and column of the canvas, and the key that stands there."""


def _keys_in_their_cells(rows: Sequence[str], across: _Division, down: _Division) -> _Keys:
    for row, keys in enumerate(rows):
        for column, key in enumerate(keys):
            yield (down.middle(row), across.middle(column)), key


def _keys_on_the_frame(
    rows: Sequence[str], across: _Division, down: _Division, highest: int
) -> _Keys:
    """The first row of keys along the top, the first and the last column at the sides.

    Where two rows of keys share a row of cells the left side shows the upper one and the right
    side the lower one; the top then stands above the frame, where the picture leaves room.
    """
    lines = [down.middle(row) for row in range(down.parts)]
    top = max(lines[0] - 1, highest) if lines[0] == lines[1] else lines[0]
    columns = range(0, across.parts, ceil(1 / max(across.step, 0.1)))
    for column in columns[1:-1] if top == lines[0] else columns:
        yield (top, across.middle(column)), rows[0][column]
    for line, keys in reversed([*zip(lines, rows, strict=True)]):
        yield (line, _start(across.start).cell), keys[0]
    for line, keys in zip(lines, rows, strict=True):
        yield (line, _end(across.stop).cell), keys[-1]


def _put_cross(marks: Marks, y: float, x: float, placement: Placement) -> None:
    row, column = round(y), round(x)
    for at, glyph in (
        ((row, column - 1), "╶"),
        ((row, column), "┼"),
        ((row, column + 1), "╴"),
    ):
        if _inside(at, placement):
            marks[at] = Mark(glyph, READABLE)


def _inside(at: tuple[int, int], placement: Placement) -> bool:
    row, column = at
    return (
        placement.row <= row < placement.row + placement.rows
        and placement.column <= column < placement.column + placement.columns
    )
