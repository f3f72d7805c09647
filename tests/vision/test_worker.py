"""A run needs its starting weights only once: whatever becomes of the file, it can go on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from ultralytics import YOLO

from tests.vision.jobs import TINY, drawn_job
from tui_detect.core.errors import RunFailed
from tui_detect.core.model import TrainingSettings
from tui_detect.vision.courses import Course
from tui_detect.vision.devices import Device
from tui_detect.vision.job import Job
from tui_detect.vision.run_folder import RunFolder
from tui_detect.vision.stopping import StopSwitch
from tui_detect.vision.worker import plan_course
from tui_detect.workflows.preparing import prepare

CPU = Device("cpu", "cpu", "CPU")


@pytest.fixture
def start(tmp_path: Path) -> Path:
    """Weights outside of the run folder."""
    path = tmp_path / "mine.pt"
    YOLO("yolo11n.yaml").save(path)
    return path


def course_of(tmp_path: Path, settings: TrainingSettings, weights: Path) -> Course:
    """What a worker plans that starts, or starts again, on the run folder."""
    job: Job = drawn_job(tmp_path / "pictures", settings=settings)
    folder = RunFolder(tmp_path / "run")
    if not folder.job_file.exists():
        folder = RunFolder.create(folder.path, job)
    dataset = prepare(folder.dataset, job, folder.open_events(), StopSwitch(folder))
    return plan_course(folder, job, dataset, weights, CPU)


@pytest.mark.parametrize(
    "settings",
    [TINY, replace(TINY, folds=2), replace(TINY, budget_minutes=60)],
    ids=["single", "folds", "search"],
)
@pytest.mark.parametrize("warm_start", ["", "Iteration 1 of parts"])
def test_a_run_goes_on_after_its_starting_weights_are_gone(
    tmp_path: Path, start: Path, settings: TrainingSettings, warm_start: str
) -> None:
    settings = replace(settings, weights=str(start), warm_start=warm_start)
    content = start.read_bytes()
    before = course_of(tmp_path, settings, start).next_part([])
    start.unlink()
    after = course_of(tmp_path, settings, start).next_part([])
    assert before is not None
    assert after is not None
    assert after.plan == before.plan, "it is the same training"
    assert Path(str(after.plan.weights)).read_bytes() == content


def test_writing_into_ones_own_weights_does_not_reach_the_run(tmp_path: Path, start: Path) -> None:
    settings = replace(TINY, weights=str(start))
    part = course_of(tmp_path, settings, start).next_part([])
    start.write_bytes(b"the next training of another program")
    assert part is not None
    assert part.plan == getattr(course_of(tmp_path, settings, start).next_part([]), "plan", None)


def test_weights_that_cannot_be_used_may_be_replaced_before_the_next_try(
    tmp_path: Path, start: Path
) -> None:
    settings, good = replace(TINY, weights=str(start)), start.read_bytes()
    start.write_bytes(b"half a download")
    with pytest.raises(RunFailed, match=r"mine\.pt cannot be used"):
        course_of(tmp_path, settings, start)
    start.write_bytes(good)
    assert course_of(tmp_path, settings, start).next_part([]) is not None
