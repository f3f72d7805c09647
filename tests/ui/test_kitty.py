"""Pixels by Kitty's protocol: what the terminal holds and shows after each step."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Static

from tests.ui.capturing import driver_of
from tests.ui.kitty_emulator import FAR
from tests.ui.kitty_stage import (
    COLUMNS,
    PIXEL_GRAPHICS,
    ROWS,
    Dialog,
    Elsewhere,
    box,
    lines,
    picture,
    some_overlay,
    some_view,
    stage,
    without_source,
)
from tests.waiting import until
from tui_detect.core.view import View
from tui_detect.ui import textual_patches
from tui_detect.ui.graphics.backend import PictureSource
from tui_detect.ui.graphics.overlay import Overlay
from tui_detect.ui.terminal import Graphics


@pytest.fixture(autouse=True)
def mended(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Textual as the app runs on it, and short rests."""
    monkeypatch.setattr("tui_detect.ui.widgets.canvas.REST_S", 0.01)
    textual_patches.apply(inside_tmux=False)
    yield
    textual_patches.remove()


@pytest.fixture
def photo(tmp_path: Path) -> PictureSource:
    return picture(tmp_path, "photo")


@pytest.mark.parametrize("graphics", PIXEL_GRAPHICS)
async def test_a_key_never_sends_the_picture_again(
    graphics: Graphics, photo: PictureSource
) -> None:
    async with stage(graphics) as shown:
        await shown.show(photo, Overlay((box(0.2, 0.2),)))
        before = list(shown.terminal.sent)
        for step in range(1, 5):
            await shown.show(photo, Overlay((box(0.2 + step / 100, 0.2),)))
        assert shown.terminal.sent == before


@pytest.mark.parametrize(("graphics", "budget"), [("kitty", 300), ("kitty-tmux", 330)])
async def test_a_step_of_the_selected_box_costs_two_placements_and_its_label(
    graphics: Graphics, budget: int, photo: PictureSource
) -> None:
    async with stage(graphics) as shown:
        await shown.show(photo, Overlay((box(0.2, 0.2), box(0.6, 0.1, "normal", "#43aaff"))))
        for left in (0.21, 0.22, 0.23):
            moved = Overlay((box(left, 0.2), box(0.6, 0.1, "normal", "#43aaff")))
            assert len((await shown.show(photo, moved)).encode()) <= budget


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("graphics", ["kitty", "kitty-tmux"])
async def test_any_steps_end_in_the_placements_of_a_fresh_drawing(
    graphics: Graphics, seed: int, photo: PictureSource
) -> None:
    chance = random.Random(seed)
    overlay, view = some_overlay(chance), some_view(chance)
    async with stage(graphics) as worn:
        for _ in range(8):
            overlay, view = some_overlay(chance), some_view(chance)
            worn.canvas.set_picture(photo, view)
            worn.canvas.set_overlay(overlay)
            if chance.random() < 0.5:
                await worn.settle()
        await worn.show(photo, overlay, view)
        after_all = without_source(worn.terminal)
    async with stage(graphics) as fresh:
        await fresh.show(photo, overlay, view)
        assert without_source(fresh.terminal) == after_all


async def test_another_view_of_a_sent_picture_is_one_placement(tmp_path: Path) -> None:
    # Its pixels are fewer than the screen's, so there is nothing finer to send.
    photo = picture(tmp_path, "small", 300, 200)
    async with stage("kitty") as shown:
        await shown.show(photo, Overlay())
        for view in (View(2.0, 0.4, 0.4), View(2.0, 0.5, 0.4), View(3.0, 0.13, 0.77)):
            written = await shown.show(photo, Overlay(), view)
            (place,) = shown.terminal.places()
            area = shown.canvas._picture.job.placement.area  # type: ignore[union-attr]
            for got, wanted in zip(
                place.source,
                (area.left * 300, area.top * 200, area.width * 300, area.height * 200),
                strict=True,
            ):
                assert abs(got - wanted) <= 1
            assert "a=t" not in written
        assert len(shown.terminal.sent) == 1


