"""Which backend draws on which terminal: the registry of all of them."""

from __future__ import annotations

from typing import Any

from textual.app import App

from tui_detect.ui.graphics.backend import Backend
from tui_detect.ui.graphics.cell_size import cell_px
from tui_detect.ui.graphics.pictures import PictureMemory
from tui_detect.ui.graphics.text_cells import TextCells
from tui_detect.ui.terminal import Colours, Terminal


def backend_for(
    app: App[Any], terminal: Terminal, memory: PictureMemory, colours: Colours
) -> Backend:
    """The backend of the graphics that were chosen for this terminal."""
    graphics = terminal.graphics
    if graphics in ("kitty", "kitty-tmux", "placeholder"):
        from tui_detect.ui.graphics.kitty import KittyPixels
        from tui_detect.ui.graphics.placeholders import Placeholders
        from tui_detect.ui.graphics.wire import wire_of

        wire = wire_of(app, inside_tmux=terminal.inside_tmux, few_colours=colours != "truecolor")

        def measure() -> tuple[int, int]:
            return cell_px(terminal)

        if graphics == "kitty":
            return KittyPixels(memory, colours, wire, measure)
        # A placeholder says by its colour what it stands for.
        if colours != "16":
            with_lines = graphics == "kitty-tmux"
            return Placeholders(memory, colours, wire, measure, with_lines=with_lines)
    return TextCells(memory, colours, terminal.canvas_blocks)
