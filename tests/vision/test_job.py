"""A job survives its way through `job.json`, and a damaged one says what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.vision.jobs import bare_job, drawn_job
from tui_detect.core.errors import RunFailed
from tui_detect.core.model import TrainingSettings
from tui_detect.vision.job import Job


def test_a_job_comes_back_as_it_went(tmp_path: Path) -> None:
    settings = TrainingSettings(epochs=7, budget_minutes=1.5, device="0", weights="/w.pt", seed=3)
    job = drawn_job(tmp_path, pictures=4, settings=settings)
    assert Job.from_json(job.to_json()) == job


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        (("version",), 2, "version is 2"),
        (("tags",), [], "no tags"),
        (("tags",), "bolt", "tags is not a list"),
        (("images", 0, "split"), "test", "images[0].split is 'test'"),
        (("images", 1, "uuid"), None, "images[1].uuid is not a str"),
        (("images", 0, "regions", 0), [9, 0, 0, 1, 1], "tag 9, but there are 3 tags"),
        (("images", 0, "regions", 0), [0, 0, 0, 1], "images[0].regions[0]"),
        (("images", 0), 5, "images[0] is not an object"),
        (("settings",), {"speed": 3}, "settings has speed"),
        (("recipe",), 1, "recipe is not a str"),
    ],
)
def test_a_damaged_job_says_where(
    tmp_path: Path, path: tuple[str | int, ...], value: object, complaint: str
) -> None:
    data: Any = json.loads(bare_job(tmp_path).to_json())
    target = data
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    with pytest.raises(RunFailed) as caught:
        Job.from_json(json.dumps(data))
    assert complaint in caught.value.message


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("{", "not JSON"), ("[]", "does not hold an object"), ('{"version": 1}', "tags is missing")],
)
def test_what_is_no_job_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(RunFailed) as caught:
        Job.from_json(text)
    assert complaint in caught.value.message