async def test_a_zoomed_view_gets_the_pixels_of_its_own(photo: PictureSource) -> None:
    async with stage("kitty") as shown:
        await shown.show(photo, Overlay(), View(3.0, 0.31, 0.47))
        (place,) = shown.terminal.places()
        placement = shown.canvas._picture.job.placement  # type: ignore[union-attr]
        assert place.cells == (placement.columns, placement.rows)
        assert place.source[:2] == (0, 0)
        assert abs(place.source[2] - placement.area.width * 640) <= 1


async def test_pixels_lie_below_whatever_has_a_background(photo: PictureSource) -> None:
    async with stage("kitty") as shown:
        await shown.show(photo, Overlay((box(0.2, 0.2),), crosshair=(0.3, 0.4)))
        assert all(place.z < FAR for place in shown.terminal.places())
        before = shown.terminal.looks()
        shown.app.query_one("#over").add_class("-open")
        await shown.settle()
        assert shown.terminal.looks() == before
        await shown.app.push_screen(Dialog())
        await shown.settle()
        assert shown.terminal.looks() == before


@pytest.mark.parametrize("what", ["chooser", "dialog", "view"])
async def test_lines_over_placeholders_give_way_and_come_back(
    what: str, photo: PictureSource
) -> None:
    async with stage("kitty-tmux") as shown:
        await shown.show(photo, Overlay((box(0.2, 0.2),)))
        before = shown.terminal.looks()
        assert lines(shown.terminal)
        edges = set("┏┓▎▊▆▂")
        sent = list(shown.terminal.sent)
        over = shown.app.query_one("#over")
        if what == "chooser":
            over.add_class("-open")
        else:
            await shown.app.push_screen(Dialog() if what == "dialog" else Elsewhere())
        await until(shown.pilot, lambda: shown.sight != "clear", "the cover")
        await shown.settle()
        assert not lines(shown.terminal)
        if what == "chooser":
            assert edges & set("".join(shown.terminal.screen.display))
            over.remove_class("-open")
        else:
            shown.app.pop_screen()
        await until(shown.pilot, lambda: shown.sight == "clear", "the end of it")
        await shown.settle()
        assert shown.terminal.looks() == before
        assert shown.terminal.sent == sent
        assert not edges & set("".join(shown.terminal.screen.display))


async def test_another_view_of_the_app_takes_the_pixels_away(photo: PictureSource) -> None:
    async with stage("kitty") as shown:
        await shown.show(photo, Overlay((box(0.2, 0.2),)))
        before = shown.terminal.looks()
        await shown.app.push_screen(Elsewhere())
        await shown.settle()
        assert not shown.terminal.places()
        shown.app.pop_screen()
        await shown.settle()
        assert shown.terminal.looks() == before


@pytest.mark.parametrize("graphics", ["kitty", "kitty-tmux"])
async def test_pixels_follow_a_canvas_that_moves(graphics: Graphics, photo: PictureSource) -> None:
    async with stage(graphics) as shown:
        shown.canvas.styles.height = 20
        await until(shown.pilot, lambda: shown.canvas.size.height == 20, "the height")
        await shown.show(photo, Overlay((box(0.2, 0.2), box(0.4, 0.5, "normal"))))
        before = shown.terminal.looks()
        shown.app.query_one(Static).styles.height = 3
        await until(shown.pilot, lambda: shown.canvas.region.y == 3, "the move")
        await shown.settle()
        assert shown.terminal.looks() == {
            (pixels, replace(place, cell=(place.cell[0], place.cell[1] + 2)))
            for pixels, place in before
        }


@pytest.mark.parametrize("graphics", ["kitty", "kitty-tmux"])
async def test_a_canvas_that_is_folded_away_takes_its_lines_along(
    graphics: Graphics, photo: PictureSource
) -> None:
    async with stage(graphics) as shown:
        await shown.show(photo, Overlay((box(0.2, 0.2),)))
        before = shown.terminal.looks()
        shown.canvas.display = False
        await until(shown.pilot, lambda: not shown.canvas.region, "the fold")
        await shown.pilot.pause()
        shown.terminal.feed(driver_of(shown.app).take())
        assert not lines(shown.terminal)
        shown.canvas.display = True
        await until(shown.pilot, lambda: shown.canvas.region, "the canvas")
        await shown.settle(finest=True)
        assert shown.terminal.looks() == before


