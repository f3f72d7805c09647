"""Boxes as fractions of the upright image, top-left origin."""

from __future__ import annotations

from dataclasses import dataclass

MIN_SIDE = 1e-4
"""Smallest width or height of a region, as a fraction of the image: 1 px of a 10,000 px picture."""


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-aligned rectangle; every value is a fraction of the image's width or height."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Left plus width."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Top plus height."""
        return self.top + self.height

    @property
    def middle(self) -> tuple[float, float]:
        """The point in the middle."""
        return self.left + self.width / 2, self.top + self.height / 2

    @property
    def edges(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return self.left, self.top, self.right, self.bottom

    @property
    def area(self) -> float:
        """Share of the image, 0 to 1."""
        return self.width * self.height

    @classmethod
    def from_edges(cls, left: float, top: float, right: float, bottom: float) -> Box:
        """A box from any two opposite corners, in any order."""
        left, right = min(left, right), max(left, right)
        top, bottom = min(top, bottom), max(top, bottom)
        return cls(left, top, right - left, bottom - top)

    def clamped(self, smallest: tuple[float, float] = (MIN_SIDE, MIN_SIDE)) -> Box:
        """The nearest box inside the image, at least `smallest` and `MIN_SIDE` wide and high."""
        width, height = max(smallest[0], MIN_SIDE), max(smallest[1], MIN_SIDE)
        left = min(max(self.left, 0.0), 1.0 - width)
        top = min(max(self.top, 0.0), 1.0 - height)
        right = min(max(self.right, left + width), 1.0)
        bottom = min(max(self.bottom, top + height), 1.0)
        return Box(left, top, right - left, bottom - top)

    def at_least(self, smallest: tuple[float, float]) -> Box:
        """The same box, or where a side is shorter than `smallest`, one that is not."""
        small = self.width < smallest[0] or self.height < smallest[1]
        return self.clamped(smallest) if small else self

    def moved(self, dx: float, dy: float) -> Box:
        """The same size elsewhere, stopped at the image's borders."""
        left = min(max(self.left + dx, 0.0), 1.0 - self.width)
        top = min(max(self.top + dy, 0.0), 1.0 - self.height)
        return Box(left, top, self.width, self.height)

    def contains(self, x: float, y: float) -> bool:
        """Whether the point lies inside or on an edge."""
        return self.left <= x <= self.right and self.top <= y <= self.bottom


def overlap(a: Box, b: Box) -> float:
    """Intersection over union of two boxes, 0 to 1."""
    width = min(a.right, b.right) - max(a.left, b.left)
    height = min(a.bottom, b.bottom) - max(a.top, b.top)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (a.area + b.area - shared)


def upright_box(box: Box, orientation: int) -> Box:
    """A box on the stored pixels, as it lies on the picture that EXIF `orientation` turns.

    Orientations are 1 to 8 as in TIFF 6.0, page 36.
    """
    left, top, right, bottom = box.left, box.top, box.right, box.bottom
    if orientation in (5, 6, 7, 8):
        left, top, right, bottom = top, left, bottom, right
    if orientation in (2, 3, 6, 7):
        left, right = 1 - right, 1 - left
    if orientation in (3, 4, 7, 8):
        top, bottom = 1 - bottom, 1 - top
    return Box(left, top, right - left, bottom - top)
