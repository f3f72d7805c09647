"""The runs of `make_screenshots`: at the start, in the middle, at the end, and a lost one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta

from tests import make_screenshots as studio
from tests.synthetic_run import SyntheticRun
from tui_detect.core.model import Project, TrainingSettings
from tui_detect.vision.processes import ProcessIdentity
from tui_detect.workflows import training
from tui_detect.workflows.library import Library

EPOCHS = 60
MIDDLE, LAST_SIGN = 27, 41
EPOCH_TIME = timedelta(seconds=4.2)


def run_scenes(library: Library, project: Project) -> Iterator[tuple[str, str]]:
    """File names and keys to press; what is to be seen has happened when one is asked for."""
    run = _start(library, project)
    _pass(timedelta(seconds=3))
    yield "train-start", ""
    for epoch in range(1, EPOCHS + 1):
        if epoch == MIDDLE:
            run.batch(epoch, 12)
            run.meters(epoch)
            yield "train", ""
            yield "train-pictures", "f"
        _train(run, epoch)
    run.finish()
    yield "train-end", "v"
    run = _start(library, project)
    for epoch in range(1, LAST_SIGN + 1):
        _train(run, epoch)
    run.folder.publish_checkpoint(run.folder.log_file, LAST_SIGN)
    run.folder.record_process(ProcessIdentity(4711, 0.0, "gpu-box"))
    seen_s = studio.Clock.moment.timestamp()
    os.utime(run.folder.heartbeat_file, (seen_s, seen_s))
    yield "train-lost", ""


def _start(library: Library, project: Project) -> SyntheticRun:
    _pass(timedelta(minutes=20))
    iteration, _ = training.prepare_run(library, project.id, TrainingSettings())
    run = SyntheticRun(library, iteration, EPOCHS)
    run.events.write("stage", stage="training")
    run.start()
    run.events.write(
        "warning", message="bench_031.png skipped: it cannot be read"
    )
    run.events.write("warning", message="batch 32 did not fit into the GPU: 16 is used")
    return run


def _train(run: SyntheticRun, epoch: int) -> None:
    _pass(EPOCH_TIME)
    run.batch(epoch, 40)
    run.epoch(epoch)


def _pass(time: timedelta) -> None:
    studio.Clock.moment += time
