"""The Tagging screen of the real app under a pty, reached by the keys a person presses."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.pty_terminal import FIRST_QUIET_S, PtyTerminal


def make_library(home: Path, pictures: Sequence[Path]) -> None:
    """A library with one project, two tags and these pictures."""
    from tui_detect.workflows.adding import add_images
    from tui_detect.workflows.library import open_library
    from tui_detect.workflows.projects import create_project
    from tui_detect.workflows.tags import create_tag

    library = open_library(home)
    project = create_project(library, "measured")
    for name in ("fork", "scissors"):
        create_tag(library, project.id, name)
    add_images(library, project.id, list(pictures))
    library.close()


@contextmanager
def tagging(home: Path, *, environ: Mapping[str, str] | None = None) -> Iterator[PtyTerminal]:
    """The first image of the library's only project, the first tag in hand, all quiet."""
    command = [sys.executable, "-m", "tui_detect", "--home", str(home)]
    terminal = PtyTerminal(command, environ=environ)
    try:
        terminal.until(b"measured")
        terminal.write(b"\r")
        terminal.until("measured · Images".encode())
        terminal.read(FIRST_QUIET_S, FIRST_QUIET_S)
        terminal.write(b"\r")
        terminal.until(b"half blocks")
        terminal.read(FIRST_QUIET_S, FIRST_QUIET_S)
        terminal.key(b"1")
        yield terminal
    finally:
        terminal.close()
