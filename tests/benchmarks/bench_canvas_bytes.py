"""Bytes and time to move a box over a picture, through a pty of 120x40 in true colour.

The box is 30x14 cells and moves one cell at a time over the whole screen: with Textual as it is,
with our mend of its left crop, and by drawing the whole canvas again. Below: single keys on the
Tagging screen, lists, title and footer included.

    python -m tests.benchmarks.bench_canvas_bytes [PICTURE]
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.pty_terminal import COLUMNS, LINES, PtyTerminal, running

STEPS = 12
BUDGET = {"right": 2_400, "down": 3_500}
KEYS = {"right": b"l", "down": b"j"}
SCREEN_KEYS = (
    ("space: the key grid appears", b" "),
    ("s: first cell", b"s"),
    ("d: first corner", b"d"),
    ("k: second cell", b"k"),
    ("k: the box, saved", b"k"),
    ("l: one fine step, saved", b"l"),
    ("L: one coarse step, saved", b"L"),
    ("j: one fine step down, saved", b"j"),
    ("a: left edge out, saved", b"a"),
    ("u: undo", b"u"),
    ("2: another tag, saved", b"2"),
    ("n: next picture, read ahead", b"n"),
)


@contextmanager
def terminal(*arguments: str) -> Iterator[tuple[PtyTerminal, int]]:
    """A child of this file that has drawn its first picture, and the bytes that took."""
    with running([sys.executable, "-m", __spec__.name, "--child", *arguments]) as started:
        yield started


def main() -> None:
    """Measure and print the tables."""
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(sys.argv[1]) if len(sys.argv) > 1 else _noise(Path(folder))
        out = sys.stdout
        out.write(f"box of 30x14 cells, one cell a step, {COLUMNS}x{LINES} pty, half blocks\n")
        out.write(f"picture: {picture.name}; median of {STEPS} steps each way\n\n")
        out.write(f"{'':34}{'right':>12}{'down':>12}{'first':>12}{'last byte':>12}\n")
        rows = {
            name: _box_steps(how, picture)
            for how, name in (
                ("whole", "whole canvas again"),
                ("stock", "changed cells, Textual as it is"),
                ("ours", "changed cells, left crop mended"),
            )
        }
        for name, (right, down, first, seconds) in rows.items():
            figures = f"{right:10,.0f} B{down:10,.0f} B{first:10,} B{seconds * 1000:9.1f} ms"
            out.write(f"{name:34}{figures}\n")
        whole, _, ours = rows.values()
        out.write(f"{'ratio to the whole canvas':34}{whole[0] / ours[0]:11.0f}x")
        out.write(f"{whole[1] / ours[1]:11.0f}x\n")
        for way, reached in zip(BUDGET, ours, strict=False):
            verdict = "within" if reached <= BUDGET[way] else "ABOVE"
            out.write(f"{way}: {reached:,.0f} B, {verdict} the budget of {BUDGET[way]:,} B\n")
        _print_screen_keys(picture, folder)


def _box_steps(how: str, picture: Path) -> tuple[float, float, int, float]:
    with terminal(how, str(picture)) as (child, first):
        steps = {way: [child.key(key) for _ in range(STEPS)] for way, key in KEYS.items()}
    right, down = (statistics.median(count for count, _ in steps[way]) for way in KEYS)
    return right, down, first, statistics.median(s for way in KEYS for _, s in steps[way])


def _print_screen_keys(picture: Path, folder: str) -> None:
    out = sys.stdout
    out.write(
        f"\nthe Tagging screen, everything included\n\n{'':34}{'bytes':>12}{'last byte':>14}\n"
    )
    with terminal("screen", str(picture), folder) as (child, first):
        out.write(f"{'first picture':34}{first:10,} B\n")
        for name, key in SCREEN_KEYS:
            count, seconds = child.key(key)
            out.write(f"{name:34}{count:10,} B{seconds * 1000:11.1f} ms\n")


def _noise(folder: Path) -> Path:
    """A picture in which hardly two cells look alike: the dearest there is."""
    from PIL import Image

    chance = random.Random(11)
    small = Image.new("RGB", (160, 120))
    small.putdata([tuple(chance.randrange(256) for _ in range(3)) for _ in range(160 * 120)])
    path = folder / "noise.png"
    small.resize((640, 480), Image.Resampling.BICUBIC).save(path)
    return path


# --- the children -------------------------------------------------------------------------------


def _run_canvas(how: str, picture: Path) -> None:
    from PIL import Image
    from textual.app import App, ComposeResult
    from textual.binding import Binding

    from tui_detect.core.geometry import Box
    from tui_detect.core.view import place
    from tui_detect.ui import textual_patches
    from tui_detect.ui.graphics.overlay import Overlay, OverlayBox
    from tui_detect.ui.widgets.canvas import Canvas, PictureSource

    class BoxApp(App[None]):
        """A box on a picture that fills the terminal."""

        BINDINGS = [Binding(key.decode(), f"move('{way}')") for way, key in KEYS.items()]
        at = [4, 4]

        def compose(self) -> ComposeResult:
            yield Canvas()

        def on_mount(self) -> None:
            with Image.open(picture) as opened:
                source = PictureSource(picture, picture.name, *opened.size)
            self.query_one(Canvas).set_picture(source)
            self._draw()

        def action_move(self, way: str) -> None:
            self.at[0 if way == "right" else 1] += 1
            self._draw()
            if how == "whole":
                self.query_one(Canvas).refresh()

        def _draw(self) -> None:
            canvas = self.query_one(Canvas)
            area = place(canvas._view, canvas.frame)
            left, top = area.to_picture(area.column + self.at[0] + 0.5, area.row + self.at[1] + 0.5)
            box = Box(left, top, 29 / area.columns, 13 / area.rows)
            overlay = Overlay((OverlayBox(box, "#f94144", "a", "fork", "selected"),))
            canvas.set_overlay(overlay)

        def on_canvas_frame_changed(self) -> None:
            self._draw()

    if how == "ours":
        textual_patches.apply()
    BoxApp().run()


def _run_screen(picture: Path, folder: Path) -> None:
    import shutil

    from tui_detect.ui import textual_patches
    from tui_detect.ui.app import TuiDetectApp
    from tui_detect.ui.screens.tagging import TaggingScreen
    from tui_detect.workflows.adding import add_images
    from tui_detect.workflows.images import ImageQuery, image_ids
    from tui_detect.workflows.library import open_library
    from tui_detect.workflows.projects import create_project
    from tui_detect.workflows.tags import create_tag

    library = open_library(folder / "home")
    project = create_project(library, "bytes")
    for name in ("fork", "scissors"):
        create_tag(library, project.id, name)
    with (folder / f"second{picture.suffix}").open("wb") as second:
        shutil.copyfileobj(picture.open("rb"), second)
        second.write(b"\0")
    add_images(library, project.id, [picture, folder / f"second{picture.suffix}"])
    screen = TaggingScreen(image_ids(library, project.id, ImageQuery()))

    app = TuiDetectApp(library, mode="projects")

    async def open_screen() -> None:
        app.project = project
        await app.push_screen(screen)
        screen.action_tag("1")

    textual_patches.apply()
    app.call_later(open_screen)
    app.run()


if __name__ == "__main__":
    if sys.argv[1:2] != ["--child"]:
        main()
    else:
        from tui_detect.ui.abilities import prepare

        prepare()
        if sys.argv[2] == "screen":
            _run_screen(Path(sys.argv[3]), Path(sys.argv[4]))
        else:
            _run_canvas(sys.argv[2], Path(sys.argv[3]))
