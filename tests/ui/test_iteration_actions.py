"""The questions about an iteration: publishing, deleting, the trash, exporting."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from tests.ui.evaluated import evaluated_iteration, tagged_project
from tests.waiting import until
from tui_detect.core.model import Iteration, Project
from tui_detect.store import iterations as rows
from tui_detect.ui.app import TuiDetectApp
from tui_detect.ui.screens.base import ProjectScreen
from tui_detect.ui.screens.iteration_actions import (
    ask_before_deletion,
    ask_for_export,
    ask_for_published_name,
    choose_deleted,
)
from tui_detect.ui.widgets.dialogs import Confirm, ErrorDialog, Prompt
from tui_detect.ui.widgets.format_choice import FormatChoice
from tui_detect.ui.widgets.path_dialog import PathDialog
from tui_detect.ui.widgets.path_input import PathInput
from tui_detect.ui.widgets.trash_dialog import TrashDialog
from tui_detect.vision import exporter
from tui_detect.workflows.images import remove_images
from tui_detect.workflows.iterations import get_iteration, list_iterations
from tui_detect.workflows.library import Library
from tui_detect.workflows.publishing import publish
from tui_detect.workflows.trash import delete_iteration, list_deleted


class Acting:
    """An app on a project, and how often an act was done in it."""

    def __init__(self, app: TuiDetectApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot
        self.done = 0

    @property
    def screen(self) -> ProjectScreen:
        """The project's view below the questions."""
        return next(s for s in self.app.screen_stack if isinstance(s, ProjectScreen))

    @property
    def text(self) -> str:
        """What the question says."""
        return " ".join(str(line.render()) for line in self.app.screen.query(Static))

    def count(self) -> None:
        """An act was done."""
        self.done += 1

    def said(self, text: str) -> list[str]:
        """How grave the notices are that say that."""
        return [each.severity for each in self.app._notifications if text in each.message]

    async def see(self, dialog: type[object]) -> None:
        """Wait for a question."""
        await until(
            self.pilot,
            lambda: isinstance(self.app.screen, dialog) and bool(self.app.screen.query(Static)),
            dialog.__name__,
        )


@pytest.fixture
def trained(library: Library, project: Project, tmp_path: Path) -> list[Iteration]:
    """Two completed iterations with weights."""
    images = tagged_project(library, project, tmp_path / "pictures")
    first = evaluated_iteration(library, project)
    remove_images(library, [images[0].id])
    return [first, evaluated_iteration(library, project)]


@asynccontextmanager
async def acting(library: Library, project: Project) -> AsyncIterator[Acting]:
    """The app, open on the Test view, which asks nothing by itself."""
    app = TuiDetectApp(library, project=project, mode="test")
    async with app.run_test(size=(100, 30)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ProjectScreen), "the view")
        yield Acting(app, pilot)


async def test_a_name_is_published_moved_and_taken_away(
    library: Library, project: Project, trained: list[Iteration]
) -> None:
    async with acting(library, project) as act:
        ask_for_published_name(act.screen, trained[0], act.count)
        await act.see(Prompt)
        await act.pilot.press("ctrl+u", *"knives", "enter")
        await until(act.pilot, lambda: act.done == 1, "the name")
        assert get_iteration(library, trained[0].id).published_as == "knives"

        ask_for_published_name(act.screen, trained[1], act.count)
        await act.see(Prompt)
        await act.pilot.press("enter")  # the name that the project publishes is offered
        await act.see(Confirm)
        assert "Iteration 1 answers to knives now" in act.text
        await act.pilot.press("y")
        await until(act.pilot, lambda: act.done == 2, "the name to move")
        second = get_iteration(library, trained[1].id)
        assert second.published_as == "knives"

        ask_for_published_name(act.screen, second, act.count)
        await act.see(Prompt)
        assert "empty to unpublish" in act.text
        await act.pilot.press("ctrl+u", "enter")
        await until(act.pilot, lambda: act.done == 3, "the name to go")
        assert get_iteration(library, trained[1].id).published_as == ""

        ask_for_published_name(act.screen, trained[0], act.count)
        await act.see(Prompt)
        await act.pilot.press("ctrl+u", *"a/b", "enter")
        await act.see(ErrorDialog)
        assert "part of a URL" in act.text
        assert act.done == 3


async def test_a_published_one_is_unpublished_before_it_is_deleted(
    library: Library, project: Project, trained: list[Iteration]
) -> None:
    first = publish(library, trained[0].id, "knives").iteration
    async with acting(library, project) as act:
        ask_before_deletion(act.screen, first, act.count)
        await act.see(Confirm)
        assert "published as knives, and is unpublished first" in act.text
        assert "restored for 30 days" in act.text
        assert "5.2 MB of weights" in act.text
        assert "1 image that nothing else holds" in act.text
        assert "stored detection" in act.text
        await act.pilot.press("y")
        await until(act.pilot, lambda: act.done == 1, "the deletion")
        (deleted,) = list_deleted(library, project.id)
        assert (deleted.id, deleted.published_as) == (first.id, "")
        publish(library, trained[1].id, "knives")
        choose_deleted(act.screen, act.count)
        await act.see(TrashDialog)
        await act.pilot.press("enter")
        await until(
            act.pilot,
            lambda: any("answers to knives" in each.message for each in act.app._notifications),
            "the word that its name is another one's",
        )


