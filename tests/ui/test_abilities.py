"""Colours and graphics are right for each terminal, and a person's own choice wins."""

from __future__ import annotations

import shutil
import subprocess
import uuid
from collections.abc import Iterator

import pytest

from tests.ui import fake_terminal
from tui_detect.core.errors import BadInput
from tui_detect.ui.abilities import GRAPHICS_VARIABLE, examine, prepare
from tui_detect.ui.probe import NO_ANSWERS, Answers, read_answers
from tui_detect.ui.tmux import QUESTION, ask_tmux, read_tmux_answers

XTERM = {"TERM": "xterm-256color"}
TMUX = {"TERM": "tmux-256color", "COLORTERM": "truecolor", "TMUX": "/tmp/tmux,1,0"}


def said(answers: bytes) -> Answers:
    return read_answers(answers)


def named(name: str, *, kitty: bool = True) -> Answers:
    return Answers(name, kitty, complete=True)


# --- colours --------------------------------------------------------------------------------------


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
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "STY": "1.pts"}, "256"),
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
    ("answers", "colours"),
    [
        (Answers(truecolor=True), "truecolor"),
        (named("VTE(7600)", kitty=False), "truecolor"),
        (named("Konsole 22.12.3"), "truecolor"),
        (named("XTerm(330)", kitty=False), "256"),
        (NO_ANSWERS, "256"),
    ],
)
def test_colours_that_ssh_does_not_forward_are_found_by_asking(
    answers: Answers, colours: str
) -> None:
    assert examine({**XTERM, "SSH_TTY": "/dev/pts/3"}, answers).colours == colours


@pytest.mark.parametrize(
    ("features", "colours"), [("256,RGB,title", "truecolor"), ("256,title", "256"), ("", "256")]
)
def test_inside_tmux_it_is_tmux_that_knows(features: str, colours: str) -> None:
    found = examine(TMUX, ask=lambda: f"{features}|XTerm(379)|xterm|0|||")
    assert (found.colours, found.inside_tmux) == (colours, True)


def test_a_tmux_at_the_other_end_of_ssh_is_known_by_its_answer() -> None:
    far = {"TERM": "screen-256color", "COLORTERM": "truecolor", "SSH_TTY": "/dev/pts/3"}
    found = examine(far, said(b"\x1bP>|tmux 3.6\x1b\\\x1b[?1;2;4c"))
    assert found.inside_tmux
    assert found.colours == "truecolor"
    assert not found.sixel
    assert found.graphics == "half"


# --- graphics -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "graphics"),
    [
        (said(fake_terminal.KITTY), "kitty"),
        (named("kitty(0.28.0)"), "kitty"),
        (named("kitty(0.26.5)"), "half"),
        (said(fake_terminal.GHOSTTY), "kitty"),
        (named("ghostty 1.3.2-main+abc"), "kitty"),
        (named("iTerm2 3.5.0"), "placeholder"),
        (named("iTerm2 3.4.23"), "half"),
        (said(fake_terminal.WEZTERM), "half"),
        (named("Konsole 22.12.3"), "half"),
        (named("xterm.js(6.1.0)"), "half"),
        (named(""), "half"),
        (named("kitty(0.35.2)", kitty=False), "half"),
        (said(fake_terminal.XTERM_SIXEL), "half"),
        (NO_ANSWERS, "half"),
    ],
)
def test_graphics_by_what_the_terminal_says_and_by_its_name(
    answers: Answers, graphics: str
) -> None:
    found = examine(XTERM, answers)
    assert found.graphics == graphics
    assert found.graphics_reason


@pytest.mark.parametrize(
    ("outer", "graphics"),
    [
        ("kitty(0.35.2)", "kitty-tmux"),
        ("kitty(0.31.0)", "kitty-tmux"),
        ("kitty(0.30.1)", "placeholder"),
        ("kitty(0.26.5)", "half"),
        ("ghostty 1.3.1", "placeholder"),
        ("ghostty 1.3.2-main+abc", "kitty-tmux"),
        ("iTerm2 3.6.2", "placeholder"),
        ("WezTerm 20240203-110809", "half"),
        ("tmux 3.5a", "half"),
        ("", "half"),
    ],
)
def test_inside_tmux_the_terminal_around_it_decides(outer: str, graphics: str) -> None:
    for passthrough in ("1", "on", "all"):
        found = examine(TMUX, ask=lambda on=passthrough: f"RGB|{outer}|x|{on}|9|18|")  # type: ignore[misc]
        assert found.graphics == graphics
        assert found.cell_px == (9, 18)
        assert found.name == outer


