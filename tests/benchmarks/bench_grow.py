"""From one point to a box: how near several ways come to the boxes that people drew.

    python -m tests.benchmarks.bench_grow

The point is where two keys lead: the middle of the cell, of 50×32 over the picture, that contains
what the person aims at: the middle of the true box, or a place off it by up to a tenth of the box's
sides (a second table, of the reference and the product). Each way is asked without and with the
usual size of the tag, the median over all other pictures. All of cutlery, 400 boxes of BCCD drawn
with seed 3.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from tests.benchmarks.real_boxes import SEED, SETS, RealBox, cell_middle, real_boxes
from tui_detect.core.geometry import Box, overlap
from tui_detect.imaging import grow
from tui_detect.imaging.decode import load_upright
from tui_detect.imaging.grow import grow_box

Point = tuple[float, float]
Size = tuple[float, float] | None
Way = Callable[[Image.Image, Point, Size], Box | None]

COLUMNS, ROWS = 50, 32
UNKNOWN = (0.3, 0.4)
"""Size that the ways which need one start from when none is known."""


def usual_box(_: Image.Image, point: Point, typical: Size) -> Box:
    """The reference: a box of the usual size round the point."""
    width, height = typical or UNKNOWN
    left, top = point[0] - width / 2, point[1] - height / 2
    return Box(left, top, width, height).clamped()


def grab_cut(picture: Image.Image, point: Point, typical: Size) -> Box | None:
    """OpenCV's GrabCut: sure inside a fifth of the usual size, sure outside 1.6 of it."""
    pixels = np.ascontiguousarray(grow._pixels(picture)[:, :, ::-1])
    height_px, width_px = pixels.shape[:2]
    width, height = typical or UNKNOWN
    mask = np.full((height_px, width_px), cv2.GC_BGD, np.uint8)
    centre = point[0] * width_px, point[1] * height_px
    rings = ((1.6, cv2.GC_PR_BGD), (0.8, cv2.GC_PR_FGD), (0.2, cv2.GC_FGD))
    for scale, kind in rings:
        size = max(width * width_px * scale, 2), max(height * height_px * scale, 2)
        cv2.ellipse(mask, (centre, size, 0), kind, -1)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(pixels, mask, None, *models, 2, cv2.GC_INIT_WITH_MASK)
    return component_at(np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)), point)


def flood(picture: Image.Image, point: Point, _: Size) -> Box | None:
    """Flood fill in L*a*b* from the point, 12 units to each side."""
    lab = cv2.cvtColor(cv2.GaussianBlur(grow._pixels(picture), (0, 0), 1), cv2.COLOR_RGB2LAB)
    height_px, width_px = lab.shape[:2]
    mask = np.zeros((height_px + 2, width_px + 2), np.uint8)
    seed = int(point[0] * width_px), int(point[1] * height_px)
    flags = 4 | cv2.FLOODFILL_FIXED_RANGE | cv2.FLOODFILL_MASK_ONLY
    cv2.floodFill(lab, mask, seed, 0, (12,) * 3, (12,) * 3, flags)
    return component_at(mask[1:-1, 1:-1] > 0, point)


def outline(picture: Image.Image, point: Point, typical: Size) -> Box:
    """One half of what we do."""
    return grow._outline(grow._pixels(picture), point, typical).box.clamped()


def blob(picture: Image.Image, point: Point, _: Size) -> Box | None:
    """The other half."""
    found = grow._blob(grow._pixels(picture), point)
    return None if found is None else found.box


def component_at(mask: npt.NDArray[np.bool_], point: Point) -> Box | None:
    """The box of the connected part of a mask that is nearest to the point."""
    height_px, width_px = mask.shape
    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    rows, columns = np.nonzero(labels)
    if len(rows) == 0:
        return None
    off = (columns - point[0] * width_px) ** 2 + (rows - point[1] * height_px) ** 2
    nearest = off.argmin()
    left, top, width, height, _ = stats[labels[rows[nearest], columns[nearest]]].tolist()
    return Box(left / width_px, top / height_px, width / width_px, height / height_px)


WAYS: tuple[tuple[str, Way], ...] = (
    ("usual box (reference)", usual_box),
    ("flood fill", flood),
    ("GrabCut", grab_cut),
    ("outline alone, no margin", outline),
    ("blob alone, no margin", blob),
    ("grow_box (the product)", grow_box),
)


def measure(
    way: Way,
    boxes: Sequence[RealBox],
    pictures: dict[Path, Image.Image],
    *,
    sized: bool,
    off: float,
) -> str:
    """Row of the table: overlaps and milliseconds."""
    overlaps, times_ms = [], []
    chance = random.Random(SEED)
    for true in boxes:
        box = true.box
        across, down = (0.5 + chance.uniform(-off, off) for _ in range(2))
        point = (
            cell_middle(box.left + box.width * across, COLUMNS),
            cell_middle(box.top + box.height * down, ROWS),
        )
        start = time.perf_counter()
        found = way(pictures[true.picture], point, true.typical if sized else None)
        times_ms.append((time.perf_counter() - start) * 1000)
        overlaps.append(0.0 if found is None else overlap(found, box))
    mean = statistics.fmean(overlaps)
    half, eight = (statistics.fmean(o >= least for o in overlaps) for least in (0.5, 0.8))
    slow = float(np.percentile(times_ms, 95))
    return f"{mean:.3f} | {half:.2f} | {eight:.2f} | {statistics.median(times_ms):.0f} | {slow:.0f}"


def main() -> None:
    """Print the tables."""
    write_table("the middle", 0.0, WAYS)
    write_table("up to a tenth off", 0.1, (WAYS[0], WAYS[-1]))


def write_table(aim: str, off: float, ways: Sequence[tuple[str, Way]]) -> None:
    """One table, for one way to aim."""
    out = sys.stdout
    out.write(f"\nAimed at: {aim}\n\n")
    out.write("| boxes | usual size | way | mean overlap | ≥ 0.5 | ≥ 0.8 | median ms | p95 ms |\n")
    out.write("|---|---|---|---|---|---|---|---|\n")
    for name, count in SETS:
        boxes = real_boxes(name, count)
        pictures = {
            path: load_upright(path, max_side_px=2 * grow.SIDE_PX)
            for path in {true.picture for true in boxes}
        }
        for sized in (False, True):
            for label, way in ways:
                row = measure(way, boxes, pictures, sized=sized, off=off)
                known = "known" if sized else "unknown"
                out.write(f"| {name} ({len(boxes)}) | {known} | {label} | {row} |\n")
                out.flush()


if __name__ == "__main__":
    main()
