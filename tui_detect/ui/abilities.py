"""What the terminal can show, decided from its environment and its answers, or those of tmux.

Over SSH `COLORTERM` is rarely forwarded, and Textual then falls back to 256 colours, so the depth
is decided here. For pixels an answer to Kitty's question is not enough: WezTerm, Konsole and
Visual Studio Code answer it and lack what the canvas needs, so the name decides, too.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, replace
from typing import get_args

from tui_detect.core.errors import BadInput
from tui_detect.ui.probe import NO_ANSWERS, SILENT_TERMS, Answers
from tui_detect.ui.terminal import GRAPHICS, Colours, Graphics, Terminal, window_cell_px
from tui_detect.ui.tmux import TmuxAnswers, ask_tmux, read_tmux_answers

GRAPHICS_VARIABLE = "TUI_DETECT_GRAPHICS"
TEXTUAL_NAMES: dict[Colours, str] = {"truecolor": "truecolor", "256": "256", "16": "standard"}
"""What Textual calls them in `TEXTUAL_COLOR_SYSTEM`."""

_TRUECOLOR_TERMS = ("kitty", "ghostty", "alacritty", "foot", "wezterm", "contour", "rio", "iterm2")
_TRUECOLOR_NAMES = frozenset({*_TRUECOLOR_TERMS, "vte", "konsole", "mintty", "xterm.js"})
_TRUECOLOR_PROGRAMS = frozenset(
    {"iTerm.app", "WezTerm", "ghostty", "vscode", "Hyper", "rio", "WarpTerminal", "mintty"}
)
_TRUECOLOR_VARIABLES = ("WT_SESSION", "KITTY_WINDOW_ID", "WEZTERM_PANE", "KONSOLE_VERSION")

# Older Kittys draw backgrounds over pictures wrongly, Debian 12's among them
# (kovidgoyal/kitty#6061): labels and dialogs would be seen through.
_DIRECT = {"kitty": (0, 28), "ghostty": ()}
_RELATIVE = {"kitty": (0, 31), "ghostty": (1, 3, 2)}
_PLACEHOLDERS = {"kitty": (0, 28), "ghostty": (), "iterm2": (3, 5)}
"""From which version on a terminal has that part of Kitty's protocol."""


@dataclass(frozen=True, slots=True)
class _Choice:
    graphics: Graphics
    reason: str
    advice: str = ""


def prepare(
    asked: str | None = None,
    environ: MutableMapping[str, str] | None = None,
    answers: Answers = NO_ANSWERS,
) -> Terminal:
    """Decide what the app will draw with, and leave the depth of colours where Textual looks.

    Args:
        asked: one of `GRAPHICS`, from the command line; it wins over `TUI_DETECT_GRAPHICS`.

    Raises:
        BadInput: the variable holds something else.
    """
    environ = os.environ if environ is None else environ
    terminal = with_graphics(examine(environ, answers), asked, environ)
    environ.setdefault("TEXTUAL_COLOR_SYSTEM", TEXTUAL_NAMES[terminal.colours])
    return terminal


def examine(
    environ: Mapping[str, str],
    answers: Answers = NO_ANSWERS,
    ask: Callable[[], str] = ask_tmux,
) -> Terminal:
    """What the terminal can show by itself, whatever a person asks for.

    Args:
        answers: the terminal's own, from `ui.probe`.
        ask: gives tmux's answer to `ui.tmux.QUESTION`; used inside tmux only.
    """
    if environ.get("TMUX"):
        tmux = read_tmux_answers(ask())
        colours, reason = _chosen_colours(environ) or _colours_in_tmux(tmux)
        choice = _graphics_in_tmux(tmux)
        cell_px, sixel, name = tmux.cell_px, tmux.sixel, tmux.outer_name
    else:
        colours, reason = _chosen_colours(environ) or _colours(environ, answers)
        choice = _graphics(answers)
        # tmux at the other end of a connection says yes to Sixel, whatever is around it.
        sixel = answers.sixel and not _is_tmux(answers)
        cell_px, name = answers.cell_px, answers.name
    return Terminal(
        colours,
        bool(environ.get("TMUX")) or _is_tmux(answers),
        reason,
        choice.graphics,
        cell_px or _whole(window_cell_px()),
        sixel,
        name=name,
        graphics_reason=choice.reason,
        graphics_advice=choice.advice,
    )


def with_graphics(terminal: Terminal, asked: str | None, environ: Mapping[str, str]) -> Terminal:
    """The same terminal with the graphics that a person asks for, if any.

    Raises:
        BadInput: `TUI_DETECT_GRAPHICS` holds something else than one of `GRAPHICS`.
    """
    variable = environ.get(GRAPHICS_VARIABLE, "")
    if variable and variable not in GRAPHICS:
        raise BadInput(
            f"{GRAPHICS_VARIABLE} is {variable}", f"set it to one of {', '.join(GRAPHICS)}"
        )
    reason = "asked for by --graphics" if asked else f"{GRAPHICS_VARIABLE} is {variable}"
    for graphics in get_args(Graphics):
        if graphics == (asked or variable):
            terminal = replace(
                terminal, graphics=graphics, graphics_reason=reason, graphics_advice=""
            )
            if graphics in ("half", "quadrant", "sextant", "octant"):
                terminal = replace(terminal, blocks=terminal.canvas_blocks)
    return terminal


