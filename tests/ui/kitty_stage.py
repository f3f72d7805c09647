"""A canvas in pixels, a terminal that holds them, and random things to show: for tests of both."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image
from rich.color import ColorSystem
from textual.app import App, ComposeResult
from textual.containers import Container
from textual.pilot import Pilot
from textual.screen import ModalScreen, Screen
from textual.widgets import Label, Static

from tests.ui.capturing import CapturingDriver, driver_of
from tests.ui.kitty_emulator import KittyEmulator, Place
from tests.waiting import until
from tui_detect.core.geometry import Box
from tui_detect.core.view import View
from tui_detect.ui.graphics.backend import PictureSource
from tui_detect.ui.graphics.overlay import READABLE, Look, Overlay, OverlayBox, OverlayGrid
from tui_detect.ui.graphics.placeholders import Placeholders
from tui_detect.ui.terminal import UNKNOWN, Graphics
from tui_detect.ui.widgets.canvas import Canvas

COLUMNS, ROWS = 100, 30
PIXEL_GRAPHICS: tuple[Graphics, ...] = ("kitty", "kitty-tmux", "placeholder")


class PictureApp(App[None]):
    """A canvas under a line of text, and something that can lie over it."""

    CSS = """
    Screen { layers: below above; }
    #over { layer: above; dock: right; width: 20; height: 8; background: blue; display: none; }
    #over.-open { display: block; }
    """

    def __init__(self, graphics: Graphics) -> None:
        super().__init__(driver_class=CapturingDriver)
        self.console._color_system = ColorSystem.TRUECOLOR
        self._graphics = graphics

    def compose(self) -> ComposeResult:
        inside_tmux = self._graphics == "kitty-tmux"
        yield Static("a line")
        yield Canvas(replace(UNKNOWN, graphics=self._graphics, inside_tmux=inside_tmux))
        with Container(id="over"):
            yield Label("a chooser")


class Dialog(ModalScreen[None]):
    """Something over the whole."""

    def compose(self) -> ComposeResult:
        yield Label("sure?")


class Elsewhere(Screen[None]):
    """Another view."""

    def compose(self) -> ComposeResult:
        yield Label("elsewhere")


@dataclass(slots=True)
class Stage:
    """The app, its terminal, and what a person does."""

    app: PictureApp
    pilot: Pilot[None]
    terminal: KittyEmulator

    @property
    def canvas(self) -> Canvas:
        return self.app.screen_stack[0].query_one(Canvas)

    @property
    def sight(self) -> str:
        backend = self.canvas._backend
        assert isinstance(backend, Placeholders)
        return backend._around.sight

    async def settle(self, *, finest: bool = False) -> str:
        """Wait until all is drawn, show it to the terminal, and return what was written."""

        def still() -> bool:
            picture = self.canvas._picture
            return self.canvas.settled and (not finest or picture is None or picture.fine)

        await until(self.pilot, still, "the canvas")
        await self.pilot.pause()
        written = driver_of(self.app).take()
        self.terminal.feed(written)
        return written

    async def show(self, source: PictureSource, overlay: Overlay, view: View | None = None) -> str:
        self.canvas.set_picture(source, view or View())
        self.canvas.set_overlay(overlay)
        return await self.settle(finest=True)


@asynccontextmanager
async def stage(graphics: Graphics) -> AsyncIterator[Stage]:
    app, terminal = PictureApp(graphics), KittyEmulator(COLUMNS, ROWS)
    async with app.run_test(headless=False, size=(COLUMNS, ROWS)) as pilot:
        yield Stage(app, pilot, terminal)
    terminal.feed(driver_of(app).take())
    assert not terminal.images, "the terminal still holds images"


def picture(folder: Path, name: str, width: int = 640, height: int = 400) -> PictureSource:
    chance = random.Random(name)
    small = Image.new("RGB", (16, 10))
    small.putdata([tuple(chance.randrange(256) for _ in range(3)) for _ in range(160)])
    path = folder / f"{name}.png"
    small.resize((width, height), Image.Resampling.BICUBIC).save(path)
    return PictureSource(path, path.name, width, height)


def box(left: float, top: float, look: Look = "selected", colour: str = "#f94144") -> OverlayBox:
    return OverlayBox(Box(left, top, 0.3, 0.4), colour, "a", "fork", look)


def some_overlay(chance: random.Random) -> Overlay:
    looks: tuple[Look, ...] = ("normal", "normal", "selected", "suggestion")
    boxes = tuple(
        OverlayBox(
            Box.from_edges(*(chance.uniform(0, 1) for _ in range(4))),
            chance.choice(("#f94144", "#43aaff")),
            "a",
            look=chance.choice(looks),
        )
        for _ in range(chance.randrange(4))
    )
    draft = box(0.2, 0.3, "normal", READABLE) if chance.random() < 0.3 else None
    crosshair = (chance.random(), chance.random()) if chance.random() < 0.3 else None
    grid = OverlayGrid(Box(0.2, 0.2, 0.5, 0.5), ("12345", "qwert"), outlined=True)
    return Overlay(boxes, draft, crosshair, grid if chance.random() < 0.3 else None)


def some_view(chance: random.Random) -> View:
    return View(chance.choice((1.0, 1.5, 3.0, 8.0)), chance.random(), chance.random())


def without_source(terminal: KittyEmulator) -> set[tuple[bytes, Place]]:
    """All that is to be seen, whichever of the pictures sent it is taken from."""
    return {
        (b"", replace(place, source=(0, 0, 0, 0))) if place.cells != (0, 0) else (pixels, place)
        for pixels, place in terminal.looks()
    }


def lines(terminal: KittyEmulator) -> list[Place]:
    return [place for place in terminal.places() if not place.virtual and place.cells == (0, 0)]
