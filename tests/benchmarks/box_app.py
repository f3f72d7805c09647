"""What the benchmarks of the canvas run: a box on a picture that fills the terminal."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from tests.benchmarks.pty_terminal import COLUMNS, LINES

KEYS = {"right": b"l", "down": b"j"}


def run_box_app(
    picture: Path,
    graphics: str = "half",
    *,
    mended: bool = True,
    direct: bool = True,
    all_again: bool = False,
) -> None:
    """Show a box of 30x14 cells that moves by one cell at each key.

    Args:
        mended: with the mends of Textual.
        direct: cells that changed pass the compositor by.
        all_again: draw the whole canvas at each key.
    """
    from dataclasses import replace

    from PIL import Image
    from textual.app import App, ComposeResult
    from textual.binding import Binding

    from tui_detect.core.geometry import Box
    from tui_detect.core.view import place
    from tui_detect.ui import textual_patches
    from tui_detect.ui.abilities import prepare
    from tui_detect.ui.graphics.backend import PictureSource
    from tui_detect.ui.graphics.overlay import Overlay, OverlayBox
    from tui_detect.ui.terminal import GRAPHICS
    from tui_detect.ui.widgets import canvas as canvas_module
    from tui_detect.ui.widgets.canvas import Canvas

    assert graphics in GRAPHICS
    terminal = prepare(graphics)
    if terminal.inside_tmux:
        terminal = replace(terminal, cell_px=(10, 20))

    class BoxApp(App[None]):
        """A box on a picture that fills the terminal."""

        BINDINGS = [Binding(key.decode(), f"move('{way}')") for way, key in KEYS.items()]
        at = [4, 4]

        def compose(self) -> ComposeResult:
            yield Canvas(terminal)

        def on_mount(self) -> None:
            with Image.open(picture) as opened:
                source = PictureSource(picture, picture.name, *opened.size)
            self.query_one(Canvas).set_picture(source)
            self._draw()

        def action_move(self, way: str) -> None:
            self.at[0 if way == "right" else 1] += 1
            self._draw()
            if all_again:
                self.query_one(Canvas).refresh()

        def _draw(self) -> None:
            canvas = self.query_one(Canvas)
            area = place(canvas._view, canvas.frame)
            left, top = area.to_picture(area.column + self.at[0] + 0.5, area.row + self.at[1] + 0.5)
            box = Box(left, top, 29 / area.columns, 13 / area.rows)
            overlay = Overlay((OverlayBox(box, "#f94144", "a", "fork", "selected"),))
            canvas.set_overlay(overlay)

        def on_canvas_frame_changed(self) -> None:
            self._draw()

    if not direct:
        canvas_module.write_cells = lambda *_: False  # type: ignore[attr-defined]
    if mended:
        textual_patches.apply()
    BoxApp().run()


def run_resending_app(picture: Path, widget: Literal["TGPImage", "HalfcellImage"]) -> None:
    """The same as a tool does it that has nothing but a widget for pictures: send it all again."""
    os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", "truecolor")
    from PIL import Image, ImageDraw
    from textual.app import App, ComposeResult
    from textual.binding import Binding
    from textual_image import widget as widgets

    with Image.open(picture) as opened:
        photo = opened.convert("RGB").resize((COLUMNS * 10, LINES * 20))

    image_class = getattr(widgets, widget)

    class ResendingApp(App[None]):
        """The picture with a box drawn into it."""

        CSS = f"{widget} {{ width: 100%; height: 100%; }}"
        BINDINGS = [Binding(key.decode(), f"move('{way}')") for way, key in KEYS.items()]
        at = [4, 4]

        def compose(self) -> ComposeResult:
            yield image_class(self._with_box())

        def action_move(self, way: str) -> None:
            self.at[0 if way == "right" else 1] += 1
            self.query_one(image_class).image = self._with_box()

        def _with_box(self) -> Image.Image:
            image = photo.copy()
            x, y = self.at[0] * 10, self.at[1] * 20
            ImageDraw.Draw(image).rectangle((x, y, x + 300, y + 280), outline="#f94144", width=3)
            return image

    ResendingApp().run()
