"""What part of a picture is shown, and how fractions of it map to cells and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tui_detect.core.geometry import Box

ZOOMS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0)
"""The zoom steps; 1 shows the whole picture."""

FINE_ZOOMS = tuple(1.1**step for step in range(37))
"""From 1 to 31, for views that a person does not step through."""

FINE_STEP = 0.01
"""A fine nudge, as a fraction of what is shown: the step follows the zoom."""

COARSE_STEP = 0.04
"""A coarse nudge, as a fraction of what is shown."""

PAN_STEP = 0.15
"""How far the view pans, as a fraction of what is shown."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The room there is for a picture, and the picture's size."""

    columns: int
    rows: int
    picture_width_px: int
    picture_height_px: int
    cell_aspect: float = 0.5
    """Width of one cell divided by its height."""

    @property
    def picture_aspect_cells(self) -> float:
        """Columns of the picture for each of its rows."""
        return self.picture_width_px / self.picture_height_px / self.cell_aspect


@dataclass(frozen=True, slots=True)
class View:
    """Zoom and the point in the middle, in fractions of the picture."""

    zoom: float = 1.0
    x: float = 0.5
    y: float = 0.5


WHOLE = View()


@dataclass(frozen=True, slots=True)
class Placement:
    """Where on the canvas which part of the picture lies."""

    column: int
    row: int
    columns: int
    rows: int
    area: Box
    """The part of the picture that is shown, in fractions."""

    def to_cells(self, x: float, y: float) -> tuple[float, float]:
        """Column and row on the canvas of a point of the picture; whole numbers are cell edges."""
        return (
            self.column + (x - self.area.left) / self.area.width * self.columns,
            self.row + (y - self.area.top) / self.area.height * self.rows,
        )

    def to_picture(self, column: float, row: float) -> tuple[float, float]:
        """The point of the picture at a place on the canvas, kept inside the picture."""
        x = self.area.left + (column - self.column) / self.columns * self.area.width
        y = self.area.top + (row - self.row) / self.rows * self.area.height
        return min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)


def place(view: View, frame: Frame) -> Placement:
    """Lay the picture out: its aspect kept, in the middle, never beyond the canvas.

    Sides are whole cells, so the aspect is kept to within half a cell.
    """
    ratio = frame.picture_aspect_cells
    width = min(float(frame.columns), frame.rows * ratio) * view.zoom
    height = width / ratio
    columns = min(max(frame.columns, 1), max(1, round(width)))
    rows = min(max(frame.rows, 1), max(1, round(height)))
    area_width = min(1.0, columns / max(width, 1.0)) if columns < round(width) else 1.0
    area_height = min(1.0, rows / max(height, 1.0)) if rows < round(height) else 1.0
    left = min(max(view.x - area_width / 2, 0.0), 1.0 - area_width)
    top = min(max(view.y - area_height / 2, 0.0), 1.0 - area_height)
    return Placement(
        (frame.columns - columns) // 2,
        (frame.rows - rows) // 2,
        columns,
        rows,
        Box(left, top, area_width, area_height),
    )


def step(view: View, frame: Frame, *, coarse: bool) -> tuple[float, float]:
    """How far one nudge goes, right and down, in fractions of the picture."""
    area = place(view, frame).area
    share = COARSE_STEP if coarse else FINE_STEP
    return area.width * share, area.height * share


def zoomed(view: View, frame: Frame, steps: int, about: tuple[float, float] | None = None) -> View:
    """Zoom in (`steps` > 0) or out, about a point of the picture or the middle of the view."""
    current = min(range(len(ZOOMS)), key=lambda i: abs(ZOOMS[i] - view.zoom))
    zoom = ZOOMS[min(max(current + steps, 0), len(ZOOMS) - 1)]
    x, y = about if about is not None else _middle(view, frame)
    return settled(View(zoom, x, y), frame)


def zoomed_to(
    box: Box, frame: Frame, *, margin: float = 0.25, zooms: Sequence[float] = ZOOMS
) -> View:
    """The closest of the views that show all of `box` with a margin around it.

    Args:
        margin: in sides of the box, half of it on each side.
        zooms: rising, from 1.
    """
    x, y = box.left + box.width / 2, box.top + box.height / 2
    best = WHOLE
    for zoom in zooms:
        view = View(zoom, x, y)
        area = place(view, frame).area
        if area.width < box.width * (1 + margin) or area.height < box.height * (1 + margin):
            break
        best = view
    return settled(best, frame)


def panned(view: View, frame: Frame, right: int, down: int) -> View:
    """Move the view by steps of a share of itself; stops at the picture's borders."""
    area = place(view, frame).area
    x, y = _middle(view, frame)
    moved = View(view.zoom, x + right * area.width * PAN_STEP, y + down * area.height * PAN_STEP)
    return settled(moved, frame)


def revealing(view: View, frame: Frame, box: Box) -> View:
    """The view moved as little as it takes to show `box`, or as much of it as fits."""
    area = place(view, frame).area
    dx = _shift(box.left, box.right, area.left, area.right)
    dy = _shift(box.top, box.bottom, area.top, area.bottom)
    if not dx and not dy:
        return view
    x, y = _middle(view, frame)
    return settled(View(view.zoom, x + dx, y + dy), frame)


def settled(view: View, frame: Frame) -> View:
    """The same view with its middle where it is really drawn."""
    x, y = _middle(view, frame)
    return replace(view, x=x, y=y)


def _middle(view: View, frame: Frame) -> tuple[float, float]:
    area = place(view, frame).area
    return area.left + area.width / 2, area.top + area.height / 2


def _shift(start: float, end: float, shown_start: float, shown_end: float) -> float:
    if end - start > shown_end - shown_start:
        overlapping = start < shown_end and end > shown_start
        return 0.0 if overlapping else (start + end - shown_start - shown_end) / 2
    if start < shown_start:
        return start - shown_start
    return max(end - shown_end, 0.0)
