"""How long a key takes in the grid until the bytes of its frame, with 10 and 100,000 images.

python tests/benchmarks/bench_grid.py
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", "truecolor")

import numpy as np
from textual._compositor import CompositorUpdate
from textual.app import App, ComposeResult
from textual.screen import Screen

from tui_detect.imaging.cells import block_cells
from tui_detect.ui import textual_patches
from tui_detect.ui.widgets.grid import ImageGrid
from tui_detect.ui.widgets.grid_tiles import Tile, TileInfo, draw_tile

SIZES = ((80, 20), (120, 35), (200, 45))
REPEATS = 30
COUNTS = (10, 100_000)


@cache
def noise(columns: int, rows: int) -> Tile:
    """The tile that costs most: no two cells alike."""
    pixels = np.random.default_rng(0).integers(0, 256, (rows * 2, columns * 2, 3), np.uint8)
    return draw_tile(block_cells(pixels, "quadrant"), columns, rows)


class BenchApp(App[None]):
    """A grid of noise whose thumbnails arrive at once."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count
        self.frames: list[tuple[float, int]] = []
        self.drawn = asyncio.Event()

    def compose(self) -> ComposeResult:
        yield ImageGrid(self.infos, self, id="grid")

    @property
    def grid(self) -> ImageGrid:
        return self.query_one(ImageGrid)

    def on_mount(self) -> None:
        self.grid.ids = range(1, self.count + 1)
        self.grid.focus()

    def infos(self, ids: Sequence[int]) -> Mapping[int, TileInfo]:
        return {i: TileInfo(i, str(i), f"picture_{i}.jpg", "tagged", 2, ("#ff0000",)) for i in ids}

    def want(self, keys: Iterable[str], columns: int, rows: int) -> None:
        for key in list(keys):
            self.call_later(self.grid.put_tile, key, noise(columns, rows))

    def _display(self, screen: Screen[object], renderable: object) -> None:
        super()._display(screen, renderable)  # type: ignore[arg-type]
        if isinstance(renderable, CompositorUpdate):
            size = len(renderable.render_segments(self.console))
            self.frames.append((time.perf_counter(), size))
            self.drawn.set()


async def measure(app: BenchApp, act: Callable[[int], None]) -> tuple[float, float]:
    """Median milliseconds to the first frame after an act, and median characters of it."""
    times, sizes = [], []
    for number in range(REPEATS):
        app.frames.clear()
        app.drawn.clear()
        start = time.perf_counter()
        act(number)
        await asyncio.wait_for(app.drawn.wait(), 5)
        times.append(app.frames[0][0] - start)
        sizes.append(app.frames[0][1])
        await asyncio.sleep(0.05)
    return statistics.median(times) * 1000, statistics.median(sizes)


async def run(count: int, size: tuple[int, int]) -> list[tuple[str, float, float]]:
    """The acts at one size of terminal."""
    app = BenchApp(count)
    async with app.run_test(size=size) as pilot:
        await pilot.pause(0.5)
        grid = app.grid
        rows = [("cursor to the neighbour", *await measure(app, lambda n: _step(grid, n)))]
        if count > 1000:
            rows.append(("next row, scrolling", *await measure(app, lambda _: _down(grid))))
            rows.append(("next page", *await measure(app, lambda _: grid.action_move_page(1))))
        return rows


def _step(grid: ImageGrid, number: int) -> None:
    grid.action_move(1 if number % 2 == 0 else -1)


def _down(grid: ImageGrid) -> None:
    grid.action_move_row(3)


def main() -> None:
    """Print the table."""
    textual_patches.apply()
    out = sys.stdout
    out.write(f"made by: python {' '.join(sys.argv)}\nmedian of {REPEATS}, headless, truecolor\n\n")
    out.write(f"{'terminal':>9} {'images':>8}  {'act':24} {'ms':>7} {'characters':>11}\n")
    for size in SIZES:
        for count in COUNTS:
            for label, taken_ms, characters in asyncio.run(run(count, size)):
                out.write(f"{size[0]:>5}x{size[1]:<3} {count:>8,}  {label:24} ")
                out.write(f"{taken_ms:7.1f} {characters:11,.0f}\n")


if __name__ == "__main__":
    main()
