"""What the terminal can show. Asked once, before Textual is imported: it reads its answer then.

Over SSH `COLORTERM` is rarely forwarded, and Textual then falls back to 256 colours; so the depth
is decided here. Questions by escape sequences belong here, too, when graphics need them.
"""

from __future__ import annotations

import fcntl
import os
import struct
import subprocess
import termios
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, replace
from typing import Literal, get_args

Colours = Literal["truecolor", "256", "16"]
Blocks = Literal["half", "quadrant"]
Graphics = Literal["half", "quadrant", "sextant", "octant", "kitty", "kitty-tmux", "placeholder"]
"""How the canvas draws pictures: as block characters, or as pixels by Kitty's protocol."""
GRAPHICS = ("auto", *get_args(Graphics))
"""What a person can ask for."""

USUAL_CELL_ASPECT = 0.5

_TRUECOLOR_TERMS = ("kitty", "ghostty", "alacritty", "foot", "wezterm", "contour", "rio", "iterm2")
_TRUECOLOR_PROGRAMS = frozenset(
    {"iTerm.app", "WezTerm", "ghostty", "vscode", "Hyper", "rio", "WarpTerminal", "mintty"}
)
_TRUECOLOR_VARIABLES = ("WT_SESSION", "KITTY_WINDOW_ID", "WEZTERM_PANE", "KONSOLE_VERSION")
_TEXTUAL_NAMES: dict[Colours, str] = {"truecolor": "truecolor", "256": "256", "16": "standard"}


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


UNKNOWN = Terminal("truecolor", False, "nobody asked")


def examine(environ: Mapping[str, str], ask_tmux: Callable[[str], str] | None = None) -> Terminal:
    """Find out what the terminal can show, from its environment and from tmux itself."""
    inside_tmux = bool(environ.get("TMUX"))
    asked = environ.get("TEXTUAL_COLOR_SYSTEM", "")
    for colours, name in _TEXTUAL_NAMES.items():
        if asked == name:
            return Terminal(colours, inside_tmux, f"TEXTUAL_COLOR_SYSTEM is {asked}")
    if inside_tmux:
        features = (ask_tmux or _tmux_answer)("#{client_termfeatures}")
        if "RGB" in features.split(","):
            return Terminal("truecolor", True, "tmux passes 24-bit colours on")
        return Terminal("256", True, "tmux does not pass 24-bit colours on to this terminal")
    return _outside_tmux(environ)


def prepare(asked: str = "auto", environ: MutableMapping[str, str] | None = None) -> Terminal:
    """Examine the terminal and tell Textual; call it before the first import of Textual.

    Args:
        asked: one of `GRAPHICS`, from the command line.
    """
    environ = os.environ if environ is None else environ
    terminal = examine(environ)
    for graphics in get_args(Graphics):
        if asked == graphics:
            blocks: Blocks = "half" if asked == "half" else "quadrant"
            terminal = replace(terminal, graphics=graphics, blocks=blocks)
    environ.setdefault("TEXTUAL_COLOR_SYSTEM", _TEXTUAL_NAMES[terminal.colours])
    return terminal


def colours_of(color_system: str | None) -> Colours:
    """The depth that a Rich console really writes, by the name Rich gives it."""
    if color_system == "truecolor":
        return "truecolor"
    return "256" if color_system == "256" else "16"


def cell_aspect() -> float:
    """Width of a character cell over its height, as the terminal says; 0.5 when it does not."""
    try:
        size = fcntl.ioctl(1, termios.TIOCGWINSZ, bytes(8))
    except OSError:
        return USUAL_CELL_ASPECT
    rows, columns, width_px, height_px = struct.unpack("HHHH", size)
    if not (rows and columns and width_px and height_px):
        return USUAL_CELL_ASPECT
    aspect = float(width_px / columns / (height_px / rows))
    # Some terminals answer with sizes of their own invention.
    return aspect if 0.3 <= aspect <= 0.8 else USUAL_CELL_ASPECT


def _outside_tmux(environ: Mapping[str, str]) -> Terminal:
    colorterm = environ.get("COLORTERM", "").strip().lower()
    term = environ.get("TERM", "").strip().lower()
    program = environ.get("TERM_PROGRAM", "")
    if term in ("", "dumb", "linux", "vt100", "vt220", "ansi"):
        return Terminal("16", False, f"TERM is {term or 'not set'}")
    if term.startswith("screen"):
        return Terminal("256", False, "GNU screen turns 24-bit colours into 16")
    if colorterm in ("truecolor", "24bit"):
        return Terminal("truecolor", False, f"COLORTERM is {colorterm}")
    if term.endswith("-direct") or any(name in term for name in _TRUECOLOR_TERMS):
        return Terminal("truecolor", False, f"TERM is {term}")
    if program in _TRUECOLOR_PROGRAMS:
        return Terminal("truecolor", False, f"TERM_PROGRAM is {program}")
    for variable in _TRUECOLOR_VARIABLES:
        if environ.get(variable):
            return Terminal("truecolor", False, f"{variable} is set")
    if "256" in term:
        return Terminal("256", False, f"TERM is {term} and COLORTERM is not set")
    return Terminal("16", False, f"TERM is {term}")


def _tmux_answer(question: str) -> str:
    """What tmux says; empty when it cannot be asked, which costs colours and nothing else."""
    try:
        answer = subprocess.run(
            ["tmux", "display-message", "-p", question],
            capture_output=True,
            text=True,
            timeout=2,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout.strip()
