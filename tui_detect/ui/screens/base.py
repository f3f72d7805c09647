"""What the views of a project have in common."""

from __future__ import annotations

from typing import ClassVar

from textual import getters
from textual.screen import Screen

from tui_detect.core.model import Project
from tui_detect.ui.app import TuiDetectApp
from tui_detect.ui.errors import ReportsErrors


class AppScreen(ReportsErrors, Screen[None]):
    """A screen that knows the app it is in, shows its workers' errors, and has a help page."""

    HELP_PAGE: ClassVar[str] = ""
    """A file in `tui_detect/help`, without its suffix."""

    app = getters.app(TuiDetectApp)


class ProjectScreen(AppScreen):
    """A view of the open project."""

    @property
    def project(self) -> Project:
        """The open project, as it is now."""
        project = self.app.project
        if project is None:
            raise RuntimeError(f"{type(self).__name__} is open without a project")
        return project
