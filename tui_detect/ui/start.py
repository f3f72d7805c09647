"""Opening the app: what must happen before Textual is imported."""

from __future__ import annotations

import gc

from tui_detect.core.model import Project
from tui_detect.ui.terminal import prepare
from tui_detect.workflows.library import Library


def run_app(
    library: Library, graphics: str = "auto", project: Project | None = None, mode: str = "images"
) -> None:
    """Run the app until the person leaves it."""
    terminal = prepare(graphics)
    # Until the first frame nothing becomes garbage, and looking for it costs a tenth of the start.
    gc.disable()
    from tui_detect.ui.app import TuiDetectApp

    app = TuiDetectApp(library, terminal, project, mode)
    app.call_later(_collect_garbage_again)
    app.run()


def _collect_garbage_again() -> None:
    gc.freeze()
    gc.enable()
