"""A table of figures, each of which can be opened: the arrows choose a row and a column."""

from __future__ import annotations

from textual import events
from textual.binding import Binding
from textual.reactive import reactive

from tui_detect.ui.widgets.row_table import GAP, RowTable


class CellTable(RowTable):
    """Rows of figures; enter opens what is behind the chosen one, or behind the row."""

    BINDINGS = [
        Binding("left", "move_column(-1)", "figure before", show=False, id="table.left"),
        Binding("right", "move_column(1)", "next figure", show=False, id="table.right"),
    ]

    column: reactive[int] = reactive(0)
    """Index of the chosen column; 0, which names the row, stands for all of it."""

    @property
    def marked_column(self) -> int:
        """The chosen column, unless the table has become too narrow for it."""
        return self.column if self.column in self._openable else 0

    @property
    def figure(self) -> str:
        """The title of the chosen column, without the arrow of the order."""
        return self._columns[self.marked_column].title.rstrip("▲▼")

    def watch_column(self) -> None:
        """Say what enter opens now."""
        self.refresh()
        self.post_message(self.Highlighted(self, self.key))

    def action_move_column(self, steps: int) -> None:
        """Choose the figure beside it."""
        openable = self._openable
        place = openable.index(self.marked_column) + steps
        self.column = openable[max(0, min(place, len(openable) - 1))]

    def on_click(self, event: events.Click) -> None:
        """A click chooses a figure; one on the chosen figure opens it."""
        column, row = self._column_at(event.x), self.row_at(event.y)
        if row is not None and column != self.marked_column:
            self.column, self.cursor = column, row
            event.prevent_default()

    @property
    def _openable(self) -> list[int]:
        widths = self._widths(self.scrollable_content_region.width)
        return [i for i, _ in widths if self._columns[i].title]

    def _column_at(self, x: int) -> int:
        right = 1
        for i, width in self._widths(self.scrollable_content_region.width):
            right += width + GAP
            if x < right:
                return i if i in self._openable else 0
        return 0
