"""What a person sees of a training: not too often, in plain words, and a stop that works."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.vision.jobs import bare_folder, bare_job
from tui_detect.core.model import TrainingSettings
from tui_detect.vision.dataset import Dataset
from tui_detect.vision.devices import Device
from tui_detect.vision.events import Event
from tui_detect.vision.parts import Checkpoint
from tui_detect.vision.recipes import get_recipe, make_plan
from tui_detect.vision.reporter import Throttle, TrainingReporter
from tui_detect.vision.run_folder import RunFolder
from tui_detect.vision.stopping import StopSwitch

METRICS = {
    "metrics/precision(B)": 0.5,
    "metrics/recall(B)": 0.25,
    "metrics/mAP50(B)": 0.75,
    "metrics/mAP50-95(B)": 0.4,
    "val/box_loss": 1.5,
    "val/cls_loss": 2.5,
    "val/dfl_loss": 3.5,
}


# Ultralytics comes without types.
Training = Any


class Clock:
    """A clock that stands still until it is told to move."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("time.monotonic", clock)
    return clock


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return bare_folder(tmp_path)


CPU = Device("cpu", "cpu", "CPU")


BATCH = 8


def report(
    folder: RunFolder,
    settings: TrainingSettings,
    clock: Clock,
    start: Checkpoint | None = None,
    device: Device = CPU,
) -> TrainingReporter:
    first, second = bare_job(folder.path).images
    images = {folder.path / f"{n}.png": replace(first, name=f"{n}.png") for n in range(30)}
    plan = make_plan(
        get_recipe("General"), settings, pictures=80, tags=3, device="cpu", weights=None
    )
    dataset = Dataset(folder.path / "data.yaml", images, {folder.path / "v.png": second})
    made = TrainingReporter(
        folder.part(1),
        folder.open_events(),
        plan,
        dataset,
        device,
        StopSwitch(folder),
        start,
        BATCH,
    )
    made._batches = Throttle(clock)
    return made


@pytest.fixture
def training(tmp_path: Path) -> Training:
    """As much of Ultralytics' trainer as the reporter looks at."""
    saved = tmp_path / "last.pt"
    saved.write_text("weights")

    class Loader(SimpleNamespace):
        def __len__(self) -> int:
            return 10

    folder = Path("/")
    return SimpleNamespace(
        epoch=0,
        epochs=4,
        batch_size=BATCH,
        stop=False,
        tloss={"box_loss": 1.0, "cls_loss": 2.0, "dfl_loss": 3.0},
        metrics=METRICS,
        lr={"lr/pg0": 0.001, "lr/pg1": 0.002},
        last=saved,
        fitness=0.4,
        best_fitness=0.4,
        start_epoch=0,
        train_time_start=0.0,
        train_loader=Loader(
            dataset=SimpleNamespace(im_files=[str(folder / f"{n}.png") for n in range(30)])
        ),
        test_loader=Loader(dataset=SimpleNamespace(im_files=["/v.png"])),
    )


def told(folder: RunFolder, kind: str) -> list[Event]:
    return [event for event in folder.read_events()[0] if event.kind == kind]


def test_batches_are_told_four_times_a_second_at_most(
    folder: RunFolder, clock: Clock, training: Training
) -> None:
    reporter = report(folder, TrainingSettings(epochs=4), clock)
    reporter.on_train_epoch_start(training)
    for _ in range(10):
        clock.now += 0.1
        reporter.on_train_batch_end(training)
    batches = told(folder, "batch")
    assert [event.data["batch"] for event in batches] == [1, 4, 7, 10]
    data = batches[-1].data
    assert data["losses"] == {"box": 1.0, "cls": 2.0, "dfl": 3.0}
    assert data["pictures_per_s"] == pytest.approx(80, rel=0.01)
    assert data["seconds_left"] == pytest.approx(3.0, abs=0.1), "three epochs of ten batches"


