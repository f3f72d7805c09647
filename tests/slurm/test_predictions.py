"""A prediction as an array of Slurm jobs: every picture once, whatever Slurm does to the jobs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.slurm.cluster import Cluster
from tests.split_predicting import colours_found, draw, expected, predictable, use_stand_in
from tests.waiting import wait_for
from tui_detect.core.model import Project
from tui_detect.vision.launchers.slurm import submitted_job
from tui_detect.workflows.library import Library
from tui_detect.workflows.split_prediction import (
    PredictionWatch,
    collect_prediction,
    start_prediction,
)


def test_an_array_collects_every_picture_once_though_a_job_starts_again(
    cluster: Cluster,
    library: Library,
    project: Project,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use_stand_in(monkeypatch)
    iteration = predictable(library, project, tmp_path)
    pictures = draw(tmp_path / "new", 6)
    held = [pictures[1].with_suffix(".held"), pictures[5].with_suffix(".held")]
    for path in held:
        path.touch()
    prediction = start_prediction(library, iteration, pictures, 2, "slurm", {"cpus": "1"})
    jobs = [submitted_job(shard) or "" for shard in prediction.shards]
    assert [job.partition("_")[2] for job in jobs] == ["0", "1"], "one array of two"
    watch = PredictionWatch(prediction)
    wait_for(lambda: watch.look().done == 3, "what is not held back")

    cluster.ask("scontrol", "requeue", jobs[0])
    wait_for(lambda: watch.look().waiting_for, "the first job to be queued again")
    for path in held:
        path.unlink()
    cluster.start_now(jobs[0])
    wait_for(lambda: watch.look().working == 0, "both jobs to end")
    progress = watch.look()
    assert (progress.done, progress.problem) == (6, "")
    for _ in range(2):
        assert colours_found(collect_prediction(library, prediction)) == expected(pictures)
