"""What the views of a project have in common."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar

from textual import getters
from textual.screen import Screen

from tui_detect.core.model import Project
from tui_detect.ui.app import TuiDetectApp
from tui_detect.ui.errors import ReportsErrors

SLOW_S = 0.5
"""How long an act may take before the person is told that it goes on."""


class AppScreen(ReportsErrors, Screen[None]):
    """A screen that knows the app it is in, shows its workers' errors, and has a help page."""

    HELP_PAGE: ClassVar[str] = ""
    """A file in `tui_detect/help`, without its suffix."""

    app = getters.app(TuiDetectApp)

    def do_slowly(self, what: str, do: Callable[[], object], then: Callable[[], object]) -> None:
        """Do something that may take long in a thread, then show the outcome.

        An error becomes a dialog, and `then` is not called.

        Args:
            what: said when it is not done at once, such as `removing 300 pictures`.
        """

        async def run() -> None:
            task = asyncio.ensure_future(asyncio.to_thread(do))
            done, _ = await asyncio.wait({task}, timeout=SLOW_S)
            if not done:
                self.notify(f"{what} …")
            await task
            then()

        self.run_worker(run(), exit_on_error=False, group="slow", description=what)


class ProjectScreen(AppScreen):
    """A view of the open project."""

    @property
    def project(self) -> Project:
        """The open project, as it is now."""
        project = self.app.project
        if project is None:
            raise RuntimeError(f"{type(self).__name__} is open without a project")
        return project
