"""Pictures for the tests: flat quarters, so that turning and scaling can be told apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image

CORNERS = ((200, 30, 30), (30, 200, 30), (30, 30, 200), (220, 200, 40))
"""Top left, top right, bottom left, bottom right."""


def quarters(width_px: int = 60, height_px: int = 40) -> Image.Image:
    """Four flat colours, one in each quarter."""
    picture = Image.new("RGB", (width_px, height_px))
    half = (width_px // 2, height_px // 2)
    for index, colour in enumerate(CORNERS):
        left, top = (index % 2) * half[0], (index // 2) * half[1]
        picture.paste(colour, (left, top, left + half[0], top + half[1]))
    return picture


def corners(picture: Image.Image) -> list[tuple[int, ...]]:
    """The colours in the middle of the four quarters, in the order of `CORNERS`."""
    width, height = picture.size
    points = [(x, y) for y in (height // 4, height * 3 // 4) for x in (width // 4, width * 3 // 4)]
    values = [picture.getpixel(point) for point in points]
    return [value for value in values if isinstance(value, tuple)]


def near(found: list[tuple[int, ...]], expected: list[tuple[int, ...]], tolerance: int) -> bool:
    """Whether every channel of every colour is within `tolerance`."""
    pairs = zip(found, expected, strict=True)
    return all(abs(a - b) <= tolerance for x, y in pairs for a, b in zip(x, y, strict=True))


def save(picture: Image.Image, path: Path, **options: Any) -> Path:  # noqa: ANN401
    """Save and return the path."""
    picture.save(path, **options)
    return path
