"""Pictures and lines as PNGs for terminals that show pixels."""

from __future__ import annotations

from io import BytesIO
from typing import Literal

from PIL import Image, ImageDraw
from PIL.Image import Dither, Quantize, Resampling, Transpose

Shape = Literal["across", "down", "start", "end"]
"""A line, or two edges of a box: left and top, right and bottom."""

COLOURS = 256
_CLEAR, _LINE, _RIM = range(3)


def part_of(
    picture: Image.Image,
    window: tuple[float, float, float, float],
    size: tuple[int, int],
    resampling: Resampling = Resampling.LANCZOS,
) -> Image.Image:
    """A part of a picture scaled to `size` pixels.

    Args:
        window: left, top, right, bottom, in fractions of the picture.
    """
    width, height = picture.size
    left, top, right, bottom = window
    box = (
        max(left * width, 0.0),
        max(top * height, 0.0),
        min(right * width, width),
        min(bottom * height, height),
    )
    return picture.resize(size, resampling, box, reducing_gap=2.0)


def mean_colours(
    picture: Image.Image, window: tuple[float, float, float, float], size: tuple[int, int]
) -> list[list[list[int]]]:
    """The mean colour of each of `size` equal cells of a part, by row and column, 0 to 255."""
    import numpy as np

    small = part_of(picture, window, size, Resampling.BOX)
    rows: list[list[list[int]]] = np.asarray(small, dtype=np.uint8).tolist()
    return rows


def palette_png(picture: Image.Image) -> bytes:
    """A PNG of at most 256 colours: a quarter of the bytes of one in full colour.

    Octree colours without dithering: half the time of a median cut, and dithering hardly shows
    but takes half as many bytes again (measured: terminal-graphics reference, section 1).
    """
    few = picture.quantize(COLOURS, method=Quantize.FASTOCTREE, dither=Dither.NONE)
    file = BytesIO()
    few.save(file, "PNG", compress_level=6)
    return file.getvalue()


def pen_png(
    shape: Shape,
    size: tuple[int, int],
    colour: tuple[int, int, int],
    *,
    thickness_px: int,
    rim_alpha: int,
    dash_px: int = 0,
) -> bytes:
    """Lines with a dark rim of one pixel at each side, on nothing.

    Args:
        size: of the whole PNG; a shorter line is a part of it.
        thickness_px: without the rim.
        rim_alpha: how dark the rim is, 0 to 255.
        dash_px: length of dashes and gaps; 0 for a solid line.
    """
    image = Image.new("P", size, _CLEAR)
    image.putpalette([0, 0, 0, *colour, 0, 0, 0])
    draw = ImageDraw.Draw(image)
    if shape in ("start", "end"):
        edges = ((0, _RIM), (1, _LINE), (1 + thickness_px, _RIM), (2 + thickness_px, _CLEAR))
        for inset, ink in edges:
            draw.rectangle((inset, inset, *size), fill=ink)
        if shape == "end":
            image = image.transpose(Transpose.ROTATE_180)
    else:
        flat = shape == "across"
        draw.rectangle((0, 0, *size), fill=_RIM)
        inner = (0, 1, size[0], thickness_px) if flat else (1, 0, thickness_px, size[1])
        draw.rectangle(inner, fill=_LINE)
        for start in range(dash_px, max(size), 2 * dash_px) if dash_px else ():
            stop = start + dash_px - 1
            gap = (start, 0, stop, size[1]) if flat else (0, start, size[0], stop)
            draw.rectangle(gap, fill=_CLEAR)
    file = BytesIO()
    image.save(file, "PNG", bits=2, transparency=bytes((0, 255, rim_alpha)), compress_level=9)
    return file.getvalue()
