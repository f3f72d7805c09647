"""A line of text in the middle of nothing."""

from __future__ import annotations

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip


def notice_lines(text: str, size: Size, crop: Region, ground: Style) -> list[Strip]:
    """The lines of `crop` of an area with a text in its middle."""
    lines = []
    for y in range(crop.y, crop.bottom):
        line = text.center(size.width) if y == size.height // 2 else ""
        strip = Strip([Segment(set_cell_size(line, size.width), ground)], size.width)
        lines.append(strip.crop(crop.x, crop.right))
    return lines
