"""The terminal is asked once; its answers are understood, and none stays in the input."""

from __future__ import annotations

import contextlib
import termios

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui import fake_terminal
from tests.ui.fake_terminal import FakeTerminal
from tui_detect.ui.probe import (
    NO_ANSWERS,
    Answers,
    Probe,
    patience_s,
    questions_for,
    read_answers,
    read_keys,
)

USUAL = questions_for({"TERM": "xterm-256color"})
LONG_S = 20.0


def asked(terminal: FakeTerminal, patience_s: float = LONG_S) -> tuple[Answers, bytes]:
    """What a probe of that terminal gives: the answers and the typed keys."""
    with Probe(USUAL, patience_s, terminal.slave, terminal.slave) as probe:
        answers = probe.answers()
        return answers, probe.typed()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (fake_terminal.KITTY, Answers("kitty(0.35.2)", True, (10, 20), False, True, True)),
        (fake_terminal.GHOSTTY, Answers("ghostty 1.3.1", True, (16, 34), False, True, True)),
        (
            fake_terminal.WEZTERM,
            Answers("WezTerm 20240203-110809-5046fc22", True, (8, 16), True, True, True),
        ),
        (fake_terminal.XTERM_SIXEL, Answers("XTerm(379)", False, (6, 13), True, True, True)),
        (fake_terminal.OLD_XTERM, Answers(complete=True)),
        (
            b"\x1b_Gi=31;ENOTSUPPORTED:no\x1b\\\x1bP0$r\x1b\\\x1b[6;0;0t\x1b[?4c",
            Answers(complete=True),
        ),
    ],
)
def test_a_terminal_is_understood_and_the_next_byte_is_the_key_pressed(
    said: bytes, expected: Answers
) -> None:
    with FakeTerminal([said]) as terminal:
        assert asked(terminal) == (expected, b"")
        terminal.press(b"j")
        assert terminal.left_in_the_input(LONG_S) == b"j"


def test_a_link_of_250_ms_is_waited_for() -> None:
    with FakeTerminal([0.25, fake_terminal.KITTY]) as terminal:
        answers, typed = asked(terminal, patience_s({"TERM": "xterm-kitty"}))
    assert answers.kitty
    assert answers.complete
    assert typed == b""


def test_answers_may_come_in_pieces() -> None:
    said = fake_terminal.GHOSTTY
    with FakeTerminal([part for byte in said for part in (bytes([byte]), 0.0005)]) as terminal:
        assert asked(terminal)[0] == read_answers(said)
        assert terminal.left_in_the_input() == b""


def test_a_mute_terminal_is_given_up() -> None:
    with FakeTerminal([]) as terminal:
        assert asked(terminal, patience_s=0.01) == (NO_ANSWERS, b"")


def test_who_has_begun_to_answer_is_waited_for_longer() -> None:
    said = fake_terminal.KITTY
    with FakeTerminal([said[:12], 0.1, said[12:]]) as terminal:
        assert asked(terminal, patience_s=0.05)[0].complete


def test_answers_that_come_late_are_taken_from_the_input_before_the_app_starts() -> None:
    with (
        FakeTerminal([0.03, b"a" + fake_terminal.KITTY + b"b"]) as terminal,
        Probe(USUAL, 0.001, terminal.slave, terminal.slave) as probe,
    ):
        assert probe.answers() == NO_ANSWERS
        terminal.all_said()
        assert probe.typed() == b"ab"
        assert terminal.left_in_the_input() == b""


def test_keys_pressed_meanwhile_are_kept_apart_in_their_order() -> None:
    first, rest = fake_terminal.KITTY.split(b"\x1bP>", 1)
    with FakeTerminal([b"n", first, b"\x1b[Bx\r", b"\x1bP>" + rest]) as terminal:
        answers, typed = asked(terminal)
    assert answers == read_answers(fake_terminal.KITTY)
    assert typed == b"n\x1b[Bx\r"


def test_the_terminal_is_left_as_it_was_whatever_happens() -> None:
    with FakeTerminal([fake_terminal.OLD_XTERM]) as terminal:
        before = termios.tcgetattr(terminal.slave)
        probe = Probe(USUAL, LONG_S, terminal.slave, terminal.slave)
        with contextlib.suppress(KeyboardInterrupt), probe:
            during = termios.tcgetattr(terminal.slave)
            raise KeyboardInterrupt
        assert termios.tcgetattr(terminal.slave) == before
        assert not during[3] & (termios.ECHO | termios.ICANON)
        assert during[3] & termios.ISIG


def test_without_questions_nothing_is_written_and_nobody_waits() -> None:
    # No such descriptors: any use of them is an error.
    with Probe("", LONG_S, -1, -1) as probe:
        assert probe.answers() == NO_ANSWERS
        assert probe.typed() == b""


@pytest.mark.parametrize(
    "environ",
    [{}, {"TERM": "dumb"}, {"TERM": "linux"}, {"TERM": "eterm-color"}, {"TERM": "x", "TMUX": "a"}],
)
def test_terminals_without_an_answer_are_not_asked(environ: dict[str, str]) -> None:
    assert questions_for(environ) == ""


@pytest.mark.parametrize("environ", [{"TERM": "screen-256color"}, {"TERM": "tmux-256color"}])
def test_a_tmux_far_away_is_asked_nothing_that_it_would_take_for_a_title(
    environ: dict[str, str],
) -> None:
    assert "\x1b[>q" in questions_for(environ)
    assert not any(opening in questions_for(environ) for opening in ("\x1b_", "\x1bP"))


def test_a_connection_from_far_away_gets_more_patience() -> None:
    assert patience_s({"SSH_TTY": "/dev/pts/1"}) > patience_s({})


REPLIES = st.sampled_from(
    [b"\x1b_Gi=31;OK\x1b\\", b"\x1bP>|foot(1.13.1)\x1b\\", b"\x1b[6;20;10t", b"\x1bP1$r0m\x1b\\"]
)
KEYS = st.sampled_from([b"a", b"Z", b"\r", b" ", "ä".encode(), b"\x1b[A", b"\x1bOP", b"\x1b[3~"])


@given(st.lists(st.one_of(REPLIES, KEYS)), REPLIES, st.integers(1, 40))
def test_of_any_mixture_the_keys_remain(parts: list[bytes], cut_off: bytes, cut: int) -> None:
    keys = b"".join(part for part in parts if read_keys(part)[0] == part)
    received = b"".join(parts) + cut_off[: max(2, min(cut, len(cut_off)))]
    assert read_keys(received)[0] == keys
