"""The real pixels of a picture: as large as fits, alone on the screen, until any key."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.containers import Container
from textual.widgets import Static

from tui_detect.core.view import WHOLE, Frame, Placement, View, place
from tui_detect.ui.app import TuiDetectApp
from tui_detect.ui.graphics.pictures import PictureMemory
from tui_detect.ui.screens.base import AppScreen
from tui_detect.ui.terminal import Terminal
from tui_detect.ui.widgets.canvas import Canvas, PictureSource

if TYPE_CHECKING:
    from PIL.Image import Image

XTERM_MOST_PX = 1000
"""xterm drops larger pictures without a word, unless its resource `maxGraphicSize` says more."""

_PIXELS_ALREADY = ("kitty", "kitty-tmux", "placeholder")


def show_pixels(app: TuiDetectApp, source: PictureSource, view: View = WHOLE) -> None:
    """Show that part of a picture in real pixels, or say that they are on the screen already."""
    if app.terminal.graphics in _PIXELS_ALREADY:
        app.notify("these are the real pixels already")
    else:
        app.push_screen(PixelsScreen(source, view))


class PixelsScreen(AppScreen):
    """A part of a picture by Sixel; where the terminal has none, by its finest characters."""

    DEFAULT_CSS = """
    PixelsScreen {
        & > Container { height: 1fr; align: center middle; }
        & > Static { dock: bottom; height: 1; padding: 0 1; color: $text-muted; }
    }
    """
    AUTO_FOCUS = ""

    def __init__(self, source: PictureSource, view: View = WHOLE) -> None:
        super().__init__()
        self._source = source
        self._view = view

    def compose(self) -> ComposeResult:
        """The picture over one line that says what it is."""
        terminal = self.app.terminal
        if _by_sixel(terminal):
            yield Container(id="room")
        else:
            yield Canvas(replace(terminal, graphics=terminal.blocks))
        yield Static(f"{self._source.name} · {_how(terminal)} · any key leaves", markup=False)

    def on_mount(self) -> None:
        """Without Sixel the canvas does it all."""
        for canvas in self.query(Canvas):
            canvas.set_picture(self._source, self._view)

    def on_resize(self) -> None:
        """Draw for the size there is now."""
        if _by_sixel(self.app.terminal):
            self.run_worker(self._draw(), exclusive=True, exit_on_error=False, group="picture")

    async def _draw(self) -> None:
        from tui_detect.ui.graphics.sixel import sixel_image

        cell_px = self.app.terminal.cell_px
        assert cell_px is not None
        room = self.query_one("#room")
        source = self._source
        columns, rows = room.size
        if self.app.terminal.name.startswith("XTerm"):
            columns = min(columns, XTERM_MOST_PX // cell_px[0])
            rows = min(rows, XTERM_MOST_PX // cell_px[1])
        frame = Frame(columns, rows, source.width_px, source.height_px, cell_px[0] / cell_px[1])
        placement = place(self._view, frame)
        width_px, height_px = placement.columns * cell_px[0], placement.rows * cell_px[1]
        picture = await asyncio.to_thread(_cut_out, source, placement, width_px, height_px)
        await room.remove_children()
        await room.mount(sixel_image(picture, placement.columns, placement.rows, cell_px))

    def on_key(self, event: events.Key) -> None:
        """Whatever it means elsewhere."""
        event.stop()
        event.prevent_default()
        self.dismiss()

    def on_click(self) -> None:
        """As a key."""
        self.dismiss()


def _by_sixel(terminal: Terminal) -> bool:
    # Without the size of a cell a picture may be too high, and scroll the screen away.
    return terminal.sixel and terminal.cell_px is not None


def _how(terminal: Terminal) -> str:
    if _by_sixel(terminal):
        return "pixels by Sixel"
    return f"this terminal shows no pixels: {terminal.blocks} blocks"


def _cut_out(source: PictureSource, placement: Placement, width_px: int, height_px: int) -> Image:
    """The part of the picture that is shown, in exactly that size. Runs in a thread."""
    from PIL.Image import Resampling

    from tui_detect.ui.graphics.sixel import in_sixel_colours

    area = placement.area
    side_px = round(max(width_px / area.width, height_px / area.height))
    longest_px = max(source.width_px, source.height_px)
    picture = PictureMemory(1).load(source.path, min(side_px, longest_px))
    width, height = picture.size
    window = (
        area.left * width,
        area.top * height,
        min(area.right * width, width),
        min(area.bottom * height, height),
    )
    size = width_px, height_px
    return in_sixel_colours(picture.resize(size, Resampling.LANCZOS, window, reducing_gap=2.0))
