"""The runs of `make_screenshots`: at the start, in the middle, at the end, and a lost one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from tests.synthetic_run import SyntheticRun
from tui_detect.core.model import Project, TrainingSettings
from tui_detect.vision.processes import ProcessIdentity
from tui_detect.workflows import training
from tui_detect.workflows.library import Library

EPOCHS = 60
MIDDLE, LAST_SIGN = 27, 41
EPOCH_TIME = timedelta(seconds=4.2)


Wait = Callable[[timedelta], datetime]
"""Lets time pass, and says what time it is then."""


def run_scenes(library: Library, project: Project, wait: Wait) -> Iterator[tuple[str, str]]:
    """File names and keys to press; what is to be seen has happened when one is asked for."""
    wait(timedelta(minutes=20))
    run = _start(library, project)
    wait(timedelta(seconds=3))
    yield "train-start", ""
    for epoch in range(1, EPOCHS + 1):
        if epoch == MIDDLE:
            run.batch(epoch, 12)
            run.meters(epoch)
            yield "train", ""
            yield "train-pictures", "f"
        wait(EPOCH_TIME)
        _train(run, epoch)
    run.finish()
    yield "train-end", "v"
    wait(timedelta(minutes=20))
    run = _start(library, project)
    for epoch in range(1, LAST_SIGN + 1):
        wait(EPOCH_TIME)
        _train(run, epoch)
    run.folder.record_process(ProcessIdentity(4711, 0.0, "gpu-box"))
    seen_s = wait(timedelta(0)).timestamp()
    os.utime(run.folder.heartbeat_file, (seen_s, seen_s))
    yield "train-lost", ""


def _start(library: Library, project: Project) -> SyntheticRun:
    iteration, _ = training.prepare_run(library, project.id, TrainingSettings())
    run = SyntheticRun(library, iteration, EPOCHS)
    run.events.write("stage", stage="training")
    run.start()
    run.events.write("warning", message="bench_031.png skipped: it cannot be read")
    run.events.write("warning", message="batch 32 did not fit into the GPU: 16 is used")
    return run


def _train(run: SyntheticRun, epoch: int) -> None:
    run.batch(epoch, 40)
    run.epoch(epoch)
