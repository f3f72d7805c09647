"""Pictures to terminal cells: a block character with a foreground and a background colour each.

Half blocks show 1×2 pixels per cell exactly. The other shapes show 2×2 (quadrants), 2×3 (sextants)
or 2×4 pixels (octants) with the two colours and the pattern of least squared error: up to
inversion only 7, 31 or 127 patterns exist, and all are tried at once by one matrix product
(method: terminal-graphics reference, section 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from tui_detect.imaging.blocks import CELL_PIXELS, Blocks, block_set

Depth = Literal["truecolor", "256", "16"]
Pixels = npt.NDArray[np.uint8]
Glyphs = npt.NDArray[np.uint32]
_Rgb = tuple[int, int, int]

_HALF = ord("▀")


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
    _check(rgb, "half")
    top, bottom = rgb[0::2], rgb[1::2]
    glyph = np.full(top.shape[:2], _HALF, dtype=np.uint32)
    mean = ((top.astype(np.uint16) + bottom + 1) >> 1).astype(np.uint8)
    return Cells(glyph, top, bottom, mean)


def block_cells(rgb: Pixels, blocks: Blocks) -> Cells:
    """Cells of that shape, each with the best of its characters.

    Args:
        rgb: (rows * down, columns * across, 3) uint8, with `CELL_PIXELS[blocks]` as (across, down).

    Raises:
        ValueError: another shape.
    """
    if blocks == "half":
        return half_blocks(rgb)
    _check(rgb, blocks)
    chars = block_set(blocks)
    size = chars.across * chars.down
    rows, columns = rgb.shape[0] // chars.down, rgb.shape[1] // chars.across
    pixels = np.empty((size, rows, columns, 3), dtype=np.float32)
    for index in range(size):
        down, across = divmod(index, chars.across)
        pixels[index] = rgb[down :: chars.down, across :: chars.across]
    flat = pixels.reshape(size, -1)
    projected = (_projections(blocks) @ flat).reshape(len(chars.patterns), -1, 3)
    gain = np.einsum("pnc,pnc->pn", projected, projected)
    # Rounding errors must not pick the pattern of a flat cell.
    gain[0] += 0.01
    best = gain.argmax(axis=0)
    weights = chars.patterns[best].T[:, :, np.newaxis]
    colours = flat.reshape(size, -1, 3)
    on = np.einsum("knc,knc->nc", np.broadcast_to(weights, colours.shape), colours)
    total = colours.sum(axis=0)
    count = chars.patterns.sum(axis=1, keepdims=True)[best]
    shape = (rows, columns, 3)
    return Cells(
        chars.glyphs[best].reshape(rows, columns),
        _rounded(on / count).reshape(shape),
        _rounded((total - on) / (size - count)).reshape(shape),
        _rounded(total / size).reshape(shape),
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
    across, down = CELL_PIXELS[blocks]
    size = columns * across, rows * down
    scaled = picture.convert("RGB").resize(size, Image.Resampling.BOX)
    return quantise(block_cells(np.asarray(scaled), blocks), depth)


def fitted_cells(
    width_px: int, height_px: int, columns: int, rows: int, cell_shape: float = 2.0
) -> tuple[int, int]:
    """The most columns and rows, within those given, that show the picture in its own shape.

    `cell_shape` is the height of a terminal cell over its width.
    """
    across = min(columns, rows * cell_shape * width_px / height_px)
    down = across * height_px / (width_px * cell_shape)
    return max(1, min(columns, round(across))), max(1, min(rows, round(down)))


def _check(rgb: Pixels, blocks: Blocks) -> None:
    across, down = CELL_PIXELS[blocks]
    if rgb.ndim != 3 or rgb.shape[2] != 3 or rgb.shape[0] % down or rgb.shape[1] % across:
        raise ValueError(f"shape {rgb.shape} does not divide into cells of {across}×{down} pixels")


@cache
def _projections(blocks: Blocks) -> npt.NDArray[np.float32]:
    """One row for each pattern; (patterns, pixels).

    S_on²/n_on + S_off²/n_off, less the part that is the same for all patterns, is the square of
    one projection of the pixels; maximising it minimises the squared error.
    """
    patterns = block_set(blocks).patterns
    size = patterns.shape[1]
    on = patterns.sum(axis=1, keepdims=True)
    projections: npt.NDArray[np.float32] = (patterns - on / size) * np.sqrt(
        size / (on * (size - on))
    )
    return projections


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
