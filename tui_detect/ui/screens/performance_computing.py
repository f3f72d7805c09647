"""Computing the figures of the chosen iteration in a thread, and taking them in."""

from __future__ import annotations

from abc import abstractmethod
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

from textual import on, work
from textual.message import Message
from textual.worker import Worker, WorkerState, get_current_worker

from tui_detect.core.model import Iteration
from tui_detect.ui.screens.performance_boxes import PerformanceBoxes
from tui_detect.ui.screens.performance_evaluation import Evaluation, evaluate_iteration
from tui_detect.ui.widgets.figures import Headline
from tui_detect.ui.widgets.header import TitleLine

if TYPE_CHECKING:
    from tui_detect.core.evaluation import EvaluationData, Overlap

SLOW_AFTER_S = 0.25
"""Figures that take longer are dimmed until they are there."""
PAINTED_WITHIN_S = 1.0
"""Or else the rest is computed beside it."""


class _CalledOff(Exception):
    """Another iteration was chosen while the detections of one were read."""


class PerformanceComputing(PerformanceBoxes):
    """What is known of the chosen iteration, the quickest first."""

    @dataclass
    class Evaluated(Message):
        """A thread has figures, or what is there without them."""

        evaluation: Evaluation
        painted: Event = field(default_factory=Event)
        """Set as soon as they are on the screen."""

    @dataclass
    class Read(Message):
        """A thread has read the detections of so many images."""

        done: int
        total: int

    def __init__(self) -> None:
        super().__init__()
        self._wanted: tuple[object, ...] = ()
        self._failed = False
        """The dialog that tells it is still open."""

    @abstractmethod
    def show_now(self) -> None:
        """Show what is known."""

    def forget_what_was_wanted(self) -> None:
        """Compute it all anew when it is asked for."""
        self._wanted = ()

    def evaluate_soon(self) -> None:
        """Compute what is not known, unless that goes on already."""
        if self.shown is None:
            return
        # While it trains, progress comes four times a second; only a new epoch changes a plot.
        shown = self.shown
        wanted = shown.id, shown.state, shown.finished_at, shown.epochs_done, self.overlap
        if self._failed:
            # Closing the dialog that tells it comes here, and would only open the next one.
            self._failed = False
            return
        if wanted == self._wanted:
            return
        self._wanted = wanted
        known = self.evaluation
        data = known.data if known is not None and known.is_of(shown) else None
        self._evaluate(shown, self.overlap, data)
        self.set_timer(SLOW_AFTER_S, self._dim_what_is_old)

    @property
    def _waits(self) -> bool:
        known = self.evaluation
        return bool(self._wanted) and (known is None or known.overlap != self.overlap)

    def _dim_what_is_old(self) -> None:
        self.query_one("#main").set_class(self._waits, "-waiting")
        if self._waits:
            self.query_one(TitleLine).news = "computing figures …"

    @work(
        thread=True,
        exclusive=True,
        exit_on_error=False,
        group="evaluate",
        description="computing figures",
    )
    def _evaluate(
        self, iteration: Iteration, overlap: Overlap, data: EvaluationData | None
    ) -> None:
        worker = get_current_worker()

        def tell(done: int, total: int) -> None:
            if worker.is_cancelled:
                raise _CalledOff
            self.post_message(self.Read(done, total))

        steps = evaluate_iteration(self.app.library, iteration, overlap, data, tell)
        with suppress(_CalledOff):
            for evaluation in steps:
                if worker.is_cancelled:
                    return
                news = self.Evaluated(evaluation)
                self.post_message(news)
                # What is computed next would take the interpreter from the painting of this.
                news.painted.wait(PAINTED_WITHIN_S)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """What could not be computed is tried again when the view is opened again."""
        if event.worker.group == "evaluate" and event.state is WorkerState.ERROR:
            self.forget_what_was_wanted()
            self._failed = self.is_current
            self.query_one("#main").remove_class("-waiting")
            self.query_one(TitleLine).news = "the figures could not be computed"

    @on(Read)
    def _read(self, event: Read) -> None:
        if self.query_one("#main").has_class("-waiting"):
            news = f"reading detections: {event.done:,} of {event.total:,} images"
            self.query_one(TitleLine).news = news

    @on(Evaluated)
    def _evaluated(self, event: Evaluated) -> None:
        evaluation = event.evaluation
        is_wanted = self.shown is not None and evaluation.is_of(self.shown)
        if not is_wanted or evaluation.overlap != self.overlap:
            event.painted.set()
            return
        self.evaluation = evaluation
        self.query_one("#main").remove_class("-waiting")
        self.query_one(TitleLine).news = f"computing {evaluation.step} …" if evaluation.step else ""
        self.show_now()
        self.refresh_bindings()
        self.query_one(Headline).call_after_refresh(event.painted.set)
