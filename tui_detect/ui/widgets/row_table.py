"""A table that fills its width: one flexible column, numbers on the right, one row chosen."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import ClassVar, overload

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

GAP = 2
MARK = "▸"
"""Before the figure that is chosen in a row, for terminals without colours."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column; a width of 0 takes what the others leave."""

    title: str
    width: int = 0
    right: bool = False
    from_width: int = 0
    """The column is left out of tables narrower than this."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row, known by its key when rows change."""

    key: Hashable
    cells: tuple[str | Content, ...]


class LazyRows(Sequence[Row]):
    """Rows that are made when they come into sight; there may be many thousands."""

    @abstractmethod
    def row(self, index: int) -> Row:
        """Make one."""

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        if isinstance(index, slice):
            return [self.row(each) for each in range(*index.indices(len(self)))]
        return self.row(index)


def _same(before: Row, now: Row) -> bool:
    """Whether two rows look the same; contents of equal text are equal to Textual."""
    return before == now and all(
        not isinstance(a, Content) or not isinstance(b, Content) or a.spans == b.spans
        for a, b in zip(before.cells, now.cells, strict=True)
    )


class RowTable(ScrollView, can_focus=True):
    """Rows under a header line; the cursor stays on its row when the rows change."""

    DEFAULT_CSS = """
    RowTable {
        height: 1fr;
        overflow-x: hidden;
        & > .row-table--header { color: $text-muted; }
        & > .row-table--cursor {
            background: $block-cursor-blurred-background;
            color: $block-cursor-blurred-foreground;
        }
        &:focus > .row-table--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: $block-cursor-text-style;
        }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"row-table--header", "row-table--cursor"}
    BINDINGS = [
        Binding("enter", "select", "open", id="table.select"),
        Binding("up,k", "move(-1)", "up", show=False, id="table.up"),
        Binding("down,j", "move(1)", "down", show=False, id="table.down"),
        Binding("pageup", "move_page(-1)", "page up", show=False, id="table.page-up"),
        Binding("pagedown", "move_page(1)", "page down", show=False, id="table.page-down"),
        Binding("home", "move_to(0)", "first", show=False, id="table.first"),
        Binding("end", "move_to(-1)", "last", show=False, id="table.last"),
    ]

    cursor: reactive[int] = reactive(0)
    """Index of the chosen row; 0 also when there are none."""

    class _AboutRow(Message):
        def __init__(self, table: RowTable, key: Hashable) -> None:
            super().__init__()
            self.table = table
            self.key = key

        @property
        def control(self) -> RowTable:
            """The table."""
            return self.table

    class Highlighted(_AboutRow):
        """Another row is under the cursor."""

    class Selected(_AboutRow):
        """Enter was pressed on a row, or it was clicked."""

    def __init__(
        self,
        *columns: Column,
        id: str | None = None,  # noqa: A002 - Textual's name for it
        header: bool = True,
        opens: bool = True,
    ) -> None:
        """A table of these columns; without `opens` enter does nothing with a row."""
        super().__init__(id=id)
        self._columns = columns
        self._rows: Sequence[Row] = ()
        self._header_lines = 1 if header else 0
        self._opens = opens

    @property
    def rows(self) -> Sequence[Row]:
        """What the table shows."""
        return self._rows

    @property
    def key(self) -> Hashable:
        """The key of the row under the cursor; `None` when there are no rows."""
        return self._rows[self.cursor].key if self._rows else None

    def show(self, rows: Sequence[Row]) -> None:
        """Replace the rows; the cursor stays on its key, or as near as possible."""
        before = self.key
        keys = [row.key for row in rows]
        self.show_at(tuple(rows), keys.index(before) if before in keys else self.cursor)

    def show_at(self, rows: Sequence[Row], index: int) -> None:
        """Replace the rows, the cursor on one; they may be made only when they are asked for."""
        before, cursor, old = self.key, self.cursor, self._rows
        self._rows = rows
        self.set_reactive(RowTable.cursor, self._clamp(index))
        self._set_virtual_size()
        self._refresh_changed(old, cursor)
        self._scroll_to_cursor()
        if self.key != before:
            self.post_message(self.Highlighted(self, self.key))

    def _refresh_changed(self, old: Sequence[Row], cursor: int) -> None:
        """Draw the rows that differ: figures that follow a held key are most of a screen."""
        if len(old) != len(self._rows) or cursor != self.cursor:
            self.refresh()
            return
        first = round(self.scroll_offset.y)
        for index in range(first, min(len(old), first + self.size.height)):
            if not _same(old[index], self._rows[index]):
                y = index - first + self._header_lines
                self.refresh(Region(0, y, self.size.width, 1))

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Give the columns other titles or widths."""
        if tuple(columns) != self._columns:
            self._columns = tuple(columns)
            self.refresh()

    def move_to_key(self, key: Hashable) -> None:
        """Put the cursor on a row, if it is there."""
        keys = [row.key for row in self._rows]
        if key in keys:
            self.cursor = keys.index(key)

    def validate_cursor(self, cursor: int) -> int:
        """Keep the cursor on a row."""
        return self._clamp(cursor)

    def watch_cursor(self, before: int, now: int) -> None:
        """Follow the cursor."""
        if before != now and self._rows:
            self.refresh()
            self._scroll_to_cursor()
            self.post_message(self.Highlighted(self, self.key))

    def action_move(self, rows: int) -> None:
        """Move the cursor by rows."""
        self.cursor += rows

    def action_move_page(self, pages: int) -> None:
        """Move the cursor by what is visible."""
        self.cursor += pages * max(1, self.size.height - self._header_lines - 1)

    def action_move_to(self, index: int) -> None:
        """Move the cursor to a row, -1 being the last."""
        self.cursor = index if index >= 0 else len(self._rows) + index

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without rows there is nothing to open."""
        return action != "select" or (self._opens and bool(self._rows))

    def action_select(self) -> None:
        """Open the row under the cursor."""
        if self._rows:
            self.post_message(self.Selected(self, self.key))

    def on_click(self, event: events.Click) -> None:
        """A click chooses a row; one on the chosen row opens it."""
        index = self.row_at(event.y)
        if index is None:
            return
        if index == self.cursor and self._opens:
            self.action_select()
        self.cursor = index

    def row_at(self, y: int) -> int | None:
        """The index of the row on a line of the table; `None` on the header and below the last."""
        index = y + round(self.scroll_offset.y) - self._header_lines
        return index if y >= self._header_lines and 0 <= index < len(self._rows) else None

    def on_resize(self) -> None:
        """The flexible column takes the new width."""
        self._set_virtual_size()
        self._scroll_to_cursor()

    def render_line(self, y: int) -> Strip:
        """The header stays while the rows scroll under it."""
        width = self.scrollable_content_region.width
        if y < self._header_lines:
            style = self.get_visual_style("row-table--header")
            return self._strip([column.title for column in self._columns], width, style)
        index = y - self._header_lines + round(self.scroll_offset.y)
        if index >= len(self._rows):
            return Strip.blank(width, self.visual_style.rich_style)
        chosen = index == self.cursor
        style = self.get_visual_style("row-table--cursor") if chosen else self.visual_style
        marked = self.marked_column if chosen else 0
        return self._strip(list(self._rows[index].cells), width, style, marked)

    @property
    def marked_column(self) -> int:
        """Index of the column that is marked in the chosen row; 0 marks none."""
        return 0

    def _strip(
        self, cells: list[str | Content], width: int, style: object, marked: int = 0
    ) -> Strip:
        parts: list[Content] = []
        for i, column_width in self._widths(width):
            cell = cells[i] if isinstance(cells[i], Content) else Content(str(cells[i]))
            assert isinstance(cell, Content)
            text = cell.truncate(column_width, ellipsis=True)
            space = " " * (column_width - text.cell_length)
            before = " " * GAP if parts else " "
            if self._columns[i].right:
                before, space = before + space, ""
            if i and i == marked:
                before, text = before[:-1] + MARK, text.stylize("reverse")
            parts.append(Content.assemble(before, text, space))
        line = Content().join(parts)
        return Visual.to_strips(self, line, width, 1, style, pad=True)[0]  # type: ignore[arg-type]

    def _widths(self, width: int) -> list[tuple[int, int]]:
        """The columns that a table of this width shows, with their widths."""
        shown = [i for i, column in enumerate(self._columns) if width >= column.from_width]
        fixed = sum(self._columns[i].width + GAP for i in shown if self._columns[i].width)
        flexible = [i for i in shown if not self._columns[i].width]
        room = max(4, (width - 2 - fixed - GAP * (len(flexible) - 1)) // max(1, len(flexible)))
        return [(i, self._columns[i].width or room) for i in shown]

    def _clamp(self, index: int) -> int:
        return max(0, min(index, len(self._rows) - 1))

    def _set_virtual_size(self) -> None:
        self.virtual_size = Size(
            self.scrollable_content_region.width, len(self._rows) + self._header_lines
        )

    def _scroll_to_cursor(self) -> None:
        # The header covers the top line, so a row is in sight only below it.
        rows_in_sight = max(1, self.size.height - self._header_lines)
        top = round(self.scroll_offset.y)
        top = min(max(top, self.cursor - rows_in_sight + 1), self.cursor)
        # Forced: before the first layout there is no scrollbar, and Textual would not scroll.
        self.scroll_to(y=top, animate=False, force=True, immediate=True)
