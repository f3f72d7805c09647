"""Choosing one of a project's iterations."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical

from tui_detect.core.model import Iteration
from tui_detect.ui.widgets.dialogs import Dialog
from tui_detect.ui.widgets.row_table import Column, Row, RowTable
from tui_detect.ui.wording import percent, when

COLUMNS = (
    Column("iteration"),
    Column("state", 10),
    Column("ended", 16),
    Column("mAP", 6, right=True),
)


class IterationChoice(Dialog[Iteration | None]):
    """A list of iterations; `None` when none is chosen."""

    BINDINGS = [
        Binding("escape,ctrl+g,q", "cancel", "cancel", id="iteration-choice.cancel"),
    ]
    DEFAULT_CSS = """
    IterationChoice {
        RowTable { height: auto; max-height: 14; min-height: 3; background: $surface; }
    }
    """

    def __init__(self, iterations: Sequence[Iteration], chosen: Iteration | None) -> None:
        super().__init__()
        self._iterations = {iteration.id: iteration for iteration in iterations}
        self._chosen = chosen

    def compose(self) -> ComposeResult:
        """The list, newest first."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Which iteration?"
            dialog.border_subtitle = "enter choose · q or escape cancel"
            yield RowTable(*COLUMNS, id="iterations")

    def on_mount(self) -> None:
        """Show them with the one in use chosen."""
        table = self.query_one(RowTable)
        table.show([_row(iteration) for iteration in self._iterations.values()])
        if self._chosen is not None:
            table.move_to_key(self._chosen.id)
        table.focus()

    def on_row_table_selected(self, event: RowTable.Selected) -> None:
        """Take the row."""
        if isinstance(event.key, int):
            self.dismiss(self._iterations[event.key])

    def action_cancel(self) -> None:
        """Leave without a choice."""
        self.dismiss(None)


def _row(iteration: Iteration) -> Row:
    moment = iteration.finished_at or iteration.created_at
    cells = (iteration.name, str(iteration.state), when(moment), percent(iteration.map))
    return Row(iteration.id, cells)
