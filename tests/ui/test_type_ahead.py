"""Keys typed ahead of a new field or view: they mean what they would mean one by one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.events import Event, Key, Paste
from textual.keys import _character_to_key
from textual.widget import Widget
from textual.widgets import Input

from tests.library import add_pictures, finished_iteration, tag_image, with_weights
from tests.ui.shell_library import make_app, sees, tagged_project
from tests.waiting import until
from tui_detect.ui import type_ahead
from tui_detect.ui.app import TuiDetectApp
from tui_detect.ui.screens.images import ImagesScreen
from tui_detect.ui.screens.projects import ProjectsScreen
from tui_detect.ui.screens.train import TrainScreen
from tui_detect.ui.widgets.training_form import TrainingForm
from tui_detect.workflows.library import Library
from tui_detect.workflows.projects import create_project, list_projects
from tui_detect.workflows.tags import create_tag


def type_at_once(app: TuiDetectApp, *typed: str) -> None:
    """Keys by their names, and words letter by letter, that the terminal delivers in one piece."""
    for part in typed:
        for key in [part] if part in ("enter", "tab", "escape") else part:
            character = key if len(key) == 1 else None
            app.post_message(Key(_character_to_key(key) if character else key, character))


def app_on_test_view(library: Library, tmp_path: Path) -> TuiDetectApp:
    """The Test view of a project with a trained iteration."""
    project = tagged_project(library, tmp_path)
    with_weights(library, finished_iteration(library, project))
    return make_app(library, project, "test")


async def test_a_path_behind_its_key_is_taken_and_no_letter_of_it_is_a_command(
    library: Library, tmp_path: Path
) -> None:
    app = app_on_test_view(library, tmp_path)
    async with app.run_test() as pilot:
        await sees(pilot, app, "asks for the path")
        type_at_once(app, "p", "/nowhere/2/n.png")
        path = app.screen.query_one("#path", Input)
        await until(pilot, lambda: path.value == "/nowhere/2/n.png", "the path")
        assert app.current_mode == "test"


async def test_a_project_is_made_by_one_burst(library: Library) -> None:
    app = make_app(library)
    async with app.run_test() as pilot:
        await until(pilot, lambda: isinstance(app.screen, ProjectsScreen), "the projects")
        await pilot.pause()
        type_at_once(app, "n", "quit", "tab", "a note", "enter", "enter", "enter")
        await until(pilot, lambda: bool(list_projects(library)), "the project")
        (made,) = (summary.project for summary in list_projects(library))
        assert (made.name, made.description) == ("quit", "a note")


async def test_a_query_and_the_key_behind_it(library: Library, tmp_path: Path) -> None:
    project = create_project(library, "cutlery")
    fork = create_tag(library, project.id, "fork")
    for number, image in enumerate(add_pictures(library, project, tmp_path, 3)):
        tag_image(library, image, *([fork] if number else []))
    app = make_app(library, project)
    async with app.run_test(size=(120, 40)) as pilot:
        await sees(pilot, app, "picture_2")
        type_at_once(app, "/", "tag:fork", "enter", "2")
        await until(pilot, lambda: isinstance(app.screen, TrainScreen), "the Train view")
        type_at_once(app, "1")
        await until(pilot, lambda: isinstance(app.screen, ImagesScreen), "the images")
        await sees(pilot, app, "tag:fork")


async def test_a_key_behind_another_view_is_that_view_s(library: Library, tmp_path: Path) -> None:
    app = make_app(library, tagged_project(library, tmp_path))
    async with app.run_test() as pilot:
        await sees(pilot, app, "picture_2")
        type_at_once(app, "2", "e")
        await until(pilot, lambda: isinstance(app.screen, TrainingForm), "the form of Train")


async def test_what_is_pasted_lands_in_the_field_that_a_key_before_it_opened(
    library: Library, tmp_path: Path
) -> None:
    app = app_on_test_view(library, tmp_path)
    async with app.run_test() as pilot:
        await sees(pilot, app, "asks for the path")
        type_at_once(app, "p")
        app.post_message(Paste("/data/one.png"))
        path = app.screen.query_one("#path", Input)
        await until(pilot, lambda: path.value == "/data/one.png", "the path")


class Stuck(Widget, can_focus=True):
    """Takes its first key, and is never done with it until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = asyncio.Event()

    async def on_key(self) -> None:
        await self.let_go.wait()


class StuckApp(App[None]):
    def compose(self) -> ComposeResult:
        yield Stuck()
        yield Input()


async def test_a_widget_that_hangs_does_not_keep_the_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type_ahead, "PATIENCE_S", 0.05)
    app = StuckApp()
    async with app.run_test():
        given_out: asyncio.Queue[Event] = asyncio.Queue()
        typed = type_ahead.TypeAhead(app, given_out.put_nowait)
        stuck = app.query_one(Stuck)
        stuck.post_message(Key("a", "a"))
        keys = [Key("b", "b"), Key("c", "c")]
        for key in keys:
            typed.add(key)
        for expected in keys:
            assert await asyncio.wait_for(given_out.get(), 20) is expected
        stuck.let_go.set()
