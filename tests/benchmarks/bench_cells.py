"""How long a picture takes to become 120×40 cells, beside a named reference, and how near it comes.

python tests/benchmarks/bench_cells.py [PICTURE]
"""

from __future__ import annotations

import platform
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
import PIL
from PIL import Image

from tui_detect.imaging.blocks import CELL_PIXELS, Blocks, characters
from tui_detect.imaging.cells import block_cells, half_blocks, picture_cells, quantise

COLUMNS, ROWS = 120, 40
REPEATS = 50
FINE_ROWS = 12
"""Rows of pixels of a cell that halves, thirds and quarters of it are whole numbers of."""
BLOCKS: tuple[Blocks, ...] = ("half", "quadrant", "sextant", "octant")


def pixel_loop(picture: Image.Image) -> list[tuple[object, object]]:
    """Half blocks pixel by pixel, as textual-image's halfcell renderable makes them."""
    return [
        (picture.getpixel((x, y)), picture.getpixel((x, y + 1)))
        for y in range(0, ROWS * 2, 2)
        for x in range(COLUMNS)
    ]


def reference(picture: Image.Image) -> tuple[str, Callable[[], object]]:
    """Textual-image's half cells where it is installed, else the same loop in Pillow."""
    try:
        from rich.console import Console
        from textual_image.renderable.halfcell import Image as HalfcellImage
    except ImportError:
        return "Pillow, pixel by pixel (textual-image is not installed)", lambda: pixel_loop(
            picture
        )
    console = Console(width=COLUMNS, height=ROWS, color_system="truecolor", force_terminal=True)
    options = console.options.update(width=COLUMNS, height=ROWS)

    def render() -> object:
        return list(console.render(HalfcellImage(picture, width=COLUMNS, height=ROWS), options))

    return "textual-image halfcell", render


def median_ms(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Median time of one call, after one to warm up."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def psnr_db(picture: Image.Image, blocks: Blocks) -> float:
    """How near the cells come to the picture, in 2×12 pixels a cell."""
    across, down = CELL_PIXELS[blocks]
    cells = picture_cells(picture, COLUMNS, ROWS, blocks)
    patterns = {ord(glyph): pattern for pattern, glyph in enumerate(characters(blocks))}
    pattern = np.vectorize(patterns.__getitem__)(cells.glyph)[:, None, :, None]
    bit = np.arange(down)[:, None, None] * across + np.arange(across)
    on = (pattern >> bit & 1)[..., None]
    fg, bg = cells.fg[:, None, :, None], cells.bg[:, None, :, None]
    shown = np.where(on, fg, bg).reshape(ROWS * down, COLUMNS * across, 3)
    shown = shown.repeat(FINE_ROWS // down, axis=0).repeat(2 // across, axis=1)
    size = COLUMNS * 2, ROWS * FINE_ROWS
    wanted = np.asarray(picture.resize(size, Image.Resampling.BOX), dtype=float)
    return float(10 * np.log10(255**2 / ((shown - wanted) ** 2).mean()))


def photo() -> Image.Image:
    """The picture named on the command line, else noise: time does not depend on it."""
    if len(sys.argv) > 1:
        with Image.open(sys.argv[1]) as picture:
            return picture.convert("RGB")
    noise = np.random.default_rng(0).integers(0, 256, (600, 800, 3), np.uint8)
    return Image.fromarray(noise)


def main() -> None:
    """Print the table."""
    picture = photo()
    half_picture = picture.resize((COLUMNS, ROWS * 2), Image.Resampling.BOX)
    half = np.asarray(half_picture)
    quad = np.asarray(picture.resize((COLUMNS * 2, ROWS * 2), Image.Resampling.BOX))
    six = np.asarray(picture.resize((COLUMNS * 2, ROWS * 3), Image.Resampling.BOX))
    eight = np.asarray(picture.resize((COLUMNS * 2, ROWS * 4), Image.Resampling.BOX))
    name, render = reference(half_picture)
    base = median_ms(render, 20)
    rows: list[tuple[str, Callable[[], object]]] = [
        ("half blocks, truecolor", lambda: half_blocks(half)),
        ("half blocks, 256 dithered", lambda: quantise(half_blocks(half), "256")),
        ("half blocks, 16 dithered", lambda: quantise(half_blocks(half), "16")),
        ("quadrants, truecolor", lambda: block_cells(quad, "quadrant")),
        ("quadrants, 256 dithered", lambda: quantise(block_cells(quad, "quadrant"), "256")),
        ("quadrants, 16 dithered", lambda: quantise(block_cells(quad, "quadrant"), "16")),
        ("sextants, truecolor", lambda: block_cells(six, "sextant")),
        ("octants, truecolor", lambda: block_cells(eight, "octant")),
    ]
    out = sys.stdout
    out.write(f"{COLUMNS}×{ROWS} cells, median of {REPEATS}, scaled pixels to cell arrays\n")
    out.write(f"made by: python {' '.join(sys.argv)}\n")
    out.write(f"Python {platform.python_version()}, numpy {np.__version__}, ")
    out.write(f"Pillow {PIL.__version__}, {platform.machine()}\n\n")
    out.write(f"{'':28} {'ms':>8} {'of reference':>14}\n")
    out.write(f"{'reference':28} {base:8.2f} {1:14.4f}   {name}\n")
    for label, work in rows:
        taken = median_ms(work)
        out.write(f"{label:28} {taken:8.2f} {taken / base:14.4f}\n")
    if len(sys.argv) > 1:
        out.write(f"\n{'against 2×12 pixels a cell':28} {'PSNR':>8}\n")
        for blocks in BLOCKS:
            out.write(f"{blocks:28} {psnr_db(picture, blocks):5.1f} dB\n")


if __name__ == "__main__":
    main()
