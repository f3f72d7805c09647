"""How many pixels a character cell has."""

from __future__ import annotations

import fcntl
import struct
import termios

from tui_detect.ui.terminal import Terminal

USUAL_CELL_PX = (10, 20)


def cell_px(terminal: Terminal) -> tuple[int, int]:
    """Width and height: by the kernel, by what the terminal answered at the start, or the usual.

    The kernel comes first, because a person can change the size of the letters at any time.
    """
    try:
        answer = fcntl.ioctl(1, termios.TIOCGWINSZ, bytes(8))
    except OSError:
        answer = bytes(8)
    rows, columns, width_px, height_px = struct.unpack("HHHH", answer)
    if rows and columns and width_px >= columns and height_px >= rows:
        return width_px // columns, height_px // rows
    return terminal.cell_px or USUAL_CELL_PX
