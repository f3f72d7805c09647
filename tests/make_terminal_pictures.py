"""Take pictures of the Tagging screen in real terminals: `screenshots/terminal-*.png`.

    python -m tests.make_terminal_pictures [FOLDER]

Kitty (0.31 or newer, 0.35.2 was used) and xterm run on a screen of their own (Xvfb), are typed into
by xdotool and photographed by ImageMagick. All but Kitty are as in Debian 12: xterm, tmux, xvfb,
xdotool, imagemagick, libgl1-mesa-dri. Its Kitty is 0.26.5, which gets half blocks.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DISPLAY = ":97"
SIZE_PX = (1200, 860)
OPENING_S = 6.0
"""From the start of a terminal without a graphics card to the app's first screen."""
STEP_S = 1.5
COLOURS = 200
PROGRAMS = ("Xvfb", "kitty", "xterm", "tmux", "xdotool", "import", "convert")
TMUX_OPTIONS = """\
set -g allow-passthrough on
set -as terminal-features ",*:RGB"
set -g status off
"""


@dataclass(frozen=True, slots=True)
class Picture:
    """What runs in which terminal, and the keys pressed before it is photographed."""

    name: str
    terminal: str
    graphics: str
    keys: tuple[str, ...]


# Images, the tenth picture, its first region.
TAGGING = (*["Right"] * 9, "Return", "Tab")
PICTURES = (
    Picture("kitty", "kitty", "auto", TAGGING),
    Picture("kitty-pointing", "kitty", "auto", (*TAGGING, "space", "k")),
    Picture("kitty-tmux", "tmux", "auto", TAGGING),
    Picture("placeholder", "kitty", "placeholder", TAGGING),
    Picture("half", "kitty", "half", TAGGING),
    Picture("quadrant", "kitty", "quadrant", TAGGING),
    Picture("sextant", "kitty", "sextant", TAGGING),
    Picture("sixel", "xterm", "auto", (*TAGGING, "V")),
)


def command(picture: Picture, home: Path) -> list[str]:
    """The terminal with the app in it."""
    app = [sys.executable, "-m", "tui_detect", "--home", str(home), "--graphics", picture.graphics]
    if picture.terminal in ("kitty", "tmux"):
        options = {
            "remember_window_size": "no",
            "initial_window_width": str(SIZE_PX[0]),
            "initial_window_height": str(SIZE_PX[1]),
            "update_check_interval": "0",
            "font_size": "11",
        }
        chosen = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        tmux = ["tmux", "-L", "pictures", "-f", str(home.parent / "tmux.conf"), "new"]
        inside = [*tmux, shlex.join(app)] if picture.terminal == "tmux" else app
        return ["kitty", "--config", "NONE", *chosen, *inside]
    return [
        *("xterm", "-ti", "vt340", "-geometry", "120x40+0+0", "-fa", "Monospace", "-fs", "10"),
        *("-bg", "black", "-fg", "white", "-e", *app),
    ]


@contextmanager
def display() -> Iterator[dict[str, str]]:
    """A screen that nobody sees; the environment for what runs on it."""
    width, height = SIZE_PX
    screen = f"{width}x{height}x24"
    server = subprocess.Popen(["Xvfb", DISPLAY, "-screen", "0", screen], stderr=subprocess.DEVNULL)
    try:
        time.sleep(1.0)
        yield {**os.environ, "DISPLAY": DISPLAY, "LIBGL_ALWAYS_SOFTWARE": "1", "TZ": "UTC"}
    finally:
        server.terminate()
        server.wait()


def photograph(picture: Picture, home: Path, target: Path, environ: dict[str, str]) -> None:
    """Open the app, press the keys, keep what is on the screen."""
    environ = {name: value for name, value in environ.items() if name not in ("TMUX", "COLORTERM")}
    running = subprocess.Popen(command(picture, home), env=environ, stderr=subprocess.DEVNULL)
    try:
        time.sleep(OPENING_S)
        # The first project, then its images.
        press(("Return",), environ)
        time.sleep(STEP_S)
        press(picture.keys, environ)
        time.sleep(2 * STEP_S)
        shot = target.with_suffix(".raw.png")
        subprocess.run(["import", "-window", "root", str(shot)], env=environ, check=True)
        few = ["+dither", "-colors", str(COLOURS)]
        subprocess.run(["convert", str(shot), *few, f"PNG8:{target}"], check=True)
        shot.unlink()
    finally:
        running.terminate()
        running.wait()
        if picture.terminal == "tmux":
            subprocess.run(["tmux", "-L", "pictures", "kill-server"], check=False)


def press(keys: Sequence[str], environ: dict[str, str]) -> None:
    """Press keys one after another, named as X names them."""
    for key in keys:
        subprocess.run(["xdotool", "key", key], env=environ, check=True)
        time.sleep(0.3 if key == "Right" else STEP_S)


def main() -> int:
    """Take all pictures; 1 when a program is missing."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        sys.stderr.write(f"not installed: {', '.join(missing)}\n")
        return 1
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "screenshots"
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, display() as environ:
        home = Path(folder) / "home"
        make_library(home)
        for picture in PICTURES:
            path = target / f"terminal-{picture.name}.png"
            photograph(picture, home, path, environ)
            sys.stdout.write(f"{path}\n")
    return 0


def make_library(home: Path) -> None:
    """One project with drawn pictures and their boxes."""
    from tests.make_screenshots import add_pictures
    from tui_detect.workflows.library import open_library
    from tui_detect.workflows.projects import create_project

    library = open_library(home)
    add_pictures(library, create_project(library, "hardware"), home.parent / "pictures")
    library.close()
    (home.parent / "tmux.conf").write_text(TMUX_OPTIONS)


if __name__ == "__main__":
    sys.exit(main())
