"""Questions to the terminal itself, and its answers told apart from what the person types.

All questions are written at once. The last one is answered by every terminal, so its answer ends
the waiting. Whoever asks can do something else while the answers travel: on a link of 250 ms they
are there before Textual is loaded. Inside tmux it is tmux that is asked, see `ui.tmux`.
"""

from __future__ import annotations

import os
import re
import select
import termios
from collections.abc import Mapping
from dataclasses import dataclass, replace
from time import monotonic
from types import TracebackType

FIRST_ANSWER_S = 0.4
"""How long a terminal may say nothing at all; a link of 250 ms fits in, with something to spare."""
FIRST_ANSWER_BY_SSH_S = 1.0
LAST_ANSWER_S = 2.0
"""How long all answers may take once the first is there."""

SILENT_TERMS = ("", "dumb", "linux", "vt100", "vt220", "ansi", "cons25", "unknown")
"""Terminals without graphics and with few colours: there is nothing to ask."""

_KITTY = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"
_NAME = "\x1b[>q"
_CELL = "\x1b[16t"
_COLOUR = "\x1b[48;2;1;2;3m\x1bP$qm\x1b\\\x1b[m"
_LAST = "\x1b[c"
_WIPE = "\r\x1b[K"
"""For terminals that print what they do not understand."""

_ANSWERS = re.compile(
    rb"\x1b_G(?P<kitty>[^\x1b]*)\x1b\\"
    rb"|\x1bP>\|(?P<name>[^\x1b]*)\x1b\\"
    rb"|\x1bP[01]\$r(?P<colour>[^\x1b]*)\x1b\\"
    rb"|\x1b\[6;(?P<height>\d{1,5});(?P<width>\d{1,5})t"
    rb"|\x1b\[\?(?P<last>[\d;]*)c"
)
_UNFINISHED = re.compile(rb"\x1b(?:[_P][^\x1b]*\x1b?|\[(?:[?6][\d;]*)?)\Z")
_COLOUR_KEPT = re.compile(rb"48[:;]2[:;]+1[:;]2[:;]3")


@dataclass(frozen=True, slots=True)
class Answers:
    """What the terminal said of itself."""

    name: str = ""
    """Name and version, as the terminal writes them: `kitty(0.35.2)`, `ghostty 1.3.1`."""
    kitty: bool = False
    """It knows Kitty's graphics protocol, or a part of it."""
    cell_px: tuple[int, int] | None = None
    sixel: bool = False
    truecolor: bool = False
    """It gave a 24-bit colour back as it was set."""
    complete: bool = False
    """The last question was answered, so nothing is to come."""


NO_ANSWERS = Answers()


def read_answers(received: bytes) -> Answers:
    """The answers in what came from the terminal."""
    answers = NO_ANSWERS
    for found in _ANSWERS.finditer(received):
        if (kitty := found["kitty"]) is not None:
            answers = replace(answers, kitty=kitty.endswith(b";OK"))
        elif (name := found["name"]) is not None:
            answers = replace(answers, name=name.decode(errors="replace"))
        elif (colour := found["colour"]) is not None:
            answers = replace(answers, truecolor=bool(_COLOUR_KEPT.search(colour)))
        elif found["width"] is not None:
            cell_px = int(found["width"]), int(found["height"])
            answers = replace(answers, cell_px=cell_px if all(cell_px) else None)
        else:
            # The first number is the terminal's class; the others are what it can do.
            sixel = b"4" in found["last"].split(b";")[1:]
            answers = replace(answers, sixel=sixel, complete=True)
    return answers


def read_keys(received: bytes) -> tuple[bytes, bytes]:
    """What the person typed among the answers, and an answer at its end that is still coming."""
    keys = _ANSWERS.sub(b"", received)
    unfinished = _UNFINISHED.search(keys)
    end = len(keys) if unfinished is None else unfinished.start()
    return keys[:end], keys[end:]


def questions_for(environ: Mapping[str, str]) -> str:
    """What to ask this terminal; nothing where no answer is to be had, or tmux knows it."""
    term = environ.get("TERM", "").strip().lower()
    if environ.get("TMUX") or term in SILENT_TERMS or term.startswith("eterm"):
        return ""
    # A tmux at the other end of a connection would take Kitty's question for a window title.
    if environ.get("STY") or term.startswith(("screen", "tmux")):
        return _NAME + _LAST + _WIPE
    if environ.get("TERM_PROGRAM") == "Apple_Terminal":
        return _CELL + _LAST + _WIPE
    return _KITTY + _NAME + _CELL + _COLOUR + _LAST + _WIPE


def patience_s(environ: Mapping[str, str]) -> float:
    """How long the terminal may say nothing at all before it counts as mute."""
    by_ssh = any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"))
    return FIRST_ANSWER_BY_SSH_S if by_ssh else FIRST_ANSWER_S


class Probe:
    """Asks when entered, and keeps the terminal from echoing the answers until it is left."""

    def __init__(
        self, questions: str, patience_s: float = FIRST_ANSWER_S, in_fd: int = 0, out_fd: int = 1
    ) -> None:
        self._questions = questions
        self._patience_s = patience_s
        self._in_fd, self._out_fd = in_fd, out_fd
        self._received = b""
        self._asked_at_s = 0.0

    def __enter__(self) -> Probe:
        if self._questions:
            self._modes = termios.tcgetattr(self._in_fd)
            self._stop_echo()
            self._asked_at_s = monotonic()
            os.write(self._out_fd, self._questions.encode())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._questions:
            termios.tcsetattr(self._in_fd, termios.TCSANOW, self._modes)

    @property
    def asked(self) -> bool:
        """Whether there was anything to ask."""
        return bool(self._questions)

    def answers(self) -> Answers:
        """What the terminal says, waiting for it no longer than patience allows."""
        if not self._questions:
            return NO_ANSWERS
        while not (answers := read_answers(self._received)).complete:
            limit_s = self._patience_s if answers == NO_ANSWERS else LAST_ANSWER_S
            if not self._read(self._asked_at_s + limit_s - monotonic()):
                break
        return answers

    def typed(self) -> bytes:
        """What the person typed meanwhile; late answers are taken from the input, too."""
        if not self._questions:
            return b""
        while self._read(0):
            pass
        return read_keys(self._received)[0]

    def _read(self, wait_s: float) -> bool:
        """Take what is there, or comes within that time; false when nothing does."""
        if not select.select([self._in_fd], [], [], max(wait_s, 0))[0]:
            return False
        chunk = os.read(self._in_fd, 4096)
        self._received += chunk
        return bool(chunk)

    def _stop_echo(self) -> None:
        """Byte by byte, silent, Enter as it is; Ctrl+C goes on to interrupt."""
        modes = termios.tcgetattr(self._in_fd)
        modes[0] &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR)
        modes[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
        modes[6][termios.VMIN], modes[6][termios.VTIME] = 1, 0
        termios.tcsetattr(self._in_fd, termios.TCSANOW, modes)
