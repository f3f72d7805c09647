"""What the meters of a run and the wait for a device cost, beside one core kept busy.

Processor time of this process for many readings, scaled to how often a run takes them. The driver
of two GPUs is a stand-in, so that its own time is not in here.

    python -m tests.benchmarks.bench_meters [READINGS]
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from unittest.mock import patch

from tests.vision.stand_in_nvml import Card, StandInNvml
from tui_detect.core.queue import QueueEntry
from tui_detect.vision.events import EventWriter
from tui_detect.vision.gpus import list_gpus, open_gauges
from tui_detect.vision.meters import INTERVAL_S, read_meters
from tui_detect.vision.queueing import POLL_S, RunQueue

RUNS_AHEAD = 5


def cost_s(act: Callable[[], object], times: int) -> float:
    """Processor time of one call, in seconds."""
    before = time.process_time()
    for _ in range(times):
        act()
    return (time.process_time() - before) / times


def main() -> None:
    """Print the table."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    with (
        tempfile.TemporaryDirectory() as folder,
        patch.dict(sys.modules, pynvml=StandInNvml([Card("GPU-a"), Card("GPU-b")])),
        open_gauges(list_gpus()) as read,
    ):
        events = EventWriter(Path(folder) / "events.jsonl")
        reading_s = cost_s(lambda: events.write("meters", **asdict(read_meters(read()))), times)
        queue = RunQueue(Path(folder) / "queue")
        places = [
            queue.enter(QueueEntry(f"{n}", f"Iteration {n}", "cpu", ("cpu",), needs_all=True))
            for n in range(RUNS_AHEAD + 1)
        ]
        places[0].take()
        look_s = cost_s(lambda: places[-1].take() or places[-1].reason(()), times)
    rows = [
        ("meters of a run with two GPUs", reading_s, INTERVAL_S),
        (f"waiting behind {RUNS_AHEAD} runs", look_s, POLL_S),
    ]
    lines = ["| what | once, ms | how often | share of one core |", "|---|---|---|---|"]
    for what, once_s, every_s in rows:
        share = once_s / every_s
        lines.append(f"| {what} | {once_s * 1e3:.2f} | every {every_s:g} s | {share:.3%} |")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
