"""The next picture: 12-megapixel JPEGs on the Tagging screen, from `n` to the last byte.

The pictures (4000x3000, quality 90) are made of shapes and noise. Read ahead: the key comes when
the neighbours are ready. Not read ahead: the key jumps to an image that nothing has prepared, by
going back and forth faster than it can be read. Beside both: to decode such a picture in full and
scale it, as it would be without reading ahead or a draft.

    python -m tests.benchmarks.bench_next_picture [PICTURES]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.pty_terminal import COLUMNS, LINES
from tests.benchmarks.tagging_terminal import make_library, tagging

PICTURES = 24
SIZE_PX = (4000, 3000)
TARGET_P95_S = 0.060
TARGET_BYTES = 200_000
READ_AHEAD_S = 1.5
"""Longer than it takes to read two pictures, so that the next one is ready."""


def main() -> None:
    """Measure and print the table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PICTURES
    with tempfile.TemporaryDirectory() as folder:
        pictures = draw(Path(folder), count)
        decoding = [_decoded_s(picture) for picture in pictures]
        make_library(Path(folder) / "home", pictures)
        with tagging(Path(folder) / "home") as screen:
            screen.read(READ_AHEAD_S, READ_AHEAD_S)
            ahead = [screen.key(b"n", READ_AHEAD_S) for _ in range(count - 1)]
            # Three at a time: the last of them is further than was read ahead.
            cold = [screen.key(b"ppp", READ_AHEAD_S) for _ in range((count - 1) // 3)]
    _report(ahead, cold, decoding, count)


def draw(folder: Path, count: int) -> list[Path]:
    """JPEG files as a camera makes them: shapes, and noise in every pixel."""
    import numpy as np
    from PIL import Image, ImageDraw

    paths: list[Path] = []
    width_px, height_px = SIZE_PX
    for index in range(count):
        chance = np.random.default_rng(index)
        picture = Image.new("RGB", SIZE_PX, tuple(chance.integers(60, 200, 3).tolist()))
        shapes = ImageDraw.Draw(picture)
        for _ in range(80):
            left, top = chance.integers(0, width_px), chance.integers(0, height_px)
            right, bottom = left + chance.integers(50, 900), top + chance.integers(50, 900)
            box = tuple(map(int, (left, top, right, bottom)))
            shapes.ellipse(box, fill=tuple(chance.integers(0, 256, 3).tolist()))
        noise = chance.integers(-12, 13, (height_px, width_px, 1), dtype=np.int16)
        pixels = np.clip(np.asarray(picture, dtype=np.int16) + noise, 0, 255).astype(np.uint8)
        path = folder / f"camera_{index:02}.jpg"
        Image.fromarray(pixels).save(path, quality=90)
        paths.append(path)
    return paths


def _decoded_s(picture: Path) -> float:
    """Seconds to decode a picture in full and scale it to the screen."""
    from PIL import Image

    started = time.perf_counter()
    with Image.open(picture) as opened:
        opened.convert("RGB").resize((COLUMNS, LINES * 2), Image.Resampling.LANCZOS)
    return time.perf_counter() - started


def _report(
    ahead: Sequence[tuple[int, float]],
    cold: Sequence[tuple[int, float]],
    decoding: Sequence[float],
    count: int,
) -> None:
    out = sys.stdout
    out.write(f"next picture, {count} JPEGs of {SIZE_PX[0]}x{SIZE_PX[1]}, {COLUMNS}x{LINES} pty, ")
    out.write("half blocks\n")
    out.write(f"command: python -m tests.benchmarks.bench_next_picture {count}\n\n")
    out.write(f"{'':34}{'median':>11}{'95th':>11}{'bytes':>12}\n")
    rows = {
        "read ahead": [seconds for _, seconds in ahead],
        "three on, not read ahead": [seconds for _, seconds in cold],
        "decoding in full, and scaling": list(decoding),
    }
    sizes = dict(zip(rows, (max(size for size, _ in ways) for ways in (ahead, cold)), strict=False))
    for name, seconds in rows.items():
        written = f"{sizes[name]:12,}" if name in sizes else ""
        figures = f"{statistics.median(seconds) * 1000:8.1f} ms{_p95(seconds) * 1000:8.1f} ms"
        out.write(f"{name:34}{figures}{written}\n")
    p95_s, size = _p95(rows["read ahead"]), max(size for size, _ in ahead)
    verdicts = [
        "within" if met else "ABOVE" for met in (p95_s <= TARGET_P95_S, size <= TARGET_BYTES)
    ]
    out.write(
        f"\nread ahead: 95th {p95_s * 1000:.1f} ms, {verdicts[0]} {TARGET_P95_S * 1000:g} ms, "
    )
    out.write(f"{statistics.median(decoding) / statistics.median(rows['read ahead']):.1f} times ")
    out.write(f"faster than decoding; {size:,} B, {verdicts[1]} {TARGET_BYTES:,} B\n")


def _p95(seconds: Sequence[float]) -> float:
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1]


if __name__ == "__main__":
    main()
