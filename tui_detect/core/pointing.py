"""Pointing at a place of the picture by the keyboard's own grid of keys.

The keyboard's four rows of ten keys lie over what is shown of the picture. A key picks a cell,
the next key a cell within it, and that is a corner; two corners are a box. Within a cell, which
is tall, the left hand's keys lie above the right hand's: ten by four and then five by eight give
50 by 32 places, nearly square, where ten by four twice gives 100 by 16
(`tests/benchmarks/bench_pointing.py` compares these and other ways).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tui_detect.core.geometry import Box
from tui_detect.core.view import Frame, View, panned, place, step, zoomed_to

LEVELS = 2
"""Keys that place a corner."""

DIGITS = "1234567890"
"""In the order of the keyboard."""

ARROWS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}


@dataclass(frozen=True, slots=True)
class KeyGrid:
    """The keys of a keyboard as rows over the picture, one character a key."""

    rows: tuple[str, ...] = ("1234567890", "qwertyuiop", "asdfghjkl;", "zxcvbnm,./")
    unshifted: str = ""
    """What the keys of the ten digits send without shift, where a digit needs shift."""

    @property
    def stacked(self) -> KeyGrid:
        """The same keys, the left half of the keyboard above the right half."""
        middle = len(self.rows[0]) // 2
        left, right = (
            tuple(row[half] for row in self.rows) for half in (slice(middle), slice(middle, None))
        )
        return replace(self, rows=left + right)

    def character(self, key: str) -> str:
        """How the grid writes what a key sends: letters small, digits as digits."""
        digit = self.unshifted.find(key) if len(key) == 1 else -1
        return DIGITS[digit] if digit >= 0 else key.lower()

    def cell(self, key: str) -> tuple[int, int] | None:
        """Row and column of a key, `None` when it is not one of the grid's."""
        character = self.character(key)
        for row, keys in enumerate(self.rows):
            column = keys.find(character) if len(character) == 1 else -1
            if column >= 0:
                return row, column
        return None

    def within(self, area: Box, row: int, column: int) -> Box:
        """The cell of `area` that lies under the key at `row` and `column`."""
        width, height = area.width / len(self.rows[row]), area.height / len(self.rows)
        return Box(area.left + column * width, area.top + row * height, width, height)


QWERTY = KeyGrid()


@dataclass(frozen=True, slots=True)
class Pointing:
    """Choosing the corners of a box: where the keys have led so far."""

    view: View
    """What is shown; zooming into a cell changes it."""
    area: Box
    """What the next key divides."""
    path: str = ""
    """The keys since the grid last covered the whole view."""
    stacked: bool = False
    """Whether the next key divides the area with the halves of the keyboard stacked."""
    zoomed: bool = False
    """Whether `tab` has zoomed into a cell that was chosen for this corner."""
    close_up: bool = False
    """Whether each chosen cell is shown larger at once."""
    inside: bool = False
    """Whether a point inside an object is wanted, not the corners of a box."""
    first: Box | None = None
    """The cell whose middle is the first corner; `None` while it is being chosen."""
    previous: Pointing | None = None
    """Before the last key: where backspace goes."""

    @property
    def corner(self) -> int:
        """1 or 2: the corner being chosen."""
        return 1 if self.first is None else 2

    @property
    def point(self) -> tuple[float, float]:
        """Where enter would place the corner: the middle of the area."""
        return self.area.left + self.area.width / 2, self.area.top + self.area.height / 2

    def grid(self, keys: KeyGrid) -> KeyGrid:
        """The keys as they lie over the area."""
        return keys.stacked if self.stacked else keys

    @property
    def untouched(self) -> bool:
        """Whether nothing has been chosen for this corner yet."""
        return not self.path and not self.zoomed


@dataclass(frozen=True, slots=True)
class Placed:
    """Both corners are there."""

    box: Box
    view: View
    """What was shown before the pointing began."""


