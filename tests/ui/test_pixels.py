"""Real pixels where the terminal has them, its finest characters elsewhere, until any key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.imaging.pictures import quarters
from tests.library import add_pictures
from tests.ui.capturing import CapturingDriver, driver_of
from tests.ui.shell_library import error_shown, make_app, shown_text
from tests.waiting import until
from tui_detect.core.model import Project
from tui_detect.core.view import View
from tui_detect.ui import textual_patches
from tui_detect.ui.app import TuiDetectApp
from tui_detect.ui.screens.pixels import PixelsScreen, show_pixels
from tui_detect.ui.terminal import Terminal
from tui_detect.ui.widgets.canvas import Canvas, PictureSource
from tui_detect.workflows.library import Library

SIXEL = Terminal("truecolor", False, "", sixel=True, cell_px=(5, 10))
SIXEL_START = '\x1bP0;0;0q"1;1;'


@pytest.fixture
def picture(tmp_path: Path) -> PictureSource:
    """Four coloured quarters."""
    path = tmp_path / "quarters.png"
    quarters(160, 120).save(path)
    return PictureSource(path, path.name, 160, 120)


async def opened(
    pilot: Pilot[None], app: TuiDetectApp, picture: PictureSource, view: View
) -> PixelsScreen:
    """The screen of pixels over the first one."""
    await until(pilot, lambda: "makes the first" in shown_text(app), "the first screen")
    show_pixels(app, picture, view)
    await until(pilot, lambda: "any key leaves" in shown_text(app), "the screen of pixels")
    assert isinstance(app.screen, PixelsScreen)
    return app.screen


@pytest.mark.parametrize("key", ["q", "escape", "1", "enter", "question_mark"])
async def test_sixel_shows_the_pixels_of_the_view_and_any_key_goes_back(
    library: Library, picture: PictureSource, key: str
) -> None:
    app = TuiDetectApp(library, SIXEL)
    app.driver_class = CapturingDriver
    async with app.run_test(headless=False, size=(100, 31)) as pilot:
        screen = await opened(pilot, app, picture, View(2.0, 0.75, 0.75))
        written: list[str] = []

        def sent() -> str:
            written.append(driver_of(app).take())
            return "".join(written)

        await until(pilot, lambda: SIXEL_START in sent(), "a Sixel picture")
        # 30 rows of 10 pixels; four to three, doubled, is wider than the screen.
        sixel = sent().rpartition(SIXEL_START)[2].partition("\x1b")[0]
        assert sixel.startswith("500;300#")
        assert "pixels by Sixel" in shown_text(app)
        await pilot.press(key)
        await until(pilot, lambda: app.screen is not screen, "the screen before")
        await until(pilot, lambda: "makes the first" in sent(), "its text")
        assert not app.screen_stack[1:]
    textual_patches.remove()


async def test_without_pixels_the_characters_of_the_setting_fill_the_screen(
    library: Library, picture: PictureSource
) -> None:
    app = TuiDetectApp(library, Terminal("truecolor", False, "", "octant", blocks="octant"))
    async with app.run_test(size=(100, 31)) as pilot:
        screen = await opened(pilot, app, picture, View())
        canvas = screen.query_one(Canvas)
        await until(pilot, lambda: canvas.settled, "the picture")
        assert canvas.graphics == "octants"
        assert canvas.size.height == 30
        assert "this terminal shows no pixels: octant blocks" in shown_text(app)
        await pilot.press("x")
        await until(pilot, lambda: app.screen is not screen, "the screen before")


async def test_sixel_without_the_size_of_a_cell_is_not_used(
    library: Library, picture: PictureSource
) -> None:
    app = TuiDetectApp(library, Terminal("truecolor", False, "", sixel=True))
    async with app.run_test(size=(100, 31)) as pilot:
        screen = await opened(pilot, app, picture, View())
        assert screen.query(Canvas)


async def test_where_the_canvas_has_pixels_the_key_says_so(
    library: Library, picture: PictureSource
) -> None:
    app = TuiDetectApp(library, Terminal("truecolor", False, "", "kitty"))
    async with app.run_test(size=(100, 31), notifications=True) as pilot:
        await until(pilot, lambda: "makes the first" in shown_text(app), "the first screen")
        show_pixels(app, picture)
        await until(pilot, lambda: "real pixels already" in shown_text(app), "the message")
        assert not isinstance(app.screen, PixelsScreen)


async def test_a_picture_that_is_gone_is_an_error_to_read(
    library: Library, picture: PictureSource
) -> None:
    app = TuiDetectApp(library, SIXEL)
    picture.path.unlink()
    async with app.run_test(size=(100, 31)) as pilot:
        await until(pilot, lambda: "makes the first" in shown_text(app), "the first screen")
        show_pixels(app, picture)
        await until(pilot, lambda: error_shown(app), "the error")


async def test_one_key_shows_the_pixels_of_the_image_under_the_cursor_and_of_the_one_tagged(
    library: Library, project: Project, tmp_path: Path
) -> None:
    add_pictures(library, project, tmp_path / "p", 2)
    app = make_app(library, project)
    async with app.run_test(size=(100, 31)) as pilot:
        await until(pilot, lambda: "Untagged 2" in shown_text(app), "the workspace")
        await pilot.press("right", "V")
        await until(pilot, lambda: "picture_1.png · this terminal" in shown_text(app), "pixels")
        await pilot.press("x", "enter")
        await until(pilot, lambda: "picture_1.png  2/2" in shown_text(app), "tagging")
        await pilot.press("V")
        await until(pilot, lambda: "picture_1.png · this terminal" in shown_text(app), "pixels")


async def test_xterm_gets_no_picture_that_it_would_drop(library: Library, tmp_path: Path) -> None:
    quarters(1600, 1200).save(tmp_path / "large.png")
    picture = PictureSource(tmp_path / "large.png", "large.png", 1600, 1200)
    app = TuiDetectApp(library, replace(SIXEL, name="XTerm(379)"))
    app.driver_class = CapturingDriver
    async with app.run_test(headless=False, size=(260, 121)) as pilot:
        await opened(pilot, app, picture, View())
        written: list[str] = []

        def sent() -> str:
            written.append(driver_of(app).take())
            return "".join(written)

        await until(pilot, lambda: SIXEL_START in sent(), "a Sixel picture")
        width, height = sent().rpartition(SIXEL_START)[2].partition("#")[0].split(";")
        assert (int(width), int(height)) == (1000, 750)
    textual_patches.remove()
