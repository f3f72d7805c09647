"""What the Tagging screen says and keeps when something goes wrong or there is little room."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image as Pillow

from tests.library import add_pictures, tag_image
from tests.ui.shell_library import error_shown
from tests.ui.tagging.tagger import SMALL, tagger
from tests.waiting import until
from tui_detect.core.edits import Edit
from tui_detect.core.errors import StorageFailed
from tui_detect.core.model import Image, Project, Tag
from tui_detect.workflows import tagging
from tui_detect.workflows.adding import add_images
from tui_detect.workflows.images import ImageQuery, image_ids
from tui_detect.workflows.library import Library


async def test_what_cannot_be_saved_is_said_kept_and_saved_later(
    library: Library,
    project: Project,
    pictures: list[Image],
    fork: Tag,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    disk = {"full": True}
    save = tagging.save_edit

    def save_edit(library: Library, image_id: int, edit: Edit) -> None:
        if disk["full"]:
            raise StorageFailed("the disk is full", "free some space")
        save(library, image_id, edit)

    monkeypatch.setattr(tagging, "save_edit", save_edit)
    async with tagger(library, project, pictures) as on:
        await on.press("space", "a", "a", "k", "k")
        await until(on.pilot, lambda: "the disk is full" in error_shown(on.app), "the error")
        await on.pilot.press("enter")
        assert len(on.screen.state.tagging.regions) == 1
        assert on.regions() == ()
        assert "1 edit NOT SAVED" in on.text
        await on.pilot.press("q")
        await until(on.pilot, lambda: error_shown(on.app), "the refusal to leave")
        await on.pilot.press("enter", "n")
        await until(on.pilot, lambda: error_shown(on.app), "the refusal to go on")
        await on.pilot.press("enter")
        assert on.screen.session.image.id == pictures[0].id
        disk["full"] = False
        await on.press("ctrl+s")
        assert len(on.regions()) == 1
        assert "NOT SAVED" not in on.text
        disk["full"] = True
        await on.pilot.press("l")
        await until(on.pilot, lambda: error_shown(on.app), "the error")
        await on.pilot.press("enter", "u")
        assert not on.screen.session.unsaved
        assert on.screen.state.tagging == on.stored().tagging


async def test_an_image_changed_elsewhere_is_shown_as_it_is(
    library: Library, project: Project, pictures: list[Image], fork: Tag
) -> None:
    (region,) = tag_image(library, pictures[0], fork)
    async with tagger(library, project, pictures) as on:
        await on.press("tab")
        tagging.undo(library, pictures[0].id)
        await on.pilot.press("l")
        await until(on.pilot, lambda: "changed elsewhere" in error_shown(on.app), "the error")
        await on.pilot.press("enter")
        assert on.screen.state.tagging == on.stored().tagging
        assert on.screen.state.region is None
        assert region not in on.regions()


async def test_a_picture_whose_file_is_gone_is_said_and_the_rest_goes_on(
    library: Library, project: Project, pictures: list[Image], fork: Tag
) -> None:
    library.objects.path(pictures[1].sha256).unlink()
    async with tagger(library, project, pictures) as on:
        await on.pilot.press("n")
        await until(on.pilot, lambda: error_shown(on.app), "the error")
        await on.pilot.press("enter")
        assert "picture_1.png cannot be shown" in on.text
        await on.press("n")
        await until(on.pilot, lambda: on.screen.canvas.settled, "the picture")


async def test_the_lists_fold_away_on_a_small_screen(
    library: Library, project: Project, pictures: list[Image], fork: Tag
) -> None:
    tag_image(library, pictures[0], fork)
    async with tagger(library, project, pictures, size=SMALL) as on:
        assert "Regions" not in on.text
        await on.press("z")
        await until(on.pilot, lambda: "Regions  1" in on.text, "the lists")
        await on.press("z")
        await until(on.pilot, lambda: "Regions" not in on.text, "the picture alone")
    async with tagger(library, project, pictures) as on:
        assert "Regions  1" in on.text
        await on.press("z")
        await until(on.pilot, lambda: "Regions" not in on.text, "the picture alone")


async def test_the_footer_shows_the_keys_that_work_now(
    library: Library, project: Project, pictures: list[Image], fork: Tag
) -> None:
    async with tagger(library, project, pictures) as on:
        footer = on.text.splitlines()[-1]
        assert "new box" in footer
        assert "edges" not in footer
        await on.press("space")
        assert "one level up" in on.text.splitlines()[-1]
        assert "accept here" not in on.text.splitlines()[-1]
        await on.press("a")
        assert "accept here" in on.text.splitlines()[-1]
        await on.press("a", "k", "k")
        assert "edges" in on.text.splitlines()[-1]


async def test_names_from_outside_do_not_tear_the_screen(
    library: Library, project: Project, tmp_path: Path, fork: Tag
) -> None:
    (tmp_path / "odd").mkdir()
    Pillow.new("RGB", (64, 48), (9, 9, 9)).save(tmp_path / "odd" / "a\nb\x1b[31m🙂.png")
    add_images(library, project.id, [tmp_path / "odd"])
    ids = image_ids(library, project.id, ImageQuery())
    images = [tagging.open_image(library, image_id).image for image_id in ids]
    async with tagger(library, project, images) as on:
        assert "a\\nb\\x1b[31m🙂.png" in on.text


async def test_leaving_tells_the_other_screens_that_something_changed(
    library: Library, project: Project, pictures: list[Image], fork: Tag
) -> None:
    async with tagger(library, project, pictures) as on:
        heard: list[Project] = []
        on.app.project_changed.subscribe(on.app.screen_stack[0], heard.append)
        await on.press("m")
        await on.pilot.press("q")
        await until(on.pilot, lambda: on.app.screen is not on.screen, "the screen below")
        assert heard == [project]


async def test_help_is_there_with_every_key(
    library: Library, project: Project, tmp_path: Path
) -> None:
    images = add_pictures(library, project, tmp_path / "pictures", 1)
    async with tagger(library, project, images) as on:
        await on.pilot.press("question_mark")
        await until(on.pilot, lambda: "A box in five keys" in on.text, "the page")