def test_without_passthrough_no_pixels_and_the_doctor_can_say_how_to_get_them() -> None:
    found = examine(TMUX, ask=lambda: "RGB|kitty(0.35.2)|xterm-kitty|0|9|18|")
    assert found.graphics == "half"
    assert "allow-passthrough on" in found.graphics_advice


@pytest.mark.parametrize(
    ("features", "support", "sixel"),
    [("RGB,sixel", "1", True), ("RGB,sixel", "", False), ("RGB", "1", False)],
)
def test_sixel_in_tmux_needs_both(features: str, support: str, sixel: bool) -> None:
    assert read_tmux_answers(f"{features}|XTerm(379)|xterm|0|9|18|{support}").sixel is sixel


def test_a_tmux_that_does_not_answer_costs_looks_only() -> None:
    found = examine(TMUX, ask=lambda: "")
    assert (found.graphics, found.colours, found.sixel) == ("half", "256", False)


# --- a person's own choice ------------------------------------------------------------------------


def test_textual_is_told_and_a_persons_own_choice_stays() -> None:
    environ = {"TERM": "xterm-kitty"}
    prepare(environ=environ)
    assert environ["TEXTUAL_COLOR_SYSTEM"] == "truecolor"
    chosen = {"TERM": "xterm-kitty", "TEXTUAL_COLOR_SYSTEM": "standard"}
    assert prepare(environ=chosen).colours == "16"
    assert chosen["TEXTUAL_COLOR_SYSTEM"] == "standard"


def test_the_option_wins_over_the_variable_and_both_over_what_was_found() -> None:
    kitty = said(fake_terminal.KITTY)
    assert prepare(None, {**XTERM}, kitty).graphics == "kitty"
    by_variable = prepare(None, {**XTERM, GRAPHICS_VARIABLE: "octant"}, kitty)
    assert (by_variable.graphics, by_variable.blocks) == ("octant", "octant")
    assert GRAPHICS_VARIABLE in by_variable.graphics_reason
    by_option = prepare("half", {**XTERM, GRAPHICS_VARIABLE: "octant"}, kitty)
    assert (by_option.graphics, by_option.blocks) == ("half", "half")
    assert "--graphics" in by_option.graphics_reason
    assert prepare("auto", {**XTERM, GRAPHICS_VARIABLE: "octant"}, kitty).graphics == "kitty"
    assert prepare("kitty-tmux", {**XTERM}).blocks == "quadrant"


def test_a_variable_that_means_nothing_is_said_and_not_passed_over() -> None:
    with pytest.raises(BadInput, match="TUI_DETECT_GRAPHICS is pixels"):
        prepare(None, {**XTERM, GRAPHICS_VARIABLE: "pixels"})


# --- a real tmux ----------------------------------------------------------------------------------


@pytest.fixture
def tmux_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a tmux server with one pane, which this process believes to be in."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    name = f"tui-detect-{uuid.uuid4().hex[:8]}"

    def tmux(*arguments: str) -> str:
        command = ["tmux", "-L", name, "-f", "/dev/null", *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    tmux("new-session", "-d", "-x", "80", "-y", "24", "cat")
    try:
        monkeypatch.setenv("TMUX", tmux("display-message", "-p", "#{socket_path},#{pid},0"))
        monkeypatch.setenv("TMUX_PANE", tmux("display-message", "-p", "#{pane_id}"))
        yield name
    finally:
        subprocess.run(["tmux", "-L", name, "kill-server"], check=True)


def test_a_real_tmux_answers(tmux_server: str) -> None:
    assert len(ask_tmux(QUESTION).split("|")) == len(QUESTION.split("|"))
    assert not read_tmux_answers(ask_tmux()).passthrough
    option = ["set-option", "-g", "allow-passthrough", "on"]
    subprocess.run(["tmux", "-L", tmux_server, *option], check=True)
    assert read_tmux_answers(ask_tmux()).passthrough
