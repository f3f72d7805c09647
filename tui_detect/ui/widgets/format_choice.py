"""Choosing the format that a model is exported in."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui_detect.ui.widgets.dialogs import Dialog
from tui_detect.ui.widgets.row_table import Column, Row, RowTable
from tui_detect.workflows.exporting_model import FORMATS, ExportFormat, get_format

COLUMNS = (Column("format", 12), Column("what it is for"))


class FormatChoice(Dialog[ExportFormat | None]):
    """The formats there are; `None` when none is chosen."""

    BINDINGS = [
        Binding("escape,ctrl+g,q", "cancel", "cancel", id="format-choice.cancel"),
    ]
    DEFAULT_CSS = """
    FormatChoice {
        RowTable { height: auto; max-height: 10; min-height: 3; background: $surface; }
        #needs { color: $text-muted; height: 2; }
    }
    """

    def compose(self) -> ComposeResult:
        """The list, and what the format under the cursor lacks."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Export in which format?"
            dialog.border_subtitle = "enter choose · q or escape cancel"
            yield RowTable(*COLUMNS, id="formats")
            yield Static(id="needs")

    def on_mount(self) -> None:
        """Ready to choose."""
        table = self.query_one(RowTable)
        table.show([Row(one.name, (one.name, one.words)) for one in FORMATS])
        table.focus()
        self._say_what_is_missing()

    def on_row_table_highlighted(self) -> None:
        """Say what this one needs."""
        self._say_what_is_missing()

    def _say_what_is_missing(self) -> None:
        key = self.query_one(RowTable).key
        missing = get_format(key).missing if isinstance(key, str) else ""
        text = f"Not installed yet: {missing}" if missing else ""
        self.query_one("#needs", Static).update(Content(text))

    def on_row_table_selected(self, event: RowTable.Selected) -> None:
        """Take the row, unless it lacks what the line below says."""
        if isinstance(event.key, str) and not get_format(event.key).missing:
            self.dismiss(get_format(event.key))

    def action_cancel(self) -> None:
        """Leave without a choice."""
        self.dismiss(None)
