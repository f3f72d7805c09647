"""A log of any length: one page of it is in memory, the rest stays in the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.worker import get_current_worker

from tui_detect.ui.errors import ReportsErrors
from tui_detect.ui.widgets.text_lines import TextLines
from tui_detect.ui.wording import printable
from tui_detect.workflows.watching import LogLine, LogReader

POLL_S = 0.5
SIDE_STEP = 20


class LogView(ReportsErrors, TextLines, can_focus=True):
    """Scrolls through a log by keys, follows its end while at the end, and searches it."""

    BINDINGS = [
        Binding("up,k", "move(-1)", "up", show=False, id="log.up"),
        Binding("down,j", "move(1)", "down", show=False, id="log.down"),
        Binding("pageup,b", "page(-1)", "page up", show=False, id="log.page_up"),
        Binding("pagedown,space", "page(1)", "page down", show=False, id="log.page_down"),
        Binding("left", "side(-1)", "left", show=False, id="log.left"),
        Binding("right", "side(1)", "right", show=False, id="log.right"),
        Binding("g,home", "start", "start", id="log.start"),
        Binding("G,end", "end", "end", id="log.end"),
    ]
    DEFAULT_CSS = """
    LogView { height: 1fr; padding: 0 1; }
    """

    following: var[bool] = var(True)
    """Whether the newest lines are shown, whatever comes."""
    wanted: var[str] = var("")
    """The text that is marked."""

    @dataclass
    class Turned(Message):
        """Another page was read."""

        jump: int
        lines: Sequence[LogLine]
        size_bytes: int
        at_end: bool
        """Whether the person went down to the newest lines."""

    @dataclass
    class Searched(Message):
        """A search is over; `line` is `None` when it found nothing."""

        text: str
        line: LogLine | None
        around: bool
        """Whether it went on from the other end."""

    def __init__(self, reader: LogReader) -> None:
        super().__init__()
        self._reader = reader
        self._lines: Sequence[LogLine] = ()
        self._size_bytes = -1
        self._column = 0
        self._top = 0
        """Where the page starts that `_moves` are counted from."""
        self._moves = 0
        self._jump = 0
        """Counts the leaps to other places: a page read for an earlier one is not wanted."""
        self._reading = False
        self._hit: LogLine | None = None

    def on_mount(self) -> None:
        """Look for what is new."""
        self.set_interval(POLL_S, self._poll)

    def on_resize(self) -> None:
        """Fill the new size."""
        self._turn()

    # --- pages --------------------------------------------------------------------------------

    def _poll(self) -> None:
        if self.following and not self._reading:
            self._turn()

    def _turn(self) -> None:
        """Read the page that is wanted now; moves that come meanwhile are added up."""
        rows = self.content_size.height
        if self._reading or rows < 1:
            return
        self._reading = True
        moves, self._moves = self._moves, 0
        reader, top, jump, following = self._reader, self._top, self._jump, self.following
        before, known_bytes = self._lines, self._size_bytes

        def read() -> None:
            size_bytes = reader.size_bytes()
            if not following:
                lines: Sequence[LogLine] = reader.page_at(top, moves, rows)
            elif size_bytes == known_bytes and len(before) == rows:
                lines = before
            else:
                lines = reader.last_page(rows)
            at_end = moves > 0 and (not lines or lines[-1].end >= size_bytes)
            self.post_message(self.Turned(jump, lines, size_bytes, at_end))

        self.run_worker(read, thread=True, exit_on_error=False, group="page")

    def on_log_view_turned(self, event: Turned) -> None:
        """Show the page, and go on where keys came meanwhile."""
        event.stop()
        self._reading = False
        if event.jump != self._jump:
            self._turn()
            return
        self._size_bytes = event.size_bytes
        self._top = event.lines[0].start if event.lines else 0
        if event.lines != self._lines:
            self._lines = event.lines
            self._draw()
        if self._moves:
            self._turn()
        elif event.at_end:
            self.following = True

    def _draw(self) -> None:
        shown = (self._marked(printable(line.text)) for line in self._lines)
        self.content = Content("\n").join(shown)

    def _marked(self, text: str) -> Content:
        wanted, low = self.wanted.casefold(), text.casefold()
        content = Content(text)
        # Folding lengthens a few letters; then the places do not fit and nothing is marked.
        if wanted and len(low) == len(text):
            place = low.find(wanted)
            while place >= 0:
                content = content.stylize("reverse", place, place + len(wanted))
                place = low.find(wanted, place + len(wanted))
        return content[self._column :] if self._column else content

    # --- keys ---------------------------------------------------------------------------------

    def action_move(self, lines: int) -> None:
        """Some lines on or back."""
        self._moves += lines
        self.following = False
        self._turn()

    def action_page(self, pages: int) -> None:
        """A page on or back, one line of which stays."""
        self.action_move(pages * max(1, self.content_size.height - 1))

    def action_side(self, steps: int) -> None:
        """Towards the end of long lines, or back."""
        self._column = max(0, self._column + steps * SIDE_STEP)
        self._draw()

    def action_start(self) -> None:
        """The oldest lines."""
        self._leap(0)

    def action_end(self) -> None:
        """The newest lines, and those that come."""
        self._size_bytes = -1
        self._leap(0, following=True)

    def _leap(self, top: int, moves: int = 0, *, following: bool = False) -> None:
        self._top, self._moves, self.following = top, moves, following
        self._jump += 1
        self._turn()

    # --- searching ----------------------------------------------------------------------------

    def search(self, text: str) -> None:
        """The nearest line with the text: the last one at the end, else the next from here on."""
        self.wanted, self._hit = text, None
        self._draw()
        if self.following or not self._lines:
            self._find(self._reader.size_bytes(), backwards=True)
        else:
            self._find(self._top, backwards=False)

    def search_on(self, *, backwards: bool) -> None:
        """The next line with the same text, or the one before."""
        if self.wanted and self._hit is not None:
            self._find(self._hit.start if backwards else self._hit.end, backwards=backwards)

    def _find(self, offset: int, *, backwards: bool) -> None:
        reader, text = self._reader, self.wanted

        def find() -> None:
            worker = get_current_worker()

            def look(start: int) -> LogLine | None:
                return reader.find(
                    text, start, backwards=backwards, should_stop=lambda: worker.is_cancelled
                )

            line = look(offset)
            around = line is None
            if around:
                line = look(reader.size_bytes() if backwards else 0)
            if not worker.is_cancelled:
                self.post_message(self.Searched(text, line, around))

        self.run_worker(find, thread=True, exclusive=True, exit_on_error=False, group="find")

    def on_log_view_searched(self, event: Searched) -> None:
        """Bring what was found into sight; the owner says how it went."""
        if event.line is not None:
            self._hit = event.line
            self._leap(event.line.start, -(self.content_size.height // 3))
            self._draw()
