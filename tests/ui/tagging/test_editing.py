"""Tagging with real keys on a real library: what the database holds after each of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image as Pillow
from PIL import ImageDraw

from tests.library import tag_image, workspace
from tests.ui.shell_library import error_shown, make_app, shown_text
from tests.ui.tagging.tagger import BIG, SMALL, close_to, tagger
from tests.waiting import until
from tui_detect.core.editor_state import Browsing, PickingTag
from tui_detect.core.geometry import Box, overlap
from tui_detect.core.layouts import LAYOUTS
from tui_detect.core.model import Image, Project, Tag
from tui_detect.core.pointing import Pointing
from tui_detect.ui.screens.tagging import TaggingScreen
from tui_detect.workflows import tagging
from tui_detect.workflows.adding import add_images
from tui_detect.workflows.images import remove_images
from tui_detect.workflows.library import Library
from tui_detect.workflows.tags import list_tags


@pytest.mark.parametrize("size", [BIG, SMALL])
async def test_five_keys_make_a_box_that_is_saved_with_its_tag(
    library: Library, project: Project, pictures: list[Image], fork: Tag, size: tuple[int, int]
) -> None:
    async with tagger(library, project, pictures, size=size) as on:
        await on.press("space")
        assert "first corner: pick a cell" in on.text
        await on.press("1", "1")
        assert "second corner: pick a cell" in on.text
        assert on.regions() == ()
        await on.press("slash", "slash")
        region = on.regions()[0]
        assert region.tag_id == fork.id
        assert close_to(region.box, 0.01, 1 / 64, 0.99, 63 / 64)
        assert on.stored().image.state == "tagged"
        assert "a fork" in on.text


async def test_the_first_tag_of_a_project_is_made_without_leaving_the_picture(
    library: Library, project: Project, pictures: list[Image]
) -> None:
    async with tagger(library, project, pictures) as on:
        await on.press("space", "a", "a", "k", "k")
        assert isinstance(on.screen.state.mode, PickingTag)
        assert "Tag of the new box" in on.text
        await on.press(*"cup", "enter")
        await until(on.pilot, on.regions, "the region")
        assert [count.tag.name for count in list_tags(library, project.id)] == ["cup"]
        await on.press("space", "1", "1", "2", "2")
        assert len(on.regions()) == 2
        assert isinstance(on.screen.state.mode, Browsing)


async def test_digits_and_names_retag_and_stick(
    library: Library, project: Project, pictures: list[Image], fork: Tag, spoon: Tag
) -> None:
    tag_image(library, pictures[0], fork)
    async with tagger(library, project, pictures) as on:
        await on.press("tab", "2")
        assert on.regions()[0].tag_id == spoon.id
        await on.press("t", *"for", "enter")
        await until(on.pilot, lambda: on.regions()[0].tag_id == fork.id, "the tag")
        await on.press("2", "space", "a", "a", "s", "s")
        assert on.regions()[1].tag_id == spoon.id
        await on.press("t", "escape")
        assert isinstance(on.screen.state.mode, Browsing)
        await on.press("t", "ctrl+g", "tab")
        assert on.selected() == on.regions()[0].uuid


async def test_a_name_that_cannot_be_a_tag_is_refused_and_the_box_still_waits(
    library: Library, project: Project, pictures: list[Image], fork: Tag, spoon: Tag
) -> None:
    async with tagger(library, project, pictures) as on:
        await on.press("space", "a", "a", "k", "k")
        on.screen.chooser.post_message(on.screen.chooser.Chosen(None, "bad\nname"))
        await until(on.pilot, lambda: error_shown(on.app), "the error")
        await on.pilot.press("enter")
        assert isinstance(on.screen.state.mode, PickingTag)
        await on.press("down", "enter")
        await until(on.pilot, on.regions, "the region")
        assert on.regions()[0].tag_id == spoon.id


async def test_moving_and_resizing_are_saved_with_every_key(
    library: Library, project: Project, pictures: list[Image], fork: Tag
) -> None:
    tag_image(library, pictures[0], fork)
    async with tagger(library, project, pictures) as on:
        await on.press("tab")
        for keys, edges in (
            (["l"], (0.26, 0.25, 0.76, 0.75)),
            (["down"], (0.26, 0.26, 0.76, 0.76)),
            (["H"], (0.22, 0.26, 0.72, 0.76)),
            (["a"], (0.21, 0.26, 0.72, 0.76)),
            (["s", "s"], (0.23, 0.26, 0.72, 0.76)),
            (["F"], (0.23, 0.26, 0.76, 0.76)),
            (["d"], (0.23, 0.26, 0.75, 0.76)),
            (["w", "E"], (0.23, 0.29, 0.75, 0.76)),
            (["c", "x", "X"], (0.23, 0.29, 0.75, 0.72)),
        ):
            await on.press(*keys)
            assert close_to(on.regions()[0].box, *edges), keys
        await on.press("i", "i", "a")
        assert on.regions()[0].box.left == pytest.approx(0.23 - 0.01 / 2)


async def test_undo_and_redo_reach_back_across_a_restart(
    library: Library, project: Project, pictures: list[Image], fork: Tag
) -> None:
    async with tagger(library, project, pictures) as on:
        await on.press("space", "a", "a", "k", "k", "l", "y", "backspace")
        assert "↶ 4" in on.text
        end = on.stored().tagging
    async with tagger(library, project, pictures) as on:
        assert on.screen.state.tagging == end
        await on.press("u")
        assert len(on.regions()) == 2
        assert "undone: delete" in on.text
        await on.press("u", "u", "u")
        assert on.stored().tagging.regions == ()
        assert on.stored().image.state == "untagged"
        await on.press("u")
        assert "nothing to undo" in on.text
        await on.press("U", "ctrl+r", "U", "U")
        assert on.stored().tagging == end
        await on.press("U")
        assert "nothing to redo" in on.text


async def test_background_is_marked_and_unmarked(
    library: Library, project: Project, pictures: list[Image], fork: Tag
) -> None:
    async with tagger(library, project, pictures) as on:
        await on.press("m")
        assert on.stored().image.state == "background"
        assert "background" in on.text
        await on.press("m")
        assert on.stored().image.state == "untagged"
        await on.press("space", "a", "a", "k", "k", "m")
        assert "delete its region first" in on.text
        await on.press("backspace")
        assert on.stored().image.state == "untagged"
        assert "m marks it as background" in on.text


async def test_regions_are_selected_by_tab_and_by_letter(
    library: Library, project: Project, pictures: list[Image], fork: Tag
) -> None:
    tag_image(library, pictures[0], fork, fork, fork)
    async with tagger(library, project, pictures) as on:
        uuids = [region.uuid for region in on.regions()]
        await on.press("tab", "tab")
        assert on.selected() == uuids[1]
        await on.press("b")
        assert on.selected() == uuids[0]
        await on.press("g", "c")
        assert on.selected() == uuids[2]
        await on.press("g", "q", "escape", "grave_accent")
        assert on.selected() is None
        assert on.app.screen is on.screen


async def test_from_image_to_image_with_the_sticky_tag(
    library: Library, project: Project, pictures: list[Image], fork: Tag, spoon: Tag
) -> None:
    async with tagger(library, project, pictures) as on:
        await on.press("2", "n")
        assert on.screen.session.image.id == pictures[1].id
        await on.press("space", "a", "a", "k", "k")
        assert on.regions()[0].tag_id == spoon.id
        await on.press("p", "p")
        assert "this is the first image" in on.text
        await on.press("N")
        assert on.screen.session.image.id == pictures[2].id
        await on.press("n")
        assert "this is the last image" in on.text
        await on.press("m", "p", "p", "m", "N")
        assert "no other image here is untagged" in on.text
        await until(on.pilot, lambda: on.screen.canvas.settled, "the picture")


async def test_an_image_that_is_gone_is_passed_over(
    library: Library, project: Project, pictures: list[Image], fork: Tag
) -> None:
    async with tagger(library, project, pictures) as on:
        remove_images(library, [pictures[1].id])
        await on.press("n")
        assert on.screen.session.image.id == pictures[2].id
        remove_images(library, [pictures[2].id])
        await on.pilot.press("m")
        await until(on.pilot, lambda: error_shown(on.app), "the error")
        await on.pilot.press("enter")
        await until(on.pilot, lambda: not on.screen.is_attached, "the way out")


async def test_an_image_that_is_gone_before_it_is_opened_is_said(
    library: Library, project: Project, pictures: list[Image]
) -> None:
    remove_images(library, [pictures[0].id])
    app = make_app(library, mode="projects")
    async with app.run_test(size=BIG) as pilot:
        await pilot.pause()
        app.project = project
        below = app.screen
        answers: list[object] = []
        app.push_screen(TaggingScreen([pictures[0].id]), answers.append)
        await until(pilot, lambda: error_shown(app), "the error")
        await pilot.press("enter")
        await until(pilot, lambda: app.screen is below, "the screen below")
        assert answers == []


async def test_pointing_takes_every_key_of_the_grid_and_lets_go_with_either_key(
    library: Library, project: Project, pictures: list[Image], fork: Tag
) -> None:
    async with tagger(library, project, pictures) as on:
        for leave in ("escape", "grave_accent"):
            await on.press("space", "q")
            assert isinstance(on.screen.state.mode, Pointing)
            assert on.screen.state.mode.path == "q"
            await on.press("backspace", "h", "tab")
            assert on.screen.state.mode.zoomed
            await on.press("right", leave)
            assert isinstance(on.screen.state.mode, Browsing)
        assert on.regions() == ()
        await on.press("space", "1", "enter", "slash", "enter")
        assert close_to(on.regions()[0].box, 0.05, 0.125, 0.95, 0.875)


async def test_the_keyboard_of_the_home_points(
    library: Library, project: Project, pictures: list[Image], fork: Tag
) -> None:
    (library.home / "config.toml").write_text('[keyboard]\nlayout = "azerty"\n')
    app = make_app(library, mode="projects")
    async with app.run_test(size=BIG) as pilot:
        await until(pilot, lambda: app.key_grid == LAYOUTS["azerty"], "the keyboard")
        app.project = project
        screen = TaggingScreen([image.id for image in pictures])
        await app.push_screen(screen)
        await until(pilot, lambda: screen.canvas.settled, "the picture")
        await pilot.press("space")
        rows = ["".join(filter(str.isalpha, line)) for line in shown_text(app).splitlines()]
        assert "qsdfghjklm" in rows
        await pilot.press("ampersand", "1", "exclamation_mark", "exclamation_mark")
        (region,) = tagging.open_image(library, pictures[0].id).tagging.regions
        assert close_to(region.box, 0.01, 1 / 64, 0.99, 63 / 64)


async def test_a_point_inside_an_object_becomes_its_box(
    library: Library, project: Project, fork: Tag, tmp_path: Path
) -> None:
    picture = Pillow.new("RGB", (320, 240), (30, 60, 90))
    ImageDraw.Draw(picture).ellipse((96, 72, 192, 168), fill=(230, 210, 60))
    picture.save(tmp_path / "ball.png")
    add_images(library, project.id, [tmp_path / "ball.png"])
    async with tagger(library, project, workspace(library, project)) as on:
        await on.press("r")
        assert "inside the object: pick a cell" in on.text
        await on.press("g", "t")
        await until(on.pilot, lambda: "found a box" in on.text, "the proposal")
        assert "enter accept  backspace drop" in on.text.splitlines()[-1]
        assert on.regions() == ()
        await on.press("enter")
        (region,) = on.regions()
        assert overlap(region.box, Box(0.3, 0.3, 0.3, 0.4)) > 0.7
        await on.press("r", "1", "1")
        await until(on.pilot, lambda: isinstance(on.screen.state.mode, Browsing), "no proposal")
        assert "nothing stands out there" in on.text


async def test_digits_need_no_shift_on_a_keyboard_where_they_have_one(
    library: Library, project: Project, pictures: list[Image], fork: Tag, spoon: Tag
) -> None:
    async with tagger(library, project, pictures) as on:
        on.screen.session.keys = LAYOUTS["azerty"]
        await on.press("é", "space", "q", "q", "k", "k")
        assert on.regions()[0].tag_id == spoon.id
        await on.press("ampersand")
        assert on.regions()[0].tag_id == fork.id
        await on.press("comma", "ampersand", "é", "l")
        assert on.stored().undo_count == 3
