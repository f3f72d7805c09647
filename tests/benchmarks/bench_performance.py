"""The Performance view of an iteration as large as COCO's: opening it, its keys, its memory.

5,000 validation pictures, 80 tags, 36,000 regions and 500,000 detections, written straight into a
library that also holds as many pictures for training. The app runs under a pty of 120x40; a key's
time ends with the last byte it causes. Beside it the same steps without the app.

    python -m tests.benchmarks.bench_performance [KEYS]
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import psutil

from tests.benchmarks.large_evaluation import DETECTIONS, IMAGES, TAGS, large_data, write_library
from tests.benchmarks.pty_terminal import COLUMNS, LINES, PtyTerminal, child_of
from tui_detect.core.evaluation import curves, figures, map_interval, match
from tui_detect.core.evaluation.box_sizes import by_size
from tui_detect.core.evaluation.calibration import calibration
from tui_detect.workflows.library import open_library
from tui_detect.workflows.performance import load_evaluation

TARGET_KEY_MS, TARGET_OPENING_S, TARGET_MB = 50.0, 1.0, 400.0
OPEN_QUIET_S = 3.0
"""After opening: what a thread still computes comes later than the figures."""
KEY_QUIET_S = 0.4
PATIENCE_S = 10.0
HELD_KEYS_A_SECOND = 30
OPENINGS = 9


def megabytes(pid: int) -> float:
    """Memory of a process and its children, what they share counted in each."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return float(sum(member.memory_info().rss for member in family)) / 1e6


def steps(home: Path, iteration_id: int) -> list[tuple[str, float]]:
    """Each step of the evaluation by itself, in milliseconds; the best of three."""
    library = open_library(home)
    rows: list[tuple[str, float]] = []

    def timed(name: str, act: Callable[[], object], times: int = 1) -> None:
        taken_s = []
        for _ in range(times):
            started_s = time.perf_counter()
            act()
            taken_s.append(time.perf_counter() - started_s)
        rows.append((name, 1000 * min(taken_s)))

    timed("read from SQLite", lambda: load_evaluation(library, iteration_id), 3)
    data = load_evaluation(library, iteration_id)
    timed("match at 0.30", lambda: match(data, 0.3))
    matched = match(data, 0.3)
    timed("AP and curves", lambda: curves(matched))
    timed("interval of mAP", lambda: map_interval(matched))
    for threshold in (0.5, 0.1, 0.01):
        timed(f"all figures at {threshold}", partial(figures, matched, threshold), 3)
    timed("calibration", lambda: calibration(matched))
    timed("box sizes", lambda: by_size(matched, 0.5))
    timed("box sizes at another threshold", lambda: by_size(matched, 0.4), 3)
    timed("match at 0.50:0.95", lambda: match(data, "0.50:0.95"))
    library.close()
    return rows


def keys(terminal: PtyTerminal, count: int) -> list[float]:
    """Milliseconds from a threshold key to the last byte; 0.40 up to 0.80, down to 0 and so on."""
    taken = []
    for number in range(count):
        key = b"[" if (number + 8) // 16 % 2 else b"]"
        terminal.write(key)
        taken.append(1000 * terminal.read(PATIENCE_S, KEY_QUIET_S)[1])
    return taken


def held(terminal: PtyTerminal) -> float:
    """Milliseconds from the last of 40 keys at the rate of a held one to the last byte."""
    terminal.write(b"=")
    terminal.read(KEY_QUIET_S, KEY_QUIET_S)
    for _ in range(40):
        terminal.write(b".")
        until_s = time.perf_counter() + 1 / HELD_KEYS_A_SECOND
        while (left_s := until_s - time.perf_counter()) > 0:
            terminal.take(left_s)
    return 1000 * terminal.read(KEY_QUIET_S, KEY_QUIET_S)[1]


def main() -> None:
    """Measure and print the tables."""
    if sys.argv[1:2] == ["--child"]:
        for name, taken_ms in steps(Path(sys.argv[2]), int(sys.argv[3])):
            sys.stdout.write(f"{name:34}{taken_ms:10.1f} ms\n")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
        sys.stdout.write(f"{'memory of that, at most':34}{peak:10.0f} MB\n")
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    out = sys.stdout
    out.write(f"command: python -m tests.benchmarks.bench_performance {count}\n")
    out.write(f"{IMAGES:,} pictures, {TAGS} tags, {DETECTIONS:,} detections; ")
    out.write(f"the app in a pty of {COLUMNS}x{LINES}\n\n")
    with tempfile.TemporaryDirectory() as home:
        iteration_id = write_library(Path(home), large_data())
        app(Path(home), count)
        out.write("\nwithout the app, in a process of its own\n")
        out.flush()
        run_child(home, iteration_id)


def open_view(terminal: PtyTerminal) -> tuple[float, float]:
    """Open the view; seconds from the key to the figures, and the memory before."""
    terminal.until(b"large")
    terminal.read(PATIENCE_S, OPEN_QUIET_S)
    terminal.write(b"\r")
    terminal.read(PATIENCE_S, OPEN_QUIET_S)
    before_mb = megabytes(terminal.pid)
    pressed_s = time.perf_counter()
    terminal.write(b"3")
    terminal.until(b"False alarms")
    opening_s = time.perf_counter() - pressed_s
    terminal.read(PATIENCE_S, OPEN_QUIET_S)
    return opening_s, before_mb


@contextmanager
def started(home: Path) -> Iterator[PtyTerminal]:
    """The app in a terminal, which is closed in the end."""
    terminal = PtyTerminal(
        [sys.executable, "-m", "tui_detect", "--home", str(home)],
        answers={b"\x1b[c": b"\x1b[?62;c"},
    )
    try:
        yield terminal
    finally:
        terminal.close()


def app(home: Path, count: int) -> None:
    """Open the view several times, press keys, print what it took."""
    openings_s = []
    for _ in range(OPENINGS - 1):
        with started(home) as terminal:
            openings_s.append(open_view(terminal)[0])
    with started(home) as terminal:
        opening_s, before_mb = open_view(terminal)
        openings_s.append(opening_s)
        opened_mb = megabytes(terminal.pid)
        terminal.write(b"[" * 2)
        terminal.read(PATIENCE_S, OPEN_QUIET_S)
        taken = keys(terminal, count)
        lag_ms = held(terminal)
        after_mb = megabytes(terminal.pid)
    p95 = float(np.percentile(taken, 95))
    out = sys.stdout
    for name, value, unit, target in (
        (
            "opening until its figures are there, median",
            statistics.median(openings_s),
            "s",
            TARGET_OPENING_S,
        ),
        (f"the quickest of {OPENINGS}", min(openings_s), "s", None),
        ("the slowest", max(openings_s), "s", None),
        ("threshold key, median", statistics.median(taken), "ms", None),
        ("threshold key, 95th percentile", p95, "ms", TARGET_KEY_MS),
        (f"held {HELD_KEYS_A_SECOND} a second: last key to last byte", lag_ms, "ms", None),
        ("memory before opening", before_mb, "MB", None),
        ("memory when open", opened_mb, "MB", TARGET_MB),
        ("memory after the keys", after_mb, "MB", TARGET_MB),
    ):
        verdict = "" if target is None else "within" if value <= target else "ABOVE"
        aim = "" if target is None else f"   {verdict} {target:g} {unit}"
        out.write(f"{name:46}{value:8.2f} {unit:3}{aim}\n")
    out.flush()


def run_child(home: str, iteration_id: int) -> None:
    """The steps in a fresh process, so that their memory is theirs alone."""
    command = child_of("tests.benchmarks.bench_performance", home, str(iteration_id))
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
