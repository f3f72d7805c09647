"""Half and quadrant blocks: a picture as coloured characters, for every terminal there is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from rich.color import Color, ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from tui_detect.core.view import Placement
from tui_detect.ui.graphics.backend import PictureJob, Prepared, Surroundings
from tui_detect.ui.graphics.marks import Mark, Marks, draw
from tui_detect.ui.graphics.overlay import NOTHING, READABLE, Overlay
from tui_detect.ui.graphics.pictures import PictureMemory
from tui_detect.ui.sgr import look_of
from tui_detect.ui.terminal import Blocks, Colours

Draws = Callable[[Overlay, Placement], Marks]
Rgb = tuple[int, int, int]
BLACK: Rgb = (0, 0, 0)
WHITE: Rgb = (255, 255, 255)
_NAMES: dict[Blocks, str] = {
    "half": "half blocks",
    "quadrant": "quadrant blocks",
    "sextant": "sextants",
    "octant": "octants",
}
MIN_DIFFERENCE = 190
"""Between an edge and the ground it is drawn on; below, the ground gives way."""

_SYSTEMS: dict[Colours, ColorSystem] = {
    "truecolor": ColorSystem.TRUECOLOR,
    "256": ColorSystem.EIGHT_BIT,
    "16": ColorSystem.STANDARD,
}


@dataclass(frozen=True, slots=True)
class PictureCells:
    """The picture layer: one segment a cell, and each cell's mean colour."""

    job: PictureJob
    rows: list[list[Segment]]
    means: list[list[list[int]]]
    fine: bool = True


