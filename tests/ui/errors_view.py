"""The Errors view open on findings, as a person sees it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from textual.pilot import Pilot

from tests.findings import Findings
from tests.ui.shell_library import make_app, shown_text
from tests.waiting import until
from tui_detect.core.evaluation.finding import Finding
from tui_detect.core.model import Region
from tui_detect.core.settling import Verdict
from tui_detect.ui.app import TuiDetectApp
from tui_detect.ui.screens.errors import ErrorsScreen
from tui_detect.ui.screens.errors_editor import FindingEditor
from tui_detect.ui.widgets.canvas import Canvas
from tui_detect.workflows import settling, tagging


class View:
    """The screen as a person sees it, and the library behind it."""

    def __init__(self, app: TuiDetectApp, pilot: Pilot[None], made: Findings) -> None:
        self.app, self.pilot, self.made = app, pilot, made

    @property
    def screen(self) -> ErrorsScreen:
        return next(s for s in self.app.screen_stack if isinstance(s, ErrorsScreen))

    @property
    def text(self) -> str:
        return shown_text(self.app)

    @property
    def editor(self) -> FindingEditor | None:
        top = self.app.screen
        return top if isinstance(top, FindingEditor) else None

    def labels(self, index: int) -> tuple[Region, ...]:
        image_id = self.made.images[index].id
        return tagging.open_image(self.made.library, image_id).tagging.regions

    def verdicts(self) -> dict[str, Verdict]:
        names = {image.id: image.name for image in self.made.images}
        found = settling.settled(self.made.library, self.made.iteration.id)
        return {names[image_id]: verdict for (image_id, _), verdict in found.items()}

    async def sees(self, text: str) -> None:
        await until(self.pilot, lambda: text in self.text, f"{text!r} on the screen")

    async def settled(self) -> None:
        canvas = self.app.screen.query_one(Canvas)
        await until(self.pilot, lambda: canvas.settled, "the crop")


@asynccontextmanager
async def errors(
    made: Findings,
    findings: Sequence[Finding] | None = None,
    *,
    size: tuple[int, int] = (120, 30),
    trained_on: frozenset[int] = frozenset(),
) -> AsyncIterator[View]:
    """The screen open on findings."""
    app = make_app(made.library, made.project, "performance")
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        screen = ErrorsScreen(
            made.iteration,
            "Errors",
            made.of_all_kinds() if findings is None else findings,
            trained_on=trained_on,
            thresholds="threshold 0.50, overlap 0.30",
        )
        await app.push_screen(screen)
        await pilot.pause()
        yield View(app, pilot, made)
