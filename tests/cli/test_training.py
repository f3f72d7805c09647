"""`train`, `runs`, `watch`, `stop`, `performance` and `iteration` from a script, without torch."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.launching import launch_with
from tests.library import (
    add_pictures,
    finished_iteration,
    make_iteration,
    report_run,
    tag_image,
)
from tui_detect.cli import training as training_commands
from tui_detect.core.model import Project
from tui_detect.vision import launchers
from tui_detect.vision.launchers import slurm
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows import training
from tui_detect.workflows.library import Library
from tui_detect.workflows.tags import create_tag


@pytest.fixture
def tagged(library: Library, project: Project, tmp_path: Path) -> Project:
    tag = create_tag(library, project.id, "nut")
    for image in add_pictures(library, project, tmp_path / "p", 10):
        tag_image(library, image, tag)
    return project


def test_training_with_nothing_to_train_on(project: Project, refused: Callable[..., str]) -> None:
    assert "no image is tagged" in refused("train", "parts")


def test_training_can_be_waited_for(
    library: Library, tagged: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def finish_at_once(folder: RunFolder) -> None:
        report_run(library, training.collect(library, 1))

    launch_with(monkeypatch, finish_at_once)
    ran = run("train", "parts", "--epochs", 3, "--image-size", 64, "--wait")
    assert ran.code == 0
    assert "Iteration 1 completed after 3 epochs" in ran.out
    assert "8 images to train on, 2 to validate with" in ran.err


def test_a_run_that_fails_is_exit_code_1(
    library: Library, tagged: Project, refused: Callable[..., str]
) -> None:
    iteration = make_iteration(library, tagged)
    events = RunFolder(library.run_path(iteration.uuid)).open_events()
    events.write("failed", message="a loss is not a number", hint="lower the learning rate")
    line = refused("watch", "parts")
    assert "a loss is not a number" in line
    assert "log.txt" in line


def test_a_terminal_rings_when_the_run_that_was_waited_for_ends(
    library: Library,
    tagged: Project,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    first, second = (make_iteration(library, tagged) for _ in range(2))
    for iteration in (first, second):
        report_run(library, iteration)
    training_commands.follow(library, first)
    assert "\a" not in capsys.readouterr().err, "a file has no bell"
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    ended = training_commands.follow(library, second)
    assert capsys.readouterr().err.endswith("\a")
    training_commands.follow(library, ended)
    assert "\a" not in capsys.readouterr().err, "it had ended before"


def test_runs_are_listed_and_stopped(library: Library, tagged: Project, run: Run) -> None:
    iteration = make_iteration(library, tagged)
    (listed,) = run("runs", "parts", "--json").json
    assert (listed["number"], listed["state"]) == (1, "queued")
    assert "evaluates what it has" in run("stop", "parts").out
    report_run(library, iteration, ending="cancelled")
    assert run("stop", "parts").code == 1
    assert "cancelled" in run("runs", "parts").out


def test_performance_has_the_promised_keys(library: Library, tagged: Project, run: Run) -> None:
    finished_iteration(library, tagged)
    figures = run("performance", "parts", "--json", "--overlap", "0.5").json
    assert {
        key: figures[key]
        for key in ("iteration", "threshold", "overlap", "precision", "recall", "map", "images")
    } == {
        "iteration": 1,
        "threshold": 0.5,
        "overlap": 0.5,
        "precision": 1.0,
        "recall": 1.0,
        "map": 1.0,
        "images": 2,
    }
    (tag,) = figures["tags"]
    assert {key: tag[key] for key in ("name", "precision", "recall", "ap", "regions")} == {
        "name": "nut",
        "precision": 1.0,
        "recall": 1.0,
        "ap": 1.0,
        "regions": 2,
    }
    assert "mAP" in run("performance", "parts").out
    strict = run("performance", "parts", "1", "--threshold", "0.95", "--json").json
    assert (strict["precision"], strict["recall"]) == (None, 0.0)


def test_performance_while_training_is_one_line(
    library: Library, tagged: Project, refused: Callable[..., str]
) -> None:
    make_iteration(library, tagged)
    assert "still queued" in refused("performance", "parts", "1")
    assert "no iteration of this project is completed" in refused("performance", "parts")
    assert "still queued" in refused("iteration", "delete", "parts", "1", "--yes")


def test_iterations_are_listed_renamed_and_deleted(
    library: Library, tagged: Project, run: Run
) -> None:
    finished_iteration(library, tagged)
    finished_iteration(library, tagged)
    run("iteration", "rename", "parts", "2", "best")
    listed = run("iteration", "list", "parts", "--json").json
    assert [(i["number"], i["name"], i["state"], i["epochs"], i["map"]) for i in listed] == [
        (2, "best", "completed", 3, 1.0),
        (1, "Iteration 1", "completed", 3, 1.0),
    ]
    assert run("iteration", "delete", "parts", "best", "--yes").code == 0
    assert [i["number"] for i in run("iteration", "list", "parts", "--json").json] == [1]


def test_predicting_without_weights_is_one_line(
    library: Library, tagged: Project, refused: Callable[..., str], tmp_path: Path
) -> None:
    finished_iteration(library, tagged)
    line = refused("predict", "parts", tmp_path / "p" / "picture_0.png")
    assert "Iteration 1 has no weights any more: " in line
    assert "best.pt is missing; put the file back from a copy" in line
    assert "nowhere" in refused("predict", "parts", tmp_path / "nowhere.png")


def test_a_dry_run_shows_the_plan_and_trains_nothing(tagged: Project, run: Run) -> None:
    ran = run("train", "parts", "--dry-run", "--set", "learning_rate=0.0007", "--device", "cpu")
    assert ran.code == 0
    for text in (
        "8 to train on, 2 to validate with",
        "yolo26n.pt is not here",
        "0.0007",
        "--budget",
    ):
        assert text in ran.out
    assert "note: nut needs 5 more pictures" in ran.err
    cluster = ("--launcher", "slurm", "--launcher-option", "gpus=1")
    assert "gpu of the cluster" in run("train", "parts", "--dry-run", *cluster).out
    planned = run("train", "parts", "--dry-run", "--json", "--epochs", 9, "--folds", 3).json
    assert planned["plan"]["epochs"] == 9
    assert planned["plan"]["augmentation"]["mirror"] == 0.5
    assert planned["total_s"] == 4 * planned["quick_s"]
    assert run("runs", "parts", "--json").json == []


def test_what_cannot_be_set_is_one_line(tagged: Project, refused: Callable[..., str]) -> None:
    line = refused("train", "parts", "--set", "speed=3")
    assert "no 'speed'" in line
    assert "learning_rate" in line


def test_a_warm_start_and_weights_exclude_each_other(tagged: Project, run: Run) -> None:
    assert run("train", "parts", "--from", 1, "--weights", "none").code == 2


def test_repeating_a_training_needs_force(
    library: Library,
    tagged: Project,
    run: Run,
    refused: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    launch_with(monkeypatch, lambda folder: None)
    finished_iteration(library, tagged)
    assert "nothing changed since Iteration 1" in run("train", "parts", "--dry-run").err
    ran = run("train", "parts")
    assert ran.code == 1
    assert "nothing changed since Iteration 1 was trained; " in ran.err
    assert "--force" in ran.err
    started = run("train", "parts", "--force", "--tag", "nut", "--json").json
    assert (started["number"], started["state"]) == (2, "queued")


def test_cross_validated_figures_are_marked_as_such(
    library: Library, tagged: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    launch_with(monkeypatch, lambda folder: report_run(library, training.collect(library, 1)))
    ran = run("train", "parts", "--folds", 3, "--wait")
    assert "(3-fold cross-validated)" in ran.out
    assert "images 3-fold cross-validated" in run("performance", "parts").out
    assert run("performance", "parts", "--json").json["folds"] == 3


def test_options_of_the_launcher_are_given_and_remembered(
    library: Library, tagged: Project, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    submitted: list[dict[str, str]] = []

    def launch(folder: RunFolder, options: Mapping[str, str]) -> None:
        submitted.append(dict(options))
        report_run(library, training.collect(library, len(submitted)))

    stand_in = replace(slurm.LAUNCHER, launch=launch, check=lambda options: None)
    monkeypatch.setitem(launchers._LAUNCHERS, "slurm", stand_in)
    given = ("--launcher-option", "partition=gpu", "--launcher-option", "time=4:00:00")
    for options in (given, ("--launcher-option", "time=")):
        assert run("train", "parts", "--launcher", "slurm", *options, "--force", "--wait").code == 0
    assert submitted == [{"partition": "gpu", "time": "4:00:00"}, {"partition": "gpu"}]


def test_a_queued_run_says_what_it_waits_for(library: Library, tagged: Project) -> None:
    iteration = make_iteration(library, tagged)
    waiting = replace(iteration.progress, stage="waiting", waiting_for="Slurm: free resources")
    shown = training_commands._progress_text(library, replace(iteration, progress=waiting))
    assert shown == "Iteration 1: waiting for Slurm: free resources"
