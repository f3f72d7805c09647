"""A pty whose master plays a terminal: it answers questions as a script says."""

from __future__ import annotations

import os
import select
import termios
import threading
import time
import tty
from collections.abc import Iterable
from types import TracebackType

LAST_QUESTION = b"\x1b[c"

KITTY = (
    b"\x1b_Gi=31;OK\x1b\\\x1bP>|kitty(0.35.2)\x1b\\\x1b[6;20;10t\x1bP1$r48:2:1:2:3m\x1b\\\x1b[?62;c"
)
GHOSTTY = (
    b"\x1b_Gi=31;OK\x1b\\\x1bP>|ghostty 1.3.1\x1b\\\x1b[6;34;16t"
    b"\x1bP1$r0;48:2::1:2:3m\x1b\\\x1b[?62;22;52c"
)
WEZTERM = (
    b"\x1b_Gi=31;OK\x1b\\\x1bP>|WezTerm 20240203-110809-5046fc22\x1b\\\x1b[6;16;8t"
    b"\x1bP1$r0;48:2::1:2:3m\x1b\\\x1b[?65;4;6;18;22c"
)
XTERM_SIXEL = (
    b"\x1bP>|XTerm(379)\x1b\\\x1b[6;13;6t\x1bP1$r0;48:2::1:2:3m\x1b\\\x1b[?63;1;2;4;6;9;15;22c"
)
OLD_XTERM = b"\x1b[?1;2c"


class FakeTerminal:
    """Answers the first questions asked; `answers` are pieces of bytes and pauses in seconds."""

    def __init__(self, answers: Iterable[bytes | float]) -> None:
        self.master, self.slave = os.openpty()
        self.asked = b""
        self._answers = answers
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._play)

    def __enter__(self) -> FakeTerminal:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._left.set()
        self._thread.join()
        os.close(self.master)
        os.close(self.slave)

    def _play(self) -> None:
        while LAST_QUESTION not in self.asked:
            if self._left.is_set():
                return
            if select.select([self.master], [], [], 0.01)[0]:
                self.asked += os.read(self.master, 4096)
        for answer in self._answers:
            if isinstance(answer, bytes):
                os.write(self.master, answer)
            else:
                time.sleep(answer)

    def all_said(self) -> None:
        """Wait until the whole script was played."""
        self._thread.join()

    def press(self, keys: bytes) -> None:
        """Type, now."""
        os.write(self.master, keys)

    def left_in_the_input(self, wait_s: float = 0.0) -> bytes:
        """What a program that reads the terminal next would get."""
        tty.setraw(self.slave, termios.TCSANOW)
        if not select.select([self.slave], [], [], wait_s)[0]:
            return b""
        return os.read(self.slave, 4096)
