"""Work on many images, one after another: how far it is, and how to stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from tui_detect.core.errors import TuiDetectError
from tui_detect.core.words import count
from tui_detect.ui.errors import ReportsErrors
from tui_detect.ui.widgets.dialogs import Dialog
from tui_detect.ui.wording import bar

Report = TypeVar("Report")
Tell: TypeAlias = Callable[[int, int], None]
ShouldStop: TypeAlias = Callable[[], bool]


class WorkingDialog(ReportsErrors, Dialog["Report | TuiDetectError"], Generic[Report]):
    """Works while it is open; closes with the report, or with why not."""

    BINDINGS = [Binding("escape,c", "stop", "stop, keep what is done", id="working.stop")]

    @dataclass
    class Progressed(Message):
        """From the thread that works."""

        done: int
        total: int

        def can_replace(self, message: Message) -> bool:
            """Only the latest matters."""
            return isinstance(message, WorkingDialog.Progressed)

    @dataclass
    class Ended(Message):
        """From the thread that works: how it ended."""

        outcome: object

    def __init__(
        self, title: str, kept: str, what: str, work: Callable[[Tell, ShouldStop], Report]
    ) -> None:
        """Work in a thread.

        Args:
            kept: What is there when it is stopped, such as `what is suggested stays`.
            what: What is counted, such as `untagged image`.
            work: Told where to tell how many of how many are done, and what to ask before each.
        """
        super().__init__()
        self._title = title
        self._kept = kept
        self._what = what
        self._work = work
        self._stopping = False

    def compose(self) -> ComposeResult:
        """How far it is."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(self._title)
            dialog.border_subtitle = f"escape or c: stop, {self._kept}"
            yield Static("loading the model …", id="progress")

    def on_mount(self) -> None:
        """Start."""
        self.run_worker(self._run_work, thread=True, exit_on_error=False, group="work")

    def _run_work(self) -> None:
        worker = get_current_worker()
        outcome: Report | TuiDetectError
        try:
            outcome = self._work(self._tell, lambda: self._stopping or worker.is_cancelled)
        except TuiDetectError as error:
            outcome = error
        self.post_message(self.Ended(outcome))

    def _tell(self, done: int, total: int) -> None:
        self.post_message(self.Progressed(done, total))

    @on(Progressed)
    def _progressed(self, event: Progressed) -> None:
        if event.done and not self._stopping:
            text = f"  {event.done:,} of {count(event.total, self._what)}"
            share = event.done / max(event.total, 1)
            self.query_one("#progress", Static).update(Content.assemble(bar(share), text))

    @on(Ended)
    def _ended(self, event: Ended) -> None:
        self.dismiss(event.outcome)  # type: ignore[arg-type]

    def action_stop(self) -> None:
        """Stop after the image in hand."""
        self._stopping = True
        self.query_one("#progress", Static).update("stopping …")
