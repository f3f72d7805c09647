"""The shell: views, help, palette, errors, runs that end behind another view."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.pilot import Pilot

from tests.library import finished_iteration
from tests.ui.shell_library import (
    SIZES,
    LiveRun,
    error_shown,
    make_app,
    shown_text,
    tagged_project,
)
from tests.waiting import until
from tui_detect.core.errors import StorageFailed
from tui_detect.core.model import Iteration
from tui_detect.ui.app import TuiDetectApp
from tui_detect.ui.errors import LOG_NAME
from tui_detect.ui.help import HelpScreen, read_page
from tui_detect.ui.modes import MODES, Mode
from tui_detect.ui.screens.projects import ProjectsScreen
from tui_detect.ui.screens.settings import SettingsScreen
from tui_detect.ui.screens.train import TrainScreen
from tui_detect.workflows import training
from tui_detect.workflows.library import Library
from tui_detect.workflows.projects import create_project
from tui_detect.workflows.queue import queue_is_paused


def is_shown(app: TuiDetectApp, mode: Mode) -> bool:
    return type(app.screen).__name__ == mode.screen


@pytest.mark.parametrize("size", SIZES)
async def test_digits_move_between_the_views_of_a_project(
    library: Library, tmp_path: Path, size: tuple[int, int]
) -> None:
    app = make_app(library, tagged_project(library, tmp_path / "pictures"))
    async with app.run_test(size=size) as pilot:
        for mode in (*MODES[1:], MODES[0], MODES[1]):
            await pilot.press(mode.key)
            await until(pilot, partial(is_shown, app, mode), mode.title)
            await pilot.pause()
            assert not error_shown(app)


async def test_views_need_a_project(library: Library) -> None:
    app = make_app(library)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("1", "2", "5")
        assert isinstance(app.screen, ProjectsScreen)
        assert "Images" not in shown_text(app)


async def test_another_project_gets_views_of_its_own(library: Library, tmp_path: Path) -> None:
    tagged_project(library, tmp_path / "pictures")
    other = create_project(library, "blood")
    app = make_app(library, other, "settings")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "blood · Settings" in shown_text(app), "the first project")
        await pilot.press("0")
        await until(pilot, lambda: isinstance(app.screen, ProjectsScreen), "the list")
        await until(pilot, lambda: "cutlery" in shown_text(app), "both projects")
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.project and app.project.name == "cutlery", "the other one")
        await pilot.press("5")
        await until(pilot, lambda: "cutlery · Settings" in shown_text(app), "its settings")
        assert "■ fork" in shown_text(app)


@pytest.mark.parametrize("mode", [mode.name for mode in MODES])
async def test_every_view_explains_itself_with_its_keys(
    library: Library, tmp_path: Path, mode: str
) -> None:
    project = tagged_project(library, tmp_path / "pictures")
    app = make_app(library, project if mode != "projects" else None, mode)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen), "the help")
        title = read_page(mode).splitlines()[0].removeprefix("# ")
        await until(pilot, lambda: title in shown_text(app), "the page")
        await pilot.press("end")
        await until(pilot, lambda: "leave" in shown_text(app), "the keys")
        await pilot.press("q")
        await until(pilot, lambda: not isinstance(app.screen, HelpScreen), "the view")


async def test_the_palette_runs_the_actions_of_the_view(library: Library) -> None:
    app = make_app(library)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette), "the palette")
        await pilot.press(*"new project")
        await until(pilot, lambda: "projects: new project" in shown_text(app), "the entry")
        await pilot.press("enter")
        await until(pilot, lambda: "New project" in shown_text(app), "the form")


async def test_the_palette_opens_other_views(library: Library) -> None:
    app = make_app(library, create_project(library, "cutlery"), "train")
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette), "the palette")
        await pilot.press(*"app: settings")
        await until(pilot, lambda: "app: Settings" in shown_text(app), "the entry")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen), "the settings")


async def test_an_error_of_the_collector_is_shown_once(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def fail(*_: object) -> list[Iteration]:
        asked.append(1)
        raise StorageFailed("the disk is full", "free some space")

    monkeypatch.setattr(training, "collect_running", fail)
    app = make_app(library)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: error_shown(app) == "the disk is full", "the error")
        assert "Free some space." in shown_text(app)
        await pilot.press("enter")
        app.watch_runs()
        await until(pilot, lambda: len(asked) > 1, "another attempt")
        await pilot.pause()
        assert not error_shown(app)


async def test_what_nobody_foresaw_is_shown_and_logged(library: Library) -> None:
    app = make_app(library)

    def fail() -> None:
        raise ZeroDivisionError("one by nought")

    async with app.run_test(size=(80, 24)) as pilot:
        app.run_worker(fail, thread=True, exit_on_error=False)
        await until(pilot, lambda: "ZeroDivisionError" in error_shown(app), "the error")
        await pilot.press("q")
        assert isinstance(app.screen, ProjectsScreen)
    assert "one by nought" in (library.home / LOG_NAME).read_text()


async def test_a_run_that_ends_behind_another_view_is_known_there(
    library: Library, tmp_path: Path
) -> None:
    project = tagged_project(library, tmp_path / "pictures")
    run = LiveRun(library, project)
    app = make_app(library, project, "train")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "Iteration 1 · training" in shown_text(app), "the run")
        await pilot.press("5")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen), "the settings")
        await until(pilot, lambda: "● Iteration 1" in shown_text(app), "the run in the title")
        run.epoch(1)
        run.end("finished", weights="weights/best.pt", epochs=4)
        await until(pilot, lambda: not app.live_runs, "the end")
        await pilot.press("2")
        await until(pilot, lambda: isinstance(app.screen, TrainScreen), "the view")
        await until(pilot, lambda: "is trained" in shown_text(app), "the ending")


async def test_leaving_during_a_run_says_that_it_goes_on(library: Library, tmp_path: Path) -> None:
    project = tagged_project(library, tmp_path / "pictures")
    LiveRun(library, project)
    app = make_app(library, project, "train")
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.live_runs, "the run")
        await pilot.press("q")
        assert "Still training: Iteration 1" in (app._farewell() or "")


@pytest.mark.parametrize("mode", ["train", "settings"])
async def test_the_end_of_a_run_rings_once_whatever_is_shown(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    rung: list[int] = []
    monkeypatch.setattr(TuiDetectApp, "bell", lambda _: rung.append(1))
    project = tagged_project(library, tmp_path / "pictures")
    run = LiveRun(library, project)
    app = make_app(library, project, mode)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.live_runs, "the run")
        assert not rung
        run.end("failed", message="the disk is full", hint="")
        await until(pilot, lambda: rung, "the bell")
        (toast,) = app._notifications
        assert toast.message == "Iteration 1 failed: the disk is full."
        app.watch_runs()
        await until(pilot, lambda: not app._collecting, "another look")
        assert rung == [1]


async def test_a_run_that_had_ended_before_rings_no_bell(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[int] = []
    monkeypatch.setattr(TuiDetectApp, "bell", lambda _: rung.append(1))
    finished_iteration(library, tagged_project(library, tmp_path / "pictures"))
    app = make_app(library)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: not app._collecting, "a look at the runs")
        assert not rung


async def test_the_palette_pauses_the_queue_and_lets_it_go_on(library: Library) -> None:
    app = make_app(library)

    async def choose(pilot: Pilot[None], words: str) -> None:
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette), "the palette")
        await pilot.press(*words.replace(" ", ""))
        await until(pilot, lambda: words in shown_text(app).lower(), "the entry")
        await pilot.press("enter")

    async with app.run_test(size=(120, 40)) as pilot:
        await choose(pilot, "pause the queue")
        await until(pilot, lambda: queue_is_paused(library), "the pause")
        await choose(pilot, "let the queue go on")
        await until(pilot, lambda: not queue_is_paused(library), "the end of the pause")
