"""A run as it goes: progress, plots, device, warnings, log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from tui_detect.core.model import Epoch, Iteration
from tui_detect.ui import run_words
from tui_detect.ui.widgets.performance_plots import loss_plot, metric_plot
from tui_detect.ui.widgets.plot import Plot
from tui_detect.ui.wording import printable


class ProgressLine(Widget):
    """A bar of the whole run with its figures, two lines."""

    DEFAULT_CSS = """
    ProgressLine { height: 2; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__(id="progress")
        self._iteration: Iteration | None = None
        self._figures = ""

    def show(self, iteration: Iteration, epochs: Sequence[Epoch]) -> None:
        """Show how far the run is."""
        self._iteration = iteration
        self._figures = run_words.figures(epochs)
        self.refresh()

    def render(self) -> Content:
        """Stage and bar, then the figures."""
        if self._iteration is None:
            return Content()
        width = self.content_size.width
        stage = self._iteration.progress.stage
        label = run_words.STAGES.get(stage, stage) or "waiting for the process"
        pace = run_words.pace(self._iteration)
        room = max(8, width - len(label) - len(pace) - 4)
        filled = round(run_words.share_done(self._iteration) * room)
        bar = Content.assemble(
            (label, "$accent"),
            "  ",
            ("█" * filled, "$primary"),
            ("░" * (room - filled), "$border-blurred"),
            "  ",
            pace,
        )
        figures = Content.styled(self._figures, "$muted")
        return Content("\n").join(
            [bar.truncate(width, ellipsis=True), figures.truncate(width, ellipsis=True)]
        )


class Tail(Widget):
    """The last lines of a log that fit, the newest at the bottom."""

    DEFAULT_CSS = """
    Tail { width: 1fr; padding: 0 1; color: $text-muted; }
    """

    lines: reactive[tuple[str, ...]] = reactive[tuple[str, ...]](())

    def render(self) -> Content:
        """One line of the log on each line, cut at the width."""
        width, height = self.content_size
        lines = self.lines[-height:] if height else ()
        return Content("\n").join(
            Content(printable(line)).truncate(width, ellipsis=True) for line in lines
        )


class RunPane(Vertical):
    """All about one run."""

    DEFAULT_CSS = """
    RunPane {
        #ending { height: auto; padding: 0 1; }
        #plots { height: 1fr; margin-top: 1; }
        #plots Plot { padding: 0 1; }
        #below { height: 7; margin-top: 1; }
        #device { width: 40; padding: 0 1; color: $text-muted; }
        #warnings { height: auto; max-height: 5; padding: 0 1; color: $warning; }
        &.-log #plots { display: none; }
        &.-log #below { height: 1fr; }
    }
    """

    def compose(self) -> ComposeResult:
        """Progress or ending, plots, log beside the device, warnings."""
        yield ProgressLine()
        yield Static(id="ending")
        with Horizontal(id="plots"):
            yield Plot(id="losses")
            yield Plot(id="figures")
        yield Static(id="warnings")
        with Horizontal(id="below"):
            yield Tail(id="log")
            yield Static(id="device")

    def show(self, iteration: Iteration, epochs: Sequence[Epoch], log: Sequence[str]) -> None:
        """Show the run as it is now."""
        progress = self.query_one(ProgressLine)
        progress.display = not iteration.ended
        progress.show(iteration, epochs)
        self._show_ending(iteration, epochs)
        empty = "no epoch was finished" if iteration.ended else "drawn from the first epoch on"
        self.query_one("#losses", Plot).data = replace(loss_plot(epochs), empty=empty)
        self.query_one("#figures", Plot).data = replace(metric_plot(epochs), empty=empty)
        self.query_one("#log", Tail).lines = tuple(log)
        self._show_warnings(iteration.warnings)
        lines = run_words.device_lines(iteration)
        if not iteration.ended:
            lines.append("q leaves; the run goes on")
        self.query_one("#device", Static).update(Content("\n".join(map(printable, lines))))

    def toggle_log(self) -> None:
        """Give the log the room of the plots, or back."""
        self.toggle_class("-log")

    def _show_ending(self, iteration: Iteration, epochs: Sequence[Epoch]) -> None:
        banner = self.query_one("#ending", Static)
        banner.display = iteration.ended
        if iteration.ended:
            ending = run_words.ending(iteration, epochs)
            banner.update(
                Content.assemble(
                    (f"{ending.mark} {ending.what}", f"bold {ending.style}"),
                    "\n",
                    (f"  {ending.next_step}", "$muted"),
                )
            )

    def _show_warnings(self, warnings: Sequence[str]) -> None:
        pane = self.query_one("#warnings", Static)
        pane.display = bool(warnings)
        pane.update(Content("\n".join(f"! {printable(warning)}" for warning in warnings)))
