"""Bytes and time to move a box over a picture, through a pty of 120x40 in true colour.

The box is 30x14 cells and moves one cell at a time over the whole screen: as the app does it, by
Textual with and without our mend of its left crop, by drawing the whole canvas again, and by giving
textual-image another picture. Below: single keys on the Tagging screen, lists, title and footer
included.

    python -m tests.benchmarks.bench_canvas_bytes [PICTURE]
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

from tests.benchmarks.box_app import KEYS, run_box_app, run_resending_app
from tests.benchmarks.noise import noise
from tests.benchmarks.pty_terminal import COLUMNS, LINES, PtyTerminal, child_of, running

STEPS = 12
BUDGET = {"right": 2_400, "down": 3_500}
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


def main() -> None:
    """Measure and print the tables."""
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(sys.argv[1]) if len(sys.argv) > 1 else noise(Path(folder))
        out = sys.stdout
        out.write(f"box of 30x14 cells, one cell a step, {COLUMNS}x{LINES} pty, half blocks\n")
        out.write(f"picture: {picture.name}; median of {STEPS} steps each way\n\n")
        out.write(f"{'':38}{'right':>12}{'down':>12}{'first':>12}{'last byte':>12}\n")
        rows = {
            name: _box_steps(how, picture)
            for how, name in (
                ("whole", "whole canvas again"),
                ("resend", "textual-image's half cells again"),
                ("stock", "changed cells by Textual as it is"),
                ("mended", "by Textual with its left crop mended"),
                ("ours", "written past Textual"),
            )
        }
        for name, (right, down, first, seconds) in rows.items():
            figures = f"{right:10,.0f} B{down:10,.0f} B{first:10,} B{seconds * 1000:9.1f} ms"
            out.write(f"{name:38}{figures}\n")
        whole, resend, *_, ours = rows.values()
        for name, other in (("ratio to the whole canvas", whole), ("to textual-image", resend)):
            out.write(f"{name:38}{other[0] / ours[0]:11.0f}x{other[1] / ours[1]:11.0f}x\n")
        for way, reached in zip(BUDGET, ours, strict=False):
            verdict = "within" if reached <= BUDGET[way] else "ABOVE"
            out.write(f"{way}: {reached:,.0f} B, {verdict} the budget of {BUDGET[way]:,} B\n")
        _print_screen_keys(picture, folder)


def canvas(how: str, picture: Path) -> AbstractContextManager[tuple[PtyTerminal, int]]:
    """A picture that fills the terminal; `whole`, `resend`, `stock`, `mended` or `ours`."""
    return running(child_of("tests.benchmarks.bench_canvas_bytes", how, str(picture)))


def _box_steps(how: str, picture: Path) -> tuple[float, float, int, float]:
    with canvas(how, picture) as (child, first):
        steps = {way: [child.key(key) for _ in range(STEPS)] for way, key in KEYS.items()}
    right, down = (statistics.median(count for count, _ in steps[way]) for way in KEYS)
    return right, down, first, statistics.median(s for way in KEYS for _, s in steps[way])


def _print_screen_keys(picture: Path, folder: str) -> None:
    out = sys.stdout
    out.write(
        f"\nthe Tagging screen, everything included\n\n{'':34}{'bytes':>12}{'last byte':>14}\n"
    )
    command = child_of(__spec__.name, "screen", str(picture), folder)
    with running(command) as (child, first):
        out.write(f"{'first picture':34}{first:10,} B\n")
        for name, key in SCREEN_KEYS:
            count, seconds = child.key(key)
            out.write(f"{name:34}{count:10,} B{seconds * 1000:11.1f} ms\n")


# --- the children -------------------------------------------------------------------------------


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
    elif sys.argv[2] == "screen":
        from tui_detect.ui.abilities import prepare

        prepare()
        _run_screen(Path(sys.argv[3]), Path(sys.argv[4]))
    elif sys.argv[2] == "resend":
        run_resending_app(Path(sys.argv[3]), "HalfcellImage")
    else:
        how = sys.argv[2]
        run_box_app(
            Path(sys.argv[3]),
            mended=how != "stock",
            direct=how == "ours",
            all_again=how == "whole",
        )
