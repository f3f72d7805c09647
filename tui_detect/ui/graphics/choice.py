"""Which backend draws on which terminal: the registry of all of them."""

from __future__ import annotations

from tui_detect.ui.graphics.backend import Backend
from tui_detect.ui.graphics.pictures import PictureMemory
from tui_detect.ui.graphics.text_cells import TextCells
from tui_detect.ui.terminal import Colours, Terminal


def backend_for(terminal: Terminal, memory: PictureMemory, colours: Colours) -> Backend:
    """The backend of the graphics that were chosen for this terminal."""
    return TextCells(memory, colours, terminal.canvas_blocks)
