"""A search and a cross-validation end as promised: real, tiny trainings in this process."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.vision.jobs import TINY, drawn_job
from tests.waiting import wait_for
from tui_detect.core.model import TrainingSettings
from tui_detect.vision.events import Event
from tui_detect.vision.job import Job
from tui_detect.vision.launchers import get_launcher
from tui_detect.vision.run_folder import RunFolder

pytestmark = pytest.mark.training

LIMIT_S = 240


def ran(tmp_path: Path, settings: TrainingSettings) -> tuple[RunFolder, list[Event], Job]:
    """A run over eight drawn pictures, from its start to its end."""
    job = drawn_job(tmp_path / "pictures", settings=settings)
    folder = RunFolder.create(tmp_path / "run", job)
    get_launcher("local").launch(folder, {})
    wait_for(folder.exit_file.exists, "the run to end", LIMIT_S)
    assert folder.exit is not None
    assert folder.exit.state == "completed", folder.log_tail()
    return folder, folder.read_events()[0], job


def test_every_picture_is_judged_by_a_model_that_has_not_seen_it(tmp_path: Path) -> None:
    folder, events, job = ran(tmp_path, replace(TINY, folds=2, epochs=1))
    names = [event.data["name"] for event in events if event.kind == "part"]
    assert names == ["fold 1 of 2", "fold 2 of 2", "usual split"]
    judged = Counter(str(event.data["image"]) for event in events if event.kind == "detections")
    assert judged == dict.fromkeys((image.uuid for image in job.images), 1)
    for number in (1, 2):
        lists = [
            (folder.dataset / f"fold-{number}-{kind}.txt").read_text().split()
            for kind in ("train", "val")
        ]
        assert not set(lists[0]) & set(lists[1])
        assert len(lists[0]) + len(lists[1]) == 8
    assert events[-1].data["part"] == 3
    assert folder.weights.read_bytes() == folder.part(3).weights.read_bytes()
    (remark,) = [event.data["message"] for event in events if event.kind == "warning"]
    assert "cross-validated in 2 folds" in str(remark)


def test_a_budget_is_spent_on_trials_of_which_the_best_is_kept(tmp_path: Path) -> None:
    fixed = {"model": "yolo11n", "scale": 0.5}
    folder, events, _ = ran(tmp_path, replace(TINY, budget_minutes=60, overrides=fixed))
    parts = [event.data for event in events if event.kind == "part"]
    names = [part["name"] for part in parts]
    assert names == ["quick plan", "lower learning rate", "higher learning rate"]
    quick: Any = parts[0]["recipe"]
    second: Any = next(e.data for e in events if e.kind == "epoch" and e.data["epoch"] == 2)
    assert second["learning_rate"] < 0.8 * quick["learning_rate"], "it falls within two epochs"
    kept = int(str(events[-1].data["part"]))
    assert folder.weights.read_bytes() == folder.part(kept).weights.read_bytes()
    assert events[-1].data["recipe"] == parts[kept - 1]["recipe"]
    judged = [event for event in events if event.kind == "detections"]
    assert len(judged) == 2


def test_a_budget_below_one_quick_run_shortens_it(tmp_path: Path) -> None:
    settings = replace(TINY, epochs=500, budget_minutes=0.1)
    folder, events, _ = ran(tmp_path, settings)
    assert [event.data["name"] for event in events if event.kind == "part"] == ["quick plan"]
    result = folder.part(1).result
    assert result is not None
    assert 1 <= result.epochs < 500
