"""The mends of Textual leave the same screen, with fewer bytes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from PIL import Image
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.strip import Strip
from textual.widgets import Static

from tests.ui.capturing import CapturingDriver, Cells, Emulator, driver_of, repaint
from tests.waiting import until
from tui_detect.core.geometry import Box
from tui_detect.ui import textual_patches
from tui_detect.ui.graphics.backend import PictureSource
from tui_detect.ui.graphics.overlay import Overlay, OverlayBox
from tui_detect.ui.widgets import canvas as canvas_module
from tui_detect.ui.widgets.canvas import Canvas


@pytest.fixture(autouse=True)
def as_textual_is() -> Iterator[None]:
    """Whatever a test puts in place is taken out again."""
    textual_patches.remove()
    yield
    textual_patches.remove()


class PictureApp(App[None]):
    """A canvas between two other widgets, as on the real screens."""

    CSS = "Static { width: 12; height: 1fr; }"

    def __init__(self) -> None:
        super().__init__(driver_class=CapturingDriver)

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static("left\n" * 30)
            yield Canvas()
            yield Static("right\n" * 30)


@pytest.fixture
def photo(tmp_path: Path) -> PictureSource:
    """A picture in which no two cells look alike."""
    chance = random.Random(7)
    picture = Image.new("RGB", (160, 120))
    picture.putdata([(chance.randrange(256),) * 3 for _ in range(160 * 120)])
    picture.save(tmp_path / "photo.png")
    return PictureSource(tmp_path / "photo.png", "photo.png", 160, 120)


def box_at(left: float, top: float) -> Overlay:
    return Overlay((OverlayBox(Box(left, top, 0.3, 0.4), "#f94144", "a", "fork", "selected"),))


async def steps(photo: PictureSource) -> tuple[int, list[Cells]]:
    """Move a box about; the bytes it took, and the screen after each step."""
    app = PictureApp()
    emulator, size = Emulator(100, 30), 0
    screens: list[Cells] = []
    async with app.run_test(headless=False, size=(100, 30)) as pilot:
        canvas = app.query_one(Canvas)
        canvas.set_picture(photo)
        canvas.set_overlay(box_at(0.2, 0.2))
        await until(pilot, lambda: canvas.settled, "the picture")
        await pilot.pause()
        emulator.feed(driver_of(app).take())
        for step in range(1, 8):
            canvas.set_overlay(box_at(0.2 + 0.02 * step, 0.2 + 0.03 * (step % 3)))
            await until(pilot, lambda: canvas.settled, "the box")
            await pilot.pause()
            written = driver_of(app).take()
            size += len(written.encode())
            emulator.feed(written)
            anew = Emulator(100, 30)
            anew.feed(repaint(app))
            assert emulator.cells == anew.cells
            screens.append(emulator.cells)
    return size, screens


@pytest.fixture
def by_the_compositor(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where something lies over the canvas: it leaves all writing to Textual."""
    monkeypatch.setattr(canvas_module, "write_cells", lambda *_: False)


async def test_every_step_leaves_the_screen_of_a_full_repaint(photo: PictureSource) -> None:
    textual_patches.apply(inside_tmux=False)
    await steps(photo)


async def test_the_mend_changes_bytes_but_no_cell(
    photo: PictureSource, by_the_compositor: None
) -> None:
    stock_bytes, stock_screens = await steps(photo)
    assert textual_patches.apply(inside_tmux=False).left_crop
    mended_bytes, mended_screens = await steps(photo)
    assert mended_screens == stock_screens
    assert mended_bytes * 3 < stock_bytes


def look_alike(chance: random.Random, letters: str, width: int) -> list[Segment]:
    """Letters in colours, a segment each."""
    palette = [Style.parse(name) for name in ("red", "green", "blue on white", "bold")]
    return [Segment(chance.choice(letters), chance.choice(palette)) for _ in range(width)]


def written_whole(lines: list[list[Segment]]) -> str:
    return "".join(
        f"\x1b[{y + 1};1H" + Strip(line).render(console()) for y, line in enumerate(lines)
    )


@pytest.mark.parametrize("seed", range(40))
def test_any_update_ends_in_the_cells_of_a_full_repaint(seed: int) -> None:
    chance = random.Random(seed)
    width, height = 40, 6
    before = [look_alike(chance, "abcdefg", width) for _ in range(height)]
    after = [[*line] for line in before]
    spans: list[tuple[int, int, int]] = []
    for y in sorted(chance.sample(range(height), 3)):
        x1 = chance.randrange(width - 1)
        x2 = chance.randrange(x1 + 1, width + 1)
        after[y][x1:x2] = look_alike(chance, "XYZ", x2 - x1)
        spans.append((y, x1, x2))
    cuts = sorted({0, *chance.sample(range(1, width), 3)})
    ends = [*cuts[1:], width]
    chops: list[dict[int, Strip | None]] = [
        {cut: Strip(line[cut:end]) for cut, end in zip(cuts, ends, strict=True)} for line in after
    ]
    update = ChopsUpdate(chops, spans, [ends] * height)
    stock_bytes = update.render_segments(console())
    textual_patches.apply(inside_tmux=False)
    mended_bytes = update.render_segments(console())
    anew = Emulator(width, height)
    anew.feed(written_whole(after))
    for written in (stock_bytes, mended_bytes):
        emulator = Emulator(width, height)
        emulator.feed(written_whole(before))
        emulator.feed(written)
        assert emulator.cells == anew.cells
    assert len(mended_bytes) <= len(stock_bytes)


def console() -> Console:
    return Console(file=StringIO(), color_system="truecolor", force_terminal=True)


@pytest.mark.parametrize(("inside_tmux", "brackets"), [(False, True), (True, False)])
async def test_synchronised_output_is_left_out_inside_tmux(
    inside_tmux: bool, brackets: bool, photo: PictureSource
) -> None:
    mended = textual_patches.apply(inside_tmux=inside_tmux)
    assert mended.no_synchronised_output is inside_tmux
    app = PictureApp()
    async with app.run_test(headless=False, size=(100, 30)) as pilot:
        app._sync_available = True
        canvas = app.query_one(Canvas)
        canvas.set_picture(photo)
        await until(pilot, lambda: canvas.settled, "the picture")
        await pilot.pause()
        assert ("\x1b[?2026h" in driver_of(app).take()) is brackets


def test_an_unknown_textual_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textual_patches, "version", lambda _: "9.1.0")
    before = ChopsUpdate.render_segments
    assert not textual_patches.apply(inside_tmux=False).left_crop
    assert ChopsUpdate.render_segments is before
