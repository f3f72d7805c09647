"""Several workers share a prediction: every picture once, in order, whatever happens to them."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from tests.split_predicting import colours_found, draw, expected, predictable, use_stand_in
from tests.waiting import wait_for
from tui_detect.core.errors import BadInput, Conflict, NotFound, PictureRefused, RunFailed
from tui_detect.core.model import Iteration, Project
from tui_detect.vision import launchers
from tui_detect.vision.launchers import local, slurm
from tui_detect.workflows import split_prediction
from tui_detect.workflows.library import Library
from tui_detect.workflows.split_prediction import (
    PredictionWatch,
    SplitPrediction,
    collect_prediction,
    find_prediction,
    start_again,
    start_prediction,
)


@pytest.fixture
def iteration(
    library: Library, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iteration:
    use_stand_in(monkeypatch)
    return predictable(library, project, tmp_path)


def finish(prediction: SplitPrediction) -> None:
    watch = PredictionWatch(prediction)
    wait_for(lambda: watch.look().working == 0, "the workers to end")


def test_workers_share_the_pictures_and_all_come_back_in_order(
    library: Library, iteration: Iteration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(split_prediction, "usable_cores", lambda: 3)
    pictures = draw(tmp_path / "new", 7)
    prediction = start_prediction(library, iteration, pictures, 3, "local", {})
    assert len(prediction.shards) == 3
    finish(prediction)
    progress = PredictionWatch(prediction).look()
    assert (progress.done, progress.total, progress.problem) == (7, 7, "")
    found_again = find_prediction(library, iteration.project_id, prediction.id)
    for _ in range(2):
        results = collect_prediction(library, found_again)
        assert colours_found(results) == expected(pictures), "as often as it is asked"
    assert start_again(prediction) == 0


def test_this_machine_gets_no_more_workers_than_cores_and_a_cluster_all(
    library: Library, iteration: Iteration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(split_prediction, "usable_cores", lambda: 2)
    for name, launcher in (("local", local.LAUNCHER), ("slurm", slurm.LAUNCHER)):
        stand_in = replace(launcher, launch_array=lambda *_: None)
        monkeypatch.setitem(launchers._LAUNCHERS, name, stand_in)
    pictures = draw(tmp_path / "new", 5)
    here = start_prediction(library, iteration, pictures, 1000, "local", {})
    there = start_prediction(library, iteration, pictures, 1000, "slurm", {})
    assert (len(here.shards), len(there.shards)) == (2, 5)
    assert here.pictures == tuple(pictures)


def test_a_killed_worker_goes_on_where_it_was(
    library: Library, iteration: Iteration, tmp_path: Path
) -> None:
    pictures = draw(tmp_path / "new", 4)
    held = pictures[2].with_suffix(".held")
    held.touch()
    prediction = start_prediction(library, iteration, pictures, 1, "local", {})
    watch = PredictionWatch(prediction)
    wait_for(lambda: watch.look().done == 2, "two pictures")
    (shard,) = prediction.shards
    assert shard.process is not None
    psutil.Process(shard.process.pid).kill()
    wait_for(lambda: shard.process is None or not shard.process.is_running(), "its end")
    a_minute_ago = shard.heartbeat_file.stat().st_mtime - 60
    os.utime(shard.heartbeat_file, (a_minute_ago, a_minute_ago))
    assert "without a word" in watch.look().problem
    held.unlink()
    assert start_again(prediction) == 1
    finish(prediction)
    assert colours_found(collect_prediction(library, prediction)) == expected(pictures)


def test_a_refused_picture_is_told_in_its_place(
    library: Library, iteration: Iteration, tmp_path: Path
) -> None:
    pictures = draw(tmp_path / "new", 3)
    pictures[1].write_text("no picture")
    prediction = start_prediction(library, iteration, pictures, 2, "local", {})
    finish(prediction)
    first, second, third = collect_prediction(library, prediction)
    assert isinstance(second, PictureRefused)
    assert colours_found([first, third]) == [expected(pictures)[0], expected(pictures)[2]]


def test_what_cannot_be_predicted_is_said_before(
    library: Library, iteration: Iteration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = draw(tmp_path / "new", 1)
    with pytest.raises(NotFound):
        find_prediction(library, iteration.project_id, "nothing")
    with pytest.raises(BadInput):
        find_prediction(library, iteration.project_id, "../runs")
    with pytest.raises(BadInput):
        start_prediction(library, iteration, [tmp_path / "nowhere"], 2, "local", {})
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RunFailed, match="no Slurm"):
        start_prediction(library, iteration, pictures, 2, "slurm", {})
    (library.run_path(iteration.uuid) / "weights" / "best.pt").unlink()
    with pytest.raises(Conflict, match="no weights"):
        start_prediction(library, iteration, pictures, 2, "local", {})
    assert list((library.home / "predictions").iterdir()) == [], "nothing is left behind"
