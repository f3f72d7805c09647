"""The confusion matrix: a cell is chosen by the arrows, and as much of it is drawn as fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.visual import Visual
from textual.widget import Widget

from tui_detect.core.words import count
from tui_detect.ui.widgets.plot import QUIET

if TYPE_CHECKING:
    from tui_detect.core.evaluation.confusion import Confusion

NARROWEST = 8
WIDEST = 13
"""Of a cell: the names above the cells are seen in full where there is room for them."""
BACKGROUND = "background"
_HEADER_LINES = 2


class ConfusionTable(Widget, can_focus=True):
    """Rows are what a person tagged, columns what the model found; enter opens a cell's boxes."""

    DEFAULT_CSS = """
    ConfusionTable {
        height: 1fr;
        & > .confusion-table--cursor {
            background: $block-cursor-blurred-background;
            color: $block-cursor-blurred-foreground;
        }
        &:focus > .confusion-table--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: bold reverse;
        }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"confusion-table--cursor"}
    BINDINGS = [
        Binding("enter", "select", "open", id="confusion.open"),
        Binding("up", "move(-1, 0)", "up", show=False, id="confusion.up"),
        Binding("down", "move(1, 0)", "down", show=False, id="confusion.down"),
        Binding("left", "move(0, -1)", "left", show=False, id="confusion.left"),
        Binding("right", "move(0, 1)", "right", show=False, id="confusion.right"),
        Binding("home", "move(-999, -999)", "first", show=False, id="confusion.first"),
        Binding("end", "move(999, 999)", "last", show=False, id="confusion.last"),
    ]

    confusion: reactive[Confusion | None] = reactive["Confusion | None"](None)
    place: reactive[tuple[int, int]] = reactive((0, 0))
    """Row and column under the cursor, among those that are shown."""

    @dataclass
    class Selected(Message):
        """The boxes of a cell are asked for: indices of the matrix."""

        row: int
        column: int

    class Moved(Message):
        """Another cell is under the cursor, or it counts something else."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._shown: list[int] = []
        self._top = self._left = 0

    @property
    def cell(self) -> tuple[int, int] | None:
        """Row and column of the matrix under the cursor."""
        if not self._shown:
            return None
        return self._shown[self.place[0]], self._shown[self.place[1]]

    @property
    def _opens(self) -> bool:
        if self.cell is None or self.confusion is None:
            return False
        background = len(self.confusion.tags)
        return self.cell != (background, background)

    @property
    def sentence(self) -> str:
        """The cell under the cursor in words."""
        if self.cell is None or self.confusion is None:
            return ""
        row, column = self.cell
        boxes = f"{self.confusion.counts[row, column]:,}"
        last = len(self.confusion.tags)
        if row == column == last:
            return "where nothing is tagged and nothing is found, there is nothing to count"
        if row == last:
            return f"{boxes} × {self._tag_name(column)} found where nothing is tagged"
        if column == last:
            return f"{boxes} × {self._tag_name(row)} missed"
        if row == column:
            return f"{boxes} × {self._tag_name(row)} found as {self._tag_name(row)}"
        return f"{boxes} × {self._tag_name(row)} taken for {self._tag_name(column)}"

    def watch_confusion(self) -> None:
        """The cursor stays on its cell where it is still shown."""
        from tui_detect.core.evaluation.confusion import tags_to_show

        before = self.cell
        self._shown = [] if self.confusion is None else tags_to_show(self.confusion)
        if before is not None and set(before) <= set(self._shown):
            place = self._shown.index(before[0]), self._shown.index(before[1])
        else:
            place = self.place
        self.place = place
        self._follow_cursor()

    def validate_place(self, place: tuple[int, int]) -> tuple[int, int]:
        """Keep the cursor on a cell."""
        last = max(0, len(self._shown) - 1)
        return max(0, min(place[0], last)), max(0, min(place[1], last))

    def watch_place(self) -> None:
        """What is drawn follows the cursor."""
        self._follow_cursor()
        self.post_message(self.Moved())

    def on_resize(self) -> None:
        """More or fewer cells fit."""
        self._follow_cursor()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a matrix, and where nothing meets nothing, there is nothing to open."""
        return action != "select" or self._opens

    def action_move(self, rows: int, columns: int) -> None:
        """Move the cursor by cells."""
        self.place = self.place[0] + rows, self.place[1] + columns

    def action_select(self) -> None:
        """Open the cell's boxes."""
        if self.cell is not None and self._opens:
            self.post_message(self.Selected(*self.cell))

    def on_click(self, event: events.Click) -> None:
        """A click chooses a cell; one on the chosen cell opens it."""
        row = event.y - _HEADER_LINES + self._top
        column = (event.x - self._names_width) // self._cell_width + self._left
        if event.y < _HEADER_LINES or event.x < self._names_width:
            return
        if (row, column) == self.place:
            self.action_select()
        self.place = row, column

    def render_line(self, y: int) -> Strip:
        """One line: the two of the header, or a tag's."""
        width = self.content_size.width
        line = self._line(y) if self.confusion is not None else Content()
        return Visual.to_strips(self, line, width, 1, self.visual_style, pad=True)[0]

    def _line(self, y: int) -> Content:
        if y == 0:
            return self._explanation()
        columns = range(self._left, min(len(self._shown), self._left + self._columns_in_sight))
        if y == 1:
            width = self._cell_width - 1
            names = [self._tag_name(self._shown[column])[: width - 1] for column in columns]
            titles = "".join(f"{name:>{width}} " for name in names)
            return Content.styled(" " * self._names_width + titles, QUIET)
        row = y - _HEADER_LINES + self._top
        if row >= len(self._shown):
            return Content()
        width = self._names_width
        name = Content(self._tag_name(self._shown[row])).truncate(width - 1, ellipsis=True)
        cells = [self._cell(row, column) for column in columns]
        return Content.assemble(name, " " * (width - name.cell_length), *cells)

    def _explanation(self) -> Content:
        assert self.confusion is not None
        hidden = len(self.confusion.tags) + 1 - len(self._shown)
        text = "rows: what you tagged · columns: what the model found"
        if hidden:
            text = f"rows: yours · columns: the model's · {count(hidden, 'tag')} without a mistake"
        hints = (
            "←" if self._left else "",
            "→" if self._left + self._columns_in_sight < len(self._shown) else "",
            "↑" if self._top else "",
            "↓" if self._top + self._rows_in_sight < len(self._shown) else "",
        )
        arrows = "".join(hints)
        return Content.styled(f"{arrows} {text}" if arrows else text, QUIET)

    def _cell(self, row: int, column: int) -> Content:
        assert self.confusion is not None
        i, j = self._shown[row], self._shown[column]
        boxes = int(self.confusion.counts[i, j])
        last = len(self.confusion.tags)
        text = " " if i == j == last else f"{boxes:,}" if boxes else "·"
        if (row, column) == self.place:
            style = self.get_visual_style("confusion-table--cursor")
            marked = f"[{text}]" if self.has_focus else f" {text} "
            return Content(" " * (self._cell_width - len(marked))) + Content.styled(marked, style)
        right = Content.styled(text, _style(boxes, right=i == j))
        return Content.assemble(" " * (self._cell_width - 1 - len(text)), right, " ")

    def _tag_name(self, index: int) -> str:
        assert self.confusion is not None
        tags = self.confusion.tags
        return tags[index].name if index < len(tags) else BACKGROUND

    @property
    def _names_width(self) -> int:
        longest = max((len(self._tag_name(index)) for index in self._shown), default=0)
        return min(longest, max(6, self.content_size.width // 4)) + 1

    @property
    def _cell_width(self) -> int:
        longest = max((len(self._tag_name(index)) for index in self._shown), default=0)
        room = (self.content_size.width - self._names_width) // max(1, len(self._shown))
        return max(NARROWEST, min(longest + 2, WIDEST, room))

    @property
    def _columns_in_sight(self) -> int:
        return max(1, (self.content_size.width - self._names_width) // self._cell_width)

    @property
    def _rows_in_sight(self) -> int:
        return max(1, self.content_size.height - _HEADER_LINES)

    def _follow_cursor(self) -> None:
        if self.confusion is None:
            return
        row, column = self.place
        self._top = _scrolled(self._top, row, self._rows_in_sight, len(self._shown))
        self._left = _scrolled(self._left, column, self._columns_in_sight, len(self._shown))
        self.refresh()


def _style(boxes: int, *, right: bool) -> str:
    if not boxes:
        return QUIET
    return "$success" if right else "bold $warning"


def _scrolled(first: int, cursor: int, in_sight: int, total: int) -> int:
    first = min(max(first, cursor - in_sight + 1), cursor)
    return max(0, min(first, total - in_sight))
