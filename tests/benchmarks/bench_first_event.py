"""How long a person waits after the key that trains: to the run's first word, and its first batch.

    python -m tests.benchmarks.bench_first_event [--repeats 5]

From the call that the key makes. The first of the repeats warms the disk cache and is not counted.
The table it prints is kept in `README.md` here.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from tests.e2e.killing import SETTINGS, finish, folder_of
from tests.waiting import wait_for
from tui_detect.workflows.demo import add_drawn_pictures
from tui_detect.workflows.library import Library, open_library
from tui_detect.workflows.projects import create_project
from tui_detect.workflows.training import start_training

WANTED_S = 6.0
MARKS = ("returned", "stage", "started", "batch")


def waits(library: Library) -> dict[str, float]:
    """Seconds to each mark of one run: the call's return, then the first event of each kind."""
    started_s = time.monotonic()
    iteration = start_training(library, 1, replace(SETTINGS, epochs=1), force=True)
    found = {"returned": time.monotonic() - started_s}
    folder = folder_of(library, iteration)

    def look() -> bool:
        for event in folder.read_events()[0]:
            found.setdefault(event.kind, time.monotonic() - started_s)
        return "batch" in found

    wait_for(look, "the first batch", 120)
    finish(library, iteration)
    return found


def main() -> int:
    """Measure and print the table; 1 when the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        library = open_library(Path(home))
        add_drawn_pictures(library, create_project(library, "parts"), 8)
        waited = [waits(library) for _ in range(options.repeats + 1)][1:]
    sys.stdout.write(f"`python -m tests.benchmarks.bench_first_event {' '.join(sys.argv[1:])}`\n\n")
    sys.stdout.write("| from the key to | median, s | longest, s |\n|---|---|---|\n")
    names = ("the screen is free again", "first event", "the device is chosen", "first batch")
    for mark, name in zip(MARKS, names, strict=True):
        seconds = [wait[mark] for wait in waited]
        sys.stdout.write(f"| {name} | {statistics.median(seconds):.2f} | {max(seconds):.2f} |\n")
    return 0 if max(wait["stage"] for wait in waited) < WANTED_S else 1


if __name__ == "__main__":
    sys.exit(main())
