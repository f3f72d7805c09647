"""The app under a pty that answers its questions: in time, and much too late."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ui.fake_terminal import LAST_QUESTION, XTERM_SIXEL

READY = b"new project"


class PtyApp:
    """The app in a process of its own, and all that it wrote."""

    def __init__(self, home: Path) -> None:
        environ = {**os.environ, "TERM": "xterm-256color", "TUI_DETECT_HOME": str(home)}
        for variable in ("TMUX", "COLORTERM", "SSH_TTY", "SSH_CLIENT", "SSH_CONNECTION"):
            environ.pop(variable, None)
        self.pid, self.master = pty.fork()
        if self.pid == 0:
            os.execve(sys.executable, [sys.executable, "-m", "tui_detect"], environ)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.wrote = b""

    def wait_for(self, text: bytes, timeout_s: float = 60) -> None:
        """Read until it has written this."""
        deadline = time.monotonic() + timeout_s
        while text not in self.wrote:
            assert time.monotonic() < deadline, f"waited for {text!r}: {self.wrote[-2000:]!r}"
            if select.select([self.master], [], [], 0.1)[0]:
                self.wrote += os.read(self.master, 65536)

    def send(self, text: bytes) -> None:
        """Type, or answer."""
        os.write(self.master, text)

    def end(self) -> None:
        """Kill it."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.master)


@pytest.fixture
def app(home: Path) -> Iterator[PtyApp]:
    """A started app, which has asked its questions."""
    app = PtyApp(home)
    try:
        app.wait_for(LAST_QUESTION)
        yield app
    finally:
        app.end()


def test_colours_come_from_the_answers_and_keys_pressed_meanwhile_are_not_lost(
    app: PtyApp,
) -> None:
    app.send(b"n" + XTERM_SIXEL)
    app.wait_for(b"Description")
    assert b"\x1b[38;2;" in app.wrote or b";38;2;" in app.wrote
    assert b"38;5;" not in app.wrote


def test_answers_that_come_after_the_first_frame_are_no_keys(app: PtyApp) -> None:
    app.wait_for(READY)
    app.send(b"n")
    app.wait_for(b"Description")
    app.send(XTERM_SIXEL[:20])
    app.send(XTERM_SIXEL[20:] + b"Quokka")
    app.wait_for(b"Quokka")
    shown = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", app.wrote)
    assert b"13;6" not in shown.replace(b" ", b"")
