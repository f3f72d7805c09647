"""The Test view; the model's process is replaced by one that answers at once, or never."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.library import draw_pictures, finished_iteration, make_iteration
from tests.ui.shell_library import SIZES, LiveRun, error_shown, make_app, shown_text, tagged_project
from tests.waiting import until
from tui_detect.core.errors import RunFailed
from tui_detect.core.geometry import Box
from tui_detect.ui.app import TuiDetectApp
from tui_detect.ui.screens.test import PredictScreen
from tui_detect.ui.widgets.canvas import Canvas
from tui_detect.ui.widgets.iteration_choice import IterationChoice
from tui_detect.ui.widgets.row_table import RowTable
from tui_detect.vision.predictor import Predictor
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows.iterations import iteration_tags, list_iterations
from tui_detect.workflows.library import Library
from tui_detect.workflows.thresholds import set_tag_threshold, set_threshold

FOUND = [
    (0, 0.9, Box(0.1, 0.1, 0.3, 0.3)),
    (1, 0.6, Box(0.5, 0.5, 0.2, 0.2)),
    (0, 0.2, Box(0, 0, 1, 1)),
]


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Predictor, "predict", lambda *_, **__: FOUND)


def trained(library: Library, tmp_path: Path) -> TuiDetectApp:
    """The Test view of a project with one trained iteration."""
    project = tagged_project(library, tmp_path / "pictures")
    iteration = finished_iteration(library, project)
    weights = RunFolder(library.run_path(iteration.uuid)).weights
    weights.parent.mkdir(exist_ok=True)
    weights.touch()
    return make_app(library, project, "test")


def outside(tmp_path: Path) -> Path:
    """A picture that is in no project."""
    return draw_pictures(tmp_path / "outside", 1, (64, 48))[0]


async def type_path(pilot: Pilot[None], app: TuiDetectApp, path: Path) -> None:
    await until(pilot, lambda: isinstance(app.screen, PredictScreen), "the view")
    await pilot.press("p")
    app.screen.query_one("#path").value = str(path)  # type: ignore[attr-defined]
    await pilot.press("enter")


async def sees(pilot: Pilot[None], app: TuiDetectApp, text: str) -> None:
    await until(pilot, lambda: text in shown_text(app), f"{text!r} on the screen")


async def test_without_an_iteration_it_points_at_training(library: Library, tmp_path: Path) -> None:
    app = make_app(library, tagged_project(library, tmp_path / "pictures"), "test")
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, app, "2  goes to Train")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.usefixtures("model")
async def test_boxes_are_shown_and_the_threshold_moves_them(
    library: Library, tmp_path: Path, size: tuple[int, int]
) -> None:
    app = trained(library, tmp_path)
    async with app.run_test(size=size) as pilot:
        await sees(pilot, app, "p  asks for the path")
        await type_path(pilot, app, outside(tmp_path))
        await sees(pilot, app, "2 boxes, 1 less probable")
        assert "■ fork" in shown_text(app)
        assert "0.90" in shown_text(app)
        canvas = app.screen.query_one(Canvas)
        await until(pilot, lambda: canvas.settled, "the picture")
        await pilot.press("]", "]", "]")
        await sees(pilot, app, "threshold 0.65")
        await sees(pilot, app, "1 box, 2 less probable")
        await pilot.press(*["["] * 20)
        await sees(pilot, app, "threshold 0.05")
        assert len(app.screen.query_one("#boxes", RowTable).rows) == 3


@pytest.mark.usefixtures("model")
async def test_the_chosen_thresholds_hold_until_a_key_moves_them(
    library: Library, tmp_path: Path
) -> None:
    app = trained(library, tmp_path)
    (iteration,) = list_iterations(library, app.project.id if app.project else 0)
    first, *_ = iteration_tags(library, iteration.id)
    set_threshold(library, iteration.id, 0.15)
    async with app.run_test(size=(100, 30)) as pilot:
        await type_path(pilot, app, outside(tmp_path))
        await sees(pilot, app, "3 boxes, 0 less probable")
        assert "threshold 0.15" in shown_text(app)
        set_tag_threshold(library, iteration.id, first.uuid, 0.95)
        await app.switch_mode("images")
        await app.switch_mode("test")
        await sees(pilot, app, "1 box, 2 less probable")
        assert "threshold 0.15 and by tag" in shown_text(app)
        await pilot.press("]")
        await sees(pilot, app, "threshold 0.20")
        await sees(pilot, app, "3 boxes, 0 less probable")


@pytest.mark.usefixtures("model")
@pytest.mark.parametrize("name", ["missing.jpg", "text.jpg", "folder"])
async def test_what_is_no_picture_gets_a_clear_word(
    library: Library, tmp_path: Path, name: str
) -> None:
    (tmp_path / "text.jpg").write_text("no picture")
    (tmp_path / "folder").mkdir()
    app = trained(library, tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await type_path(pilot, app, tmp_path / name)
        await until(pilot, lambda: error_shown(app), "the error")
        assert name in error_shown(app)
        await pilot.press("enter")
        await sees(pilot, app, "p  asks for the path")


async def test_looking_can_be_given_up(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_up = threading.Event()

    def never(*_: object, **__: object) -> None:
        assert given_up.wait(20)
        raise RunFailed("the process ended")

    monkeypatch.setattr(Predictor, "predict", never)
    monkeypatch.setattr(Predictor, "interrupt", lambda _: given_up.set())
    app = trained(library, tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await type_path(pilot, app, outside(tmp_path))
        await sees(pilot, app, "Looking at the picture")
        await pilot.press("x")
        await sees(pilot, app, "p  asks for the path")
        await app.workers.wait_for_complete(
            [worker for worker in app.workers if worker.group == "predict"]
        )
        assert not error_shown(app)


@pytest.mark.usefixtures("model")
async def test_another_iteration_looks_again(library: Library, tmp_path: Path) -> None:
    app = trained(library, tmp_path)
    assert app.project is not None
    stopped = LiveRun(library, app.project)
    stopped.end("cancelled", weights=None, epochs=0)
    async with app.run_test(size=(80, 24)) as pilot:
        await type_path(pilot, app, outside(tmp_path))
        await sees(pilot, app, "2 boxes")
        await until(pilot, lambda: app.screen_stack and not app.live_runs, "the run's end")
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, IterationChoice), "the list")
        assert "Iteration 1" in shown_text(app)
        await pilot.press("down", "enter")
        await until(pilot, lambda: "no weights" in error_shown(app), "the error")


async def test_an_iteration_in_training_is_not_offered(library: Library, tmp_path: Path) -> None:
    app = trained(library, tmp_path)
    assert app.project is not None
    make_iteration(library, app.project)
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, app, "Iteration 1 · threshold")


@pytest.mark.usefixtures("model")
async def test_tab_completes_the_path(library: Library, tmp_path: Path) -> None:
    app = trained(library, tmp_path)
    picture = outside(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, PredictScreen), "the view")
        await pilot.press("p")
        field = app.screen.query_one("#path")
        field.value = f"{tmp_path}/out"  # type: ignore[attr-defined]
        await pilot.press("tab")
        await until(pilot, lambda: field.value.endswith("outside/"), "the folder")  # type: ignore[attr-defined]
        await pilot.press("tab")
        await until(pilot, lambda: field.value == str(picture), "the file")  # type: ignore[attr-defined]
        await pilot.press("enter")
        await sees(pilot, app, "2 boxes")
