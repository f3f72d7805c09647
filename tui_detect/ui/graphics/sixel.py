"""Sixel pictures: the only place that knows textual-image.

When it is imported it asks the terminal itself, waits for the answer in competition with Textual,
and crashes where stdin is none. `ui.probe` knows all that already, so it is imported as if there
were no terminal, with the size of a cell where it looks for it then.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from textual.widget import Widget

if TYPE_CHECKING:
    from PIL.Image import Image


COLOURS = 256
_COLOUR = re.compile(r"(#\d+);2;\d+;\d+;\d+")
_HEADER = re.compile(r'\x1bP[\d;]*q(?:"[\d;]*)?')


def in_sixel_colours(picture: Image) -> Image:
    """The picture in its own best 256 colours, chosen by median cut. Runs in a thread.

    Textual-image's own choice is an octree: twice as fast, half the bytes, and 3 to 6 dB worse.
    """
    from PIL.Image import Quantize

    return picture.quantize(COLOURS, method=Quantize.MEDIANCUT)


def sixel_image(picture: Image, columns: int, rows: int, cell_px: tuple[int, int]) -> Widget:
    """A widget of that many cells that shows the picture in the terminal's own pixels.

    What is drawn over it erases it, and each time it is drawn all of it is sent: it is for
    pictures that nothing moves on.

    Args:
        picture: from `in_sixel_colours`, of exactly as many pixels as the cells have.
        cell_px: width and height of a cell; that of the first call stays.
    """
    image = _image_class(cell_px)(picture)
    image.styles.width, image.styles.height = columns, rows
    return image


def palette_first(data: str) -> str:
    """The same Sixel picture with all its colours before its first pixel.

    Textual-image 0.12, the last for Python 3.11, defines a colour where it is first used. xterm
    then shows the top six rows in wrong colours, and WezTerm green pixels
    (lnqs/textual-image#108).
    """
    header = _HEADER.match(data)
    if header is None:
        return data
    colours = "".join(found[0] for found in _COLOUR.finditer(data))
    return header[0] + colours + _COLOUR.sub(r"\1", data[header.end() :])


@cache
def _image_class(cell_px: tuple[int, int]) -> Callable[[Image], Widget]:
    with _without_questions(cell_px):
        from textual_image.widget import SixelImage, sixel
    encode = sixel.image_to_sixels
    sixel.image_to_sixels = lambda *arguments: palette_first(encode(*arguments))
    found: Callable[[Image], Widget] = SixelImage
    return found


@contextmanager
def _without_questions(cell_px: tuple[int, int]) -> Iterator[None]:
    stdout = sys.__stdout__
    size = dict(zip(("TEXTUAL_CELL_WIDTH", "TEXTUAL_CELL_HEIGHT"), map(str, cell_px), strict=True))
    before = {name: os.environ.get(name) for name in size}
    sys.__stdout__ = io.StringIO()  # type: ignore[misc, assignment]
    os.environ.update(size)
    try:
        yield
    finally:
        sys.__stdout__ = stdout  # type: ignore[misc]
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
