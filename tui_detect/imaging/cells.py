"""Pictures to terminal cells: a block character with a foreground and a background colour each.

Half blocks show 1×2 pixels per cell exactly. Quadrants show 2×2 pixels with the two colours and
the pattern of least squared error: up to inversion only 7 patterns exist, and all are tried at
once by one matrix product (method: terminal-graphics reference, section 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

Depth = Literal["truecolor", "256", "16"]
Blocks = Literal["half", "quadrant"]
Pixels = npt.NDArray[np.uint8]
Glyphs = npt.NDArray[np.uint32]
_Rgb = tuple[int, int, int]

_HALF = ord("▀")
# Pixels of a cell in reading order.
_PATTERNS = np.array(
    [
        [1, 1, 0, 0],
        [1, 0, 1, 0],
        [1, 0, 0, 1],
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 1],
    ],
    dtype=np.float32,
)
_PATTERN_GLYPHS = np.array([ord(c) for c in "▀▌▚▘▝▖▗"], dtype=np.uint32)
_ON = _PATTERNS.sum(axis=1, keepdims=True)
# S_on²/n_on + S_off²/n_off, less the part that is the same for all patterns, is the square of
# one projection of the four pixels; maximising it minimises the squared error.
_PROJECTIONS = (_PATTERNS - _ON / 4) * np.sqrt(4 / (_ON * (4 - _ON)))


@dataclass(frozen=True, slots=True)
class Cells:
    """A picture as terminal cells; the arrays are not written after they are made."""

    glyph: Glyphs
    """Code points, (rows, columns)."""
    fg: Pixels
    """Foreground colours, (rows, columns, 3)."""
    bg: Pixels
    """Background colours, (rows, columns, 3)."""
    mean: Pixels
    """What the cell looks like from afar: the ground for a character drawn over it."""

    @property
    def rows(self) -> int:
        """Height in cells."""
        return int(self.glyph.shape[0])

    @property
    def columns(self) -> int:
        """Width in cells."""
        return int(self.glyph.shape[1])


def half_blocks(rgb: Pixels) -> Cells:
    """Cells of 1×2 pixels.

    Args:
        rgb: (rows * 2, columns, 3) uint8.

    Raises:
        ValueError: another shape.
    """
    _check(rgb, 1)
    top, bottom = rgb[0::2], rgb[1::2]
    glyph = np.full(top.shape[:2], _HALF, dtype=np.uint32)
    mean = ((top.astype(np.uint16) + bottom + 1) >> 1).astype(np.uint8)
    return Cells(glyph, top, bottom, mean)


def quadrants(rgb: Pixels) -> Cells:
    """Cells of 2×2 pixels, each with the best of the quadrant characters.

    Args:
        rgb: (rows * 2, columns * 2, 3) uint8.

    Raises:
        ValueError: another shape.
    """
    _check(rgb, 2)
    rows, columns = rgb.shape[0] // 2, rgb.shape[1] // 2
    pixels = np.empty((4, rows, columns, 3), dtype=np.float32)
    for index in range(4):
        pixels[index] = rgb[index // 2 :: 2, index % 2 :: 2]
    flat = pixels.reshape(4, -1)
    projected = (_PROJECTIONS @ flat).reshape(len(_PATTERNS), -1, 3)
    gain = np.einsum("pnc,pnc->pn", projected, projected)
    # Rounding errors must not pick the pattern of a flat cell.
    gain[0] += 0.01
    best = gain.argmax(axis=0)
    weights = _PATTERNS[best].T[:, :, np.newaxis]
    colours = flat.reshape(4, -1, 3)
    on = np.einsum("knc,knc->nc", np.broadcast_to(weights, colours.shape), colours)
    total = colours.sum(axis=0)
    count = _ON[best]
    shape = (rows, columns, 3)
    return Cells(
        _PATTERN_GLYPHS[best].reshape(rows, columns),
        _rounded(on / count).reshape(shape),
        _rounded((total - on) / (4 - count)).reshape(shape),
        _rounded(total / 4).reshape(shape),
    )


def quantise(cells: Cells, depth: Depth) -> Cells:
    """The same cells in colours that a terminal of that depth has.

    Foregrounds and backgrounds are dithered together (Floyd-Steinberg) as a picture of one by two
    pixels per cell, which for half blocks is the picture itself. The colours are RGB values that
    Rich turns into those of the palette, so whoever draws them need not know the depth.
    """
    if depth == "truecolor":
        return cells
    rows, columns = cells.glyph.shape
    woven = np.empty((rows * 2, columns, 3), dtype=np.uint8)
    woven[0::2], woven[1::2] = cells.fg, cells.bg
    woven = dithered(woven, depth)
    mean = _in_palette(cells.mean, depth, Image.Dither.NONE)
    return Cells(cells.glyph, woven[0::2], woven[1::2], mean)


def dithered(rgb: Pixels, depth: Depth) -> Pixels:
    """The picture in the palette of that depth, errors spread by Floyd-Steinberg."""
    if depth == "truecolor":
        return rgb
    return _in_palette(rgb, depth, Image.Dither.FLOYDSTEINBERG)


def picture_cells(
    picture: Image.Image, columns: int, rows: int, blocks: Blocks, depth: Depth = "truecolor"
) -> Cells:
    """A picture stretched over exactly that many cells; `fitted_cells` keeps its shape."""
    across = columns * (2 if blocks == "quadrant" else 1)
    scaled = picture.convert("RGB").resize((across, rows * 2), Image.Resampling.BOX)
    rgb = np.asarray(scaled)
    return quantise(quadrants(rgb) if blocks == "quadrant" else half_blocks(rgb), depth)


def fitted_cells(
    width_px: int, height_px: int, columns: int, rows: int, cell_shape: float = 2.0
) -> tuple[int, int]:
    """The most columns and rows, within those given, that show the picture in its own shape.

    `cell_shape` is the height of a terminal cell over its width.
    """
    across = min(columns, rows * cell_shape * width_px / height_px)
    down = across * height_px / (width_px * cell_shape)
    return max(1, min(columns, round(across))), max(1, min(rows, round(down)))


def _check(rgb: Pixels, across: int) -> None:
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.shape[0] % 2 or rgb.shape[1] % across:
        raise ValueError(f"shape {rgb.shape} does not divide into cells of {across}×2 pixels")


def _rounded(values: npt.NDArray[np.float32]) -> Pixels:
    rounded: Pixels = (values + 0.5).astype(np.uint8)
    return rounded


def _in_palette(rgb: Pixels, depth: Depth, dither: Image.Dither) -> Pixels:
    palette, sent = _palette(depth)
    picture = Image.fromarray(np.ascontiguousarray(rgb))
    quantised: Pixels = sent[np.asarray(picture.quantize(palette=palette, dither=dither))]
    return quantised


@cache
def _palette(depth: Depth) -> tuple[Image.Image, Pixels]:
    """The colours as they are shown, for Pillow, and as they are to be sent."""
    pairs = [(c, c) for c in _COLOURS_16] if depth == "16" else _colours_256()
    # Pillow fills a short palette with black, which would be a second index of the same colour.
    filled = (pairs * (256 // len(pairs) + 1))[:256]
    image = Image.new("P", (1, 1))
    image.putpalette([channel for shown, _ in filled for channel in shown])
    return image, np.array([sent for _, sent in filled], dtype=np.uint8)


# Rich's picture of the 16 colours; terminals show them in their own theme.
_COLOURS_16 = [
    (0, 0, 0), (170, 0, 0), (0, 170, 0), (170, 85, 0),
    (0, 0, 170), (170, 0, 170), (0, 170, 170), (170, 170, 170),
    (85, 85, 85), (255, 85, 85), (85, 255, 85), (255, 255, 85),
    (85, 85, 255), (255, 85, 255), (85, 255, 255), (255, 255, 255),
]  # fmt: skip


def _colours_256() -> list[tuple[_Rgb, _Rgb]]:
    """The xterm colours 16 to 255: as they are shown, and what Rich turns into them.

    Rich takes whatever has little saturation for a grey and rounds its lightness to one of 26
    steps, so a grey of the ramp is sent as the middle of its step.
    """
    levels = (0, 95, 135, 175, 215, 255)
    cube = [(r, g, b) for r in levels for g in levels for b in levels]
    pairs = [(colour, colour) for colour in cube if len(set(colour)) > 1]
    for step in range(24):
        shown, sent = 8 + 10 * step, round((step + 1) / 25 * 255)
        pairs.append(((shown, shown, shown), (sent, sent, sent)))
    return [*pairs, ((0, 0, 0), (0, 0, 0)), ((255, 255, 255), (255, 255, 255))]
