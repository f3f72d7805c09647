"""How far a run is: stage, bar and pace over its last epoch's figures, losses below them."""

from __future__ import annotations

from datetime import UTC, datetime

from textual.content import Content
from textual.widget import Widget

from tui_detect.core.model import Epoch, Iteration
from tui_detect.ui import run_words

SHORTEST_BAR = 8
TICK_S = 1.0


class RunProgress(Widget):
    """Three lines, drawn again only when they would read differently."""

    DEFAULT_CSS = """
    RunProgress { height: 3; padding: 0 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._iteration: Iteration | None = None
        self._epochs: tuple[Epoch, ...] = ()
        self._starting = False
        self._shown = Content()

    def on_mount(self) -> None:
        """What takes time without news says for how long."""
        self._ticker = self.set_interval(TICK_S, self._say, pause=True)

    def show_starting(self) -> None:
        """A run is being started; there is nothing of it yet."""
        self._iteration, self._starting = None, True
        self._say()

    def show(self, iteration: Iteration, epochs: tuple[Epoch, ...]) -> None:
        """Show how far the run is."""
        self._iteration, self._epochs, self._starting = iteration, epochs, False
        (self._ticker.resume if run_words.stage_takes_time(iteration) else self._ticker.pause)()
        self._say()

    def on_resize(self) -> None:
        """The bar fills what there is."""
        self._say()

    def _say(self) -> None:
        content = self._content()
        if content != self._shown:
            self._shown = content
            self.refresh()

    def render(self) -> Content:
        """Stage and bar, the figures, the losses."""
        return self._shown

    def _content(self) -> Content:
        width = self.content_size.width
        if self._iteration is None:
            return Content.styled(run_words.STARTING if self._starting else "", "$accent")
        label = run_words.stage(self._iteration, datetime.now(UTC))
        pace = run_words.pace(self._iteration)
        room = width - len(label) - len(pace) - 4
        bar: list[str | tuple[str, str]] = []
        if room >= SHORTEST_BAR:
            filled = round(run_words.share_done(self._iteration) * room)
            bar = [("█" * filled, "$primary"), ("░" * (room - filled), "$border-blurred"), "  "]
        line = Content.assemble((label, "$accent"), "  ", *bar, pace)
        # On one line they would need 130 columns, and the learning rate is the first to be cut.
        learning = (run_words.losses(self._iteration), run_words.learning_rate(self._epochs))
        lines = (
            line,
            Content.styled(run_words.figures(self._epochs), "$muted"),
            Content.styled(" · ".join(text for text in learning if text), "$muted"),
        )
        return Content("\n").join(line.truncate(width, ellipsis=True) for line in lines)
