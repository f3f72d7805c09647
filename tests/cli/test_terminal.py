"""What the doctor says of a terminal, and what to do about it."""

from __future__ import annotations

from tui_detect.cli.terminal import findings_of
from tui_detect.ui.abilities import examine
from tui_detect.ui.probe import read_answers
from tui_detect.ui.terminal import Terminal

KITTY = b"\x1b_Gi=31;OK\x1b\\\x1bP>|kitty(0.35.2)\x1b\\\x1b[6;20;10t\x1b[?62;4c"
TMUX = {"TERM": "tmux-256color", "TMUX": "/tmp/tmux,1,0"}


def said(terminal: Terminal, term: str = "xterm-256color") -> dict[str, str]:
    """Each finding's words, by its name."""
    return {
        f.name: f"{f.state} {f.detail} {f.advice}" for f in findings_of(terminal, {"TERM": term})
    }


def test_a_good_terminal_is_described() -> None:
    words = said(examine({"TERM": "xterm-kitty"}, read_answers(KITTY)))
    assert "kitty(0.35.2)" in words["terminal"]
    assert "cells of 10×20 pixels" in words["terminal"]
    assert words["colours"].startswith("ok 24 bits: TERM is xterm-kitty")
    assert words["graphics"].startswith("ok pixels by Kitty's protocol: kitty(0.35.2) places")
    assert words["sixel"].startswith("ok yes")


def test_a_tmux_that_keeps_pictures_back_gets_advice() -> None:
    answer = "256|kitty(0.35.2)|xterm-kitty|0|10|20|"
    words = said(examine(TMUX, ask=lambda: answer), "tmux-256color")
    assert "inside tmux" in words["terminal"]
    assert "terminal-features" in words["colours"]
    assert words["graphics"].startswith("note half blocks: tmux lets no pictures through")
    assert "tmux set -g allow-passthrough on" in words["graphics"]


def test_few_colours_outside_tmux_get_other_advice_than_inside() -> None:
    words = said(examine({"TERM": "xterm-256color"}))
    assert words["colours"].startswith("note 256")
    assert "COLORTERM" in words["colours"]
    assert "tmux" not in words["colours"]
