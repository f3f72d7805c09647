"""The deleted iterations of a project: restore one, or purge one or all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widgets import Static

from tui_detect.core.model import Iteration
from tui_detect.ui.widgets.dialogs import Dialog
from tui_detect.ui.widgets.row_table import Column, Row, RowTable
from tui_detect.ui.wording import percent, printable, when
from tui_detect.workflows.trash import KEPT_DAYS, purged_at

COLUMNS = (
    Column("iteration"),
    Column("deleted", 16),
    Column("purged on", 12),
    Column("mAP", 6, right=True, from_width=50),
)


@dataclass(frozen=True, slots=True)
class TrashChoice:
    """What a person wants of iterations in the trash."""

    iterations: tuple[Iteration, ...]
    restores: bool
    """Else they are to be purged."""


class TrashDialog(Dialog[TrashChoice | None]):
    """The iterations in the trash; `None` when nothing is to happen to them."""

    BINDINGS = [
        Binding("x", "purge", "purge", id="trash.purge"),
        Binding("X", "purge_all", "purge all", id="trash.purge-all"),
        Binding("escape,ctrl+g,q", "cancel", "cancel", id="trash.cancel"),
    ]
    DEFAULT_CSS = """
    TrashDialog {
        RowTable { height: auto; max-height: 14; min-height: 3; background: $surface; }
        #note { color: $text-muted; }
    }
    """

    def __init__(self, deleted: Sequence[Iteration]) -> None:
        super().__init__()
        self._deleted = {iteration.id: iteration for iteration in deleted}

    def compose(self) -> ComposeResult:
        """The list, the last one deleted first."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Trash"
            dialog.border_subtitle = (
                "enter restore · x purge · X purge all · q close" if self._deleted else "q close"
            )
            yield RowTable(*COLUMNS, id="deleted")
            yield Static(
                f"A deleted iteration can be restored for {KEPT_DAYS} days."
                if self._deleted
                else "No iteration of this project is in the trash.",
                id="note",
            )

    def on_mount(self) -> None:
        """Ready to choose."""
        table = self.query_one(RowTable)
        table.show([_row(iteration) for iteration in self._deleted.values()])
        table.display = bool(self._deleted)
        if self._deleted:
            table.focus()

    def on_row_table_selected(self, event: RowTable.Selected) -> None:
        """Restore the row."""
        self._choose(event.key, restores=True)

    def action_purge(self) -> None:
        """Purge the row."""
        self._choose(self.query_one(RowTable).key, restores=False)

    def action_purge_all(self) -> None:
        """Empty the trash."""
        if self._deleted:
            self.dismiss(TrashChoice(tuple(self._deleted.values()), restores=False))

    def action_cancel(self) -> None:
        """Leave everything where it is."""
        self.dismiss(None)

    def _choose(self, key: object, *, restores: bool) -> None:
        if isinstance(key, int):
            self.dismiss(TrashChoice((self._deleted[key],), restores))


def _row(iteration: Iteration) -> Row:
    gone = purged_at(iteration).astimezone()
    cells = (
        printable(iteration.name),
        when(iteration.deleted_at),
        f"{gone.day} {gone:%b %Y}",
        percent(iteration.map),
    )
    return Row(iteration.id, cells)
