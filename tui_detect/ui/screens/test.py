"""Test: what an iteration finds on a picture that is not in the project."""

from __future__ import annotations

from pathlib import Path
from time import monotonic

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.timer import Timer
from textual.widgets import Static

from tui_detect.core.errors import TuiDetectError
from tui_detect.core.model import Iteration
from tui_detect.core.words import count
from tui_detect.ui.errors import reporting
from tui_detect.ui.graphics.overlay import NOTHING, Overlay, OverlayBox
from tui_detect.ui.path_completion import read_path
from tui_detect.ui.screens.base import ProjectScreen
from tui_detect.ui.widgets.canvas import Canvas, PictureSource
from tui_detect.ui.widgets.footer import KeysLine
from tui_detect.ui.widgets.header import TitleLine
from tui_detect.ui.widgets.path_input import PathInput
from tui_detect.ui.widgets.row_table import Column, Row, RowTable
from tui_detect.ui.wording import printable
from tui_detect.workflows import iterations
from tui_detect.workflows.prediction import (
    PicturePredictions,
    PredictionSession,
    TagPrediction,
    likely,
)
from tui_detect.workflows.thresholds import threshold_of

STEP = 0.05
TICK_S = 0.25
COLUMNS = (
    Column("tag"),
    Column("prob.", 5, right=True),
    Column("left, top", 10, right=True, from_width=36),
    Column("size", 9, right=True),
)
UNTRAINED = """Here a trained iteration looks at pictures that it has never seen.

There is none yet.  2  goes to Train."""
NO_PICTURE = """Here a trained iteration looks at pictures that it has never seen.

p  asks for the path of one."""


