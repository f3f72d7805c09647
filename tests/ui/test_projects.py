"""The list of projects, driven by keys."""

from __future__ import annotations

import pytest
from textual.widgets import Input

from tests.ui.shell_library import SIZES, error_shown, make_app, question_shown, shown_text
from tests.waiting import until
from tui_detect.ui.screens.projects import ProjectsScreen
from tui_detect.ui.widgets.dialogs import Confirm
from tui_detect.ui.widgets.project_form import ProjectForm
from tui_detect.ui.widgets.row_table import RowTable
from tui_detect.workflows.library import Library
from tui_detect.workflows.projects import create_project, list_projects


def names(library: Library) -> list[str]:
    return [summary.project.name for summary in list_projects(library)]


@pytest.mark.parametrize("size", SIZES)
async def test_an_empty_home_says_which_key_makes_the_first_project(
    library: Library, size: tuple[int, int]
) -> None:
    app = make_app(library)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ProjectsScreen), "the projects")
        assert "n  makes the first" in shown_text(app)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, ProjectForm), "the form")
        await pilot.press(*"cutlery", "enter", *"spoons", "enter", "down", "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, ProjectsScreen), "the form to close")
        assert "cutlery" in shown_text(app)
    project = list_projects(library)[0].project
    assert (project.name, project.description, project.domain) == ("cutlery", "spoons", "Logo")


async def test_a_name_that_exists_is_refused_with_a_word(library: Library) -> None:
    create_project(library, "cutlery")
    app = make_app(library)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n", *"Cutlery", "ctrl+s")
        await until(pilot, lambda: error_shown(app), "the error")
        assert "already" in error_shown(app)
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, ProjectsScreen), "the list again")
    assert names(library) == ["cutlery"]


async def test_a_form_without_a_name_stays_open_and_ctrl_g_leaves_it(library: Library) -> None:
    app = make_app(library)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("n", "ctrl+s")
        assert isinstance(app.screen, ProjectForm)
        assert "needs a name" in app.screen.query_one("#name", Input).placeholder
        await pilot.press("ctrl+g")
        await until(pilot, lambda: isinstance(app.screen, ProjectsScreen), "the list")
    assert names(library) == []


async def test_typing_narrows_the_list_and_escape_shows_all(library: Library) -> None:
    for name in ("cutlery", "blood", "cups"):
        create_project(library, name)
    app = make_app(library)
    async with app.run_test(size=(80, 24)) as pilot:
        table = app.screen.query_one(RowTable)
        assert len(table.rows) == 3
        await pilot.press("slash", *"cu")
        await until(pilot, lambda: len(table.rows) == 2, "two projects")
        await pilot.press(*"zz")
        assert "No project has that" in shown_text(app)
        await pilot.press("ctrl+g")
        await until(pilot, lambda: len(table.rows) == 3, "all projects")
        assert app.screen.focused is table


async def test_deleting_asks_and_enter_is_the_safe_answer(library: Library) -> None:
    create_project(library, "cutlery")
    app = make_app(library)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, Confirm), "the question")
        assert "empty" in question_shown(app)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ProjectsScreen), "the list")
        assert names(library) == ["cutlery"]
        await pilot.press("d", "y")
        await until(pilot, lambda: names(library) == [], "the project to go")
        await until(pilot, lambda: "makes the first" in shown_text(app), "the empty list")


async def test_editing_changes_the_domain_later(library: Library) -> None:
    create_project(library, "cutlery", "spoons")
    app = make_app(library)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("e", "tab", "tab", *["down"] * 4, "enter")
        await until(pilot, lambda: isinstance(app.screen, ProjectsScreen), "the list")
    project = list_projects(library)[0].project
    assert (project.description, project.domain) == ("spoons", "General (compact)")


async def test_markup_in_a_name_is_shown_as_it_is(library: Library) -> None:
    create_project(library, "[red]x[/red]", "[bold")
    app = make_app(library)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "[red]x[/red]" in shown_text(app)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, Confirm), "the question")
        assert "[red]x[/red]" in shown_text(app)