class TextCells:
    """Draws with the block characters that every font has."""

    def __init__(
        self,
        memory: PictureMemory,
        colours: Colours,
        blocks: Blocks = "half",
        draws: Draws = draw,
    ) -> None:
        self._memory = memory
        self._colours: Colours = colours
        self._blocks: Blocks = blocks
        self._draws = draws
        self._picture: PictureCells | None = None
        self._overlay = NOTHING
        self._marks: Marks = {}
        self._segments: dict[int, dict[int, Segment]] = {}
        self._drawn: dict[int, tuple[tuple[int, int, Style], Strip]] = {}

    @property
    def name(self) -> str:
        """For the person."""
        depth = "" if self._colours == "truecolor" else f", {self._colours} colours"
        return f"{_NAMES[self._blocks]}{depth}"

    def prepare(
        self, job: PictureJob, unwanted: Callable[[], bool], *, fine: bool = False
    ) -> PictureCells | None:
        """Read, scale and convert the picture. Runs in a thread."""
        import numpy as np

        from tui_detect.imaging.blocks import CELL_PIXELS
        from tui_detect.imaging.cells import block_cells, quantise
        from tui_detect.imaging.pixels import part_of

        area, frame = job.placement.area, job.frame
        pixels_across, pixels_down = CELL_PIXELS[self._blocks]
        across = job.placement.columns * pixels_across
        down = job.placement.rows * pixels_down
        side_px = round(max(across / area.width, down / area.height))
        picture = self._memory.load(
            job.path, min(side_px, max(frame.picture_width_px, frame.picture_height_px))
        )
        if unwanted():
            return None
        scaled = part_of(picture, area.edges, (across, down))
        cells = block_cells(np.asarray(scaled, dtype=np.uint8), self._blocks)
        cells = quantise(cells, self._colours)
        if unwanted():
            return None
        rows = [
            [_cell(chr(glyph), *fg, *bg) for glyph, fg, bg in zip(*row, strict=True)]
            for row in zip(cells.glyph.tolist(), cells.fg.tolist(), cells.bg.tolist(), strict=True)
        ]
        # Here rather than on the event loop, which writes them when the picture is shown.
        for row in rows:
            for segment in row:
                if segment.style is not None:
                    look_of(segment.style, _SYSTEMS[self._colours])
        return PictureCells(job, rows, cells.mean.tolist())

    def deliver(
        self, prepared: Prepared, then: Callable[[bool], None], *, patient: bool = False
    ) -> None:
        """Nothing is sent ahead of the cells themselves."""
        then(True)

    def stop(self) -> None:
        """Nothing is under way."""

    def show(self, prepared: Prepared | None) -> list[Region]:
        """Take a prepared picture as the one on the canvas, without an overlay."""
        if prepared is not None and not isinstance(prepared, PictureCells):
            raise TypeError(f"{type(prepared).__name__} is not for this backend")
        before, self._picture = self._picture, prepared
        self._overlay, self._marks, self._segments = NOTHING, {}, {}
        self._drawn.clear()
        pictures = (each for each in (before, prepared) if each is not None)
        return [Region(0, 0, each.job.frame.columns, each.job.frame.rows) for each in pictures]

    def draw(self, overlay: Overlay) -> list[Region]:
        """Take an overlay; the runs of cells that changed, row by row."""
        if self._picture is None or overlay == self._overlay:
            return []
        marks = self._draws(overlay, self._picture.job.placement)
        changed = {
            at for at in marks.keys() | self._marks.keys() if marks.get(at) != self._marks.get(at)
        }
        for at in changed:
            self._put(at, marks.get(at))
            self._drawn.pop(at[0], None)
        self._overlay, self._marks = overlay, marks
        return runs(changed)

    @property
    def marks(self) -> Marks:
        """What is on the cells now."""
        return self._marks

    def draw_by(self, draws: Draws) -> list[Region]:
        """Draw overlays another way from now on, the one that is shown first."""
        overlay, self._draws = self._overlay, draws
        self._overlay = NOTHING
        return self.draw(overlay)

    def lines(self, crop: Region, ground: Style) -> list[Strip]:
        """The canvas as text, one segment for each run of cells that look alike."""
        return [self._line(y, crop.x, crop.right, ground) for y in range(crop.y, crop.bottom)]

    def cells(self, run: Region) -> list[Segment]:
        """The cells of a run within one row of the picture."""
        assert self._picture is not None
        placement = self._picture.job.placement
        row, marked = self._picture.rows[run.y - placement.row], self._segments.get(run.y, {})
        return [
            marked.get(column) or row[column - placement.column]
            for column in range(run.x, run.right)
        ]

    def put_cell(self, row: int, column: int, cell: Segment) -> None:
        """Have another cell of the picture at a place of the canvas."""
        assert self._picture is not None
        bounds = self._picture.job.bounds
        self._picture.rows[row - bounds.y][column - bounds.x] = cell
        self._drawn.pop(row, None)

    def lie(self, surroundings: Surroundings) -> list[Region]:
        """Text is where its widget is, and hidden with it."""
        return []

    def close(self) -> None:
        """Text goes with its screen."""

    def _line(self, y: int, start: int, stop: int, ground: Style) -> Strip:
        # At every change Textual asks for all lines that are to be seen.
        asked = (start, stop, ground)
        known = self._drawn.get(y)
        if known is None or known[0] != asked:
            known = self._drawn[y] = asked, self._new_line(y, start, stop, ground)
        return known[1]

    def _new_line(self, y: int, start: int, stop: int, ground: Style) -> Strip:
        picture = self._picture
        placement = picture.job.placement if picture is not None else None
        if picture is None or placement is None or not (0 <= y - placement.row < placement.rows):
            return Strip([Segment(" " * (stop - start), ground)], stop - start)
        first = min(max(placement.column, start), stop)
        last = max(min(placement.column + placement.columns, stop), first)
        row = picture.rows[y - placement.row]
        cells = row[first - placement.column : last - placement.column]
        for column, segment in self._segments.get(y, {}).items():
            if first <= column < last:
                cells[column - first] = segment
        segments: list[Segment] = []
        if first > start:
            segments.append(Segment(" " * (first - start), ground))
        segments += _merged(cells)
        if stop > last:
            segments.append(Segment(" " * (stop - last), ground))
        return Strip(segments, stop - start)

    def _put(self, at: tuple[int, int], mark: Mark | None) -> None:
        row, column = at
        if mark is None:
            del self._segments[row][column]
            return
        assert self._picture is not None
        placement = self._picture.job.placement
        r, g, b = self._picture.means[row - placement.row][column - placement.column]
        few = self._colours == "16"
        self._segments.setdefault(row, {})[column] = _marked(mark, (r, g, b), few)


