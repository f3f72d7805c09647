"""Choosing one of a project's tags."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content

from tui_detect.core.model import Tag
from tui_detect.ui.widgets.dialogs import Dialog
from tui_detect.ui.widgets.row_table import Column, Row, RowTable
from tui_detect.workflows.tags import TagCount

COLUMNS = (Column("tag"), Column("images", 7, right=True), Column("regions", 8, right=True))


class TagChoice(Dialog[Tag | None]):
    """A list of tags under a question; `None` when none is chosen."""

    BINDINGS = [
        Binding("escape,ctrl+g,q", "cancel", "cancel", id="tag-choice.cancel"),
    ]
    DEFAULT_CSS = """
    TagChoice {
        RowTable { height: auto; max-height: 14; min-height: 3; background: $surface; }
    }
    """

    def __init__(self, title: str, counts: Sequence[TagCount]) -> None:
        super().__init__()
        self._title = title
        self._counts = {item.tag.id: item for item in counts}

    def compose(self) -> ComposeResult:
        """The list."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(self._title)
            dialog.border_subtitle = "enter choose · q or escape cancel"
            yield RowTable(*COLUMNS, id="tags")

    def on_mount(self) -> None:
        """Show them."""
        table = self.query_one(RowTable)
        table.show([tag_row(item) for item in self._counts.values()])
        table.focus()

    def on_row_table_selected(self, event: RowTable.Selected) -> None:
        """Take the row."""
        if isinstance(event.key, int):
            self.dismiss(self._counts[event.key].tag)

    def action_cancel(self) -> None:
        """Leave without a choice."""
        self.dismiss(None)


def tag_row(item: TagCount) -> Row:
    """A tag with its colour and counts."""
    name = Content.assemble(("■ ", item.tag.colour), item.tag.name)
    return Row(item.tag.id, (name, f"{item.images:,}", f"{item.regions:,}"))
