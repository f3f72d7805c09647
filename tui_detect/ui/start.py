"""Opening the app: what must happen before Textual is imported."""

from __future__ import annotations

from tui_detect.core.model import Project
from tui_detect.ui.terminal import prepare
from tui_detect.workflows.library import Library


def run_app(
    library: Library, graphics: str = "auto", project: Project | None = None, mode: str = "images"
) -> None:
    """Run the app until the person leaves it."""
    prepare()
    from tui_detect.ui.app import TuiDetectApp

    TuiDetectApp(library, graphics, project, mode).run()
