"""Time from process start to the first usable frame: the app beside a bare Textual app.

Both run under a pty of 120x40 in turn, several times; a frame counts when the last text that it
needs has arrived: the project's row and the keys of the footer, or the bare app's one line.

    python -m tests.benchmarks.bench_first_frame [RUNS]
"""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

TARGET_RATIO = 1.5
BARE = """
from textual.app import App
from textual.widgets import Static

class Bare(App):
    def compose(self):
        yield Static("a bare app is ready")

Bare().run()
"""
COLUMNS, LINES = 120, 40
TIMEOUT_S = 30.0


def first_frame_s(command: list[str], needed: list[bytes], environ: dict[str, str]) -> float:
    """Seconds from the start of `command` until all of `needed` were written to its terminal."""
    started = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(command[0], command, environ)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    seen = b""
    try:
        while not all(text in seen for text in needed):
            if time.perf_counter() - started > TIMEOUT_S:
                raise TimeoutError(f"{command} did not show {needed}: {seen[-500:]!r}")
            ready, _, _ = select.select([terminal], [], [], 1.0)
            if ready:
                seen += os.read(terminal, 65536)
        return time.perf_counter() - started
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)


def main() -> None:
    """Measure both and print the table."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    with tempfile.TemporaryDirectory() as home:
        environ = {
            **os.environ,
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "TUI_DETECT_HOME": home,
        }
        from tui_detect.workflows.library import open_library
        from tui_detect.workflows.projects import create_project

        library = open_library(Path(home))
        create_project(library, "cutlery")
        library.close()
        bare = [sys.executable, "-c", BARE]
        ours = [sys.executable, "-m", "tui_detect"]
        times: dict[str, list[float]] = {"bare Textual app": [], "tui-detect": []}
        for index in range(runs + 1):
            bare_s = first_frame_s(bare, [b"a bare app is ready"], environ)
            ours_s = first_frame_s(ours, [b"cutlery", b"new project"], environ)
            # The first round fills the caches of the disk and of compiled modules.
            if index:
                times["bare Textual app"].append(bare_s)
                times["tui-detect"].append(ours_s)
    report(times, runs)


def report(times: dict[str, list[float]], runs: int) -> None:
    """Print medians, spreads and the ratio."""
    out = sys.stdout
    out.write(f"first usable frame, {COLUMNS}x{LINES} pty, {runs} runs in turn\n")
    out.write(f"command: {sys.executable} -m tests.benchmarks.bench_first_frame {runs}\n\n")
    out.write(f"{'':18}{'median':>10}{'fastest':>10}{'slowest':>10}\n")
    for name, seconds in times.items():
        row = (statistics.median(seconds), min(seconds), max(seconds))
        out.write(f"{name:18}" + "".join(f"{value * 1000:7.0f} ms" for value in row) + "\n")
    ours, bare = (statistics.median(times[name]) for name in ("tui-detect", "bare Textual app"))
    verdict = "within" if ours / bare <= TARGET_RATIO else "ABOVE"
    out.write(f"\nratio {ours / bare:.2f}, {verdict} the target of {TARGET_RATIO}\n")


if __name__ == "__main__":
    main()
