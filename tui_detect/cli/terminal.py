"""What `doctor` says about the terminal: colours, graphics, and how to get better ones."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping

from tui_detect.ui.terminal import Terminal
from tui_detect.workflows.doctor import Finding


def terminal_findings(graphics: str | None = None) -> list[Finding]:
    """Ask the terminal, and say what it can show; what is typed at that moment is lost.

    Args:
        graphics: what `--graphics` says.

    Raises:
        BadInput: `TUI_DETECT_GRAPHICS` names no graphics.
    """
    from tui_detect.ui.abilities import examine, with_graphics
    from tui_detect.ui.probe import Probe, patience_s, questions_for

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return [Finding("terminal", "note", "none here", "run doctor in the terminal you work in")]
    with Probe(questions_for(os.environ), patience_s(os.environ)) as probe:
        terminal = examine(os.environ, probe.answers())
        probe.typed()
    return findings_of(with_graphics(terminal, graphics, os.environ), os.environ)


def findings_of(terminal: Terminal, environ: Mapping[str, str]) -> list[Finding]:
    """One finding each for the window, its colours, how pictures are drawn, and Sixel."""
    return [
        _window(terminal, environ.get("TERM", "not set")),
        _colours(terminal),
        _graphics(terminal),
        _sixel(terminal),
    ]


def _window(terminal: Terminal, term: str) -> Finding:
    size = shutil.get_terminal_size()
    parts = [f"TERM {term}", f"{size.columns}×{size.lines}"]
    if terminal.name:
        parts.insert(0, terminal.name)
    if terminal.inside_tmux:
        parts.append("inside tmux")
    if terminal.cell_px is not None:
        parts.append("cells of {}×{} pixels".format(*terminal.cell_px))
    if size.columns < 80 or size.lines < 24:
        parts.append("small")
        return Finding("terminal", "problem", ", ".join(parts), "make the window 80×24 or larger")
    return Finding("terminal", "ok", ", ".join(parts))


def _colours(terminal: Terminal) -> Finding:
    if terminal.colours == "truecolor":
        return Finding("colours", "ok", f"24 bits: {terminal.reason}")
    way = "forward COLORTERM over SSH (SendEnv), or set TEXTUAL_COLOR_SYSTEM=truecolor"
    if terminal.inside_tmux:
        way = "in ~/.tmux.conf: set -as terminal-features ',*:RGB'"
    return Finding(
        "colours",
        "note",
        f"{terminal.colours}: {terminal.reason}",
        f"pictures look better with 24-bit colours: {way}",
    )


def _graphics(terminal: Terminal) -> Finding:
    advice = terminal.graphics_advice
    return Finding(
        "graphics",
        "note" if advice else "ok",
        f"{_DRAWN_AS[terminal.graphics]}: {terminal.graphics_reason}",
        advice,
    )


_DRAWN_AS = {
    "half": "half blocks",
    "quadrant": "quadrant blocks",
    "sextant": "sextants",
    "octant": "octants",
    "kitty": "pixels by Kitty's protocol",
    "kitty-tmux": "pixels by Kitty's protocol through tmux",
    "placeholder": "pixels in the place of characters",
}


def _sixel(terminal: Terminal) -> Finding:
    if terminal.sixel:
        return Finding("sixel", "ok", "yes: a key of the Tagging screen shows the real pixels")
    return Finding("sixel", "ok", "no; nothing needs it")
