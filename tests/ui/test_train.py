"""The Train view, with a test process standing for the trainer."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input

from tests.launching import launch_with
from tests.library import WEIGHTS, finished_iteration, make_iteration
from tests.ui.shell_library import (
    SIZES,
    LiveRun,
    error_shown,
    make_app,
    question_shown,
    sees,
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
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows import training
from tui_detect.workflows.library import Library
from tui_detect.workflows.projects import create_project


@pytest.mark.parametrize("size", SIZES)
async def test_before_a_run_it_says_what_it_would_learn_from(
    library: Library, tmp_path: Path, size: tuple[int, int]
) -> None:
    app = make_app(library, tagged_project(library, tmp_path / "pictures"), "train")
    async with app.run_test(size=size) as pilot:
        await sees(pilot, app, "2 with 12 regions")
        assert "to learn from" in shown_text(app)
        for text in (
            "fork needs 9 more",
            "only 1 image to check on",
            "quick: ends early after 100 epochs",
            "yolo11n, from scratch: yolo26n.pt is not here",
            "64 px, batches of 4, on CPU",
            "300 epochs at most, about",
            "minutes would be a sensible budget",
            "t trains",
        ):
            assert text in " ".join(shown_text(app).split()), text


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


async def test_all_losses_and_the_learning_rate_are_seen_on_a_small_screen(
    library: Library, tmp_path: Path
) -> None:
    project = tagged_project(library, tmp_path / "pictures")
    run = LiveRun(library, project)
    run.epoch(4)
    losses = {"box": 12.34, "cls": 12.34, "dfl": 12.34}
    run.events.write("batch", epoch=4, epochs=4, batch=5, batches=5, losses=losses)
    app = make_app(library, project, "train")
    async with app.run_test(size=(80, 24)) as pilot:
        words = "loss box 12.34, class 12.34, dfl 12.34 · learning rate 0.01"
        await sees(pilot, app, words)
        assert "(best 85 %, epoch 4)" in shown_text(app)


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

    def start(
        _library: Library, _project_id: int, settings: TrainingSettings, *, force: bool
    ) -> Iteration:
        assert not force
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
        await sees(pilot, app, "160 px, batches of 4, on CPU")
        assert "7 epochs at most" in shown_text(app)
        await pilot.press("t")
        await sees(pilot, app, "Iteration 1 · training")
        await pilot.press("q")
    assert asked == [TrainingSettings(epochs=7, image_size_px=160)]


async def test_a_run_that_cannot_start_says_why(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tagged_project(library, tmp_path / "pictures")

    def start(*_: object, force: bool) -> Iteration:
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


async def test_every_setting_is_in_the_form_and_what_is_wrong_with_it_is_said(
    library: Library, tmp_path: Path
) -> None:
    project = tagged_project(library, tmp_path / "pictures")
    weights = RunFolder(library.run_path(finished_iteration(library, project).uuid)).weights
    weights.parent.mkdir(parents=True)
    weights.write_bytes(WEIGHTS)
    app = make_app(library, project, "train")
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, app, "t trains")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, TrainingForm), "the form")
        assert "learning_rate=0.001667" in shown_text(app), "each number is there by its name"
        assert "Accept" in shown_text(app), "all of it fits"
        await accept(pilot, app, others="mirror=7")
        await sees(pilot, app, "mirror cannot be '7'; give a number from 0 to 1")
        await accept(pilot, app, others="mirror=0.2 batch=3", folds="99")
        await sees(pilot, app, "99 folds cannot be")
        await accept(pilot, app, folds="2", tags="spoon")
        await sees(pilot, app, "no tag 'spoon'")
        await accept(pilot, app, tags="fork", iteration="9")
        await sees(pilot, app, "no iteration '9'")
        await accept(pilot, app, iteration="")
        await sees(pilot, app, "2 folds, then one on the usual split")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, TrainingForm), "the form")
        await accept(pilot, app, iteration="1")
        await sees(pilot, app, "folds cannot start from the weights of Iteration 1")
        await accept(pilot, app, folds="")
        for text in (
            "from Iteration 1 of cutlery",
            "quick: ends early",
            "with 6 regions: only fork",
            "mirror=0.2 batch=3",
            "batches of 3",
        ):
            await sees(pilot, app, text)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, TrainingForm), "the form")
        assert "Iteration 1 of cutlery" in shown_text(app)
        await pilot.press("ctrl+s")
        await sees(pilot, app, "from Iteration 1 of cutlery")


async def accept(pilot: Pilot[None], app: TuiDetectApp, **texts: str) -> None:
    """Type into fields of the form and accept."""
    for field, text in texts.items():
        entry = app.screen.query_one(f"#{field}", Input)
        entry.focus()
        entry.value = ""
        await pilot.press(*text)
    await pilot.press("ctrl+s")


async def test_training_the_same_once_more_asks_first(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tagged_project(library, tmp_path / "pictures")
    finished_iteration(library, project)
    launch_with(monkeypatch, lambda folder: None)
    app = make_app(library, project, "train")
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, app, "Nothing changed since Iteration 1 was trained: t trains the same")
        await pilot.press("t")
        await until(pilot, lambda: "those of Iteration 1" in question_shown(app), "the question")
        await pilot.press("n")
        await sees(pilot, app, "t trains")
        await pilot.press("t", "y")
        await sees(pilot, app, "Iteration 2 · queued")


async def test_from_the_key_on_it_is_said_what_happens(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tagged_project(library, tmp_path / "pictures")
    go_on = threading.Event()

    def start(*_: object, **__: object) -> Iteration:
        go_on.wait(20)
        return make_iteration(library, project)

    monkeypatch.setattr(training, "start_training", start)
    app = make_app(library, project, "train")
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, app, "t trains")
        await pilot.press("t")
        await sees(pilot, app, "freezing the images, starting the process")
        go_on.set()
        await sees(pilot, app, "waiting for the process to start")


async def test_fields_take_what_was_typed_for_them_when_keys_come_in_one_piece(
    library: Library, tmp_path: Path
) -> None:
    project = tagged_project(library, tmp_path / "pictures")
    app = make_app(library, project, "train")
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, app, "t trains")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, TrainingForm), "the form")
        for key in ("9", "tab", "9", "6", "tab", "tab", "shift+tab", "5"):
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        fields = ("epochs", "size", "budget")

        def typed() -> list[str]:
            return [app.screen.query_one(f"#{field}", Input).value for field in fields]

        await until(pilot, lambda: typed() == ["9", "96", "5"], "each in its field")
