"""A run trains, reports, stops, fails and survives as it promises: real, tiny trainings."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.vision.jobs import TINY, drawn_job
from tests.waiting import wait_for
from tui_detect.core.errors import PictureRefused
from tui_detect.vision.events import ENDINGS, Event
from tui_detect.vision.job import Job
from tui_detect.vision.launchers import get_launcher
from tui_detect.vision.predictor import Predictor
from tui_detect.vision.run_folder import RunFolder

pytestmark = pytest.mark.training

LIMIT_S = 120
ENDLESS = replace(TINY, epochs=500)

Launch = Callable[[Job], RunFolder]


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Launch]:
    """Start runs; whatever still runs after the test is ended."""
    folders: list[RunFolder] = []

    def start(job: Job) -> RunFolder:
        folder = RunFolder.create(tmp_path / f"run-{len(folders)}", job)
        folders.append(folder)
        get_launcher("local").launch(folder, {})
        return folder

    yield start
    for folder in folders:
        kill(folder, signal.SIGKILL)


def kill(folder: RunFolder, number: signal.Signals) -> None:
    """Send a signal to the run's process, if it is still there."""
    process = folder.process
    if process is not None and process.is_running():
        os.kill(process.pid, number)


def events_of(folder: RunFolder) -> list[Event]:
    return folder.read_events()[0]


def kinds(folder: RunFolder) -> list[str]:
    return [event.kind for event in events_of(folder)]


def last(folder: RunFolder) -> Event:
    return events_of(folder)[-1]


def finish(folder: RunFolder) -> None:
    wait_for(lambda: folder.exit_file.exists(), "the run to end", LIMIT_S)


def reach(folder: RunFolder, kind: str) -> None:
    """Wait until the run reported something, or ended without."""
    wait_for(lambda: kind in kinds(folder) or folder.exit_file.exists(), kind, LIMIT_S)
    assert not folder.exit_file.exists(), folder.log_tail()


def detections(folder: RunFolder) -> dict[object, list[list[float]]]:
    return {
        event.data["image"]: event.data["items"]  # type: ignore[misc]
        for event in events_of(folder)
        if event.kind == "detections"
    }


def test_a_run_tells_everything_in_order(launch: Launch, tmp_path: Path) -> None:
    job = awkward_job(tmp_path / "pictures")
    folder = launch(job)
    finish(folder)
    assert folder.exit is not None
    assert folder.exit.state == "completed", folder.log_tail()
    assert not folder.alive()

    events = events_of(folder)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    milestones = [e.kind for e in events if e.kind not in ("stage", "batch", "meters")]
    assert milestones == [
        "warning",
        "started",
        *["epoch", "preview", "checkpoint"] * 2,
        *["detections"] * 3,
        "finished",
    ]
    stages = [event.data["stage"] for event in events if event.kind == "stage"]
    named = ["waiting", "preparing", "training", "validating", "evaluating"]
    assert list(dict.fromkeys(stages)) == named

    warning = next(e.data for e in events if e.kind == "warning")
    assert warning["message"] == "1.png was skipped: " + str(warning["message"]).split(": ", 1)[1]
    started = next(e.data for e in events if e.kind == "started")
    assert (started["images_train"], started["images_validation"]) == (8, 3)
    assert started["recipe"]["epochs"] == 2  # type: ignore[index]
    batch = next(e.data for e in events if e.kind == "batch")
    assert set(batch["losses"]) == {"box", "cls", "dfl"}  # type: ignore[call-overload]
    assert (batch["epoch"], batch["epochs"], batch["batch"], batch["batches"]) == (1, 2, 1, 2)
    epoch = [e.data for e in events if e.kind == "epoch"][-1]
    assert epoch["epoch"] == 2
    assert set(epoch["validation_losses"]) == {"box", "cls", "dfl"}  # type: ignore[call-overload]
    assert epoch["map50"] is not None

    wanted = {image.uuid for image in job.images if image.split == "validation"}
    assert set(detections(folder)) == wanted
    for items in detections(folder).values():
        assert len(items) <= 300
        for tag, probability, left, top, width, height in items:
            assert tag in (0, 1, 2)
            assert 0.001 <= probability <= 1
            assert 0 <= left <= left + width <= 1.000001
            assert 0 <= top <= top + height <= 1.000001
    finished = events[-1].data
    assert finished["weights"] == str(folder.weights)
    assert finished["weights_bytes"] == folder.weights.stat().st_size
    assert [path.name for path in folder.part(1).checkpoints] == [
        "epoch-00001.pt",
        "epoch-00002.pt",
    ]
    assert all(image.object.exists() for image in job.images if image.name != "1.png")
    predicts(folder, job)


