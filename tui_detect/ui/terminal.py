"""What the terminal can show: the facts that everything drawn depends on.

`ui.abilities` finds them out, once, before the app starts.
"""

from __future__ import annotations

import fcntl
import struct
import termios
from dataclasses import dataclass
from typing import Literal, get_args

Colours = Literal["truecolor", "256", "16"]
Blocks = Literal["half", "quadrant", "sextant", "octant"]
Graphics = Literal["half", "quadrant", "sextant", "octant", "kitty", "kitty-tmux", "placeholder"]
"""How the canvas draws pictures: as block characters, or as pixels by Kitty's protocol."""
GRAPHICS = ("auto", *get_args(Graphics))
"""What a person can ask for."""

USUAL_CELL_ASPECT = 0.5


@dataclass(frozen=True, slots=True)
class Terminal:
    """What was found out."""

    colours: Colours
    inside_tmux: bool
    reason: str
    """Why these colours, for `tui-detect doctor`."""
    graphics: Graphics = "half"
    """How the canvas draws."""
    cell_px: tuple[int, int] | None = None
    """Width and height of a character cell; `None` where the terminal does not say."""
    sixel: bool = False
    """Whether the terminal shows Sixel pictures."""
    blocks: Blocks = "quadrant"
    """The characters of small pictures, which are always text; half blocks when asked for."""
    name: str = ""
    """Name and version as the terminal says them; inside tmux, of the one around it."""
    graphics_reason: str = ""
    """Why these graphics."""
    graphics_advice: str = ""
    """What to do for better ones, where something can be done."""

    @property
    def canvas_blocks(self) -> Blocks:
        """The characters of the canvas, where it draws with characters."""
        return _BLOCKS.get(self.graphics, "half")


_BLOCKS: dict[Graphics, Blocks] = {
    "half": "half",
    "quadrant": "quadrant",
    "sextant": "sextant",
    "octant": "octant",
}

UNKNOWN = Terminal("truecolor", False, "nobody asked")


def colours_of(color_system: str | None) -> Colours:
    """The depth that a Rich console really writes, by the name Rich gives it."""
    if color_system == "truecolor":
        return "truecolor"
    return "256" if color_system == "256" else "16"


def window_cell_px() -> tuple[float, float] | None:
    """Width and height of a character cell by the window's size; `None` where it is not said."""
    try:
        size = fcntl.ioctl(1, termios.TIOCGWINSZ, bytes(8))
    except OSError:
        return None
    rows, columns, width_px, height_px = struct.unpack("HHHH", size)
    if not (rows and columns and width_px and height_px):
        return None
    return width_px / columns, height_px / rows


def cell_aspect() -> float:
    """Width of a character cell over its height, as the terminal says; 0.5 when it does not."""
    cell_px = window_cell_px()
    aspect = cell_px[0] / cell_px[1] if cell_px else USUAL_CELL_ASPECT
    # Some terminals answer with sizes of their own invention.
    return aspect if 0.3 <= aspect <= 0.8 else USUAL_CELL_ASPECT