def test_a_budget_is_the_time_left(folder: RunFolder, clock: Clock, training: Training) -> None:
    reporter = report(folder, TrainingSettings(budget_minutes=10), clock)
    training.train_loader.dataset.im_files = [str(p) for p in reporter._dataset.train]
    reporter.on_train_start(training)
    reporter.on_train_epoch_start(training)
    clock.now += 60
    reporter.on_train_batch_end(training)
    assert told(folder, "batch")[0].data["seconds_left"] == 540


def test_a_resumed_training_has_spent_of_its_budget_already(
    folder: RunFolder, clock: Clock, training: Training
) -> None:
    settings = TrainingSettings(budget_minutes=10)
    start = Checkpoint(3, 20, 2, 0.5, 8, elapsed_s=100, over=False)
    reporter = report(folder, settings, clock, start)
    training.epoch, training.train_time_start = 3, 5000.0
    reporter.on_train_start(training)
    assert training.train_time_start == 4900, "Ultralytics ends it by that"
    assert told(folder, "warning") == [], "what was left out has been told"
    training.start_epoch = 3
    reporter.on_train_epoch_start(training)
    assert training.start_epoch == 0, "the mean time of an epoch is over all of them"
    clock.now += 60
    reporter.on_train_batch_end(training)
    assert told(folder, "batch")[0].data["seconds_left"] == 440
    training.best_fitness, training.fitness = 0.5, 0.4
    reporter.on_fit_epoch_end(training)
    record = folder.part(1).record(training.last)
    assert (record.epoch, record.best_epoch, record.elapsed_s) == (4, 2, 160)


def test_an_epoch_is_told_with_its_figures(
    folder: RunFolder, clock: Clock, training: Training
) -> None:
    reporter = report(folder, TrainingSettings(epochs=4), clock)
    reporter.on_train_epoch_start(training)
    clock.now += 2
    reporter.on_val_start(SimpleNamespace(dataloader=[1, 2]))
    clock.now += 1
    reporter.on_fit_epoch_end(training)
    data = told(folder, "epoch")[0].data
    assert data == {
        "epoch": 1,
        "losses": {"box": 1.0, "cls": 2.0, "dfl": 3.0},
        "validation_losses": {"box": 1.5, "cls": 2.5, "dfl": 3.5},
        "precision": 0.5,
        "recall": 0.25,
        "map50": 0.75,
        "map50_95": 0.4,
        "learning_rate": 0.002,
        "seconds": 3.0,
    }


def test_the_losses_of_every_model_have_the_same_names(
    folder: RunFolder, clock: Clock, training: Training
) -> None:
    reporter = report(folder, TrainingSettings(epochs=4), clock)
    training.tloss = {"box_loss": 1.0, "cls_loss": 2.0, "l1_loss": 3.0}  # YOLO26
    reporter.on_train_epoch_start(training)
    reporter.on_train_batch_end(training)
    assert told(folder, "batch")[0].data["losses"] == {"box": 1.0, "cls": 2.0, "dfl": 3.0}


def test_a_stop_ends_the_training_after_the_batch(
    folder: RunFolder, clock: Clock, training: Training
) -> None:
    reporter = report(folder, TrainingSettings(epochs=4), clock)
    reporter.on_train_epoch_start(training)
    reporter.on_train_batch_end(training)
    assert not training.stop
    folder.request_stop()
    reporter.on_train_batch_end(training)
    assert training.stop
    assert reporter.stopped_early


def test_of_several_gpus_none_leaves_the_epoch_before_the_others(
    folder: RunFolder, clock: Clock, training: Training
) -> None:
    together = Device("gpu", "0,1", "2 × NVIDIA A10")
    reporter = report(folder, TrainingSettings(epochs=4), clock, device=together)
    reporter._report_batch = lambda *_: None  # type: ignore[method-assign]
    reporter.on_train_epoch_start(training)
    folder.request_stop()
    reporter.on_train_batch_end(training)
    assert not training.stop


def test_a_stop_after_the_last_epoch_changes_nothing(
    folder: RunFolder, clock: Clock, training: Training
) -> None:
    reporter = report(folder, TrainingSettings(epochs=4), clock)
    training.stop = True  # as Ultralytics sets it at the end of the last epoch
    folder.request_stop()
    reporter.on_fit_epoch_end(training)
    assert not reporter.stopped_early


