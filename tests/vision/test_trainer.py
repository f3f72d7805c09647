"""A training goes on after whatever ended it: real, tiny ones, in this process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.vision.jobs import TINY, drawn_job
from tui_detect.vision import trainer
from tui_detect.vision.dataset import Dataset
from tui_detect.vision.devices import Device
from tui_detect.vision.engine import Trainer
from tui_detect.vision.events import EventWriter
from tui_detect.vision.failures import explain
from tui_detect.vision.parts import PartResult
from tui_detect.vision.recipes import Plan, get_recipe, make_plan
from tui_detect.vision.run_folder import RunFolder
from tui_detect.vision.stopping import StopSwitch
from tui_detect.workflows.preparing import prepare

pytestmark = pytest.mark.training

CPU = Device("cpu", "cpu", "CPU")


class Run:
    """A run folder whose pictures are prepared, with what `fit` needs."""

    def __init__(self, path: Path, epochs: int) -> None:
        job = drawn_job(path / "pictures", settings=replace(TINY, epochs=epochs))
        self.folder = RunFolder.create(path / "run", job)
        self.part = self.folder.part(1)
        self.events: EventWriter = self.folder.open_events()
        self.stop = StopSwitch(self.folder)
        self.dataset: Dataset = prepare(self.folder.dataset, job, self.events, self.stop)
        self.plan: Plan = make_plan(
            get_recipe("General"), job.settings, pictures=6, tags=3, device="cpu", weights=None
        )

    def fit(self) -> PartResult:
        """Train, or go on with it."""
        return trainer.fit(self.part, self.plan, self.dataset, CPU, self.events, self.stop)

    def told(self, kind: str, field: str) -> list[object]:
        """One field of every event of a kind."""
        return [e.data[field] for e in self.folder.read_events()[0] if e.kind == kind]


@pytest.fixture
def torch_as_it_was() -> Iterator[None]:
    """Leave the number of threads to other tests as it was."""
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def run(tmp_path: Path, torch_as_it_was: None) -> Run:
    return Run(tmp_path, epochs=3)


@pytest.mark.parametrize(
    ("batch", "image_size_px", "shared"), [(4, 160, False), (4, 320, True), (16, 160, True)]
)
def test_only_large_batches_are_shared_by_all_cores(
    batch: int, image_size_px: int, shared: bool
) -> None:
    assert trainer.is_worth_all_cores(batch, image_size_px) == shared


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB"),
        MemoryError("Unable to allocate 2 GiB for an array"),
    ],
    ids=["GPU", "CPU"],
)
def test_memory_that_runs_out_late_costs_half_the_batch_and_no_epoch(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    prepare_batch = Trainer.preprocess_batch

    def too_large(self: Any, batch: dict[str, Any]) -> object:  # noqa: ANN401
        if self.epoch == 1 and self.batch_size == 4:
            raise error
        return prepare_batch(self, batch)

    monkeypatch.setattr(Trainer, "preprocess_batch", too_large)
    assert run.fit().epochs == 3
    assert run.told("epoch", "epoch") == [1, 2, 3]
    (warning,) = run.told("warning", "message")
    assert "too small for batches of 4 pictures: batches of 2 from here on" in str(warning)
    assert run.part.record(run.part.checkpoints[-1]).batch == 2


def test_memory_too_small_for_one_picture_is_the_end(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def always_too_large(self: Any, batch: object) -> object:  # noqa: ANN401
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")

    monkeypatch.setattr(Trainer, "preprocess_batch", always_too_large)
    with pytest.raises(torch.OutOfMemoryError):
        run.fit()
    assert any("batches of 1 from here on" in str(text) for text in run.told("warning", "message"))


def test_a_loss_that_is_no_number_costs_an_epoch(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    validate = Trainer.validate
    bad = iter([True])

    def spoilt(self: Any) -> object:  # noqa: ANN401
        outcome = validate(self)
        if self.epoch == 1 and next(bad, False):
            self.loss = torch.tensor(float("nan"))
        return outcome

    monkeypatch.setattr(Trainer, "validate", spoilt)
    assert run.fit().epochs == 3
    assert run.told("epoch", "epoch") == [1, 2, 3]
    assert run.told("warning", "message") == [
        "a loss that is not a number in epoch 2: going back to epoch 1"
    ]


def test_a_loss_that_is_no_number_in_the_first_epoch_is_the_end(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    validate = Trainer.validate

    def spoilt(self: Any) -> object:  # noqa: ANN401
        outcome = validate(self)
        self.loss = torch.tensor(float("nan"))
        return outcome

    monkeypatch.setattr(Trainer, "validate", spoilt)
    with pytest.raises(RuntimeError) as caught:
        run.fit()
    assert "--set learning_rate=" in explain(caught.value)[1]
    assert not run.part.checkpoints
    assert not run.part.weights.exists()
    assert run.told("epoch", "epoch") == []


def test_a_broken_checkpoint_costs_an_epoch_and_a_finished_part_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    averaged: list[int] = []
    average = Trainer._average

    def counted(self: Any) -> None:  # noqa: ANN401
        averaged.append(self.start_epoch)
        average(self)

    monkeypatch.setattr(Trainer, "_average", counted)
    run.fit()
    newest = run.part.checkpoints[-1]
    newest.write_bytes(newest.read_bytes()[:1000])
    run.part.forget_result()
    averaged.clear()

    result = run.fit()
    assert result.epochs == 3
    assert run.told("epoch", "epoch") == [1, 2, 3, 3]
    (warning,) = run.told("warning", "message")
    assert str(warning).startswith("the checkpoint epoch-00003.pt is broken")
    torch.load(run.part.weights, map_location="cpu", weights_only=False)
    assert len(averaged) == 2, "Ultralytics makes its average anew when it resumes"

    assert run.fit() == result
    run.part.forget_result()
    assert run.fit() == result, "its last checkpoint says that it is over"
    assert run.told("epoch", "epoch") == [1, 2, 3, 3]


def test_a_stopped_training_goes_on_once_nobody_wants_it_stopped(run: Run) -> None:
    run.folder.request_stop()
    stopped = run.fit()
    assert (stopped.epochs, stopped.stopped) == (1, True)
    assert run.folder.weights.exists()
    assert run.fit() == stopped

    run.folder.stop_file.unlink()
    result = run.fit()
    assert (result.epochs, result.stopped) == (3, False)
    assert run.told("epoch", "epoch") == [1, 2, 3]
    spent_s = [run.part.record(path).elapsed_s for path in run.part.checkpoints]
    assert spent_s == sorted(spent_s)
    assert run.part.result == result
