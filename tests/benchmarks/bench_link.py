"""Holding an arrow over a link of 1 Mbit/s and 200 ms: keys kept up with, and the lag afterwards.

The Tagging screen under a pty of 120x40 in true colour, a box of some 30 by 14 cells, 30 keys a
second. The link takes bytes at its rate, and keeps as many waiting as SSH does (256 kB), or nearly
none (4 kB). A key counts when the edit it made (`↶ n` in the title) has arrived. Beside it: a
canvas that is sent as a whole for each key.

    python -m tests.benchmarks.bench_link [SECONDS]
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from tests.benchmarks import bench_canvas_bytes
from tests.benchmarks.noise import noise
from tests.benchmarks.pty_terminal import COLUMNS, LINES, PtyTerminal
from tests.benchmarks.slow_link import SOCKET_BYTES, SlowLink
from tests.benchmarks.tagging_terminal import make_library, tagging

BYTES_PER_S = 1e6 / 8
ROUND_TRIP_S = 0.2
KEYS_PER_S = 30
FRAME_S = 1 / 60
TARGET_KEYS_PER_S = 20
TARGET_LAG_S = ROUND_TRIP_S + FRAME_S
"""Beyond the way there and back of the last key."""
BOX = (b" ", b"r", b"f", b"i", b"k")
SWEEPS = {"right, left": (b"l", b"h", 25), "down, up": (b"j", b"k", 15), "far": (b"L", b"H", 10)}
"""There and back, so often each: a box that has reached the border would cost nothing."""
NEARLY_NONE = 4096
UNDO_COUNT = re.compile("↶ ([0-9]+)".encode())


@dataclass(frozen=True, slots=True)
class Held:
    """What came of holding a key."""

    steps: int
    """Keys whose effect the person has seen."""
    seconds: float
    """From the first key to the last byte, without the round trip."""
    lag_s: float
    """From the last key to the last byte, beyond the round trip."""
    bytes_per_key: float
    pieces: int

    @property
    def steps_per_s(self) -> float:
        """Keys that had their effect on the screen, in each second."""
        return self.steps / self.seconds


def main() -> None:
    """Measure and print the table."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 5.0
    count = round(seconds * KEYS_PER_S)
    out = sys.stdout
    out.write(f"{COLUMNS}x{LINES} pty, half blocks, {KEYS_PER_S} keys/s held for {seconds:g} s, ")
    out.write(f"{BYTES_PER_S * 8 / 1e6:g} Mbit/s, {ROUND_TRIP_S * 1000:g} ms there and back\n")
    out.write(f"command: python -m tests.benchmarks.bench_link {seconds:g}\n\n")
    out.write(f"{'':34}{'keys/s':>8}{'lag':>11}{'bytes/key':>12}{'pieces':>8}\n")
    ours: list[Held] = []
    with tempfile.TemporaryDirectory() as folder:
        picture = noise(Path(folder))
        make_library(Path(folder) / "home", [picture])
        with tagging(Path(folder) / "home") as screen:
            for key in BOX:
                screen.key(key)
            for buffer_bytes in (SOCKET_BYTES, NEARLY_NONE):
                for name, sweep in SWEEPS.items():
                    held = _held(screen, _sweeping(*sweep, count), buffer_bytes)
                    ours.append(held)
                    _print_row(f"{name}, {buffer_bytes // 1024} kB may wait", held)
        with bench_canvas_bytes.canvas("whole", picture) as (canvas, _):
            held = _held(canvas, [b"l"] * KEYS_PER_S, SOCKET_BYTES)
            _print_row("whole canvas, one second of keys", held)
    slowest, lag_s = min(held.steps_per_s for held in ours), max(held.lag_s for held in ours)
    enough, none = slowest >= TARGET_KEYS_PER_S, lag_s <= TARGET_LAG_S
    out.write(f"\n{slowest:.1f} keys/s or more, {_verdict(enough)} {TARGET_KEYS_PER_S}; ")
    out.write(f"lag {lag_s * 1000:.0f} ms at most, {_verdict(none)} {TARGET_LAG_S * 1000:.0f} ms\n")


def _sweeping(there: bytes, back: bytes, steps: int, count: int) -> list[bytes]:
    turns = ceil(count / (2 * steps))
    return ([there] * steps + [back] * steps) * turns


def _held(terminal: PtyTerminal, keys: Sequence[bytes], buffer_bytes: int) -> Held:
    link = SlowLink(terminal, BYTES_PER_S, ROUND_TRIP_S / 2, buffer_bytes)
    before = _undo_count(bytes(terminal.written))
    pressed = link.hold(keys, KEYS_PER_S)
    written = b"".join(arrival.data for arrival in link.arrivals)
    after = _undo_count(written)
    # The bare canvas counts nothing, and takes every key.
    steps = len(keys) if before is None or after is None else after - before
    last_s = link.arrivals[-1].at_s - ROUND_TRIP_S
    size = len(written) / len(keys)
    return Held(steps, last_s - pressed[0], last_s - pressed[-1], size, len(link.arrivals))


def _undo_count(written: bytes) -> int | None:
    found = UNDO_COUNT.findall(written)
    return int(found[-1]) if found else None


def _print_row(name: str, held: Held) -> None:
    figures = f"{held.steps_per_s:8.1f}{held.lag_s * 1000:8.0f} ms{held.bytes_per_key:12,.0f}"
    sys.stdout.write(f"{name:34}{figures}{held.pieces:8}\n")


def _verdict(met: bool) -> str:
    return "within" if met else "MISSED"


if __name__ == "__main__":
    main()
