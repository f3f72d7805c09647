"""The settings of a project: its facts and its tags."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.shell_library import (
    SIZES,
    error_shown,
    make_app,
    question_shown,
    shown_text,
    tagged_project,
)
from tests.waiting import until
from tui_detect.core.model import Project
from tui_detect.ui.app import TuiDetectApp
from tui_detect.ui.screens.projects import ProjectsScreen
from tui_detect.ui.screens.settings import SettingsScreen
from tui_detect.ui.widgets.dialogs import Prompt
from tui_detect.ui.widgets.project_form import ProjectForm
from tui_detect.ui.widgets.tag_choice import TagChoice
from tui_detect.workflows.images import count_images
from tui_detect.workflows.library import Library
from tui_detect.workflows.projects import create_project, get_project, list_projects
from tui_detect.workflows.tags import list_tags


async def sees(pilot: Pilot[None], app: TuiDetectApp, text: str) -> None:
    await until(pilot, lambda: text in shown_text(app), f"{text!r} on the screen")


def tag_counts(library: Library, project: Project) -> dict[str, int]:
    return {item.tag.name: item.regions for item in list_tags(library, project.id)}


@pytest.mark.parametrize("size", SIZES)
async def test_it_shows_facts_and_tags(
    library: Library, tmp_path: Path, size: tuple[int, int]
) -> None:
    app = make_app(library, tagged_project(library, tmp_path / "pictures"), "settings")
    async with app.run_test(size=size) as pilot:
        await sees(pilot, app, "6: 6 tagged (of which 0 background), 0 untagged")
        assert "■ knife" in shown_text(app)
        assert "General: " in shown_text(app)


async def test_a_project_without_tags_says_what_they_are(library: Library) -> None:
    project = create_project(library, "empty")
    app = make_app(library, project, "settings")
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, app, "n  makes one")
        await pilot.press("r", "m", "d", "n")
        await until(pilot, lambda: isinstance(app.screen, Prompt), "the prompt")
        await pilot.press(*"spoon", "enter")
        await sees(pilot, app, "■ spoon")
    assert tag_counts(library, project) == {"spoon": 0}


async def test_a_tag_is_renamed_and_a_taken_name_refused(library: Library, tmp_path: Path) -> None:
    project = tagged_project(library, tmp_path / "pictures")
    app = make_app(library, project, "settings")
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, app, "■ fork")
        await pilot.press("r", *["backspace"] * 4, *"knife", "enter")
        await until(pilot, lambda: "already" in error_shown(app), "the error")
        await pilot.press("escape", "r", *["backspace"] * 4, *"pitchfork", "enter")
        await sees(pilot, app, "■ pitchfork")
    assert tag_counts(library, project) == {"pitchfork": 6, "knife": 6}


async def test_merging_asks_into_what_and_says_what_happens(
    library: Library, tmp_path: Path
) -> None:
    project = tagged_project(library, tmp_path / "pictures")
    app = make_app(library, project, "settings")
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, app, "■ fork")
        await pilot.press("m")
        await until(pilot, lambda: isinstance(app.screen, TagChoice), "the list of tags")
        assert "Merge fork into" in shown_text(app)
        await pilot.press("enter")
        await until(pilot, lambda: "6 regions" in question_shown(app), "the question")
        await pilot.press("y")
        await until(pilot, lambda: tag_counts(library, project) == {"knife": 12}, "the merge")


async def test_deleting_a_tag_says_what_goes(library: Library, tmp_path: Path) -> None:
    project = tagged_project(library, tmp_path / "pictures")
    app = make_app(library, project, "settings")
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, app, "■ fork")
        await pilot.press("down", "d")
        await until(
            pilot, lambda: "6 regions on 6 images go" in question_shown(app), "the question"
        )
        await pilot.press("enter")
        await pilot.press("d", "y")
        await until(pilot, lambda: tag_counts(library, project) == {"fork": 6}, "knife to go")
    assert count_images(library, project.id).tagged == 6


async def test_the_domain_is_changed_later_and_the_views_hear_of_it(
    library: Library, tmp_path: Path
) -> None:
    project = tagged_project(library, tmp_path / "pictures")
    app = make_app(library, project, "train")
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, app, "domain General")
        await pilot.press("5")
        await until(pilot, lambda: isinstance(app.screen, SettingsScreen), "the settings")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, ProjectForm), "the form")
        await pilot.press("tab", "tab", "down", "down", "enter")
        await sees(pilot, app, "Logo: ")
        await pilot.press("2")
        await sees(pilot, app, "domain Logo")
    assert get_project(library, project.id).domain == "Logo"


async def test_deleting_the_project_goes_back_to_the_list(library: Library) -> None:
    project = create_project(library, "gone")
    app = make_app(library, project, "settings")
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, app, "gone · Settings")
        await pilot.press("D", "y")
        await until(pilot, lambda: isinstance(app.screen, ProjectsScreen), "the list")
        await sees(pilot, app, "makes the first")
        assert app.project is None
        await pilot.press("5")
        assert isinstance(app.screen, ProjectsScreen)
    assert list_projects(library) == []
