"""The whole log of a run, with search."""

from __future__ import annotations

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Input

from tui_detect.core.model import Iteration
from tui_detect.ui.screens.base import AppScreen
from tui_detect.ui.widgets.footer import KeysLine
from tui_detect.ui.widgets.header import TitleLine
from tui_detect.ui.widgets.log_view import LogView
from tui_detect.ui.wording import printable
from tui_detect.workflows.watching import LogReader


class LogScreen(AppScreen):
    """A run's log over the view it was opened from."""

    HELP_PAGE = "train"
    DEFAULT_CSS = """
    LogScreen > Input { dock: bottom; display: none; margin-bottom: 1; }
    LogScreen.-asking > Input { display: block; }
    """
    BINDINGS = [
        Binding("slash", "ask", "search", id="log.search"),
        Binding("n", "search_on(False)", "next", id="log.next"),
        Binding("N", "search_on(True)", "previous", id="log.previous"),
        Binding("q,l,escape,ctrl+g", "close", "close", id="log.close"),
    ]

    view = getters.query_one(LogView)
    field = getters.query_one(Input)

    def __init__(self, iteration: Iteration) -> None:
        super().__init__()
        self._iteration = iteration

    def compose(self) -> ComposeResult:
        """The log, and a field for what is searched while it is asked for."""
        yield TitleLine(shows_run=False)
        yield LogView(LogReader(self.app.library, self._iteration))
        yield Input(placeholder="text to find, whatever its case", compact=True)
        yield KeysLine()

    def on_mount(self) -> None:
        """The keys belong to the log."""
        self.watch(self.view, "following", self._say)
        self.view.focus()

    def _say(self, following: bool) -> None:
        title = self.query_one(TitleLine)
        title.where = f"{self._iteration.name} · log"
        title.state = "the newest lines" if following else "G: the newest lines"
        title.news = ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is a next line only of something that was searched."""
        if action == "search_on":
            return bool(self.view.wanted)
        return True

    def action_ask(self) -> None:
        """Ask for the text."""
        self.add_class("-asking")
        self.field.value = ""
        self.field.focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Search, unless the field is empty."""
        self._leave_field()
        if event.value:
            self.view.search(event.value)
        self.refresh_bindings()

    def _leave_field(self) -> None:
        self.remove_class("-asking")
        self.view.focus()

    def on_log_view_searched(self, event: LogView.Searched) -> None:
        """Say where it was found, or that it was not."""
        title = self.query_one(TitleLine)
        wanted = repr(printable(event.text))
        if event.line is None:
            title.news = f"no line has {wanted}"
        else:
            title.news = f"{wanted}, from the other end" if event.around else wanted

    def action_search_on(self, backwards: bool) -> None:
        """The next line with the text, or the one before."""
        self.view.search_on(backwards=backwards)

    def action_close(self) -> None:
        """Leave the field, or the log."""
        if self.has_class("-asking"):
            self._leave_field()
        else:
            self.dismiss()
