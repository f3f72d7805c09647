"""Colours found without asking the terminal, where `COLORTERM` does not come through."""

from __future__ import annotations

import pytest

from tui_detect.ui.terminal import colours_of, examine, prepare


@pytest.mark.parametrize(
    ("environ", "colours"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "truecolor"),
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "xterm-kitty"}, "truecolor"),
        ({"TERM": "xterm-ghostty", "SSH_CONNECTION": "a"}, "truecolor"),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "vscode"}, "truecolor"),
        ({"TERM": "xterm-256color", "WT_SESSION": "x"}, "truecolor"),
        ({"TERM": "screen-256color", "COLORTERM": "truecolor"}, "256"),
        ({"TERM": "xterm"}, "16"),
        ({"TERM": "linux"}, "16"),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, "16"),
        ({}, "16"),
    ],
)
def test_colours_from_the_environment(environ: dict[str, str], colours: str) -> None:
    found = examine(environ)
    assert found.colours == colours
    assert found.reason


@pytest.mark.parametrize(
    ("features", "colours"), [("256,RGB,title", "truecolor"), ("256,title", "256"), ("", "256")]
)
def test_inside_tmux_it_is_tmux_that_knows(features: str, colours: str) -> None:
    environ = {"TERM": "tmux-256color", "COLORTERM": "truecolor", "TMUX": "/tmp/tmux,1,0"}
    found = examine(environ, lambda _: features)
    assert (found.colours, found.inside_tmux) == (colours, True)


def test_textual_is_told_and_a_persons_own_choice_stays() -> None:
    environ = {"TERM": "xterm-kitty"}
    prepare(environ=environ)
    assert environ["TEXTUAL_COLOR_SYSTEM"] == "truecolor"
    chosen = {"TERM": "xterm-kitty", "TEXTUAL_COLOR_SYSTEM": "standard"}
    assert prepare(environ=chosen).colours == "16"
    assert chosen["TEXTUAL_COLOR_SYSTEM"] == "standard"


def test_rich_names_of_depths() -> None:
    assert colours_of("truecolor") == "truecolor"
    assert colours_of("256") == "256"
    assert colours_of("standard") == "16"
    assert colours_of(None) == "16"
