"""What the tests of screens put into a library."""

from __future__ import annotations

from tui_detect.core.model import Project
from tui_detect.ui.app import TuiDetectApp
from tui_detect.ui.widgets.dialogs import Confirm, ErrorDialog
from tui_detect.workflows.library import Library

SIZES = [(120, 40), (80, 24)]


def make_app(
    library: Library, project: Project | None = None, mode: str = "images"
) -> TuiDetectApp:
    """The app on a library, ready for `run_test`."""
    return TuiDetectApp(library, project=project, mode=mode)


def shown_text(app: TuiDetectApp) -> str:
    """What the screen shows, line by line."""
    width, height = app.size
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.ljust(width) for strip in strips[:height])


def error_shown(app: TuiDetectApp) -> str:
    """The message of the error dialog on top; empty when there is none."""
    return app.screen.message if isinstance(app.screen, ErrorDialog) else ""


def question_shown(app: TuiDetectApp) -> str:
    """The lines of the question on top; empty when there is none."""
    return "\n".join(app.screen.lines) if isinstance(app.screen, Confirm) else ""