class PredictScreen(ProjectScreen):
    """A picture's path in, its boxes out."""

    CSS_PATH = "test.tcss"
    HELP_PAGE = "test"
    BINDINGS = [
        Binding("p,slash", "path", "picture", id="test.path"),
        Binding("i", "iteration", "iteration", id="test.iteration"),
        Binding(
            "left_square_bracket", "threshold(-1)", "threshold", key_display="[ ]", id="test.lower"
        ),
        Binding("right_square_bracket", "threshold(1)", "threshold up", False, id="test.higher"),
        Binding("V", "pixels", "real pixels", False, id="test.pixels"),
        Binding("x", "cancel", "cancel", id="test.cancel"),
        Binding("escape,ctrl+g", "back", "leave the field", False, id="test.back"),
    ]

    canvas = getters.query_one(Canvas)
    table = getters.query_one("#boxes", RowTable)
    path_input = getters.query_one(PathInput)

    threshold: var[float | None] = var[float | None](None)
    """What the keys chose; `None` for what was chosen for the iteration and its tags."""
    iteration: var[Iteration | None] = var[Iteration | None](None)
    result: var[PicturePredictions | None] = var[PicturePredictions | None](None)
    looking_since_s: var[float | None] = var[float | None](None)

    class Predicted(Message):
        """A picture was looked at, or could not be."""

        def __init__(self, request: int, outcome: PicturePredictions | TuiDetectError) -> None:
            super().__init__()
            self.request = request
            self.outcome = outcome

    class Over(Message):
        """A prediction's thread is done, whatever came of it."""

        def __init__(self, request: int) -> None:
            super().__init__()
            self.request = request

    def __init__(self) -> None:
        super().__init__()
        self._session: PredictionSession | None = None
        self._loaded = False
        self._request = 0
        self._ticker: Timer | None = None

    def compose(self) -> ComposeResult:
        """The path over the picture, the boxes beside it."""
        yield TitleLine()
        yield PathInput(placeholder="path of a picture; tab completes", id="path")
        yield Static(id="candidates")
        with Horizontal(id="seen"):
            yield Canvas(self.app.terminal)
            with Vertical(id="side"):
                yield RowTable(*COLUMNS, id="boxes", opens=False)
                yield Static(id="below-threshold")
        yield Static(NO_PICTURE, id="empty", classes="empty")
        yield KeysLine()

    def on_mount(self) -> None:
        """Use the newest iteration that can."""
        self._show()
        self.table.focus()

    def on_screen_resume(self) -> None:
        """Iterations may have come or gone."""
        if not self.is_mounted:
            return
        usable = self._usable()
        known = {item.id: item for item in usable}
        if self.iteration is not None and self.iteration.id in known:
            self.iteration = known[self.iteration.id]  # its thresholds may be others by now
            self._show_boxes()
        else:
            self._use(usable[0] if usable else None)
        self._show()

    def on_unmount(self) -> None:
        """The model's process ends with the view."""
        if self._session is not None:
            self._session.interrupt()
            self._session.close()

    def _usable(self) -> list[Iteration]:
        """Iterations with weights, completed ones first."""
        found: list[Iteration] = []
        with reporting(self.app):
            found = iterations.list_iterations(self.app.library, self.project.id)
        ended = [item for item in found if item.state in ("completed", "cancelled")]
        return sorted(ended, key=lambda item: item.state != "completed")

    def _use(self, iteration: Iteration | None) -> None:
        self._give_up()
        session, self._session = self._session, None
        if session is not None:
            self.run_worker(session.close, thread=True, exit_on_error=False, group="close")
        self.iteration = iteration
        self.result = None
        self.threshold = None

    # --- what is shown ----------------------------------------------------------------------

    def _show(self) -> None:
        title = self.query_one(TitleLine)
        title.where = f"{self.project.name} · Test"
        name = self.iteration.name if self.iteration else "no iteration"
        title.state = f"{name} · threshold {self._threshold_words()}"
        title.news = self._news()
        waiting = self.result is None
        self.query_one("#seen").display = not waiting
        self.query_one("#empty").display = waiting
        self.query_one("#empty", Static).update(self._instead())
        self.refresh_bindings()

    def _threshold_words(self) -> str:
        if self.threshold is None and self.iteration is not None:
            by_tag = " and by tag" if self.iteration.tag_thresholds else ""
            return f"{threshold_of(self.iteration):.2f}{by_tag}"
        return "–" if self.threshold is None else f"{self.threshold:.2f}"

    def _likely(self) -> tuple[TagPrediction, ...]:
        """The boxes of the picture that are probable enough."""
        if self.result is None or self.iteration is None:
            return ()
        return likely(self.result, self.iteration, self.threshold)

    def _news(self) -> str:
        if self.result is None:
            return ""
        size = f"{self.result.width_px} × {self.result.height_px}"
        return f"{printable(self.result.path.name)} · {size}"

    def _instead(self) -> str | Content:
        if self.looking_since_s is not None:
            seconds = monotonic() - self.looking_since_s
            loading = "" if self._loaded else "The model is being loaded first.\n\n"
            return Content(f"Looking at the picture … {seconds:.0f} s\n\n{loading}x  cancels.")
        return UNTRAINED if self.iteration is None else NO_PICTURE

    def watch_threshold(self) -> None:
        """Show the boxes that are probable enough."""
        if self.is_mounted:
            self._show()
            self._show_boxes()

    def _show_boxes(self) -> None:
        result = self.result
        if result is None:
            self.canvas.set_overlay(NOTHING)
            return
        shown = self._likely()
        self.table.show([_row(index, item) for index, item in enumerate(shown)])
        hidden = len(result.items) - len(shown)
        note = f"{count(len(shown), 'box', 'boxes')}, {hidden} less probable"
        if not result.items:
            note = "it found nothing on this picture"
        self.query_one("#below-threshold", Static).update(note)
        self._draw_boxes()

    def _draw_boxes(self) -> None:
        if self.result is not None:
            self.canvas.set_overlay(_overlay(self._likely(), self.table.key))

    def on_row_table_highlighted(self) -> None:
        """Bring out the box under the cursor."""
        self._draw_boxes()

    def on_canvas_failed(self, event: Canvas.Failed) -> None:
        """The picture was there for the model but cannot be shown."""
        self.app.report(event.error)

    # --- looking at a picture ---------------------------------------------------------------

    def on_path_input_candidates(self, event: PathInput.Candidates) -> None:
        """Say what the path can become."""
        self._say_candidates("  ".join(map(printable, event.names)))

    def _say_candidates(self, text: str) -> None:
        line = self.query_one("#candidates", Static)
        line.display = bool(text)
        line.update(Content(text))

    def on_input_submitted(self, event: PathInput.Submitted) -> None:
        """Look at the picture."""
        self._say_candidates("")
        if event.value.strip() and self.iteration is not None:
            self.table.focus()
            self._look(read_path(event.value))

    def _look(self, path: Path) -> None:
        self._give_up()
        self._request += 1
        request, session = self._request, self._session_of_iteration()
        if session is None:
            return
        self.result = None
        self.looking_since_s = monotonic()
        self._ticker = self.set_interval(TICK_S, self._show)
        self._show()

        def look() -> None:
            try:
                self.post_message(self.Predicted(request, session.predict(path)))
            except TuiDetectError as error:
                self.post_message(self.Predicted(request, error))
            finally:
                self.post_message(self.Over(request))

        self.run_worker(look, thread=True, exit_on_error=False, group="predict")

    def _session_of_iteration(self) -> PredictionSession | None:
        """The model's process, not started yet when it is the first picture."""
        if self._session is None and self.iteration is not None:
            with reporting(self.app):
                self._session = PredictionSession(self.app.library, self.iteration)
            self._loaded = False
        return self._session

    def on_predict_screen_predicted(self, event: Predicted) -> None:
        """Show what was found, or why nothing could be."""
        if event.request != self._request:
            return
        if isinstance(event.outcome, TuiDetectError):
            self.app.report(event.outcome)
            return
        self._loaded = True
        self.result = result = event.outcome
        self.canvas.set_picture(_source(result))
        self._show_boxes()

    def on_predict_screen_over(self, event: Over) -> None:
        """Nothing is being looked at any more."""
        if event.request == self._request:
            self._stop_waiting()
            self._show()

    def _stop_waiting(self) -> None:
        self.looking_since_s = None
        if self._ticker is not None:
            self._ticker.stop()
            self._ticker = None

    def _give_up(self) -> None:
        """What is being looked at is not wanted any more; its answer will be ignored."""
        if self.looking_since_s is not None:
            self._request += 1
            if self._session is not None:
                self._session.interrupt()
            self._stop_waiting()

    # --- what a person can do ---------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what makes sense now."""
        looking = self.looking_since_s is not None
        if action == "cancel":
            return looking
        if action in ("path", "iteration"):
            return self.iteration is not None and not looking
        if action in ("threshold", "pixels"):
            return self.result is not None
        return True

    def action_path(self) -> None:
        """Type a path; the one before stays to be changed."""
        self.path_input.focus()

    def action_back(self) -> None:
        """Leave the field, or give up what is being looked at."""
        self._say_candidates("")
        self.table.focus()
        self.action_cancel()

    def action_cancel(self) -> None:
        """Give up what is being looked at."""
        self._give_up()
        self._show()

    def action_threshold(self, steps: int) -> None:
        """Move the probability threshold, from 0.05 to 0.95."""
        if self.iteration is None:
            return
        now = threshold_of(self.iteration) if self.threshold is None else self.threshold
        moved = round(now / STEP + steps) * STEP
        self.threshold = round(min(max(moved, STEP), 1 - STEP), 2)

    def action_pixels(self) -> None:
        """The picture alone, in real pixels, until the next key."""
        if self.result is not None:
            from tui_detect.ui.screens.pixels import show_pixels

            show_pixels(self.app, _source(self.result))

    def action_iteration(self) -> None:
        """Choose another iteration; the picture is looked at again."""
        from tui_detect.ui.widgets.iteration_choice import IterationChoice

        choice = IterationChoice(self._usable(), self.iteration)
        self.app.push_screen(choice, self._iteration_chosen)

    def _iteration_chosen(self, iteration: Iteration | None) -> None:
        if iteration is None or iteration == self.iteration:
            return
        path = self.result.path if self.result else None
        self._use(iteration)
        if path is not None:
            self._look(path)
        self._show()


def _source(result: PicturePredictions) -> PictureSource:
    name = printable(result.path.name)
    return PictureSource(result.path, name, result.width_px, result.height_px)


def _row(index: int, item: TagPrediction) -> Row:
    box = item.box
    tag = Content.assemble(("■ ", item.tag.colour), printable(item.tag.name))
    place = f"{box.left * 100:.0f}, {box.top * 100:.0f} %"
    size = f"{box.width * 100:.0f} × {box.height * 100:.0f} %"
    return Row(index, (tag, f"{item.probability:.2f}", place, size))


def _overlay(shown: tuple[TagPrediction, ...], chosen: object) -> Overlay:
    """The chosen box lies on top."""
    boxes = [
        OverlayBox(
            item.box,
            item.tag.colour,
            name=f"{printable(item.tag.name)} {item.probability:.2f}",
            look="selected" if index == chosen else "normal",
        )
        for index, item in enumerate(shown)
    ]
    return Overlay(tuple(sorted(boxes, key=lambda box: box.look == "selected")))
