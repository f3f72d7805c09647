"""New ids: UUIDs of version 7, whose text sorts in the order in which they were made."""

from __future__ import annotations

import os
import time
from threading import Lock
from uuid import UUID

_lock = Lock()
_last = 0


def new_uuid() -> str:
    """An id that sorts behind every other one that this process made.

    RFC 9562, section 5.7 with method 1 of section 6.2: 48 bits of milliseconds, a 12-bit counter
    that borrows from the next millisecond when it runs over, 62 random bits.
    """
    global _last
    with _lock:
        _last = max(_last + 1, time.time_ns() // 1_000_000 << 12)
        clock = _last
    random = int.from_bytes(os.urandom(8), "big") & (1 << 62) - 1
    milliseconds, counter = clock >> 12, clock & 0xFFF
    return str(UUID(int=milliseconds << 80 | 7 << 76 | counter << 64 | 2 << 62 | random))
