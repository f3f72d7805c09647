"""From a key to the last byte it causes: a box step beside one cell of bare Textual.

All under a pty of 120x40 in true colour, keys in turn, so that whatever else the machine does
meets all of them alike. The box is stepped on a canvas that fills the terminal, and on the Tagging
screen with everything that belongs to it: the edit is saved before it is shown, and title and
lists follow. What saving alone takes on this disk is measured in the same minute.

    python -m tests.benchmarks.bench_latency [KEYS]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.benchmarks.noise import noise
from tests.benchmarks.pty_terminal import COLUMNS, LINES, START_S, PtyTerminal, running
from tests.benchmarks.tagging_terminal import make_library, tagging

KEYS = 200
QUIET_S = 0.1
TARGET_RATIO = 2.0
TARGET_P95_S = 0.025
BARE = """
from textual.app import App
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget
from rich.segment import Segment

class Cell(Widget):
    at = 0
    def render_line(self, y):
        return Strip([Segment(str((self.at + y) % 10) * self.size.width)])

class Bare(App):
    def compose(self):
        yield Cell()
    def on_key(self):
        cell = self.query_one(Cell)
        cell.at += 1
        cell.refresh(Region(3, 3, 1, 1))

Bare().run()
"""
CANVAS = """
import sys
from pathlib import Path
from tui_detect.ui.abilities import prepare
prepare()
from textual.app import App
from tui_detect.core.geometry import Box
from tui_detect.ui import textual_patches
from tui_detect.ui.graphics.overlay import Overlay, OverlayBox
from tui_detect.ui.widgets.canvas import Canvas, PictureSource

class BoxApp(App):
    at = 0
    def compose(self):
        yield Canvas()
    def on_mount(self):
        self.query_one(Canvas).set_picture(PictureSource(Path(sys.argv[1]), "noise", 640, 480))
    def on_key(self, event):
        self.at += 1
        step = self.at % 20 if self.at % 40 < 20 else 20 - self.at % 20
        x, y = (step, 0) if event.key == "l" else (0, step)
        box = Box((10 + x + 0.5) / 107, (8 + y / 2 + 0.5) / 40, 29 / 107, 13 / 40)
        overlay = Overlay((OverlayBox(box, "#f94144", "a", "fork", "selected"),))
        self.query_one(Canvas).set_overlay(overlay)

textual_patches.apply()
BoxApp().run()
"""
BOX = (b" ", b"r", b"f", b"i", b"k")
"""The corners of a box of some 30 by 14 cells."""


def main() -> None:
    """Measure and print the table."""
    keys = int(sys.argv[1]) if len(sys.argv) > 1 else KEYS
    with tempfile.TemporaryDirectory() as folder:
        picture = noise(Path(folder))
        make_library(Path(folder) / "home", [picture])
        with (
            running([sys.executable, "-c", BARE]) as (bare, _),
            running([sys.executable, "-c", CANVAS, str(picture)]) as (canvas, _),
            tagging(Path(folder) / "home") as screen,
        ):
            for key in BOX:
                screen.key(key)
            times = _in_turn(keys, bare, canvas, screen)
            saving = _saving(Path(folder) / "beside", keys)
    _report(times, saving, keys)


def _saving(home: Path, keys: int) -> list[float]:
    """Seconds to save one step of a box, without any screen."""
    from tests.library import add_pictures, tag_image
    from tui_detect.core.edits import Edit, RegionChange
    from tui_detect.workflows.library import open_library
    from tui_detect.workflows.projects import create_project
    from tui_detect.workflows.tagging import save_edit
    from tui_detect.workflows.tags import create_tag

    library = open_library(home)
    project = create_project(library, "saving")
    (image,) = add_pictures(library, project, home / "pictures", 1)
    (region,) = tag_image(library, image, create_tag(library, project.id, "fork"))
    times: list[float] = []
    for index in range(keys):
        moved = replace(region, box=region.box.moved(0.01 if index % 2 else -0.01, 0.0))
        edit = Edit("move", (RegionChange(region, moved),), True, True)
        started = time.perf_counter()
        save_edit(library, image.id, edit)
        times.append(time.perf_counter() - started)
        region = moved
    library.close()
    return times


def _in_turn(
    keys: int, bare: PtyTerminal, canvas: PtyTerminal, screen: PtyTerminal
) -> dict[str, list[float]]:
    """Seconds to the last byte of each key."""
    ways: dict[str, tuple[PtyTerminal, Sequence[bytes]]] = {
        "bare Textual, one cell": (bare, (b"x",)),
        "box step on the canvas": (canvas, (b"l",)),
        "on the screen, right or left": (screen, (b"l", b"h")),
        "on the screen, down or up": (screen, (b"j", b"k")),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for index in range(keys):
        for name, (terminal, pressed) in ways.items():
            key = pressed[index % 20 * len(pressed) // 20]
            count, seconds = terminal.key(key, QUIET_S)
            if not count:
                raise RuntimeError(f"{name}: key {key!r} had no effect within {START_S:g} s")
            times[name].append(seconds)
    return times


def _report(times: dict[str, list[float]], saving: list[float], keys: int) -> None:
    out = sys.stdout
    out.write(f"key to last byte, {COLUMNS}x{LINES} pty, half blocks, {keys} keys each, in turn\n")
    out.write(f"command: python -m tests.benchmarks.bench_latency {keys}\n\n")
    out.write(f"{'':30}{'median':>11}{'95th':>11}{'ratio':>9}\n")
    bare, canvas, *screen = times
    reference = statistics.median(times[bare])
    for name, seconds in times.items():
        median = statistics.median(seconds)
        figures = f"{median * 1000:8.1f} ms{_p95(seconds) * 1000:8.1f} ms"
        out.write(f"{name:30}{figures}{median / reference:8.2f}x\n")
    saved = statistics.median(saving)
    out.write(f"{'of that, saving the edit':30}{saved * 1000:8.1f} ms\n\n")
    ratio = statistics.median(times[canvas]) / reference
    out.write(f"box step on the canvas: {ratio:.2f} times bare Textual, ")
    out.write(f"{_verdict(ratio <= TARGET_RATIO)} {TARGET_RATIO:g}\n")
    steps = [value for name in screen for value in times[name]]
    drawn = (statistics.median(steps) - saved) / reference
    out.write(f"on the screen, without the saving: {drawn:.2f} times; ")
    out.write(f"with it, 95th {_p95(steps) * 1000:.1f} ms, ")
    out.write(f"{_verdict(_p95(steps) <= TARGET_P95_S)} {TARGET_P95_S * 1000:g} ms\n")


def _p95(seconds: Sequence[float]) -> float:
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1]


def _verdict(met: bool) -> str:
    return "within" if met else "ABOVE"


if __name__ == "__main__":
    main()
