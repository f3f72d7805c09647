"""The Tagging screen driven by keys, and the database behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from textual.pilot import Pilot

from tests.ui.shell_library import make_app, shown_text
from tests.waiting import until
from tui_detect.core.geometry import Box
from tui_detect.core.model import Image, Project, Region
from tui_detect.ui.app import TuiDetectApp
from tui_detect.ui.screens.tagging import TaggingScreen
from tui_detect.workflows import tagging
from tui_detect.workflows.library import Library

BIG = (120, 40)
SMALL = (80, 24)


class Tagger:
    """The Tagging screen, and the database behind it."""

    def __init__(self, app: TuiDetectApp, pilot: Pilot[None], screen: TaggingScreen) -> None:
        self.app, self.pilot, self.screen = app, pilot, screen
        self._library = app.library

    async def press(self, *keys: str) -> None:
        """Press keys; afterwards editor and database say the same, unless an edit waits."""
        for key in keys:
            await self.pilot.press(key)
            if not self.screen.session.unsaved and self.screen.is_attached:
                assert self.screen.state.tagging == self.stored().tagging

    def stored(self) -> tagging.OpenImage:
        """The image on the screen as the database has it."""
        return tagging.open_image(self._library, self.screen.session.image.id)

    def regions(self) -> tuple[Region, ...]:
        return self.stored().tagging.regions

    def selected(self) -> str | None:
        """The id of the selected region."""
        return self.screen.state.selected

    @property
    def text(self) -> str:
        return shown_text(self.app)


@asynccontextmanager
async def tagger(
    library: Library,
    project: Project,
    images: Sequence[Image],
    index: int = 0,
    size: tuple[int, int] = BIG,
) -> AsyncIterator[Tagger]:
    """The screen open on an image, its picture shown."""
    app = make_app(library, mode="projects")
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        app.project = project
        screen = TaggingScreen([image.id for image in images], index)
        await app.push_screen(screen)
        await until(pilot, lambda: screen.canvas.settled, "the picture")
        yield Tagger(app, pilot, screen)


def close_to(box: Box, left: float, top: float, right: float, bottom: float) -> bool:
    wanted = (left, top, right, bottom)
    return (box.left, box.top, box.right, box.bottom) == pytest.approx(wanted)
