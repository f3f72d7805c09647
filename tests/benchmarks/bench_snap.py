"""Does it help to move a placed box's edges to the strongest edges of the picture nearby?

    python -m tests.benchmarks.bench_snap

An ideal hand places a box by two corners, each in the middle of the cell that contains the true
one. Each edge may then move within the cell, by half of it to each side. All of cutlery, 400 boxes
of BCCD drawn with seed 3.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from tests.benchmarks.real_boxes import SETS, cell_middle, real_boxes
from tui_detect.core.geometry import Box, overlap
from tui_detect.core.pointing import box_of_corners
from tui_detect.imaging.decode import load_upright

Floats = npt.NDArray[np.float32]
Strength = Callable[[Floats], Floats]
"""From the steps across the candidates, (along the edge, candidates, 3), to one number each."""

GRIDS = ((100, 16), (50, 32))
LEAST_STEP = 1.5
"""Lab units; where no candidate has more, the edge stays."""


def gradient_sum(steps: Floats) -> Floats:
    """Every pixel's step counts, whatever its direction."""
    total: Floats = np.linalg.norm(steps, axis=-1).mean(axis=0)
    return total


def contrast(steps: Floats) -> Floats:
    """The step between the mean colours of both sides."""
    total: Floats = np.linalg.norm(steps.mean(axis=0), axis=-1)
    return total


def extreme(steps: Floats) -> Floats:
    """The strongest tenth of the edge: things touch their box at a few places."""
    sizes = np.sort(np.linalg.norm(steps, axis=-1), axis=0)
    total: Floats = sizes[-max(3, len(sizes) // 10) :].mean(axis=0)
    return total


RULES: tuple[tuple[str, Strength, float, float], ...] = tuple(
    (f"{name}, {near}, {beside}", strength, pull, margin)
    for name, strength in (
        ("gradient sum", gradient_sum),
        ("contrast of sides", contrast),
        ("strongest tenth", extreme),
    )
    for near, pull in (("free", 0.0), ("near preferred", 1.0))
    for beside, margin in (("on the edge", 0.0), ("0.8 % outside it", 0.008))
)
"""Label, strength, loss for moving half a cell (of the strongest edge), margin left outside."""


def placed(box: Box, columns: int, rows: int) -> Box:
    """What the ideal hand places."""
    width, height = 1 / columns, 1 / rows
    corners = ((box.left, box.top), (box.right, box.bottom))
    first, second = (
        Box(cell_middle(x, columns) - width / 2, cell_middle(y, rows) - height / 2, width, height)
        for x, y in corners
    )
    return box_of_corners(first, second)


def snapped(
    lab: Floats, box: Box, cell: tuple[float, float], strength: Strength, pull: float, margin: float
) -> Box:
    """The box with each edge moved, on its own, within half a cell."""
    turned = lab.transpose(1, 0, 2)
    across, down = (box.left, box.right), (box.top, box.bottom)
    left, right = (
        moved(lab, edge, down, cell[0] / 2, strength, pull, margin * side)
        for edge, side in zip(across, (-1, 1), strict=True)
    )
    top, bottom = (
        moved(turned, edge, across, cell[1] / 2, strength, pull, margin * side)
        for edge, side in zip(down, (-1, 1), strict=True)
    )
    return Box.from_edges(left, top, right, bottom).clamped()


def moved(
    lab: Floats,
    edge: float,
    along: tuple[float, float],
    half_cell: float,
    strength: Strength,
    pull: float,
    shift: float,
) -> float:
    """Where an upright edge goes."""
    height_px, width_px = lab.shape[:2]
    first, last = int(along[0] * height_px), int(along[1] * height_px)
    strip = lab[first : max(last, first + 2)]
    lowest, highest = (edge - half_cell) * width_px, (edge + half_cell) * width_px
    candidates = np.arange(max(int(np.ceil(lowest)), 2), min(int(highest), width_px - 2) + 1)
    if len(candidates) == 0:
        return edge
    before: Floats = (strip[:, candidates - 1] + strip[:, candidates - 2]) / np.float32(2)
    after: Floats = (strip[:, candidates] + strip[:, candidates + 1]) / np.float32(2)
    strengths = strength(after - before)
    if strengths.max() < LEAST_STEP:
        return edge
    places = candidates / width_px
    score = strengths / strengths.max() - pull * ((places - edge) / half_cell) ** 2
    place = float(places[score.argmax()]) + shift
    return min(max(place, edge - half_cell), edge + half_cell)


@cache
def lab_picture(path: Path) -> Floats:
    """The picture in L*a*b*, slightly blurred."""
    pixels = cv2.GaussianBlur(np.asarray(load_upright(path)), (0, 0), 1.0)
    lab: Floats = cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB).astype(np.float32)
    return lab


def row(overlaps: list[float]) -> str:
    """Mean and shares."""
    shares = (statistics.fmean(o >= least for o in overlaps) for least in (0.8, 0.9))
    return " | ".join(f"{figure:.3f}" for figure in (statistics.fmean(overlaps), *shares))


def main() -> None:
    """Print the table."""
    out = sys.stdout
    out.write(
        "| boxes | grid | edges | mean overlap | ≥ 0.8 | ≥ 0.9 |\n|---|---|---|---|---|---|\n"
    )
    for name, count in SETS:
        boxes = real_boxes(name, count)
        for columns, rows in GRIDS:
            start = f"| {name} ({len(boxes)}) | {columns}×{rows}"
            hand = [placed(true.box, columns, rows) for true in boxes]
            plain = [overlap(a, true.box) for a, true in zip(hand, boxes, strict=True)]
            out.write(f"{start} | as placed (reference) | {row(plain)} |\n")
            for label, strength, pull, margin in RULES:
                cell = 1 / columns, 1 / rows
                after = [
                    overlap(
                        snapped(lab_picture(true.picture), a, cell, strength, pull, margin),
                        true.box,
                    )
                    for a, true in zip(hand, boxes, strict=True)
                ]
                out.write(f"{start} | {label} | {row(after)} |\n")
                out.flush()


if __name__ == "__main__":
    main()
