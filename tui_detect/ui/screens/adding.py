"""Adding pictures: how far, how fast, how to stop, and then what became of each file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual import getters
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
from tui_detect.ui.widgets.row_table import Column, Row, RowTable
from tui_detect.ui.wording import bar, duration, printable

if TYPE_CHECKING:
    from tui_detect.workflows.adding import AddProgress, AddReport, AddResult
    from tui_detect.workflows.library import Library

WORDS = {"refused": "✗ refused", "present": "= already there", "added": "+ added"}
"""What needs a look comes first."""


class AddingDialog(ReportsErrors, Dialog["AddReport | TuiDetectError | None"]):
    """Adds what is at a path while it is open; closes with the report, or with why not."""

    CSS = """
    AddingDialog {
        & .dialog { width: 110; }
        & RowTable { height: 1fr; margin: 1 0; display: none; background: $surface; }
        & #reason { height: auto; min-height: 2; color: $text-muted; display: none; }
        &.-done .dialog { height: 90%; max-height: 34; }
        &.-done RowTable, &.-done #reason { display: block; }
    }
    """
    BINDINGS = [
        Binding("escape,c", "stop", "stop, keep what is in", id="adding.stop"),
        Binding("enter,escape,q", "close", "close", id="adding.close"),
    ]

    @dataclass
    class Progressed(Message):
        """From the thread that adds."""

        progress: AddProgress

        def can_replace(self, message: Message) -> bool:
            """Only the latest matters."""
            return isinstance(message, AddingDialog.Progressed)

    @dataclass
    class Ended(Message):
        """From the thread that adds: how it ended."""

        outcome: AddReport | TuiDetectError

    table = getters.query_one(RowTable)

    def __init__(self, library: Library, project_id: int, path: str) -> None:
        super().__init__()
        self._library = library
        self._project_id = project_id
        self._path = path
        self._stopping = False
        self._results: list[AddResult] = []
        self._report: AddReport | None = None

    def compose(self) -> ComposeResult:
        """Progress, later the results."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(f"Add {printable(self._path)}")
            dialog.border_subtitle = "escape or c: stop, what is in stays in"
            yield Static("looking for pictures …", id="progress")
            yield RowTable(Column("result", 15), Column("file", 24), Column("reason"))
            yield Static(id="reason")

    def on_mount(self) -> None:
        """Start adding."""
        self.run_worker(self._add, thread=True, exit_on_error=False, group="add")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While it adds it can be stopped, afterwards closed."""
        done = self._report is not None
        return done if action == "close" else not done and not self._stopping

    def _add(self) -> None:
        from tui_detect.workflows.adding import add_images

        worker = get_current_worker()
        outcome: AddReport | TuiDetectError
        try:
            outcome = add_images(
                self._library,
                self._project_id,
                [self._path],
                on_progress=self._tell,
                should_stop=lambda: self._stopping or worker.is_cancelled,
            )
        except TuiDetectError as error:
            outcome = error
        self.post_message(self.Ended(outcome))

    def _tell(self, progress: AddProgress) -> None:
        self.post_message(self.Progressed(progress))

    def on_adding_dialog_progressed(self, event: Progressed) -> None:
        """Show how far it is."""
        if self._report is None:
            self.query_one("#progress", Static).update(_progress(event.progress, self._stopping))

    def on_adding_dialog_ended(self, event: Ended) -> None:
        """Show the results; a source that cannot be read closes the dialog."""
        if isinstance(event.outcome, TuiDetectError):
            self.dismiss(event.outcome)
            return
        report = self._report = event.outcome
        order = list(WORDS)
        self._results = sorted(
            report.results, key=lambda result: (order.index(result.outcome), not result.reason)
        )
        self.query_one("#progress", Static).update(summary(report))
        self.query_one(".dialog").border_subtitle = "↑ ↓ look through · enter or q close"
        self.add_class("-done")
        self.table.show([_row(number, result) for number, result in enumerate(self._results)])
        self.table.focus()
        self._show_reason()
        self.refresh_bindings()

    def on_row_table_highlighted(self) -> None:
        """Show the whole path and reason of the file under the cursor."""
        self._show_reason()

    def on_row_table_selected(self) -> None:
        """Enter closes."""
        self.action_close()

    def _show_reason(self) -> None:
        key = self.table.key
        if isinstance(key, int):
            result = self._results[key]
            reason = printable(result.reason) or WORDS[result.outcome][2:]
            text = f"{printable(result.path)}\n{reason}"
            self.query_one("#reason", Static).update(Content(text))

    def action_stop(self) -> None:
        """Stop after the pictures in hand."""
        self._stopping = True
        self.query_one("#progress", Static).update("stopping …")

    def action_close(self) -> None:
        """Back, with the report."""
        self.dismiss(self._report)


def summary(report: AddReport) -> Content:
    """The sums, and whether it was stopped."""
    parts = [
        f"{count(report.added, 'picture')} added",
        f"{report.present:,} already there" if report.present else "",
        f"{report.refused:,} refused" if report.refused else "",
        f"with {count(report.regions, 'region')}" if report.regions else "",
    ]
    text = Content.styled(" · ".join(filter(None, parts)), "bold")
    return Content.assemble(text, "\nstopped; what is in stays in") if report.cancelled else text


def _row(number: int, result: AddResult) -> Row:
    name = printable(Path(result.path).name)
    return Row(number, (WORDS[result.outcome], Content(name), Content(printable(result.reason))))


def _progress(progress: AddProgress, stopping: bool) -> Content:
    share = progress.done / progress.total if progress.total else 1.0
    left = "" if progress.seconds_left is None else f" · {duration(progress.seconds_left)} left"
    rate = f"{progress.per_second:.0f} pictures/s{left}"
    sums = (
        f"{progress.added:,} added · {progress.present:,} already there · "
        f"{progress.refused:,} refused"
    )
    state = "stopping …" if stopping else rate
    return Content.assemble(
        bar(share), f"  {progress.done:,} of {progress.total:,}\n{state}\n{sums}"
    )
