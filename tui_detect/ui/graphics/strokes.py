"""An overlay's lines in pixels, as parts of a few line images that the terminal keeps.

The selected box is the one that moves, so it is made of two pieces instead of four lines: its left
and top edges, and its right and bottom edges.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tui_detect.core.geometry import Box
from tui_detect.core.view import Placement
from tui_detect.ui.graphics.overlay import READABLE, Look, Overlay, OverlayBox

Shape = Literal["across", "down", "start", "end"]
RIM_PX = 1

Rect = tuple[int, int, int, int]
"""Left, top, right, bottom, in pixels of the canvas."""


@dataclass(frozen=True, slots=True)
class Pen:
    """A line image: every stroke of this look is a part of it."""

    shape: Shape
    colour: str
    """`#rrggbb`, or `READABLE`."""
    look: Look


@dataclass(frozen=True, slots=True)
class Stroke:
    """A part of a pen's image at a place of the canvas."""

    pen: Pen
    x_px: int
    y_px: int
    width_px: int
    height_px: int
    from_x_px: int
    from_y_px: int
    """Where in the image it begins; from the image's other end for the shape `end`."""
    level: int
    """Higher ones lie over lower ones."""


def thickness_px(look: Look, cell_px: tuple[int, int]) -> int:
    """Of a line without its rim: it grows with the cells."""
    return max(2, round(min(cell_px) / (3.5 if look == "selected" else 6)))


def strokes(overlay: Overlay, placement: Placement, cell_px: tuple[int, int]) -> list[Stroke]:
    """All lines of an overlay, cut at the borders of the picture."""
    paper = _Paper(placement, cell_px)
    drawn: list[Stroke] = []
    for box in overlay.boxes:
        drawn += paper.box(box, 3 if box.look == "selected" else 1)
    if overlay.crosshair is not None:
        drawn += paper.crosshair(*overlay.crosshair)
    if overlay.grid is not None and overlay.grid.outlined:
        drawn += paper.box(OverlayBox(overlay.grid.area, READABLE), 2)
    if overlay.draft is not None:
        drawn += paper.box(overlay.draft, 3)
    return drawn


@dataclass(frozen=True, slots=True)
class _Paper:
    """The canvas in pixels."""

    placement: Placement
    cell_px: tuple[int, int]

    @property
    def limits(self) -> Rect:
        """The picture's borders."""
        lay = self.placement
        width, height = self.cell_px
        return (
            lay.column * width,
            lay.row * height,
            (lay.column + lay.columns) * width,
            (lay.row + lay.rows) * height,
        )

    def point(self, x: float, y: float) -> tuple[int, int]:
        """Where a point of the picture lies."""
        column, row = self.placement.to_cells(x, y)
        return round(column * self.cell_px[0]), round(row * self.cell_px[1])

    def box(self, item: OverlayBox, level: int) -> Iterator[Stroke]:
        """Edges within the box, their outer rims around it."""
        box: Box = item.box
        left, top = self.point(box.left, box.top)
        right, bottom = self.point(box.right, box.bottom)
        outer = (left - RIM_PX, top - RIM_PX, right + RIM_PX, bottom + RIM_PX)
        broad = thickness_px(item.look, self.cell_px) + 2 * RIM_PX
        if item.look == "selected":
            # The first piece lies over the second and reaches to the outer edge of the box, so that
            # their rims cut no corner off.
            first = (outer[0], outer[1], right, bottom)
            yield from self._stroke(Pen("end", item.colour, item.look), outer, level, broad)
            yield from self._stroke(Pen("start", item.colour, item.look), first, level + 1, broad)
            return
        across, down = (Pen(shape, item.colour, item.look) for shape in ("across", "down"))
        x0, y0, x1, y1 = outer
        yield from self._stroke(down, (x0, y0, x0 + broad, y1), level, broad)
        yield from self._stroke(down, (x1 - broad, y0, x1, y1), level, broad)
        yield from self._stroke(across, (x0, y0, x1, y0 + broad), level, broad)
        yield from self._stroke(across, (x0, y1 - broad, x1, y1), level, broad)

    def crosshair(self, x: float, y: float) -> Iterator[Stroke]:
        """Two lines over the whole picture."""
        at_x, at_y = self.point(x, y)
        left, top, right, bottom = self.limits
        broad = thickness_px("normal", self.cell_px) + 2 * RIM_PX
        x0, y0 = at_x - broad // 2, at_y - broad // 2
        across, down = (Pen(shape, READABLE, "normal") for shape in ("across", "down"))
        yield from self._stroke(down, (x0, top, x0 + broad, bottom), 2, broad)
        yield from self._stroke(across, (left, y0, right, y0 + broad), 2, broad)

    def _stroke(self, pen: Pen, wanted: Rect, level: int, broad: int) -> Iterator[Stroke]:
        """What of it lies on the picture; `broad`: the only part of a pen that is not all alike."""
        left, top, right, bottom = self.limits
        x0, y0 = max(wanted[0], left), max(wanted[1], top)
        x1, y1 = min(wanted[2], right), min(wanted[3], bottom)
        if x0 >= x1 or y0 >= y1:
            return
        cut = (
            (wanted[2] - x1, wanted[3] - y1)
            if pen.shape == "end"
            else (
                x0 - wanted[0],
                y0 - wanted[1],
            )
        )
        from_x, from_y = (min(length, broad) for length in cut)
        if pen.shape in ("start", "end") and from_x == from_y == broad:
            return
        yield Stroke(pen, x0, y0, x1 - x0, y1 - y0, from_x, from_y, level)