async def test_what_a_deletion_took_and_could_not_move_is_said(
    library: Library, project: Project, trained: list[Iteration]
) -> None:
    (library.home / "trash").write_text("a file where the folder belongs")
    async with acting(library, project) as act:
        ask_before_deletion(act.screen, trained[0], act.count)
        await act.see(Confirm)
        publish(library, trained[0].id, "knives")
        await act.pilot.press("y")
        await until(act.pilot, lambda: act.done == 1, "the deletion")
        assert act.said("Nothing answers to knives any more") == ["information"]
        assert act.said(f"files still lie in {library.run_path(trained[0].uuid)}") == ["warning"]


async def test_one_restored_without_files_says_so(
    library: Library, project: Project, trained: list[Iteration]
) -> None:
    publish(library, trained[0].id, "knives")
    delete_iteration(library, trained[0].id)
    shutil.rmtree(library.trash_path(trained[0].uuid))
    async with acting(library, project) as act:
        choose_deleted(act.screen, act.count)
        await act.see(TrashDialog)
        await act.pilot.press("enter")
        await until(act.pilot, lambda: act.done == 1, "the restoration")
        assert act.said("but no weights, and is not published as knives") == ["warning"]


async def test_the_trash_gives_back_what_is_chosen_and_frees_the_disk(
    library: Library, project: Project, trained: list[Iteration]
) -> None:
    async with acting(library, project) as act:
        choose_deleted(act.screen, act.count)
        await act.see(TrashDialog)
        assert "No iteration of this project is in the trash" in act.text
        await act.pilot.press("x", "X", "q")
        for iteration in trained:
            delete_iteration(library, iteration.id)

        choose_deleted(act.screen, act.count)
        await act.see(TrashDialog)
        await act.pilot.press("down", "enter")
        await until(act.pilot, lambda: act.done == 1, "the older one to come back")
        assert [one.id for one in list_iterations(library, project.id)] == [trained[0].id]

        choose_deleted(act.screen, act.count)
        await act.see(TrashDialog)
        await act.pilot.press("x")
        await act.see(Confirm)
        assert "cannot be taken back" in act.text
        assert "Iteration 2" in act.text
        await act.pilot.press("y")
        await until(act.pilot, lambda: act.done == 2, "the other one to go")
        assert list_deleted(library, project.id) == []
        assert not library.trash_path(trained[1].uuid).exists()


async def test_what_is_older_than_thirty_days_goes_when_the_app_opens(
    library: Library, project: Project, trained: list[Iteration]
) -> None:
    delete_iteration(library, trained[0].id)
    (deleted,) = list_deleted(library, project.id)
    assert deleted.deleted_at is not None
    long_ago = deleted.deleted_at - timedelta(days=31)
    rows.update(library.db, deleted.id, deleted_at=long_ago.isoformat())
    async with acting(library, project) as act:
        await until(act.pilot, lambda: not list_deleted(library, project.id), "the purge")


async def test_a_format_that_lacks_its_package_says_so_and_is_not_taken(
    library: Library,
    project: Project,
    trained: list[Iteration],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exporter, "find_spec", lambda _name: None)
    async with acting(library, project) as act:
        ask_for_export(act.screen, trained[0])
        await act.see(FormatChoice)
        await act.pilot.press("down", "down")
        await until(act.pilot, lambda: "pip install 'onnx" in act.text, "what it lacks")
        await act.pilot.press("enter", "up")
        await until(act.pilot, lambda: "Not installed" not in act.text, "that it is still open")


async def test_a_model_is_exported_and_nothing_is_replaced_unasked(
    library: Library, project: Project, trained: list[Iteration], tmp_path: Path
) -> None:
    target = tmp_path / "knives.pt"
    async with acting(library, project) as act:
        for time in ("first", "second"):
            ask_for_export(act.screen, trained[0])
            await act.see(FormatChoice)
            assert "Not installed" not in act.text
            await act.pilot.press("enter")
            await act.see(PathDialog)
            field = act.app.screen.query_one(PathInput)
            assert field.value == "parts-1.pt"
            field.value = str(target)
            await act.pilot.press("enter")
            if time == "second":
                await act.see(Confirm)
                assert str(target) in act.text
                target.unlink()
                await act.pilot.press("y")
            await until(act.pilot, target.exists, "the file")
        assert (tmp_path / "knives.labels.txt").exists()
