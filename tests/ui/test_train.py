"""The Train view, with a test process standing for the trainer."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.library import finished_iteration
from tests.ui.shell_library import (
    SIZES,
    LiveRun,
    error_shown,
    make_app,
    question_shown,
    shown_text,
    tagged_project,
)
from tests.waiting import until
from tui_detect.core.errors import Conflict
from tui_detect.core.model import Iteration, TrainingSettings
from tui_detect.ui.app import TuiDetectApp
from tui_detect.ui.screens.log import LogScreen
from tui_detect.ui.widgets.training_form import TrainingForm
from tui_detect.vision.events import EventKind
from tui_detect.workflows import training
from tui_detect.workflows.library import Library
from tui_detect.workflows.projects import create_project


async def sees(pilot: Pilot[None], app: TuiDetectApp, text: str) -> None:
    await until(pilot, lambda: text in shown_text(app), f"{text!r} on the screen")


@pytest.mark.parametrize("size", SIZES)
async def test_before_a_run_it_says_what_it_would_learn_from(
    library: Library, tmp_path: Path, size: tuple[int, int]
) -> None:
    app = make_app(library, tagged_project(library, tmp_path / "pictures"), "train")
    async with app.run_test(size=size) as pilot:
        await sees(pilot, app, "2 with 12 regions")
        assert "to learn from" in shown_text(app)
        assert "fork needs 9 more" in shown_text(app)
        assert "t trains" in shown_text(app)


async def test_without_tagged_images_it_says_why_and_t_does_nothing(library: Library) -> None:
    app = make_app(library, create_project(library, "empty"), "train")
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, app, "no image is tagged yet")
        await pilot.press("t")
        assert not error_shown(app)
        assert "t trains" not in shown_text(app)


@pytest.mark.parametrize("size", SIZES)
async def test_a_run_that_goes_on_is_shown_wherever_it_got_to(
    library: Library, tmp_path: Path, size: tuple[int, int]
) -> None:
    project = tagged_project(library, tmp_path / "pictures")
    run = LiveRun(library, project)
    run.events.write("warning", message="training from scratch")
    run.epoch(1)
    run.batch(2, 3)
    run.folder.log_file.write_text("first line\nthe last line\n")
    app = make_app(library, project, "train")
    async with app.run_test(size=size) as pilot:
        await sees(pilot, app, "epoch 2/4 · batch 3/5 · 12 pictures/s")
        await sees(pilot, app, "best 21 %, epoch 1")
        await sees(pilot, app, "the last line")
        assert "! training from scratch" in shown_text(app)
        assert "memory 1.2 GB" in shown_text(app)
        run.epoch(2)
        run.batch(3, 1)
        await sees(pilot, app, "epoch 3/4 · batch 1/5")
        run.end("finished", weights="weights/best.pt", epochs=4)
        await sees(pilot, app, "is trained")
        await pilot.press("n")
        await sees(pilot, app, "t trains")
    assert training.collect(library, run.iteration.id).state == "completed"


async def test_stopping_asks_and_then_asks_the_run(library: Library, tmp_path: Path) -> None:
    project = tagged_project(library, tmp_path / "pictures")
    run = LiveRun(library, project)
    app = make_app(library, project, "train")
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, app, "Iteration 1 · training")
        await pilot.press("s")
        await until(pilot, lambda: "best weights" in question_shown(app), "the question")
        await pilot.press("escape")
        assert not run.folder.stop_requested
        await pilot.press("s", "y")
        await until(pilot, lambda: run.folder.stop_requested, "the request to stop")
        await sees(pilot, app, "stopping")
        run.epoch(1)
        run.end("cancelled", weights="weights/best.pt", epochs=1)
        await sees(pilot, app, "was stopped after 1 of 4 epochs")
        assert "best weights are kept" in shown_text(app)


@pytest.mark.parametrize(
    ("kind", "values", "words"),
    [
        ("failed", {"message": "out of memory", "hint": "smaller images"}, "out of memory"),
        ("cancelled", {"weights": None, "epochs": 0}, "No epoch was finished"),
    ],
)
async def test_every_ending_says_what_happened_and_what_next(
    library: Library, tmp_path: Path, kind: EventKind, values: dict[str, object], words: str
) -> None:
    project = tagged_project(library, tmp_path / "pictures")
    run = LiveRun(library, project)
    app = make_app(library, project, "train")
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, app, "Iteration 1 · training")
        run.end(kind, **values)
        await sees(pilot, app, words)
        await sees(pilot, app, "n trains again")


async def test_t_starts_a_run_and_shows_it(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tagged_project(library, tmp_path / "pictures")
    asked: list[TrainingSettings] = []
    runs: list[LiveRun] = []

    def start(_library: Library, _project_id: int, settings: TrainingSettings) -> Iteration:
        asked.append(settings)
        runs.append(LiveRun(library, project))
        return runs[0].iteration

    monkeypatch.setattr(training, "start_training", start)
    app = make_app(library, project, "train")
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, app, "t trains")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, TrainingForm), "the form")
        await pilot.press(*"7x", "ctrl+s")
        await sees(pilot, app, "epochs: a whole number")
        await pilot.press("backspace", "tab", *"160", "ctrl+s")
        await sees(pilot, app, "160 px")
        await pilot.press("t")
        await sees(pilot, app, "Iteration 1 · training")
        await pilot.press("q")
    assert asked == [TrainingSettings(epochs=7, image_size_px=160)]


async def test_a_run_that_cannot_start_says_why(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tagged_project(library, tmp_path / "pictures")

    def start(*_: object) -> Iteration:
        raise Conflict("Iteration 9 of this project is still training", "wait for it")

    monkeypatch.setattr(training, "start_training", start)
    app = make_app(library, project, "train")
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, app, "t trains")
        await pilot.press("t")
        await until(pilot, lambda: "still training" in error_shown(app), "the error")
        await pilot.press("escape")
        await sees(pilot, app, "t trains")


async def test_the_last_run_can_be_looked_at_again(library: Library, tmp_path: Path) -> None:
    project = tagged_project(library, tmp_path / "pictures")
    finished_iteration(library, project)
    app = make_app(library, project, "train")
    async with app.run_test(size=(120, 40)) as pilot:
        await sees(pilot, app, "Iteration 1 · completed")
        await pilot.press("v")
        await sees(pilot, app, "is trained: 3 of 3 epochs")
        await pilot.press("l")
        await until(pilot, lambda: isinstance(app.screen, LogScreen), "the log")
        await pilot.press("l", "e")
        await until(pilot, lambda: isinstance(app.screen, TrainingForm), "the form")


async def test_another_view_shows_the_live_run_in_its_title(
    library: Library, tmp_path: Path
) -> None:
    project = tagged_project(library, tmp_path / "pictures")
    run = LiveRun(library, project)
    run.batch(1, 2)
    app = make_app(library)
    async with app.run_test(size=(120, 40)) as pilot:
        await sees(pilot, app, "● Iteration 1 · epoch 1/4 · 80 s left")
        run.end("failed", message="x", hint="")
        await until(pilot, lambda: not app.live_runs, "the end of the run")
        assert "●" not in shown_text(app)
