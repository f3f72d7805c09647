"""Bytes and time to move a box over a picture in pixels, by Kitty's protocol, at a pty of 120x40.

The pty answers as Kitty does; through tmux, what its client writes is counted. Beside them half
blocks, and the picture with the box drawn into it sent again at each key by textual-image.

    python -m tests.benchmarks.bench_kitty_bytes [PICTURE]
"""

from __future__ import annotations

import re
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.box_app import KEYS, run_box_app, run_resending_app
from tests.benchmarks.noise import noise
from tests.benchmarks.pty_terminal import COLUMNS, KITTY_ANSWERS, LINES, child_of, running

STEPS = 12
STEP_BUDGETS = {"kitty": 300, "kitty-tmux": 450}
FIRST_BUDGET = 150_000
NAMES = {
    "half": "half blocks",
    "kitty": "Kitty",
    "kitty-tmux": "Kitty through tmux",
    "placeholder": "placeholders",
    "resend": "textual-image, sent again",
}
PICTURE = re.compile(rb"a=t,f=100,i=\d+,m=1")
"""A picture begins; lines fit in one piece."""
TMUX_OPTIONS = """\
set -g allow-passthrough on
set -as terminal-features ",*:RGB"
set -g status off
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of one way to draw."""

    right: float
    down: float
    first: int
    """Bytes until the picture is recognisable."""
    in_all: int
    """Bytes until it is as sharp as it gets."""
    elapsed_s: float


def main() -> None:
    """Measure and print the table."""
    out = sys.stdout
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(sys.argv[1]) if len(sys.argv) > 1 else noise(Path(folder))
        out.write(f"box of 30x14 cells, one cell a step, {COLUMNS}x{LINES} pty of 10x20 px cells\n")
        out.write(f"picture: {picture.name}; median of {STEPS} steps each way\n\n")
        head = ("right", "down", "first", "sharp", "last byte", "fewer")
        out.write(f"{'':28}" + "".join(f"{word:>13}" for word in head) + "\n")
        figures = {
            graphics: _measure(graphics, picture, Path(folder))
            for graphics in NAMES
            if _is_installed(graphics)
        }
    reference = figures.get("resend")
    for graphics, each in figures.items():
        out.write(f"{NAMES[graphics]:28}{each.right:11,.0f} B{each.down:11,.0f} B")
        out.write(f"{each.first:11,} B{each.in_all:11,} B{each.elapsed_s * 1000:10.1f} ms")
        out.write(f"{reference.right / each.right:12,.0f}x\n" if reference is not None else "\n")
    for graphics, budget in STEP_BUDGETS.items():
        if graphics in figures:
            most = max(figures[graphics].right, figures[graphics].down)
            out.write(_verdict(f"{NAMES[graphics]}, a step", most, budget))
    out.write(_verdict("Kitty, the first picture", figures["kitty"].first, FIRST_BUDGET))


def _verdict(what: str, reached: float, budget: int) -> str:
    verdict = "within" if reached <= budget else "ABOVE"
    return f"{what}: {reached:,.0f} B, {verdict} the budget of {budget:,} B\n"


def _is_installed(graphics: str) -> bool:
    if graphics == "kitty-tmux":
        return shutil.which("tmux") is not None
    if graphics == "resend":
        from importlib.util import find_spec

        return find_spec("textual_image") is not None
    return True


@contextmanager
def inside_tmux(command: Sequence[str], folder: Path) -> Iterator[Sequence[str]]:
    """The command that runs another one in a tmux server of its own, which ends afterwards."""
    # A socket's path may be no longer than about 100 characters.
    with tempfile.TemporaryDirectory() as short:
        socket, options = f"{short}/s", folder / "tmux.conf"
        options.write_text(TMUX_OPTIONS)
        try:
            yield ["tmux", "-S", socket, "-f", str(options), "new", shlex.join(command)]
        finally:
            subprocess.run(["tmux", "-S", socket, "kill-server"], check=False)


def _measure(graphics: str, picture: Path, folder: Path) -> Figures:
    command = child_of(__spec__.name, graphics, str(picture))
    if graphics == "kitty-tmux":
        with inside_tmux(command, folder) as wrapped:
            return _measure_steps(wrapped)
    return _measure_steps(command)


def _measure_steps(command: Sequence[str]) -> Figures:
    with running(command, answers=KITTY_ANSWERS) as (child, in_all):
        starts = [match.start() for match in PICTURE.finditer(child.written)]
        first = starts[1] if len(starts) > 1 else in_all
        steps = {way: [child.key(key) for _ in range(STEPS)] for way, key in KEYS.items()}
    right, down = (statistics.median(count for count, _ in steps[way]) for way in KEYS)
    elapsed_s = statistics.median(seconds for way in KEYS for _, seconds in steps[way])
    return Figures(right, down, first, in_all, elapsed_s)


# --- the children -------------------------------------------------------------------------------


if __name__ == "__main__":
    if sys.argv[1:2] != ["--child"]:
        main()
    elif sys.argv[2] == "resend":
        run_resending_app(Path(sys.argv[3]), "TGPImage")
    else:
        run_box_app(Path(sys.argv[3]), sys.argv[2])
