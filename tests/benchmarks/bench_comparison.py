"""Comparing two iterations: are its p-values honest, and how long does a large one take?

python -m tests.benchmarks.bench_comparison --trials 500
python -m tests.benchmarks.bench_comparison --large

The first simulates pairs of detectors and prints how often p fell below a level, which for equally
good ones must be that level or less, and how often the 95 % interval held the true difference. The
second makes two iterations as large as COCO's and opens their comparison through the workflow.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tests.benchmarks.large_evaluation import large_data, write_library
from tests.core.evaluation.simulated_pairs import Skill, simulated_pair
from tui_detect.core.evaluation.comparison import compare
from tui_detect.core.ids import new_uuid
from tui_detect.store import runs
from tui_detect.workflows.changes import changes_between
from tui_detect.workflows.comparing import comparisons, pair_up, pictures_of
from tui_detect.workflows.iterations import get_iteration
from tui_detect.workflows.library import Library, open_library

FIGURES = ("precision", "recall", "f1", "map", "false_alarms_per_background")
LEVELS = (0.01, 0.05, 0.2, 0.5)
EQUAL = Skill(found=0.7, false=0.8)
BETTER = Skill(found=0.8, false=0.5)


@dataclass
class Tally:
    """What one figure said in all trials."""

    p: list[float] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    intervals: list[tuple[float, float]] = field(default_factory=list)

    def row(self, truth: float | None) -> Iterator[str]:
        """How often p was below each level, had an interval, and held the true difference.

        Args:
            truth: `None` for the mean over the trials, which comes close to it.
        """
        p = np.array(self.p)
        truth = float(np.mean(self.values)) if truth is None else truth
        yield from (f"{np.mean(p < level) * 100:.1f}" for level in LEVELS)
        yield f"{len(self.intervals) / len(p) * 100:.0f}"
        held = [low <= truth <= high for low, high in self.intervals]
        yield f"{np.mean(held) * 100:.1f}" if held else "–"


def print_honesty(trials: int) -> None:
    """The table of p-values and intervals."""
    levels = " | ".join(f"p < {level:g}, %" for level in LEVELS)
    say(f"| images | second is | figure | {levels} | has interval, % | holds truth, % |")
    say("|---|---|---|" + "---|" * (len(LEVELS) + 2))
    for images, second, name in (
        *((images, EQUAL, "equal") for images in (8, 20, 50, 200)),
        (50, BETTER, "better"),
        (200, BETTER, "better"),
    ):
        random = np.random.default_rng(images)
        tallies = {figure: Tally() for figure in FIGURES}
        for _ in range(trials):
            comparison = compare(*simulated_pair(random, EQUAL, second, images=images), 0.4, 0.4)
            for figure, tally in tallies.items():
                found = getattr(comparison, figure)
                if found.p is not None and found.value is not None:
                    tally.p.append(found.p)
                    tally.values.append(found.value)
                if found.low is not None and found.high is not None:
                    tally.intervals.append((found.low, found.high))
        truth = 0.0 if second == EQUAL else None
        for figure, tally in tallies.items():
            say(f"| {images} | {name} | {figure} | {' | '.join(tally.row(truth))} |")


def print_large() -> None:
    """How long the comparison of two large iterations takes, and what it needs."""
    with TemporaryDirectory() as folder:
        first_id = write_library(Path(folder), large_data())
        library = open_library(Path(folder))
        pair = get_iteration(library, first_id), get_iteration(library, _second(library, first_id))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        clock = Clock()
        pairing = pair_up(library, *pair)
        clock.lap("both read and put on common ground")
        steps = iter(comparisons(pairing, 0.5))
        next(steps)
        clock.lap("boxes matched, figures without intervals")
        whole = next(steps)
        clock.lap("how sure the differences are")
        pictures_of(library, whole)
        clock.lap("names of the pictures won and lost")
        changes_between(library, *pair)
        clock.lap("what changed")
        grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        library.close()
    say("| 5,000 images, 80 tags, 500,000 detections each | s | CPU s |\n|---|---|---|")
    for line in clock.lines:
        say(line)
    say(f"| peak of memory above the one before, MB | {grown_mb:.0f} | |")


class Clock:
    """Times one step after another."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._last = self._now()

    def lap(self, name: str) -> None:
        """The step of that name has ended."""
        now = self._now()
        wall_s, cpu_s = (after - before for after, before in zip(now, self._last, strict=True))
        self.lines.append(f"| {name} | {wall_s:.2f} | {cpu_s:.2f} |")
        self._last = self._now()

    @staticmethod
    def _now() -> tuple[float, float]:
        return time.perf_counter(), time.process_time()


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _second(library: Library, first_id: int) -> int:
    """An iteration like the first one, whose detections are a little more or less probable."""
    db, second_id, random = library.db, first_id + 1, np.random.default_rng(1)
    with db.atomic():
        columns = [row["name"] for row in db.rows("PRAGMA table_info(iterations)")]
        new = {"id": second_id, "uuid": new_uuid(), "number": 2, "name": "Iteration 2"}
        taken = ", ".join("?" if name in new else name for name in columns)
        values = [new[name] for name in columns if name in new]
        db.run(
            f"INSERT INTO iterations SELECT {taken} FROM iterations WHERE id = {first_id}", values
        )
        for table, others in (
            ("iteration_tags", "position, tag_id, name"),
            ("iteration_images", "image_id, split"),
            ("iteration_regions", "image_id, region_uuid, tag_id, left, top, width, height"),
        ):
            db.run(
                f"INSERT INTO {table} SELECT {second_id}, {others} FROM {table} "
                f"WHERE iteration_id = {first_id}"
            )
        rows = []
        for image_id, items in runs.detections(db, first_id).items():
            changed = items.copy()
            changed["probability"] **= random.uniform(0.7, 1.3, len(items))
            rows.append((second_id, image_id, changed.tobytes()))
        db.insert_many("INSERT INTO detections VALUES (?, ?, ?)", rows)
    return second_id


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=500)
    parser.add_argument("--large", action="store_true")
    arguments = parser.parse_args()
    if arguments.large:
        print_large()
    else:
        print_honesty(arguments.trials)
