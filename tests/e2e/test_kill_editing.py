"""Killed at any moment while somebody edits, the app has lost nothing that it has shown."""

from __future__ import annotations

import os
import pty
import random
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.editing_child import digest
from tests.library import add_pictures
from tui_detect.core.edits import Tagging, apply_edit
from tui_detect.core.model import Image, Project
from tui_detect.workflows import tagging
from tui_detect.workflows.library import Library, open_library
from tui_detect.workflows.tags import create_tag

SESSION_KILLS = 180
APP_KILLS = 20
IMAGES = 3
LONGEST_S = 0.02
"""How long after its first edit a process lives, at most."""
LONGEST_EDIT_S = 0.003
SHOWN_EDITS = re.compile("↶ ([0-9]+)")
APP_KEYS = [*"lhjkLHJKasdf", *"lhjk", "1", "2", "y"]
"""Keys that change the selected region or copy it: each is an edit, or nothing."""


class Forker:
    """The process that starts the ones to be killed."""

    def __init__(self, home: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.editing_child", str(home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def start(self, kind: str, argument: object) -> int:
        """Start one; its process id."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{kind} {argument}\n")
        self._process.stdin.flush()
        said = self.line()
        # The child may be faster than its parent.
        self.early = []
        while said[0] != "started":
            self.early.append(said)
            said = self.line()
        return int(said[1])

    def line(self) -> list[str]:
        """The next line that it or its child says."""
        assert self._process.stdout is not None
        words = self._process.stdout.readline().split()
        assert words, "the process that starts the others has ended"
        return words

    def close(self) -> None:
        """No more."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()


@pytest.fixture
def images(library: Library, project: Project, tmp_path: Path) -> list[Image]:
    for name in ("fork", "spoon"):
        create_tag(library, project.id, name)
    return add_pictures(library, project, tmp_path / "pictures", IMAGES)


@pytest.fixture
def forker(images: list[Image], home: Path) -> Iterator[Forker]:
    running = Forker(home)
    yield running
    running.close()


def assert_sound(library: Library, image_id: int) -> None:
    """The database is whole, and the last edit can be taken back and brought back."""
    assert library.db.value("PRAGMA integrity_check") == "ok"
    assert not library.db.rows("PRAGMA foreign_key_check")
    stored = tagging.open_image(library, image_id)
    undone = tagging.undo(library, image_id)
    assert (undone is not None) is (stored.undo_count > 0)
    if undone is not None:
        expected = apply_edit(stored.tagging, undone)
        assert digest(tagging.open_image(library, image_id).tagging) == digest(expected)
        tagging.redo(library, image_id)
        assert digest(tagging.open_image(library, image_id).tagging) == digest(stored.tagging)


def assert_journal_is_whole(library: Library, image_id: int) -> None:
    """Undo of everything leads to an image that nobody has looked at."""
    while tagging.undo(library, image_id) is not None:
        pass
    assert tagging.open_image(library, image_id).tagging == Tagging(False, ())


def test_every_edit_that_was_acknowledged_is_there_after_a_kill(
    forker: Forker, images: list[Image], home: Path
) -> None:
    chance = random.Random(2)
    shown = {image.id: digest(Tagging(False, ())) for image in images}
    saved_at_all, cut_short = 0, 0
    for seed in range(SESSION_KILLS):
        pid = forker.start("session", seed)
        saying: tuple[int, str] | None = None
        said = forker.early.pop(0) if forker.early else forker.line()
        deadline_s = time.monotonic() + chance.random() * LONGEST_S
        killed = False
        while said[0] != "ended":
            image_id, mark = int(said[1]), said[2]
            if said[0] == "saving":
                saying = (image_id, mark)
            else:
                shown[image_id], saying, saved_at_all = mark, None, saved_at_all + 1
            if not killed and time.monotonic() >= deadline_s:
                time.sleep(chance.random() * LONGEST_EDIT_S)
                os.kill(pid, signal.SIGKILL)
                killed = True
            said = forker.early.pop(0) if forker.early else forker.line()
        assert killed, "it has ended by itself"
        library = open_library(home)
        for image_id, mark in shown.items():
            stored = digest(tagging.open_image(library, image_id).tagging)
            allowed = {mark}
            if saying is not None and saying[0] == image_id:
                cut_short += 1
                allowed.add(saying[1])
            assert stored in allowed, f"image {image_id} after kill {seed}"
            shown[image_id] = stored
        assert_sound(library, images[seed % IMAGES].id)
        library.close()
    library = open_library(home)
    assert_journal_is_whole(library, images[0].id)
    library.close()
    assert saved_at_all > SESSION_KILLS
    assert cut_short > SESSION_KILLS // 20, "hardly any process was killed in the middle of an edit"


def test_what_the_app_has_shown_is_there_after_a_kill(
    forker: Forker, images: list[Image], home: Path
) -> None:
    chance = random.Random(4)
    seen_at_all = 0
    for kill in range(APP_KILLS):
        library = open_library(home)
        before = tagging.open_image(library, images[0].id).undo_count
        library.close()
        shown, pressed = edit_in_the_app_and_kill_it(forker, chance, before)
        library = open_library(home)
        stored = tagging.open_image(library, images[0].id)
        assert shown <= stored.undo_count <= before + pressed, f"kill {kill}"
        seen_at_all += shown - before
        assert_sound(library, images[0].id)
        library.close()
    assert seen_at_all > APP_KILLS, "hardly any edit was on the screen before the kill"


def edit_in_the_app_and_kill_it(
    forker: Forker, chance: random.Random, before: int
) -> tuple[int, int]:
    """Open the first image, edit, kill; the count of edits last seen, and of keys pressed."""
    screen, tty = pty.openpty()
    termios.tcsetwinsize(screen, (24, 80))
    pid = forker.start("app", os.ttyname(tty))
    try:
        read_until(screen, r"picture_1\.png")
        os.write(screen, b"\r")
        seen = read_until(screen, f"↶ {before}")
        os.write(screen, b"1 asgk" if not before else b"\t")
        pressed = 1
        seen += read_until(screen, "edge|delete")
        ends_s = time.monotonic() + 0.05 + chance.random() * 0.15
        while time.monotonic() < ends_s:
            os.write(screen, chance.choice(APP_KEYS).encode())
            pressed += 1
            seen += read_for(screen, chance.random() * 0.02)
        os.kill(pid, signal.SIGKILL)
        assert forker.line() == ["ended"]
        seen += read_for(screen, 0.0)
    finally:
        os.close(tty)
        os.close(screen)
    return max(int(number) for number in SHOWN_EDITS.findall(seen)), pressed


def read_for(screen: int, seconds: float) -> str:
    """What is written within that time."""
    pieces, ends_s = [], time.monotonic() + seconds
    while select.select([screen], [], [], max(0.0, ends_s - time.monotonic()))[0]:
        pieces.append(os.read(screen, 1 << 16))
    return b"".join(pieces).decode(errors="replace")


def read_until(screen: int, pattern: str, timeout_s: float = 30) -> str:
    """What is written until the pattern is among it."""
    seen, ends_s = "", time.monotonic() + timeout_s
    while not re.search(pattern, seen):
        assert time.monotonic() < ends_s, f"waited {timeout_s:g} s for {pattern}: {seen[-800:]!r}"
        seen += read_for(screen, 0.02)
    return seen
