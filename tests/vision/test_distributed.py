"""Several ranks train one detector: real processes on the processor in the place of GPUs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from tests.vision.jobs import TINY, drawn_job
from tests.waiting import wait_for
from tui_detect.core.errors import RunFailed
from tui_detect.vision import trainer
from tui_detect.vision.attempt import Attempt
from tui_detect.vision.devices import Device
from tui_detect.vision.distributed import shared_batch, train_together
from tui_detect.vision.environment import worker_environment
from tui_detect.vision.events import EventSink
from tui_detect.vision.parts import PartResult
from tui_detect.vision.recipes import get_recipe, make_plan
from tui_detect.vision.run_folder import RunFolder
from tui_detect.vision.stopping import StopSwitch
from tui_detect.workflows.preparing import prepare

LIMIT_S = 180
CPU_RANK = (sys.executable, "-m", "tests.vision.cpu_rank")
TWO = Device("gpu", "0,1", "2 × stand-in")


@pytest.mark.parametrize(
    ("batch", "ranks", "shared"), [(16, 2, 16), (15, 2, 14), (16, 3, 15), (1, 2, 2), (8, 1, 8)]
)
def test_a_batch_is_shared_evenly(batch: int, ranks: int, shared: int) -> None:
    assert shared_batch(batch, ranks) == shared


class Together:
    """A training on two ranks, in a thread of this process, which stands for the worker."""

    def __init__(self, tmp_path: Path, epochs: int) -> None:
        settings = replace(TINY, epochs=epochs, device="0,1")
        self.job = drawn_job(tmp_path / "pictures", settings=settings)
        self.folder = RunFolder.create(tmp_path / "run", self.job)
        self.events = self.folder.open_events()
        self.stop = StopSwitch(self.folder)
        self.result: PartResult | None = None
        self.error: Exception | None = None
        self.thread = threading.Thread(target=self._fit)

    def _fit(self) -> None:
        dataset = prepare(self.folder.dataset, self.job, self.events, self.stop)
        plan = make_plan(
            get_recipe(self.job.recipe),
            self.job.settings,
            pictures=len(dataset.train),
            tags=len(self.job.tags),
            device="cpu",
            weights=None,
        )
        part = self.folder.part(1)
        try:
            self.result = trainer.fit(part, plan, dataset, TWO, self.events, self.stop)
        except Exception as error:
            self.error = error

    def kinds(self) -> list[str]:
        return [event.kind for event in self.folder.read_events()[0]]

    def messages(self) -> list[object]:
        events = self.folder.read_events()[0]
        return [event.data["message"] for event in events if event.kind == "warning"]

    def finish(self) -> None:
        self.thread.join(LIMIT_S)
        assert not self.thread.is_alive()
        assert ranks() == [], "no process is left behind"
        events = self.folder.read_events()[0]
        assert [event.seq for event in events] == list(range(1, len(events) + 1))


def ranks(parent: int | None = None) -> list[psutil.Process]:
    """The ranks that live, the first one first."""
    found = psutil.Process(parent).children(recursive=True)
    return [process for process in found if process.status() != psutil.STATUS_ZOMBIE]


def together(attempt: Attempt, events: EventSink, stop: StopSwitch) -> None:
    """What the product does, with ranks on the processor."""
    train_together(attempt, events, stop, CPU_RANK)


@pytest.fixture(autouse=True)
def on_the_processor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in worker_environment(tmp_path / "ultralytics").items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
    monkeypatch.setattr(trainer, "train_together", together)


@pytest.mark.training
def test_two_ranks_report_and_publish_as_one(tmp_path: Path) -> None:
    run = Together(tmp_path, epochs=2)
    run.thread.start()
    run.finish()
    assert run.error is None
    assert run.result is not None
    assert (run.result.epochs, run.result.stopped) == (2, False)
    assert run.kinds().count("epoch") == 2
    assert run.kinds().count("checkpoint") == 2
    part = run.folder.part(1)
    assert part.weights.exists()
    assert [path.name for path in part.checkpoints] == ["epoch-00001.pt", "epoch-00002.pt"]


@pytest.mark.training
def test_a_stop_ends_all_ranks_at_the_end_of_an_epoch(tmp_path: Path) -> None:
    run = Together(tmp_path, epochs=500)
    run.thread.start()
    wait_for(lambda: "batch" in run.kinds(), "a batch", LIMIT_S)
    run.folder.request_stop()
    run.finish()
    assert run.error is None
    assert run.result is not None
    assert run.result.stopped
    assert run.kinds().count("epoch") == run.result.epochs < 500


@pytest.mark.training
def test_a_killed_rank_fails_the_run_in_words(tmp_path: Path) -> None:
    run = Together(tmp_path, epochs=500)
    run.thread.start()
    wait_for(lambda: "checkpoint" in run.kinds(), "a checkpoint", LIMIT_S)
    first, second = ranks()
    second.send_signal(signal.SIGKILL)
    run.finish()
    assert isinstance(run.error, RunFailed)
    assert run.error.message == "the process of GPU 1 was ended from outside (SIGKILL)"
    assert not first.is_running()


STARTS = """
from pathlib import Path
from tests.vision import test_distributed
test_distributed.trainer.train_together = test_distributed.together
run = test_distributed.Together(Path({folder!r}), epochs=500)
run.thread.start()
run.thread.join()
"""


@pytest.mark.training
def test_when_the_run_is_killed_its_ranks_end(tmp_path: Path) -> None:
    run = subprocess.Popen([sys.executable, "-c", STARTS.format(folder=str(tmp_path))])
    folder = RunFolder(tmp_path / "run")
    try:
        wait_for(
            lambda: any(event.kind == "batch" for event in folder.read_events()[0]),
            "a batch",
            LIMIT_S,
        )
        left_behind = ranks(run.pid)
        assert len(left_behind) == 2
    finally:
        run.kill()
        run.wait()
    wait_for(lambda: not any(rank.is_running() for rank in left_behind), "the ranks to end")


@pytest.mark.training
def test_a_batch_that_one_gpu_has_no_memory_for_is_halved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUT_OF_MEMORY_ABOVE", "3")
    run = Together(tmp_path, epochs=1)
    run.thread.start()
    run.finish()
    assert run.error is None
    assert run.result is not None
    assert run.result.epochs == 1
    assert run.messages()[-1] == (
        "the memory was too small for batches of 4 pictures: batches of 2 from here on"
    )
