"""Opening the app, apart from the other commands: it must not wait for what they load."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tui_detect.core.errors import BadInput

if TYPE_CHECKING:
    from tui_detect.core.model import Project
    from tui_detect.workflows.library import Library


def open_app(
    library: Library,
    graphics: str | None = None,
    project: Project | None = None,
    mode: str = "images",
) -> None:
    """Open the app; Textual is imported only here.

    Raises:
        BadInput: this is no terminal.
        StorageFailed: the library can only be read.
    """
    library.db.check_writable()
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise BadInput(
            "the app needs a terminal, and this is none",
            "see `tui-detect --help` for the commands that scripts can use",
        )
    from tui_detect.ui.start import run_app

    run_app(library, graphics, project, mode)
