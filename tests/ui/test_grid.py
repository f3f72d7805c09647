"""One widget shows any number of images, and moves through them at the same speed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import overload

import numpy as np
import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.message import Message
from textual.pilot import Pilot

from tests.waiting import until
from tui_detect.imaging.cells import half_blocks
from tui_detect.ui.widgets.grid import ImageGrid
from tui_detect.ui.widgets.grid_tiles import Tile, TileInfo, draw_tile


class Endless(Sequence[int]):
    """Many ids that nobody may walk through."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.looked_up = 0

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[int]: ...
    def __getitem__(self, index: int | slice) -> int | Sequence[int]:
        assert isinstance(index, int)
        self.looked_up += 1
        if not 0 <= index < self.length:
            raise IndexError
        return index + 1


class GridApp(App[None]):
    """A grid whose facts and thumbnails are made up."""

    def __init__(self, ids: Sequence[int]) -> None:
        super().__init__()
        self.given = ids
        self.asked: list[int] = []
        self.wanted: list[list[str]] = []
        self.size_wanted = (0, 0)
        self.heard: list[Message] = []

    def compose(self) -> ComposeResult:
        yield ImageGrid(self.infos, self, id="grid")

    def on_mount(self) -> None:
        self.grid.ids = self.given
        self.grid.focus()

    @property
    def grid(self) -> ImageGrid:
        return self.query_one(ImageGrid)

    def infos(self, ids: Sequence[int]) -> Mapping[int, TileInfo]:
        self.asked += ids
        return {i: TileInfo(i, f"key {i}", f"picture_{i}.jpg", "untagged", 0, ()) for i in ids}

    def want(self, keys: Iterable[str], columns: int, rows: int) -> None:
        self.wanted.append(list(keys))
        self.size_wanted = (columns, rows)

    def on_image_grid_highlighted(self, message: ImageGrid.Highlighted) -> None:
        self.heard.append(message)

    def on_image_grid_opened(self, message: ImageGrid.Opened) -> None:
        self.heard.append(message)

    def on_image_grid_selection_changed(self, message: ImageGrid.SelectionChanged) -> None:
        self.heard.append(message)

    def on_image_grid_leave_up(self, message: ImageGrid.LeaveUp) -> None:
        self.heard.append(message)

    def on_image_grid_leave_down(self, message: ImageGrid.LeaveDown) -> None:
        self.heard.append(message)

    def text(self) -> str:
        width, height = self.grid.size
        strips = self.grid.render_lines(Region(0, 0, width, height))
        assert all(strip.cell_length == width for strip in strips)
        return "\n".join(strip.text for strip in strips)


def tile(app: GridApp, shade: int = 0) -> Tile:
    columns, rows = app.size_wanted
    pixels = np.full((rows * 2, columns, 3), shade, dtype=np.uint8)
    return draw_tile(half_blocks(pixels), columns, rows)


async def settled(pilot: Pilot[None], app: GridApp) -> None:
    await until(pilot, lambda: app.wanted and app.wanted[-1], "the grid to be laid out")


async def test_keys_move_the_cursor_and_stop_at_the_ends() -> None:
    app = GridApp(range(1, 31))
    async with app.run_test(size=(80, 20)) as pilot:
        await settled(pilot, app)
        across = 4
        for keys, image_id in [
            (["left"], 1),
            (["right", "right"], 3),
            (["down"], 3 + across),
            (["left", "left", "left"], across),
            (["end"], 30),
            (["right"], 30),
            (["up"], 26),
            (["home"], 1),
            (["pagedown"], 1 + 2 * across),
            (["pageup"], 1),
        ]:
            await pilot.press(*keys)
            assert app.grid.image_id == image_id, keys


async def test_news_goes_up_by_message() -> None:
    app = GridApp(range(1, 6))
    async with app.run_test(size=(80, 20)) as pilot:
        await settled(pilot, app)
        app.heard.clear()
        await pilot.press("up", "right", "enter", "space", "down", "down")
        kinds = [type(message) for message in app.heard]
        assert kinds == [
            ImageGrid.LeaveUp,
            ImageGrid.Highlighted,
            ImageGrid.Opened,
            ImageGrid.SelectionChanged,
            ImageGrid.Highlighted,
            ImageGrid.LeaveDown,
        ]
        opened = app.heard[2]
        assert isinstance(opened, ImageGrid.Opened)
        assert (opened.image_id, opened.index) == (2, 1)


async def test_selected_images_are_marked_and_given_in_order() -> None:
    app = GridApp([5, 3, 9])
    async with app.run_test(size=(80, 20)) as pilot:
        await settled(pilot, app)
        assert app.grid.chosen == [5]
        await pilot.press("end", "space", "home", "space")
        assert app.grid.chosen == [5, 9]
        assert app.text().count("✓") == 2
        await pilot.press("space")
        assert app.grid.chosen == [9]
        await pilot.press("A")
        assert app.grid.chosen == [5, 3, 9]
        await pilot.press("A")
        assert app.grid.selected == frozenset()


