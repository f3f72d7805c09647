"""Time from process start to the first usable frame: the app beside a bare Textual app.

Both run under a pty of 120x40 in turn, several times; a frame counts when the last text that it
needs has arrived: the project's row and the keys of the footer, or the bare app's one line. The
pty answers what the terminal is asked, as every real one does; once more at 250 ms, as over a long
link, and once not at all.

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
QUESTION, ANSWER = b"\x1b[c", b"\x1bP>|XTerm(379)\x1b\\\x1b[6;20;10t\x1b[?64;22c"
LINKS: dict[str, float | None] = {
    "tui-detect": 0.0,
    "answers in 250 ms": 0.25,
    "no answer": None,
}
"""Seconds until the terminal answers."""


def first_frame_s(
    command: list[str],
    needed: list[bytes],
    environ: dict[str, str],
    answer_after_s: float | None = 0.0,
) -> float:
    """Seconds from the start of `command` until all of `needed` were written to its terminal."""
    started = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvpe(command[0], command, environ)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    seen, answer_at_s = b"", None
    try:
        while not all(text in seen for text in needed):
            if time.perf_counter() - started > TIMEOUT_S:
                raise TimeoutError(f"{command} did not show {needed}: {seen[-500:]!r}")
            now_s = time.perf_counter()
            if answer_after_s is not None and answer_at_s is None and QUESTION in seen:
                answer_at_s = now_s + answer_after_s
            if answer_at_s is not None and now_s >= answer_at_s:
                os.write(terminal, ANSWER)
                answer_after_s = answer_at_s = None
            wait_s = 1.0 if answer_at_s is None else max(answer_at_s - now_s, 0)
            if select.select([terminal], [], [], wait_s)[0]:
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
        times: dict[str, list[float]] = {name: [] for name in ("bare Textual app", *LINKS)}
        for index in range(runs + 1):
            bare_s = first_frame_s(bare, [b"a bare app is ready"], environ)
            ours_s = [
                first_frame_s(ours, [b"cutlery", b"new project"], environ, answer_after_s)
                for answer_after_s in LINKS.values()
            ]
            # The first round fills the caches of the disk and of compiled modules.
            if index:
                for name, seconds in zip(times, (bare_s, *ours_s), strict=True):
                    times[name].append(seconds)
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
