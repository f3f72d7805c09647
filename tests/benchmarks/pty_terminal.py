"""A child under a pseudo-terminal of 120x40 that counts what it writes, and answers if asked to."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

COLUMNS, LINES = 120, 40
CELL_PX = (10, 20)
QUIET_S = 0.25
FIRST_QUIET_S = 1.5
"""Decoding can take a while, and a sharper picture comes after a rest."""
START_S = 30.0

KITTY_ANSWERS = {
    b"\x1b[c": b"\x1b[?62;c",
    b"\x1b[>q": b"\x1bP>|kitty(0.35.2)\x1b\\",
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
    b"\x1b[16t": b"\x1b[6;20;10t",
    b"a=q": b"\x1b_Gi=31;OK\x1b\\",
}
"""What Kitty says to what it is asked."""


def child_of(module: str, *arguments: str) -> list[str]:
    """The command that runs the child of a benchmark."""
    return [sys.executable, "-m", module, "--child", *arguments]


class Terminal:
    """Runs a command and reads all that it writes."""

    def __init__(
        self,
        command: Sequence[str],
        answers: Mapping[bytes, bytes] | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        environ = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        environ.pop("TMUX", None)
        environ.pop("TEXTUAL_COLOR_SYSTEM", None)
        environ.update(variables or {})
        self._answers = answers or {}
        self._size_px = (COLUMNS * CELL_PX[0], LINES * CELL_PX[1]) if answers else (0, 0)
        self.last = b""
        self.written = bytearray()
        """All that was read."""
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            os.execvpe(command[0], list(command), environ)
        size = struct.pack("HHHH", LINES, COLUMNS, *self._size_px)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, size)

    def read(self, patience_s: float = QUIET_S, quiet_s: float = QUIET_S) -> tuple[int, float]:
        """Bytes until it is quiet, and seconds until the last of them."""
        started = last = time.perf_counter()
        count, limit_s = 0, patience_s
        while select.select([self._fd], [], [], limit_s)[0]:
            try:
                data = os.read(self._fd, 1 << 16)
            except OSError as error:
                raise RuntimeError(f"the child ended: {self.last.decode()}") from error
            self.last = data
            self.written += data
            last, limit_s = time.perf_counter(), quiet_s
            count += len(data)
            for question, answer in self._answers.items():
                if question in data:
                    os.write(self._fd, answer)
        return count, last - started

    def read_until(self, text: bytes, times: int) -> int:
        """Bytes until that text was written so often.

        Raises:
            TimeoutError: it was not, within `START_S`.
        """
        deadline = time.perf_counter() + START_S
        while self.written.count(text) < times:
            if time.perf_counter() > deadline:
                raise TimeoutError(f"{text!r} did not come {times} times")
            self.read(quiet_s=0.0)
        return len(self.written)

    def key(self, key: bytes) -> tuple[int, float]:
        """Press a key; the bytes it costs, and seconds until the last of them."""
        os.write(self._fd, key)
        return self.read()

    def close(self) -> None:
        """End the child."""
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        os.close(self._fd)


@contextmanager
def terminal(
    command: Sequence[str],
    answers: Mapping[bytes, bytes] | None = None,
    variables: Mapping[str, str] | None = None,
) -> Iterator[tuple[Terminal, int]]:
    """A child that has drawn its first picture, and the bytes that took."""
    running = Terminal(command, answers, variables)
    try:
        yield running, running.read(START_S, FIRST_QUIET_S)[0]
    finally:
        running.close()
