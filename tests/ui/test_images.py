"""The workspace on the screen, driven by keys."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.library import add_pictures, draw_pictures, make_iteration, tag_image, workspace
from tests.ui.shell_library import SIZES, error_shown, make_app, question_shown, shown_text
from tests.waiting import until
from tui_detect.core.model import Project
from tui_detect.core.query import ImageQuery
from tui_detect.imaging.decode import inspect
from tui_detect.ui.app import TuiDetectApp
from tui_detect.ui.screens.adding import AddingDialog
from tui_detect.ui.screens.images import ImagesScreen
from tui_detect.ui.screens.tagging import TaggingScreen
from tui_detect.ui.screens.train import TrainScreen
from tui_detect.ui.widgets.filter_pane import FilterPane
from tui_detect.ui.widgets.image_preview import ImagePreview
from tui_detect.ui.widgets.path_dialog import PathDialog
from tui_detect.ui.widgets.text_dialog import TextDialog
from tui_detect.workflows import adding
from tui_detect.workflows.images import image_ids
from tui_detect.workflows.library import Library
from tui_detect.workflows.projects import create_project
from tui_detect.workflows.tags import create_tag


@pytest.fixture
def project(library: Library, tmp_path: Path) -> Project:
    """Six images: two forks, one knife, one background, two untagged."""
    project = create_project(library, "cutlery")
    fork, knife = create_tag(library, project.id, "fork"), create_tag(library, project.id, "knife")
    images = add_pictures(library, project, tmp_path / "pictures", 6)
    for image in images[:2]:
        tag_image(library, image, fork)
    tag_image(library, images[2], knife)
    tag_image(library, images[3])
    return project


def images_screen(app: TuiDetectApp) -> ImagesScreen:
    assert isinstance(app.screen, ImagesScreen)
    return app.screen


async def shown(pilot: Pilot[Any], app: TuiDetectApp, count: int) -> ImagesScreen:
    """Wait until the grid has that many images."""
    await until(
        pilot,
        lambda: (
            isinstance(app.screen, ImagesScreen)
            and app.screen._workspace is not None
            and len(app.screen.grid.ids) == count
        ),
        f"{count} images",
    )
    return images_screen(app)


def shown_names(screen: ImagesScreen) -> list[str]:
    cards = screen._infos(screen.grid.ids)
    return [cards[key].name for key in screen.grid.ids]


@pytest.mark.parametrize("size", SIZES)
async def test_an_empty_workspace_says_which_key_fills_it_and_that_key_does(
    library: Library, tmp_path: Path, size: tuple[int, int]
) -> None:
    folder = tmp_path / "my pictures"
    draw_pictures(folder, 3)
    (folder / "text.jpg").write_text("no picture")
    app = make_app(library, create_project(library, "new"))
    async with app.run_test(size=size) as pilot:
        await shown(pilot, app, 0)
        await until(pilot, lambda: "a  adds some" in shown_text(app), "the way to begin")
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, PathDialog), "the question for a path")
        app.screen.query_one(Input).value = str(folder)
        await pilot.press("enter")
        await until(pilot, lambda: "3 pictures added" in shown_text(app), "the result")
        assert "1 refused" in shown_text(app)
        assert "text.jpg" in shown_text(app)
        assert "not a picture" in shown_text(app)
        await pilot.press("enter")
        screen = await shown(pilot, app, 3)
        assert screen.tabs.counts == {"untagged": 3, "tagged": 0, "background": 0, "all": 3}
        assert "Untagged 3" in shown_text(app)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
async def test_thumbnails_names_states_and_advice_are_on_the_screen(
    library: Library, project: Project, size: tuple[int, int]
) -> None:
    app = make_app(library, project)
    async with app.run_test(size=size) as pilot:
        await shown(pilot, app, 6)
        await until(pilot, lambda: "▀" in shown_text(app), "thumbnails")
        text = shown_text(app)
        for expected in ("picture_0.png", "1 ■", "no boxes", "knife needs 14 more", "Tagged 4"):
            assert expected in text
        assert screen_panes(app) == (size[0] >= 100, size[0] >= 120)


def screen_panes(app: TuiDetectApp) -> tuple[bool, bool]:
    """Whether the tags and the preview are shown."""
    return app.screen.query_one(FilterPane).display, app.screen.query_one(ImagePreview).display


async def test_the_tabs_narrow_the_grid(library: Library, project: Project) -> None:
    app = make_app(library, project)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app, 6)
        await pilot.press("]")
        await shown(pilot, app, 2)
        await pilot.press("]")
        await shown(pilot, app, 4)
        await pilot.press("]")
        screen = await shown(pilot, app, 1)
        assert shown_names(screen) == ["picture_3.png"]
        await pilot.press("[", "[", "[")
        await shown(pilot, app, 6)


async def test_tags_and_splits_narrow_the_grid_from_a_folded_pane(
    library: Library, project: Project
) -> None:
    app = make_app(library, project)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app, 6)
        await pilot.press("f")
        await until(pilot, lambda: screen_panes(app)[0], "the tags")
        assert "fork" in shown_text(app)
        await pilot.press("down", "space")
        screen = await shown(pilot, app, 1)
        assert shown_names(screen) == ["picture_2.png"]
        assert "✓ knife" in shown_text(app)
        assert screen.query_input.value == "tag:knife"
        await pilot.press("up", "enter")
        await shown(pilot, app, 3)
        await pilot.press("f")
        await until(pilot, lambda: not screen_panes(app)[0], "the tags to fold")
        await pilot.press("ctrl+g")
        await shown(pilot, app, 6)


async def test_a_query_narrows_while_it_is_typed_and_mistakes_are_said(
    library: Library, project: Project
) -> None:
    app = make_app(library, project)
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot, app, 6)
        await pilot.press("slash", *"tag:fork")
        await shown(pilot, app, 2)
        await pilot.press("space", *"split:no")
        await until(pilot, lambda: "split:no" in shown_text(app), "the mistake")
        assert "is not known" in shown_text(app)
        await pilot.press(*"ne")
        await shown(pilot, app, 2)
        await pilot.press("enter", "right", "x")
        await until(pilot, lambda: question_shown(app), "that keys are keys again")
        await pilot.press("n", "escape")
        await shown(pilot, app, 6)


async def test_nothing_found_says_how_to_get_back(library: Library, project: Project) -> None:
    app = make_app(library, project)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app, 6)
        await pilot.press("slash", *"zebra", "enter")
        await shown(pilot, app, 0)
        assert "No picture here fits  zebra" in shown_text(app)
        await pilot.press("ctrl+g")
        await shown(pilot, app, 6)


async def test_enter_opens_the_picture_and_what_was_tagged_is_counted(
    library: Library, project: Project
) -> None:
    app = make_app(library, project)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app, 6)
        await pilot.press("end", "enter")
        await until(pilot, lambda: isinstance(app.screen, TaggingScreen), "the tagging screen")
        assert isinstance(app.screen, TaggingScreen)
        assert app.screen.session.image.name == "picture_5.png"
        tag_image(library, app.screen.session.image)
        await pilot.press("escape")
        screen = await shown(pilot, app, 6)
        await until(pilot, lambda: screen.tabs.counts["background"] == 2, "the new count")
        assert screen.grid.image_id == screen.grid.ids[5]


async def test_removal_says_what_goes_and_what_iterations_keep(
    library: Library, project: Project, tmp_path: Path
) -> None:
    make_iteration(library, project)
    originals = sorted((tmp_path / "pictures").iterdir())
    app = make_app(library, project)
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot, app, 6)
        await pilot.press("space", "end", "space", "x")
        await until(pilot, lambda: question_shown(app), "the question")
        question = question_shown(app)
        assert "1 image kept" in question or "1 picture kept for iteration 1" in question
        assert "1 picture goes for good" in question
        assert "picture_0.png" in question
        assert "picture_5.png" in question
        await pilot.press("n")
        await shown(pilot, app, 6)
        await pilot.press("x")
        await until(pilot, lambda: question_shown(app), "the question again")
        await pilot.press("y")
        screen = await shown(pilot, app, 4)
        assert screen.grid.selected == frozenset()
    assert [image.name for image in workspace(library, project)] == [
        f"picture_{number}.png" for number in (1, 2, 3, 4)
    ]
    assert all(path.exists() for path in originals)


async def test_pictures_are_moved_between_the_splits(library: Library, project: Project) -> None:
    def validating() -> list[str]:
        return [i.name for i in workspace(library, project) if i.split == "validation"]

    app = make_app(library, project)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app, 6)
        await pilot.press("space", "end", "space", "S")
        await until(pilot, lambda: len(validating()) == 2, "the validation split")
        assert validating() == ["picture_0.png", "picture_5.png"]
        await pilot.press("S")
        await until(pilot, lambda: not validating(), "the way back")


async def test_adding_can_be_stopped_and_keeps_what_is_in(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw_pictures(tmp_path / "many", 60)

    def slow_inspect(path: Path) -> object:
        time.sleep(0.05)
        return inspect(path)

    monkeypatch.setattr(adding, "inspect", slow_inspect)
    project = create_project(library, "many")
    app = make_app(library, project)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app, 0)
        images_screen(app)._add(str(tmp_path / "many"))
        await until(pilot, lambda: " of 60" in shown_text(app), "progress")
        assert "pictures/s" in shown_text(app)
        await pilot.press("c")
        await until(pilot, lambda: "stopped; what is in stays in" in shown_text(app), "the end")
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, ImagesScreen), "the images")
    kept = len(image_ids(library, project.id, ImageQuery()))
    assert 0 < kept < 60


async def test_a_path_that_is_not_there_is_said_and_kept_for_correction(
    library: Library, project: Project
) -> None:
    app = make_app(library, project)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app, 6)
        await pilot.press("a", *"/no/such", "enter")
        await until(pilot, lambda: error_shown(app), "the error")
        assert "there is nothing at /no/such" in error_shown(app)
        await pilot.press("enter", "a")
        await until(pilot, lambda: isinstance(app.screen, PathDialog), "the question again")
        assert app.screen.query_one(Input).value == "/no/such"


async def test_a_path_can_be_picked_from_the_list(library: Library, tmp_path: Path) -> None:
    draw_pictures(tmp_path / "outer" / "inner", 2)
    app = make_app(library, create_project(library, "new"))
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app, 0)
        await pilot.press("a")
        await until(pilot, lambda: isinstance(app.screen, PathDialog), "the question")
        field = app.screen.query_one(Input)
        field.value = f"{tmp_path}/outer/"
        await until(pilot, lambda: "inner/" in shown_text(app), "the folder in the list")
        await pilot.press("down", "enter")
        await until(pilot, lambda: "picture_1.png" in shown_text(app), "its pictures")
        assert field.value == f"{tmp_path}/outer/inner/"
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: isinstance(app.screen, AddingDialog), "adding")
        await until(pilot, lambda: "1 picture added" in shown_text(app), "one picture")


async def test_advice_and_training_are_one_key_away(library: Library, project: Project) -> None:
    app = make_app(library, project)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app, 6)
        await pilot.press("g")
        await until(pilot, lambda: isinstance(app.screen, TextDialog), "all advice")
        assert "fork needs 13 more" in shown_text(app)
        await pilot.press("q", "t")
        await until(pilot, lambda: isinstance(app.screen, TrainScreen), "the training")


async def test_a_vanished_picture_is_said_in_its_tile(library: Library, project: Project) -> None:
    library.objects.delete(workspace(library, project)[1].sha256)
    app = make_app(library, project)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app, 6)
        await until(pilot, lambda: "unreadable" in shown_text(app), "the word in the tile")
        await until(pilot, lambda: "▀" in shown_text(app), "the other thumbnails")


async def test_the_preview_shows_the_picture_with_its_facts(
    library: Library, project: Project
) -> None:
    app = make_app(library, project)
    async with app.run_test(size=(80, 24)) as pilot:
        await shown(pilot, app, 6)
        await pilot.press("p")
        await until(pilot, lambda: "32 × 24" in shown_text(app), "the facts")
        assert "fork  1" in shown_text(app)
        await pilot.press("end")
        await until(pilot, lambda: "untagged" in shown_text(app).split("Untagged")[1], "the other")
        await pilot.press("p")
        await until(pilot, lambda: not screen_panes(app)[1], "the preview to fold")


async def test_a_name_with_a_newline_stays_on_its_line(library: Library, tmp_path: Path) -> None:
    project = create_project(library, "odd")
    [path] = draw_pictures(tmp_path / "odd", 1)
    adding.add_images(library, project.id, [path.rename(path.with_name("new\nline 🦊.png"))])
    app = make_app(library, project)
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot, app, 1)
        await until(pilot, lambda: "new\\nline 🦊.png" in shown_text(app), "the name")
        assert len(shown_text(app).splitlines()) == 40