def start_pointing(view: View, frame: Frame, *, close_up: bool = False) -> Pointing:
    """Begin with the first corner; the grid lies over all that is shown."""
    return Pointing(view, place(view, frame).area, close_up=close_up)


def pointed(pointing: Pointing, key: str, frame: Frame, keys: KeyGrid) -> Pointing | Placed | None:
    """What a key does; `None` when there is nothing left to take back.

    Keys of the grid choose, `backspace` takes the last key back, `enter` places the corner in
    the middle of the chosen cell, `tab` zooms into it, arrows nudge it. Others do nothing.
    """
    if key == "backspace":
        return pointing.previous
    if key == "enter":
        return pointing if pointing.untouched else _accepted(pointing, frame)
    if key == "tab":
        return _zoomed_in(pointing, frame)
    if key in ARROWS:
        return _nudged(pointing, *ARROWS[key], frame)
    grid = pointing.grid(keys)
    cell = grid.cell(key)
    if cell is None:
        return pointing
    area = grid.within(pointing.area, *cell)
    deeper = replace(
        pointing,
        area=area,
        path=pointing.path + keys.character(key),
        stacked=_squarer_stacked(area, frame, keys),
        previous=pointing,
    )
    if len(deeper.path) >= LEVELS:
        return _accepted(deeper, frame)
    return replace(deeper, view=zoomed_to(area, frame)) if pointing.close_up else deeper


def box_of_corners(first: Box, second: Box) -> Box:
    """The box between the middles of two cells, in any order.

    In a direction in which both middles are the same the box takes the whole of the larger
    cell: two corners in one cell mean that cell, never an empty box.
    """
    left, right = _span(first.left, first.right, second.left, second.right)
    top, bottom = _span(first.top, first.bottom, second.top, second.bottom)
    return Box.from_edges(left, top, right, bottom).clamped()


def _span(start_a: float, end_a: float, start_b: float, end_b: float) -> tuple[float, float]:
    a, b = (start_a + end_a) / 2, (start_b + end_b) / 2
    return (a, b) if abs(a - b) > 1e-9 else (min(start_a, start_b), max(end_a, end_b))


def _squarer_stacked(area: Box, frame: Frame, keys: KeyGrid) -> bool:
    """Whether stacked keys have squarer cells in pixels: they are four times as wide as high."""
    width_px = area.width * frame.picture_width_px / len(keys.rows[0])
    height_px = area.height * frame.picture_height_px / len(keys.rows)
    return width_px < height_px / 2


def _accepted(pointing: Pointing, frame: Frame) -> Pointing | Placed:
    origin = _origin(pointing)
    if pointing.first is not None:
        return Placed(box_of_corners(pointing.first, pointing.area), origin.view)
    area = place(origin.view, frame).area
    back = pointing.previous if len(pointing.path) >= LEVELS else pointing
    return replace(origin, area=area, first=pointing.area, previous=back)


def _zoomed_in(pointing: Pointing, frame: Frame) -> Pointing:
    if not pointing.path:
        return pointing
    view = zoomed_to(pointing.area, frame, margin=0.1)
    area = place(view, frame).area
    return replace(
        pointing, view=view, area=area, path="", stacked=False, zoomed=True, previous=pointing
    )


def _nudged(pointing: Pointing, right: int, down: int, frame: Frame) -> Pointing:
    """Move the chosen cell; with none chosen, the zoomed view or the first corner.

    Nudges are not taken back by backspace: the opposite arrow does that.
    """
    width, height = step(pointing.view, frame, coarse=False)
    dx, dy = right * width, down * height
    if pointing.path:
        return replace(pointing, area=pointing.area.moved(dx, dy))
    if pointing.zoomed:
        view = panned(pointing.view, frame, right, down)
        return replace(pointing, view=view, area=place(view, frame).area)
    if pointing.first is not None:
        return replace(pointing, first=pointing.first.moved(dx, dy))
    return pointing


def _origin(pointing: Pointing) -> Pointing:
    while pointing.previous is not None:
        pointing = pointing.previous
    return pointing