async def test_the_cursor_and_selection_stay_on_their_images_when_the_list_changes() -> None:
    app = GridApp(range(1, 11))
    async with app.run_test(size=(80, 20)) as pilot:
        await settled(pilot, app)
        await pilot.press("right", "right", "space", "right", "space")
        app.grid.ids = [2, 4, 6]
        await pilot.pause()
        assert app.grid.image_id == 4
        assert app.grid.selected == {4}
        app.grid.ids = []
        await pilot.pause()
        assert app.grid.chosen == []
        await pilot.press("right", "enter", "space", "down")
        assert app.text().strip() == ""


async def test_without_colour_the_frame_shows_the_cursor_and_the_focus() -> None:
    app = GridApp(range(1, 6))
    async with app.run_test(size=(80, 20)) as pilot:
        await settled(pilot, app)
        assert "┏━" in app.text()
        app.screen.set_focus(None)
        await pilot.pause()
        assert "┌─" in app.text()


async def test_a_thumbnail_repaints_its_tile_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    app = GridApp(range(1, 31))
    async with app.run_test(size=(80, 20)) as pilot:
        await settled(pilot, app)
        repainted: list[Region] = []
        monkeypatch.setattr(app.grid, "refresh", lambda *regions, **_: repainted.extend(regions))
        app.grid.post_message(ImageGrid.TileReady("key 3", tile(app)))
        await until(pilot, lambda: repainted, "the tile")
        [region] = repainted
        assert (region.x, region.y) == (38, 0)
        assert region.area < 250
        app.grid.post_message(ImageGrid.TileReady("key 29", tile(app)))
        await pilot.pause()
        assert len(repainted) == 1
        assert "▀" in app.text()


async def test_what_is_in_sight_is_asked_for_first_and_what_has_come_no_more() -> None:
    app = GridApp(range(1, 200))
    async with app.run_test(size=(80, 20)) as pilot:
        await settled(pilot, app)
        assert app.wanted[-1][:4] == ["key 1", "key 2", "key 3", "key 4"]
        assert len(app.wanted[-1]) < 30
        for image_id in range(1, 9):
            app.grid.put_tile(f"key {image_id}", tile(app))
        await pilot.press("end")
        assert "key 199" in app.wanted[-1]
        assert "key 1" not in app.wanted[-1]
        await pilot.press("home")
        assert not {"key 1", "key 8"} & set(app.wanted[-1])


async def test_a_thumbnail_of_another_size_is_too_late() -> None:
    app = GridApp(range(1, 10))
    async with app.run_test(size=(80, 20)) as pilot:
        await settled(pilot, app)
        old = tile(app)
        await pilot.resize_terminal(120, 35)
        await until(pilot, lambda: app.size_wanted != (old.columns, old.rows), "a new layout")
        app.grid.put_tile("key 1", old)
        assert "▀" not in app.text()
        assert "key 1" in app.wanted[-1]


async def test_an_unreadable_picture_says_so() -> None:
    app = GridApp(range(1, 10))
    async with app.run_test(size=(80, 20)) as pilot:
        await settled(pilot, app)
        app.grid.put_tile("key 1", ValueError("broken"))
        assert "unreadable" in app.text()


async def test_facts_are_asked_again_when_they_changed() -> None:
    app = GridApp(range(1, 4))
    async with app.run_test(size=(80, 20)) as pilot:
        await settled(pilot, app)
        app.text()
        app.asked.clear()
        app.text()
        assert app.asked == []
        app.grid.forget([2])
        app.text()
        assert app.asked == [2]


async def test_larger_and_smaller_tiles() -> None:
    app = GridApp(range(1, 50))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        before = app.size_wanted
        await pilot.press("plus", "plus")
        await until(pilot, lambda: app.size_wanted > before, "larger tiles")
        await pilot.press("minus", "minus")
        await until(pilot, lambda: app.size_wanted == before, "the tiles of before")


async def test_a_click_puts_the_cursor_there_and_a_double_click_opens() -> None:
    app = GridApp(range(1, 10))
    async with app.run_test(size=(80, 20)) as pilot:
        await settled(pilot, app)
        await pilot.click(ImageGrid, offset=(25, 4))
        assert app.grid.image_id == 2
        await pilot.click(ImageGrid, offset=(25, 4), times=2)
        assert any(isinstance(message, ImageGrid.Opened) for message in app.heard)


async def test_a_hundred_thousand_images_are_no_slower_than_ten() -> None:
    ids = Endless(100_000)
    app = GridApp(ids)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot, app)
        assert len(app.asked) < 100
        for keys in (["right"] * 3, ["down"], ["pagedown"], ["end"], ["pageup"], ["home"]):
            ids.looked_up, app.asked = 0, []
            await pilot.press(*keys)
            assert ids.looked_up < 3000, keys
            assert len(app.asked) < 100, keys
        await pilot.press("end")
        assert app.grid.image_id == 100_000
        assert "picture_100000.jpg" in app.text()
