"""Processes to be killed while they edit, forked from one that has imported everything already.

    python -m tests.e2e.editing_child HOME

Each line on stdin starts one: `session SEED` edits without a screen and says on stdout what it is
about to save and what is saved; `app TTY` runs the app on that terminal. Each is announced by
`started PID`, and `ended` follows when it is gone.
"""

from __future__ import annotations

import gc
import hashlib
import os
import random
import sys
from pathlib import Path

from tui_detect.core.editor_state import Act, Context, Direction, Nudge
from tui_detect.core.edits import Edit, Tagging, apply_edit
from tui_detect.core.geometry import Box
from tui_detect.core.view import Frame
from tui_detect.store import tagging as stored
from tui_detect.store.connection import Database
from tui_detect.ui.app import TuiDetectApp as TuiDetectApp
from tui_detect.ui.tagging_session import TaggingSession
from tui_detect.workflows.images import ImageQuery, image_ids
from tui_detect.workflows.library import Library, open_library
from tui_detect.workflows.projects import list_projects

FRAME = Frame(92, 38, 32, 24)
FEW = 3
DIRECTIONS: tuple[Direction, ...] = ("left", "right", "up", "down")


def digest(shown: Tagging) -> str:
    """What is said about an image, in few characters."""
    lines = sorted(map(repr, shown.regions))
    return hashlib.sha256("\n".join([str(shown.reviewed), *lines]).encode()).hexdigest()[:16]


def say(*words: object) -> None:
    """One line, written whole or not at all."""
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


def edit_for_ever(home: Path, seed: int) -> None:
    """Random edits, undos and redos on random images until somebody ends it."""
    library = open_library(home)
    project = list_projects(library)[0].project
    ids = image_ids(library, project.id, ImageQuery())
    chance = random.Random(seed)
    session = TaggingSession(library, project.id, ids, chance.randrange(len(ids)))
    _announce_edits()
    while True:
        here = session.context(FRAME)
        if chance.random() < 0.1:
            session.go(chance.choice([1, -1]))
            continue
        before = session.undo_count, session.redo_count
        _do_something(session, here, chance)
        if (session.undo_count, session.redo_count) != before:
            say("saved", session.image.id, digest(session.state.tagging))


def _announce_edits() -> None:
    """Say what the tagging will be, before it is written."""
    write = stored.write

    def announced(db: Database, image_id: int, edit: Edit) -> None:
        say("saving", image_id, digest(apply_edit(stored.load(db, image_id), edit)))
        write(db, image_id, edit)

    stored.write = announced


def _do_something(session: TaggingSession, here: Context, chance: random.Random) -> None:
    from tui_detect.core.editor import choose_tag_by_digit, place_box, press

    state, kind = session.state, chance.random()
    if kind < 0.15:
        session.undo(here.frame)
    elif kind < 0.25:
        session.redo(here.frame)
    elif kind < 0.4 or not state.tagging.regions:
        state = choose_tag_by_digit(press(state, Act.BACK, here).state, "1", here).state
        box = Box(0.7 * chance.random(), 0.7 * chance.random(), 0.2, 0.2)
        session.take(place_box(state, box, here))
    elif kind < 0.5:
        session.take(press(state, Act.NEXT_REGION, here))
    elif kind < 0.55 or len(state.tagging.regions) > FEW:
        session.take(press(state, Act.DELETE, here))
        session.take(press(session.state, Act.NEXT_REGION, here))
    elif kind < 0.7:
        session.take(choose_tag_by_digit(state, chance.choice("12"), here))
    else:
        nudge = Nudge("whole", chance.choice(DIRECTIONS), chance.random() < 0.3)
        session.take(press(state, nudge, here))


def run_the_app(home: Path, tty: str) -> None:
    """The real app on a terminal, its images open."""
    os.setsid()
    terminal = os.open(tty, os.O_RDWR)
    for stream in range(3):
        os.dup2(terminal, stream)
    from tui_detect.ui.start import run_app

    library: Library = open_library(home)
    run_app(library, "half", list_projects(library)[0].project)


def main() -> None:
    """Fork one process after the other."""
    home = Path(sys.argv[1])
    gc.freeze()
    for line in sys.stdin:
        kind, argument = line.split()
        pid = os.fork()
        if pid == 0:
            if kind == "session":
                edit_for_ever(home, int(argument))
            else:
                run_the_app(home, argument)
            os._exit(1)
        say("started", pid)
        os.waitpid(pid, 0)
        say("ended")


if __name__ == "__main__":
    main()