@pytest.mark.parametrize("graphics", PIXEL_GRAPHICS)
async def test_a_resize_leaves_what_a_fresh_drawing_has(
    graphics: Graphics, photo: PictureSource
) -> None:
    overlay = Overlay((box(0.2, 0.2), box(0.5, 0.4, "suggestion")))
    async with stage(graphics) as shown:
        await shown.pilot.resize_terminal(70, 22)
        await until(shown.pilot, lambda: shown.canvas.size.width == 70, "the small size")
        await shown.show(photo, overlay)
        await shown.pilot.resize_terminal(COLUMNS, ROWS)
        await until(shown.pilot, lambda: shown.canvas.size.width == COLUMNS, "the new size")
        await shown.settle(finest=True)
        resized = shown.terminal.looks()
    async with stage(graphics) as fresh:
        await fresh.show(photo, overlay)
        assert fresh.terminal.looks() == resized


@pytest.mark.parametrize("graphics", PIXEL_GRAPHICS)
async def test_while_the_app_is_suspended_the_terminal_holds_nothing(
    graphics: Graphics, photo: PictureSource
) -> None:
    overlay = Overlay((box(0.2, 0.2),))
    async with stage(graphics) as shown:
        await shown.show(photo, overlay)
        before = shown.terminal.looks()
        shown.app._suspend_signal()
        shown.terminal.feed(driver_of(shown.app).take())
        assert not shown.terminal.images
        shown.app._resume_signal()
        await shown.settle(finest=True)
        assert shown.terminal.looks() == before


async def test_the_old_picture_stays_until_the_next_one_has_arrived(tmp_path: Path) -> None:
    first, second = picture(tmp_path, "first"), picture(tmp_path, "second")
    async with stage("kitty") as shown:
        await shown.show(first, Overlay((box(0.2, 0.2),)))
        shown.canvas.set_picture(second)
        shown.canvas.set_overlay(Overlay())
        shown.terminal.feed(driver_of(shown.app).take())
        (place,) = shown.terminal.places()
        assert place.cells != (0, 0), "the first picture without its lines"
        data = await shown.settle()
        assert data.rindex("a=p") > data.rindex("m=0")
        assert len(shown.terminal.places()) == 1


async def test_the_next_picture_is_sent_in_a_rest_and_then_shown_by_one_command(
    tmp_path: Path,
) -> None:
    first, second = picture(tmp_path, "first"), picture(tmp_path, "second")
    async with stage("kitty") as shown:
        await shown.show(first, Overlay())
        shown.canvas.prefetch(second)
        await until(shown.pilot, lambda: shown.canvas._ready, "the next picture")
        shown.canvas.set_overlay(Overlay())
        uploads = shown.canvas._backend._uploads  # type: ignore[attr-defined]
        await until(shown.pilot, lambda: len(uploads._there) == 3, "its data")
        await shown.settle()
        shown.canvas.set_picture(second)
        before_anything_is_sent = (await shown.settle()).partition("a=t")[0]
        assert "a=p" in before_anything_is_sent
        assert len(before_anything_is_sent) < 300


async def test_who_moves_on_does_not_wait_for_a_picture_that_is_being_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = picture(tmp_path, "first"), picture(tmp_path, "second")
    async with stage("kitty") as shown:
        wire = shown.canvas._backend._wire  # type: ignore[attr-defined]
        monkeypatch.setattr("tui_detect.ui.widgets.canvas.REST_S", 60)
        monkeypatch.setattr("tui_detect.ui.graphics.wire.CHUNKS_A_TICK", 1)
        monkeypatch.setattr(wire, "_has_room", lambda: not wire._under_way)
        shown.canvas.set_picture(first)
        await until(shown.pilot, lambda: wire._under_way, "the first piece")
        shown.canvas.set_picture(second)
        monkeypatch.setattr(wire, "_has_room", lambda: True)
        await shown.settle()
        assert shown.terminal.abandoned == 1
        assert len(shown.terminal.sent) == 1
