"""The title line: where am I, what state, what is being trained."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui_detect.core.model import Iteration
from tui_detect.ui.wording import run_in_brief

GAP = 3


class TitleLine(Widget):
    """One line: `where` on the left, `state` beside it, the live run (else `news`) on the right."""

    DEFAULT_CSS = """
    TitleLine {
        dock: top;
        height: 1;
        padding: 0 1;
        background: $footer-background;
        color: $foreground;
    }
    """

    where: reactive[str | Content] = reactive[str | Content]("")
    state: reactive[str | Content] = reactive[str | Content]("")
    news: reactive[str | Content] = reactive[str | Content]("")
    """Shown on the right while nothing is being trained."""
    run: reactive[Iteration | None] = reactive[Iteration | None](None)

    def __init__(
        self, where: str | Content = "", state: str | Content = "", *, shows_run: bool = True
    ) -> None:
        super().__init__()
        self._shows_run = shows_run
        self.set_reactive(TitleLine.where, where)
        self.set_reactive(TitleLine.state, state)

    def on_mount(self) -> None:
        """Follow the app's live runs."""
        if self._shows_run:
            self.watch(self.app, "live_runs", self._runs_changed)

    def _runs_changed(self, runs: tuple[Iteration, ...]) -> None:
        self.run = runs[0] if runs else None

    def render(self) -> Content:
        """The line, its middle shortened first."""
        width = self.content_size.width
        where = _content(self.where).stylize("bold $primary")
        right = _content(self.news).stylize("$muted")
        if self.run is not None:
            right = Content.styled(f"● {run_in_brief(self.run)}", "$accent")
        right = right.truncate(max(0, width - where.cell_length - 1), ellipsis=True)
        room = width - where.cell_length - right.cell_length - 2 * GAP
        state = (
            _content(self.state).truncate(max(0, room), ellipsis=True) if room > 3 else Content()
        )
        left = Content.assemble(where, " " * GAP, state)
        space = max(1, width - left.cell_length - right.cell_length)
        return Content.assemble(left, " " * space, right).truncate(width)


def _content(text: str | Content) -> Content:
    return text if isinstance(text, Content) else Content(text)