# --- colours --------------------------------------------------------------------------------------


def _chosen_colours(environ: Mapping[str, str]) -> tuple[Colours, str] | None:
    asked = environ.get("TEXTUAL_COLOR_SYSTEM", "")
    for colours, name in TEXTUAL_NAMES.items():
        if asked == name:
            return colours, f"TEXTUAL_COLOR_SYSTEM is {asked}"
    return None


def _colours_in_tmux(tmux: TmuxAnswers) -> tuple[Colours, str]:
    if "RGB" in tmux.features:
        return "truecolor", "tmux passes 24-bit colours on"
    return "256", "tmux does not pass 24-bit colours on to this terminal"


def _colours(environ: Mapping[str, str], answers: Answers) -> tuple[Colours, str]:
    colorterm = environ.get("COLORTERM", "").strip().lower()
    term = environ.get("TERM", "").strip().lower()
    program = environ.get("TERM_PROGRAM", "")
    if term in SILENT_TERMS:
        return "16", f"TERM is {term or 'not set'}"
    if (environ.get("STY") or term.startswith("screen")) and not _is_tmux(answers):
        return "256", "GNU screen turns 24-bit colours into 16"
    if colorterm in ("truecolor", "24bit"):
        return "truecolor", f"COLORTERM is {colorterm}"
    if term.endswith("-direct") or any(name in term for name in _TRUECOLOR_TERMS):
        return "truecolor", f"TERM is {term}"
    if program in _TRUECOLOR_PROGRAMS:
        return "truecolor", f"TERM_PROGRAM is {program}"
    for variable in _TRUECOLOR_VARIABLES:
        if environ.get(variable):
            return "truecolor", f"{variable} is set"
    if answers.truecolor:
        return "truecolor", "the terminal gave a 24-bit colour back"
    if _identity(answers.name)[0] in _TRUECOLOR_NAMES:
        return "truecolor", f"the terminal is {answers.name}"
    if "256" in term:
        return "256", f"TERM is {term} and COLORTERM is not set"
    return "16", f"TERM is {term}"


# --- graphics -------------------------------------------------------------------------------------


def _graphics(answers: Answers) -> _Choice:
    name = answers.name or "the terminal"
    if answers.kitty and _has(answers.name, _DIRECT):
        return _Choice("kitty", f"{name} places pictures by Kitty's protocol")
    if answers.kitty and _has(answers.name, _PLACEHOLDERS):
        return _Choice("placeholder", f"{name} shows pictures in the place of characters")
    if answers.kitty and _identity(answers.name)[0] == "kitty":
        return _Choice(
            "half", f"{name} draws text over pictures wrongly", "use Kitty 0.28 or newer"
        )
    if answers.kitty:
        return _Choice("half", f"{name} has only a part of Kitty's protocol")
    if not answers.complete:
        return _Choice("half", "the terminal does not say what it can show")
    return _Choice("half", f"{name} does not have Kitty's protocol")


def _graphics_in_tmux(tmux: TmuxAnswers) -> _Choice:
    name = tmux.outer_name or tmux.outer_term or "a terminal that it does not know"
    if _has(tmux.outer_name, _RELATIVE):
        choice = _Choice("kitty-tmux", f"tmux lets pictures through to {name}")
    elif _has(tmux.outer_name, _PLACEHOLDERS):
        choice = _Choice("placeholder", f"tmux lets pictures through to {name}")
    else:
        return _Choice("half", f"tmux runs in {name}, which shows no pixels through it")
    if not tmux.passthrough:
        return _Choice(
            "half",
            f"tmux lets no pictures through to {name}",
            "tmux set -g allow-passthrough on (and the same line in ~/.tmux.conf)",
        )
    return choice


def _has(name: str, since: Mapping[str, tuple[int, ...]]) -> bool:
    kind, version = _identity(name)
    return kind in since and version >= since[kind]


def _identity(name: str) -> tuple[str, tuple[int, ...]]:
    """What the terminal is and its version: `ghostty 1.3.2-dev` gives `ghostty`, (1, 3, 2)."""
    found = re.match(r"([^\s(]+)[\s(]*v?([\d.]{0,40})", name)
    if found is None:
        return "", ()
    numbers = tuple(int(part) for part in found[2].split(".") if part)
    return found[1].lower(), numbers


def _is_tmux(answers: Answers) -> bool:
    return _identity(answers.name)[0] == "tmux"


def _whole(cell_px: tuple[float, float] | None) -> tuple[int, int] | None:
    whole = (int(cell_px[0]), int(cell_px[1])) if cell_px else (0, 0)
    return whole if all(whole) else None
