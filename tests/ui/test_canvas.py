"""The canvas: what it shows, and that a key sends only what changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from rich.color import Color
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.strip import Strip

from tests.waiting import until
from tui_detect.core.errors import PictureRefused
from tui_detect.core.geometry import Box
from tui_detect.core.view import View
from tui_detect.ui.graphics.backend import PictureSource
from tui_detect.ui.graphics.overlay import Overlay, OverlayBox
from tui_detect.ui.widgets.canvas import Canvas

RED, BLUE = (200, 30, 30), (30, 30, 200)


class CanvasApp(App[None]):
    """Nothing but a canvas."""

    def __init__(self) -> None:
        super().__init__()
        self.failures: list[Exception] = []
        self.shown: list[str] = []

    def compose(self) -> ComposeResult:
        yield Canvas()

    @property
    def canvas(self) -> Canvas:
        return self.query_one(Canvas)

    def on_canvas_failed(self, message: Canvas.Failed) -> None:
        self.failures.append(message.error)

    def on_canvas_shown(self, message: Canvas.Shown) -> None:
        self.shown.append(message.source.name)


@pytest.fixture
def halves(tmp_path: Path) -> PictureSource:
    """A picture, red on the left and blue on the right."""
    picture = Image.new("RGB", (200, 100), RED)
    picture.paste(BLUE, (100, 0, 200, 100))
    picture.save(tmp_path / "halves.png")
    return PictureSource(tmp_path / "halves.png", "halves.png", 200, 100)


def colour_at(lines: list[Strip], column: int, row: int) -> tuple[int, int, int]:
    """The background of a cell."""
    style = lines[row].crop(column, column + 1)._segments[0].style
    assert style is not None
    assert isinstance(style.bgcolor, Color)
    r, g, b = style.bgcolor.get_truecolor()
    return r, g, b


def rendered(canvas: Canvas) -> list[Strip]:
    return canvas.render_lines(canvas.size.region)


def text_of(lines: list[Strip]) -> str:
    return "\n".join(strip.text for strip in lines)


def box_at(left: float) -> Overlay:
    return Overlay((OverlayBox(Box(left, 0.25, 0.3, 0.5), "#ffff00", "a", "fork"),))


async def test_a_picture_fills_the_canvas_with_its_aspect(halves: PictureSource) -> None:
    app = CanvasApp()
    async with app.run_test(size=(40, 20)) as pilot:
        app.canvas.set_picture(halves)
        await until(pilot, lambda: app.canvas.settled, "the picture")
        lines = rendered(app.canvas)
        assert colour_at(lines, 2, 10) == RED
        assert colour_at(lines, 37, 10) == BLUE
        assert colour_at(lines, 2, 4) == colour_at(lines, 2, 15) == (18, 18, 18)
        assert app.shown == ["halves.png"]


async def test_zoom_shows_a_part_of_it(halves: PictureSource) -> None:
    app = CanvasApp()
    async with app.run_test(size=(40, 20)) as pilot:
        app.canvas.set_picture(halves, View(4.0, 0.8, 0.5))
        await until(pilot, lambda: app.canvas.settled, "the picture")
        lines = rendered(app.canvas)
        assert colour_at(lines, 0, 0) == BLUE
        assert colour_at(lines, 39, 19) == BLUE


async def test_only_cells_that_look_different_are_drawn_again(
    halves: PictureSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = CanvasApp()
    refreshed: list[Region] = []
    original: Callable[..., Canvas] = Canvas.refresh

    def refresh(self: Canvas, *regions: Region, **options: bool) -> Canvas:
        refreshed.extend(regions or [self.size.region])
        return original(self, *regions, **options)

    async with app.run_test(size=(80, 40)) as pilot:
        app.canvas.set_picture(halves)
        app.canvas.set_overlay(box_at(0.25))
        await until(pilot, lambda: app.canvas.settled, "the picture")
        assert " a fork " in text_of(rendered(app.canvas))
        monkeypatch.setattr(Canvas, "refresh", refresh)
        app.canvas.set_overlay(box_at(0.2625))
        await until(pilot, lambda: app.canvas.settled, "the overlay")
        assert 0 < sum(region.area for region in refreshed) < 80
        assert all(region.height == 1 for region in refreshed)
        refreshed.clear()
        app.canvas.set_overlay(box_at(0.2625))
        await until(pilot, lambda: app.canvas.settled, "the overlay")
        assert not refreshed


async def test_what_was_under_a_box_comes_back_exactly(halves: PictureSource) -> None:
    app = CanvasApp()
    async with app.run_test(size=(80, 40)) as pilot:
        app.canvas.set_picture(halves)
        await until(pilot, lambda: app.canvas.settled, "the picture")
        before = rendered(app.canvas)
        for step in range(12):
            app.canvas.set_overlay(box_at(0.05 * step))
        app.canvas.set_overlay(Overlay())
        await until(pilot, lambda: app.canvas.settled, "the overlay to go")
        assert rendered(app.canvas) == before


async def test_a_picture_that_cannot_be_read_is_said_and_not_tried_again(tmp_path: Path) -> None:
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    source = PictureSource(tmp_path / "broken.jpg", "broken.jpg", 64, 64)
    app = CanvasApp()
    async with app.run_test(size=(40, 20)) as pilot:
        app.canvas.set_picture(source)
        await until(pilot, lambda: app.failures, "the failure")
        assert isinstance(app.failures[0], PictureRefused)
        assert "broken.jpg cannot be shown" in text_of(rendered(app.canvas))
        app.canvas.set_picture(source)
        await pilot.pause()
        assert len(app.failures) == 1


async def test_a_picture_read_ahead_is_there_at_once(halves: PictureSource, tmp_path: Path) -> None:
    Image.new("RGB", (100, 100), BLUE).save(tmp_path / "next.png")
    following = PictureSource(tmp_path / "next.png", "next.png", 100, 100)
    app = CanvasApp()
    async with app.run_test(size=(40, 20)) as pilot:
        app.canvas.set_picture(halves)
        await until(pilot, lambda: app.canvas.settled, "the picture")
        app.canvas.prefetch(following)
        await until(pilot, lambda: app.canvas._ready, "the next picture")
        app.canvas.set_picture(following)
        assert app.canvas.settled
        assert colour_at(rendered(app.canvas), 20, 10) == BLUE


async def test_a_resize_draws_the_picture_for_the_new_size(halves: PictureSource) -> None:
    app = CanvasApp()
    async with app.run_test(size=(40, 20)) as pilot:
        app.canvas.set_picture(halves)
        app.canvas.set_overlay(box_at(0.25))
        await until(pilot, lambda: app.canvas.settled, "the picture")
        await pilot.resize_terminal(60, 16)
        await until(pilot, lambda: app.canvas.size.width == 60, "the new size")
        await until(pilot, lambda: app.canvas.settled, "the picture in the new size")
        lines = rendered(app.canvas)
        assert colour_at(lines, 5, 8) == RED
        assert colour_at(lines, 55, 8) == BLUE
        assert " a fork " in text_of(lines)


async def test_another_picture_takes_the_boxes_of_the_one_before_away_at_once(
    halves: PictureSource, tmp_path: Path
) -> None:
    Image.new("RGB", (100, 100), BLUE).save(tmp_path / "next.png")
    following = PictureSource(tmp_path / "next.png", "next.png", 100, 100)
    app = CanvasApp()
    async with app.run_test(size=(80, 40)) as pilot:
        app.canvas.set_picture(halves)
        app.canvas.set_overlay(box_at(0.25))
        await until(pilot, lambda: app.canvas.settled, "the picture")
        app.canvas.set_picture(following)
        app.canvas.set_overlay(Overlay())
        assert "fork" not in text_of(rendered(app.canvas))
        await until(pilot, lambda: app.canvas.settled, "the next picture")
        app.canvas.set_picture(None)
        assert app.canvas.settled