def awkward_job(pictures: Path) -> Job:
    """Twelve pictures; one is gone, others are 16-bit, CMYK, with alpha, or awkwardly tagged."""
    job = drawn_job(pictures, pictures=12)
    job.images[1].object.unlink()
    deep = np.asarray(Image.open(job.images[2].object).convert("L"), dtype=np.uint16) * 257
    Image.fromarray(deep).save(job.images[2].object)
    Image.open(job.images[3].object).convert("CMYK").save(job.images[3].object, "TIFF")
    Image.open(job.images[4].object).convert("RGBA").save(job.images[4].object)
    return replace(job, tags=("n01440764", 'nut: "M8"', "🔩"))


def predicts(folder: RunFolder, job: Job) -> None:
    """The weights give the same boxes in the predictor as in the run's own evaluation."""
    image = next(i for i in job.images if i.split == "validation" and i.name == "0.png")
    with Predictor(folder.weights, device="cpu") as predictor:
        predicted = predictor.predict(image.object, floor=0.001)
        with pytest.raises(PictureRefused):
            predictor.predict(folder.job_file)
    stored = detections(folder)[image.uuid]
    assert len(predicted) == min(len(stored), 200)
    for (tag, probability, box), item in zip(predicted, stored, strict=False):
        assert [tag, probability, box.left, box.width] == pytest.approx(
            [item[0], item[1], item[2], item[4]], abs=1e-3
        )


def test_a_stop_keeps_the_best_weights_and_evaluates_them(launch: Launch, tmp_path: Path) -> None:
    folder = launch(drawn_job(tmp_path / "pictures", settings=ENDLESS))
    reach(folder, "epoch")
    kill(folder, signal.SIGHUP)
    folder.request_stop()
    finish(folder)
    assert folder.exit is not None
    assert folder.exit.state == "cancelled", "a lost terminal is nothing, a stop is a stop"
    ending = last(folder)
    assert ending.kind == "cancelled"
    assert ending.data["weights"] == str(folder.weights)
    assert 1 <= int(str(ending.data["epochs"])) < 500
    assert folder.weights.exists()
    assert len(detections(folder)) == 2


def test_sigterm_before_the_first_epoch_ends_in_order(launch: Launch, tmp_path: Path) -> None:
    folder = launch(drawn_job(tmp_path / "pictures", settings=ENDLESS))
    reach(folder, "stage")
    kill(folder, signal.SIGTERM)
    finish(folder)
    assert folder.exit is not None
    assert folder.exit.state == "cancelled"
    assert last(folder).kind == "cancelled"


def test_a_killed_run_is_seen_to_be_lost(launch: Launch, tmp_path: Path) -> None:
    folder = launch(drawn_job(tmp_path / "pictures", settings=ENDLESS))
    reach(folder, "checkpoint")
    kill(folder, signal.SIGKILL)
    process = folder.process
    assert process is not None
    wait_for(lambda: not process.is_running(), "the process to be gone")
    a_minute_ago = folder.heartbeat_file.stat().st_mtime - 60
    os.utime(folder.heartbeat_file, (a_minute_ago, a_minute_ago))
    assert not folder.alive()
    assert folder.exit is None
    assert not ENDINGS & set(kinds(folder))
    assert folder.part(1).checkpoints, "there is something to resume from"


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        (replace(TINY, device="7"), "no device '7'"),
        (replace(TINY, weights="/nowhere.pt"), "/nowhere.pt cannot be read"),
        (replace(TINY, weights="broken.pt"), "broken.pt is no weights file"),
    ],
)
def test_a_run_that_cannot_work_says_why(
    launch: Launch, tmp_path: Path, settings: object, complaint: str
) -> None:
    (tmp_path / "broken.pt").write_text("no weights")
    job = drawn_job(tmp_path / "pictures", pictures=2, settings=TINY)
    assert hasattr(settings, "weights")
    if settings.weights == "broken.pt":
        settings = replace(TINY, weights=str(tmp_path / "broken.pt"))
    folder = launch(replace(job, settings=settings))  # type: ignore[arg-type]
    finish(folder)
    assert folder.exit is not None
    assert folder.exit.state == "failed"
    assert complaint in folder.exit.message
    assert last(folder).kind == "failed"
    assert last(folder).data["message"] == folder.exit.message
    assert any("Traceback" in line for line in folder.log_tail()), "the log has the details"


def test_a_run_whose_pictures_are_all_gone_fails_with_a_reason(
    launch: Launch, tmp_path: Path
) -> None:
    job = drawn_job(tmp_path / "pictures", pictures=2)
    for image in job.images:
        image.object.unlink()
    folder = launch(job)
    finish(folder)
    assert folder.exit is not None
    assert "no picture of the train split" in folder.exit.message
    assert kinds(folder).count("warning") == 2
