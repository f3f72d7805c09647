"""Suggesting: an iteration looks at the untagged images; how far it is, and how to stop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from tui_detect.core.errors import TuiDetectError
from tui_detect.core.model import Iteration
from tui_detect.ui.errors import ReportsErrors
from tui_detect.ui.widgets.dialogs import Dialog
from tui_detect.ui.wording import bar, count, printable

if TYPE_CHECKING:
    from tui_detect.workflows.library import Library
    from tui_detect.workflows.suggesting import SuggestReport


class SuggestingDialog(ReportsErrors, Dialog["SuggestReport | TuiDetectError"]):
    """Suggests boxes while it is open; closes with the report, or with why not."""

    BINDINGS = [Binding("escape,c", "stop", "stop, keep what is suggested", id="suggesting.stop")]

    @dataclass
    class Progressed(Message):
        """From the thread that suggests."""

        done: int
        total: int

        def can_replace(self, message: Message) -> bool:
            """Only the latest matters."""
            return isinstance(message, SuggestingDialog.Progressed)

    @dataclass
    class Ended(Message):
        """From the thread that suggests: how it ended."""

        outcome: SuggestReport | TuiDetectError

    def __init__(self, library: Library, iteration: Iteration) -> None:
        super().__init__()
        self._library = library
        self._iteration = iteration
        self._stopping = False

    def compose(self) -> ComposeResult:
        """How far it is."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(f"Suggestions of {printable(self._iteration.name)}")
            dialog.border_subtitle = "escape or c: stop, what is suggested stays"
            yield Static("loading the model …", id="progress")

    def on_mount(self) -> None:
        """Start."""
        self.run_worker(self._suggest, thread=True, exit_on_error=False, group="suggest")

    def _suggest(self) -> None:
        from tui_detect.workflows.suggesting import suggest

        worker = get_current_worker()
        outcome: SuggestReport | TuiDetectError
        try:
            outcome = suggest(
                self._library,
                self._iteration,
                on_progress=self._tell,
                should_stop=lambda: self._stopping or worker.is_cancelled,
            )
        except TuiDetectError as error:
            outcome = error
        self.post_message(self.Ended(outcome))

    def _tell(self, done: int, total: int) -> None:
        self.post_message(self.Progressed(done, total))

    def on_suggesting_dialog_progressed(self, event: Progressed) -> None:
        """Show how far it is."""
        if event.done and not self._stopping:
            text = f"  {event.done:,} of {count(event.total, 'untagged image')}"
            share = event.done / max(event.total, 1)
            self.query_one("#progress", Static).update(Content.assemble(bar(share), text))

    def on_suggesting_dialog_ended(self, event: Ended) -> None:
        """Close."""
        self.dismiss(event.outcome)

    def action_stop(self) -> None:
        """Stop after the image in hand."""
        self._stopping = True
        self.query_one("#progress", Static).update("stopping …")