def test_a_budget_does_not_exceed_the_epochs_asked_for(
    folder: RunFolder, clock: Clock, training: Training
) -> None:
    settings = TrainingSettings(epochs=2, budget_minutes=10)
    reporter = report(folder, settings, clock)
    training.epochs = 900  # what Ultralytics makes of the budget
    reporter.on_train_epoch_start(training)
    assert told(folder, "stage")[0].data["total"] == 2
    reporter.on_fit_epoch_end(training)
    assert not training.stop
    training.epoch = 1
    reporter.on_fit_epoch_end(training)
    assert training.stop
    assert not reporter.stopped_early


def test_a_smaller_batch_is_told_once(folder: RunFolder, clock: Clock, training: Training) -> None:
    reporter = report(folder, TrainingSettings(epochs=4), clock)
    reporter.on_train_epoch_start(training)
    training.batch_size = 4
    reporter.on_train_epoch_start(training)
    reporter.on_train_epoch_start(training)
    warnings = [str(event.data["message"]) for event in told(folder, "warning")]
    assert len(warnings) == 1
    assert "batches of 4" in warnings[0]


def test_pictures_that_ultralytics_left_out_are_told(
    folder: RunFolder, clock: Clock, training: Training
) -> None:
    reporter = report(folder, TrainingSettings(epochs=4), clock)
    given = [str(path) for path in reporter._dataset.train]
    training.train_loader.dataset.im_files = given[25:]
    training.test_loader.dataset.im_files = [str(path) for path in reporter._dataset.validation]
    reporter.on_train_start(training)
    warnings = [str(event.data["message"]) for event in told(folder, "warning")]
    assert len(warnings) == 21, "twenty by name, the rest counted"
    assert warnings[0].startswith("0.png was left out")
    assert warnings[-1].startswith("5 more")


def test_an_epoch_is_told_before_its_weights_are_published(
    folder: RunFolder, clock: Clock, training: Training
) -> None:
    reporter = report(folder, TrainingSettings(epochs=4), clock)
    finish_epoch(reporter, training, 0, "good", fitness=0.5)
    finish_epoch(reporter, training, 1, "worse", fitness=0.4)
    kinds = [event.kind for event in folder.read_events()[0]]
    assert kinds == ["epoch", "checkpoint"] * 2
    assert [event.data["best"] for event in told(folder, "checkpoint")] == [True, False]
    assert reporter.best_epoch == 1
    assert folder.weights.read_text() == folder.part(1).weights.read_text() == "good"
    assert training.last.read_text() == "worse", "what it goes back to after a bad loss"


def test_a_stop_in_the_last_epoch_leaves_nothing_to_resume(
    folder: RunFolder, clock: Clock, training: Training
) -> None:
    reporter = report(folder, TrainingSettings(epochs=4), clock)
    folder.request_stop()
    for epoch, over in ((2, False), (3, True)):
        reporter.on_train_batch_end(training)
        finish_epoch(reporter, training, epoch, "weights", fitness=0.5)
        assert reporter.stopped_early
        assert folder.part(1).record(training.last).over == over


def finish_epoch(
    reporter: TrainingReporter,
    training: Training,
    epoch: int,
    weights: str,
    fitness: float,
) -> None:
    """End an epoch as Ultralytics does: weights saved, figures known."""
    training.epoch, training.fitness = epoch, fitness
    training.best_fitness = max(training.best_fitness, fitness)
    training.last = reporter._part.path.parent / "saved.pt"
    training.last.parent.mkdir(parents=True, exist_ok=True)
    training.last.write_text(weights)
    reporter.on_fit_epoch_end(training)


def test_a_loss_that_is_no_number_is_told(
    folder: RunFolder, clock: Clock, training: Training
) -> None:
    reporter = report(folder, TrainingSettings(epochs=4), clock)
    training.epoch, training.went_back = 6, True
    reporter.on_nan(training)
    training.went_back = False
    reporter.on_nan(training)
    assert [event.data["message"] for event in told(folder, "warning")] == [
        "a loss that is not a number in epoch 7: going back to epoch 6",
        "a loss that is not a number in epoch 7",
    ]
