"""What a tile of the grid looks like; nothing here touches a widget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rich.cells import cell_len, set_cell_size
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from tui_detect.ui.wording import printable

if TYPE_CHECKING:
    from tui_detect.imaging.cells import Cells


@dataclass(frozen=True, slots=True)
class TileInfo:
    """What the grid says about an image."""

    image_id: int
    key: str
    """What its thumbnail is asked for by."""
    name: str
    state: Literal["untagged", "tagged", "background"]
    boxes: int
    colours: tuple[str, ...]
    """Of its tags, each once, `#rrggbb`."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A thumbnail as lines of text in the middle of a room of one size."""

    columns: int
    """Of the room."""
    rows: int
    left: int
    """Empty columns before each line."""
    above: int
    """Empty rows before the first line."""
    width: int
    """Of each line."""
    lines: tuple[tuple[Segment, ...], ...]

    def line(self, row: int, ground: Style) -> list[Segment]:
        """One row of the room."""
        if not self.above <= row < self.above + len(self.lines):
            return [Segment(" " * self.columns, ground)]
        segments = list(self.lines[row - self.above])
        if self.left:
            segments.insert(0, Segment(" " * self.left, ground))
        if right := self.columns - self.left - self.width:
            segments.append(Segment(" " * right, ground))
        return segments


@dataclass(frozen=True, slots=True)
class TileStyles:
    """The grid's styles, from its theme, all with their background."""

    ground: Style
    name: Style
    muted: Style
    cursor: Style
    frame: Style
    selected: Style


def draw_tile(cells: Cells, columns: int, rows: int) -> Tile:
    """A thumbnail in the middle of its room. Runs in a thread."""
    lines = zip(cells.glyph.tolist(), cells.fg.tolist(), cells.bg.tolist(), strict=True)
    return Tile(
        columns,
        rows,
        (columns - cells.columns) // 2,
        (rows - cells.rows) // 2,
        cells.columns,
        tuple(tuple(_runs(*line)) for line in lines),
    )


def notice_tile(text: str, columns: int, rows: int, style: Style) -> Tile:
    """Words where a picture should be."""
    line = (Segment(set_cell_size(text.center(columns), columns), style),)
    return Tile(columns, rows, 0, rows // 2, columns, (line,))


def caption(
    info: TileInfo, columns: int, styles: TileStyles, *, cursor: bool, selected: bool
) -> list[Segment]:
    """The line under a picture: mark of selection, name, number of boxes, their tags' colours."""
    ground = styles.selected if selected else styles.ground
    base = styles.cursor if cursor else styles.name
    if selected:
        base = ground + Style(bold=cursor)
    facts = _facts(info, columns, ground if selected else styles.muted)
    facts_width = sum(segment.cell_length for segment in facts)
    mark = "✓ " if selected else ""
    room = columns - facts_width - len(mark) - (1 if facts else 0)
    name = cut_middle(printable(info.name), max(0, room))
    gap = columns - facts_width - len(mark) - cell_len(name)
    line = [Segment(mark, ground), Segment(name, base), Segment(" " * gap, ground)]
    return [*line, *(Segment(text, ground + (style or ground)) for text, style, _ in facts)]


def cut_middle(text: str, width: int) -> str:
    """At most `width` cells; names differ at their ends, so the middle goes."""
    if cell_len(text) <= width:
        return text
    if width < 5:
        return set_cell_size(text, width).rstrip() if width > 0 else ""
    end = width * 3 // 5
    tail = ""
    for character in reversed(text):
        if cell_len(character + tail) > end:
            break
        tail = character + tail
    while tail and cell_len(tail[0]) == 0:
        tail = tail[1:]
    return set_cell_size(text, width - 1 - cell_len(tail)).rstrip() + "…" + tail


def _facts(info: TileInfo, columns: int, muted: Style) -> list[Segment]:
    if info.state == "untagged":
        return []
    if info.state == "background":
        return [Segment("no boxes" if columns >= 18 else "∅", muted)]
    most = 4 if columns >= 18 else 2
    squares = [Segment("■", Style(color=colour)) for colour in info.colours[:most]]
    more = [Segment("+", muted)] if len(info.colours) > most else []
    return [Segment(f"{info.boxes} ", muted), *squares, *more]


def _runs(
    glyphs: Sequence[int], fg: Sequence[Sequence[int]], bg: Sequence[Sequence[int]]
) -> list[Segment]:
    """One segment for each run of cells that look alike."""
    runs: list[Segment] = []
    text, last = "", None
    for glyph, front, back in zip(glyphs, fg, bg, strict=True):
        colours = (*front, *back)
        if last is not None and colours != last:
            runs.append(Segment(text, _style(last)))
            text = ""
        text += chr(glyph)
        last = colours
    if last is not None:
        runs.append(Segment(text, _style(last)))
    return runs


def _style(colours: Sequence[int]) -> Style:
    r, g, b, back_r, back_g, back_b = colours
    return Style.from_color(Color.from_rgb(r, g, b), Color.from_rgb(back_r, back_g, back_b))
