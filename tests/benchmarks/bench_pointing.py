"""Ways to point at a box with the keyboard: keys an ideal hand needs, on real boxes.

    python -m tests.benchmarks.bench_pointing

The hand knows the true box, chooses the best cells, gets their middles, and then moves edges with
the app's own keys (1 % and 4 % of what is shown, after zooming to the region where that saves keys)
until the overlap is reached. Every key counts from the one that starts the box to the last; tags do
not. Needs the pictures' `annotations.json` in `../shared/data`, or `TUI_DETECT_DATA` naming their
folder.

The least that is possible: see `least_keys`.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from tests.simulated_hand import Floats, OutOfReach, Starts, fewest, near, pairs
from tests.true_boxes import TrueBox, measured_boxes
from tui_detect.core.view import WHOLE, Frame

KEYS = 40
OVERLAPS = (0.8, 0.9)
COLUMNS, ROWS = 90, 38
"""The canvas of the Tagging screen at 120×40."""

Places = Callable[[float, float], Floats]
"""Both edges of a direction that a way to point offers for these two true ones, n × 2."""


def lattice(parts: int) -> Places:
    """Each edge in the middle of one of `parts` equal parts."""
    middles = (np.arange(parts) + 0.5) / parts
    return lambda low, high: pairs(near(middles, low), near(middles, high))


def rest(parts: int) -> Places:
    """As `lattice`, but the parts of the second edge divide only what lies behind the first."""
    middles = (np.arange(parts) + 0.5) / parts

    def places(low: float, high: float) -> Floats:
        found = [
            (first, second)
            for first in near(middles, low)
            for second in near(first + (1 - first) * middles, high)
        ]
        return np.array(found)

    return places


def middle(_low: float, _high: float) -> Floats:
    """A box in the middle of the picture, half as wide and high."""
    return np.array([[0.25, 0.75]])


@dataclass(frozen=True, slots=True)
class Way:
    """A way to point."""

    name: str
    keys: int
    """From the one that starts the box to the one that places it."""
    across: Places
    down: Places


WAYS = (
    Way("4×10, then halves stacked 8×5", 5, lattice(50), lattice(32)),
    Way("4×10, then 4×10", 5, lattice(100), lattice(16)),
    Way("8×5, then 8×5", 5, lattice(25), lattice(64)),
    Way("one of 40 an edge, 1 key", 5, lattice(40), lattice(40)),
    Way("one of 40 an edge, 2 keys", 9, lattice(1600), lattice(1600)),
    Way("4×10, then 5×5", 5, lattice(50), lattice(20)),
    Way("4×10, then 3×3", 5, lattice(30), lattice(12)),
    Way("4×10, then 3×3 twice", 7, lattice(90), lattice(36)),
    Way("4×10, enter", 5, lattice(10), lattice(4)),
    Way("4×10, tab zooms, 4×10, 8×5", 9, lattice(500), lattice(128)),
    Way("4×10, 8×5 of what is left", 5, rest(50), rest(32)),
    Way("one of 40 of what is left, 1 key", 5, rest(40), rest(40)),
    Way("moving and stretching only", 1, middle, middle),
)


@dataclass(frozen=True, slots=True)
class Figures:
    """Keys a box."""

    median: float
    mean: float
    nudged: float
    """Share of boxes that needed more than the pointing."""


def measure(way: Way, boxes: Sequence[TrueBox], wanted: float) -> Figures | None:
    """Keys for each of the boxes; `None` when one cannot be reached."""
    counts = []
    for true in boxes:
        box = true.box
        starts = Starts(way.across(box.left, box.right), way.down(box.top, box.bottom))
        frame = Frame(COLUMNS, ROWS, true.width_px, true.height_px)
        try:
            counts.append(way.keys + len(fewest(box, starts, WHOLE, frame, wanted).nudges))
        except OutOfReach:
            return None
    nudged = sum(count > way.keys for count in counts) / len(counts)
    return Figures(statistics.median(counts), statistics.mean(counts), nudged)


@cache
def ball(overlap: float, draws: int = 4_000_000) -> float:
    """How much of the space of boxes lies within `overlap` of one box.

    The measure is that of `least_keys`. By drawing boxes evenly around a box of side 1 (seeded;
    two digits can be trusted): none further away than `1 / overlap - 1` comes as close.
    """
    draw = np.random.default_rng(0)
    shared, area, weight = np.ones(draws), np.ones(draws), np.ones(draws)
    shortest, longest = overlap, 1 / overlap
    for _direction in range(2):
        length = draw.uniform(shortest, longest, draws)
        low = draw.uniform(1 - longest, longest - 1, draws)
        shared *= np.clip(np.minimum(low + length, 1) - np.maximum(low, 0), 0, None)
        area *= length
        weight *= (longest - shortest) * 2 * (longest - 1) / length**2
    within = shared / (area + 1 - shared) >= overlap
    return float(np.mean(weight * within))


def least_keys(boxes: Sequence[TrueBox], overlap: float, keys: int = KEYS) -> float:
    """Keys that no scheme can do without, whatever they mean: by the boxes it must tell apart.

    A scheme must have, for every box that is no narrower and no lower than the data set's, a
    sequence of keys whose box overlaps it by `overlap`. Overlap does not change when a picture is
    moved or stretched, so boxes are measured by what does not either: dx · dw / w² in each
    direction (the area of the hyperbolic plane). In that measure every box has the same share of
    space within `overlap` of it, `ball`, and all boxes with sides from s to 1 have, in one
    direction, ∫ (1 − w) / w² dw = 1/s − 1 + ln s. Space divided by ball is the fewest boxes that
    can cover all (the volume bound of covering), and its logarithm to the base of `keys` the
    fewest keys of the longest sequence; for boxes drawn evenly by that measure it is, to a fraction
    of a key, the least mean too. The key that starts a box and the tag are not in it.
    """
    space = 1.0
    for shortest in (min(b.box.width for b in boxes), min(b.box.height for b in boxes)):
        space *= 1 / shortest - 1 + float(np.log(shortest))
    return float(np.log(space / ball(overlap)) / np.log(keys))


def main() -> None:
    """Print the table."""
    out = sys.stdout
    data = measured_boxes()
    columns = [(name, overlap) for overlap in OVERLAPS for name in data]
    out.write(
        "`python -m tests.benchmarks.bench_pointing`: keys a box, median, mean, and the share\n"
    )
    out.write("of boxes that needed more than pointing\n\n")
    out.write("| | " + " | ".join(f"{name}, {overlap}" for name, overlap in columns) + " |\n")
    out.write("|---|" + "---|" * len(columns) + "\n")
    for way in WAYS:
        cells = []
        for name, overlap in columns:
            found = measure(way, data[name], overlap)
            cells.append(
                f"{found.median:g}, {found.mean:.2f}, {found.nudged:.0%}" if found else "not all"
            )
        out.write(f"| {way.name} | " + " | ".join(cells) + " |\n")
    least = [f"{least_keys(data[name], overlap):.2f}" for name, overlap in columns]
    out.write(
        "| least for the longest, without the key that starts | " + " | ".join(least) + " |\n"
    )


if __name__ == "__main__":
    main()
