"""A command under a pty: its keys, the bytes it writes, and when the last of them came."""

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
from contextlib import contextmanager, suppress

COLUMNS, LINES = 120, 40
CELL_PX = (10, 20)
QUIET_S = 0.25
"""Nothing for that long: the command has written all that it wants to."""
START_S = 30.0
FIRST_QUIET_S = 1.0
"""After the first screen: the picture is read while nothing is written."""

KITTY_ANSWERS = {
    b"\x1b[c": b"\x1b[?62;c",
    b"\x1b[>q": b"\x1bP>|kitty(0.35.2)\x1b\\",
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
    b"\x1b[16t": b"\x1b[6;20;10t",
    b"a=q": b"\x1b_Gi=31;OK\x1b\\",
}
"""What Kitty says to what it is asked."""

_TRUECOLOR = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
_OURS = ("TMUX", "TEXTUAL_COLOR_SYSTEM", "TERM_PROGRAM", "KITTY_WINDOW_ID")
_NOBODYS = ("PYTHONDONTWRITEBYTECODE",)
"""An installed program is compiled already; a person does not wait for that."""


def child_of(module: str, *arguments: str) -> list[str]:
    """The command that runs the child of a benchmark."""
    return [sys.executable, "-m", module, "--child", *arguments]


class PtyTerminal:
    """A command in a terminal of its own, of true colours unless `environ` says otherwise.

    Args:
        command: program and arguments.
        environ: variables that differ from this process's.
        answers: what the terminal says to a query, such as `{b"\\x1b[c": b"\\x1b[?62c"}`.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        environ: Mapping[str, str] | None = None,
        answers: Mapping[bytes, bytes] | None = None,
        columns: int = COLUMNS,
        lines: int = LINES,
    ) -> None:
        left_out = {*_OURS, *_NOBODYS}
        inherited = {name: value for name, value in os.environ.items() if name not in left_out}
        variables = {**inherited, **_TRUECOLOR, **(environ or {})}
        width_px, height_px = columns * CELL_PX[0], lines * CELL_PX[1]
        size = struct.pack("HHHH", lines, columns, width_px, height_px)
        self._answers = dict(answers or {})
        self._asked = b""
        self.written = bytearray()
        """All that was read."""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            os.execvpe(command[0], list(command), variables)

    def take(self, patience_s: float) -> bytes:
        """The next piece that is written; empty when nothing comes for so long."""
        if not select.select([self.fd], [], [], patience_s)[0]:
            return b""
        try:
            data = os.read(self.fd, 1 << 16)
        except OSError as error:
            said = self.written[-2000:].decode(errors="replace")
            raise RuntimeError(f"the command ended: {said}") from error
        self.written += data
        self._answer(data)
        return data

    def read(self, patience_s: float = QUIET_S, quiet_s: float = QUIET_S) -> tuple[int, float]:
        """Bytes until it is quiet, and seconds until the last of them."""
        started = last = time.perf_counter()
        count, limit_s = 0, patience_s
        while data := self.take(limit_s):
            last, limit_s = time.perf_counter(), quiet_s
            count += len(data)
        return count, last - started

    def text(self, patience_s: float = QUIET_S, quiet_s: float = QUIET_S) -> bytes:
        """What is written until it is quiet."""
        pieces, limit_s = [], patience_s
        while data := self.take(limit_s):
            pieces.append(data)
            limit_s = quiet_s
        return b"".join(pieces)

    def until(self, wanted: bytes, timeout_s: float = START_S) -> bytes:
        """What is written until `wanted` is among it."""
        deadline_s = time.monotonic() + timeout_s
        seen = b""
        while wanted not in seen:
            if time.monotonic() > deadline_s:
                raise AssertionError(f"waited {timeout_s:g} s for {wanted!r}: {seen[-500:]!r}")
            seen += self.take(deadline_s - time.monotonic())
        return seen

    def until_times(self, wanted: bytes, times: int) -> int:
        """All bytes until `wanted` was written so often."""
        deadline_s = time.monotonic() + START_S
        while self.written.count(wanted) < times:
            if time.monotonic() > deadline_s:
                raise AssertionError(f"{wanted!r} did not come {times} times")
            self.take(deadline_s - time.monotonic())
        return len(self.written)

    def write(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self.fd, keys)

    def key(self, key: bytes, quiet_s: float = QUIET_S) -> tuple[int, float]:
        """Press a key; the bytes it costs, and seconds until the last of them."""
        self.write(key)
        return self.read(quiet_s=quiet_s)

    def close(self) -> None:
        """End the command."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)

    def _answer(self, data: bytes) -> None:
        if not self._answers:
            return
        # A query may lie across two pieces.
        self._asked += data
        found = True
        while found:
            places = [(self._asked.find(query), query) for query in self._answers]
            found = any(place >= 0 for place, _ in places)
            if found:
                place, query = min(known for known in places if known[0] >= 0)
                self.write(self._answers[query])
                self._asked = self._asked[place + len(query) :]
        self._asked = self._asked[-max(map(len, self._answers)) :]


@contextmanager
def running(
    command: Sequence[str],
    *,
    environ: Mapping[str, str] | None = None,
    answers: Mapping[bytes, bytes] | None = None,
) -> Iterator[tuple[PtyTerminal, int]]:
    """A command that has drawn its first screen, and the bytes that took."""
    terminal = PtyTerminal(command, environ=environ, answers=answers)
    try:
        first = terminal.read(START_S, FIRST_QUIET_S)[0]
        yield terminal, first
    finally:
        terminal.close()
