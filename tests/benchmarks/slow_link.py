"""A slow link between a pty and the person: its rate, its delay, and what waits in between."""

from __future__ import annotations

import select
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.benchmarks.pty_terminal import PtyTerminal

SOCKET_BYTES = 256 * 1024
"""What SSH and TCP take off an app's hands before they make it wait."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Some bytes that have reached the person."""

    at_s: float
    data: bytes


@dataclass(slots=True)
class SlowLink:
    """Carries keys to a terminal and what it writes back to the person.

    Bytes leave one after the other at `bytes_per_s` and arrive `delay_s` later; keys arrive
    `delay_s` later. While more than `buffer_bytes` wait, nothing is taken from the app.
    """

    terminal: PtyTerminal
    bytes_per_s: float
    delay_s: float
    buffer_bytes: int = SOCKET_BYTES
    arrivals: list[Arrival] = field(default_factory=list)
    _free_at_s: float = 0.0

    def hold(self, keys: Sequence[bytes], keys_per_s: float) -> list[float]:
        """Press keys one after the other, and read until it is quiet; when each was pressed."""
        start_s, count = time.perf_counter(), len(keys)
        pressed = [start_s + index / keys_per_s for index in range(count)]
        due = [at_s + self.delay_s for at_s in pressed]
        delivered = 0
        quiet_at_s = due[-1] + 1.0
        while (now_s := time.perf_counter()) < quiet_at_s:
            while delivered < count and due[delivered] <= now_s:
                self.terminal.write(keys[delivered])
                delivered += 1
            next_s = due[delivered] if delivered < count else quiet_at_s
            if self._take(now_s, next_s - now_s):
                quiet_at_s = max(quiet_at_s, time.perf_counter() + 1.0)
        return pressed

    def _take(self, now_s: float, wait_s: float) -> bool:
        """Carry one piece, if there is one and room for it."""
        waiting = (self._free_at_s - now_s) * self.bytes_per_s
        if waiting > self.buffer_bytes:
            time.sleep(min(wait_s, (waiting - self.buffer_bytes) / self.bytes_per_s))
            return True
        if not select.select([self.terminal.fd], [], [], max(0.0, wait_s))[0]:
            return False
        data = self.terminal.take(0.0)
        self._free_at_s = max(self._free_at_s, time.perf_counter()) + len(data) / self.bytes_per_s
        self.arrivals.append(Arrival(self._free_at_s + self.delay_s, data))
        return True