def _merged(cells: list[Segment]) -> list[Segment]:
    merged: list[Segment] = []
    for _, run in groupby(cells, key=lambda cell: id(cell.style)):
        first, *others = run
        if others:
            first = Segment("".join([first.text, *(each.text for each in others)]), first.style)
        merged.append(first)
    return merged


@lru_cache(maxsize=4096)
def _cell(
    glyph: str, r: int, g: int, b: int, ground_r: int, ground_g: int, ground_b: int
) -> Segment:
    style = Style.from_color(Color.from_rgb(r, g, b), Color.from_rgb(ground_r, ground_g, ground_b))
    return Segment(glyph, style)


@lru_cache(maxsize=4096)
def _marked(mark: Mark, mean: Rgb, few_colours: bool) -> Segment:
    colour = _colour_of(mark, mean)
    if few_colours:
        colour = _of_sixteen(colour)
    if mark.solid:
        text = BLACK if _luminance(colour) > 0.22 else WHITE
        return Segment(mark.glyph, _style(text, colour, mark.bold))
    ground = _apart(mean, colour) if few_colours else _giving_way(mean, colour)
    if mark.swapped:
        colour, ground = ground, colour
    return Segment(mark.glyph, _style(colour, ground, mark.bold))


def _colour_of(mark: Mark, mean: Rgb) -> Rgb:
    if mark.colour != READABLE:
        return _rgb(mark.colour)
    return BLACK if _luminance(mean) > 0.18 else WHITE


def _style(colour: Rgb, ground: Rgb, bold: bool) -> Style:
    return Style(color=Color.from_rgb(*colour), bgcolor=Color.from_rgb(*ground), bold=bold or None)


def _giving_way(ground: Rgb, colour: Rgb) -> Rgb:
    """The ground, darkened or lightened as little as lets an edge of that colour stand out."""
    towards = 0 if _luminance(colour) > 0.22 else 255
    for tenth in range(0, 10):
        r, g, b = (round(value + (towards - value) * tenth / 10) for value in ground)
        if _difference((r, g, b), colour) >= MIN_DIFFERENCE:
            return r, g, b
    return towards, towards, towards


def _apart(ground: Rgb, colour: Rgb) -> Rgb:
    """The ground, or the opposite of the colour where both are light or both are dark.

    Terminals show 16 colours each in their own theme, so a small difference may be none.
    """
    light = _luminance(colour) > 0.22
    same = _luminance(ground) > 0.3 if light else _luminance(ground) < 0.1
    return (BLACK if light else WHITE) if same else ground


def _difference(a: Rgb, b: Rgb) -> float:
    """How different two colours look, 0 to 765: the "redmean" approximation of CompuPhase."""
    red = (a[0] + b[0]) / 2
    dr, dg, db = a[0] - b[0], a[1] - b[1], a[2] - b[2]
    return float(
        ((2 + red / 256) * dr * dr + 4 * dg * dg + (2 + (255 - red) / 256) * db * db) ** 0.5
    )


@lru_cache(maxsize=4096)
def _luminance(colour: Rgb) -> float:
    """Relative luminance of sRGB, 0 to 1, with a plain power for the transfer function."""
    r, g, b = (float((value / 255) ** 2.2) for value in colour)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _of_sixteen(colour: Rgb) -> Rgb:
    """The one of 16 colours that Rich will write for it."""
    r, g, b = Color.from_rgb(*colour).downgrade(ColorSystem.STANDARD).get_truecolor()
    return r, g, b


def _rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def runs(cells: set[tuple[int, int]]) -> list[Region]:
    """Cells as one region for each run within a row."""
    runs: list[Region] = []
    for row, column in sorted(cells):
        last = runs[-1] if runs else None
        if last is not None and last.y == row and last.right == column:
            runs[-1] = Region(last.x, row, last.width + 1, 1)
        else:
            runs.append(Region(column, row, 1, 1))
    return runs
