"""A run as it goes and when it has ended: progress, plots, meters, pictures, warnings, log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from time import monotonic

from textual import getters
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui_detect.core.errors import NotFound
from tui_detect.core.model import Iteration
from tui_detect.ui import meter_words, run_words
from tui_detect.ui.errors import ReportsErrors
from tui_detect.ui.terminal import UNKNOWN, Terminal
from tui_detect.ui.widgets.flip_book import FlipBook
from tui_detect.ui.widgets.later import Later
from tui_detect.ui.widgets.plot import Plot
from tui_detect.ui.widgets.run_plots import DOUBLE_PAGES, SINGLE_PAGES, MeterHistory, epoch_plot
from tui_detect.ui.widgets.run_progress import RunProgress
from tui_detect.ui.widgets.text_lines import TailLines, TextLines
from tui_detect.ui.wording import printable
from tui_detect.workflows.library import Library
from tui_detect.workflows.watching import RunReport, RunWatcher

READ_INTERVAL_S = 1.0
"""What only grows, such as the log, is read no more often; an epoch or an ending at once."""
PLOTS_INTERVAL_S = 6.0
"""A plot is a quarter of what watching costs; where epochs are short, several come at once."""
ROOMY_COLUMNS, ROOMY_ROWS = 98, 26
"""From here on plots, meters, pictures and log stand side by side."""
WARNINGS_SHOWN = 2


class RunPane(ReportsErrors, Vertical):
    """All about one run; only what changed is drawn again."""

    DEFAULT_CSS = """
    RunPane {
        #ending { height: auto; max-height: 6; padding: 0 1; }
        #plots { height: 1fr; }
        #plots Plot { padding: 0 1; }
        #facts { width: 34; padding: 0 1; color: $text-muted; }
        #meters { height: 1; padding: 0 1; color: $text-muted; }
        #below { height: 1fr; }
        #flip { width: 2fr; }
        #said { width: 1fr; }
        #warnings { padding: 0 1; color: $warning; }
        #log { height: 1fr; padding: 0 1; color: $text-muted; }
        &.-roomy #meters { display: none; }
        &.-roomy #plots, &.-roomy #below { margin-top: 1; }
        &.-roomy.-pictures #said { display: none; }
        &.-close #facts, &.-close #flip { display: none; }
        &.-close #below { height: 4; layout: vertical; }
        &.-close #said { width: 1fr; height: 1fr; }
        &.-pictures #plots { display: none; }
        &.-close.-pictures #below { height: 1fr; }
        &.-close.-pictures #flip { display: block; width: 1fr; height: 1fr; }
        &.-close.-pictures #said { height: 3; }
    }
    """

    progress = getters.query_one(RunProgress)
    flip_book = getters.query_one(FlipBook)

    class Read(Message):
        """What the run has reported."""

        def __init__(self, watcher: RunWatcher, report: RunReport) -> None:
            super().__init__()
            self.watcher = watcher
            self.report = report

    def __init__(
        self,
        library: Library,
        terminal: Terminal = UNKNOWN,
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._library = library
        self._terminal = terminal
        self._run: Iteration | None = None
        self._watcher: RunWatcher | None = None
        self._report = RunReport()
        self._history = MeterHistory()
        self._page = 0
        self._read_for: tuple[object, ...] = ()
        self._reading, self._plotting = Later(self), Later(self)
        self._plotted_at_s = -PLOTS_INTERVAL_S

    def compose(self) -> ComposeResult:
        """Progress or ending, plots beside the meters, pictures beside warnings and log."""
        yield RunProgress(id="progress")
        yield Static(id="ending")
        with Horizontal(id="plots"):
            yield Plot(id="first")
            yield Plot(id="second")
            yield TextLines(id="facts")
        yield TextLines(id="meters")
        with Horizontal(id="below"):
            yield FlipBook(self._terminal, id="flip")
            with Vertical(id="said"):
                yield TextLines(id="warnings")
                yield TailLines(id="log")

    # --- what the owner says ------------------------------------------------------------------

    def show_starting(self) -> None:
        """A run is being started; nothing is known of it yet."""
        self._forget()
        self.progress.show_starting()
        self._show_all()

    def show(self, iteration: Iteration) -> None:
        """Show a run as it is now; what it reported is read in a thread."""
        if self._run is None or self._run.id != iteration.id:
            self._forget()
            self._watcher = RunWatcher(self._library, iteration)
        self._run = iteration
        self.progress.show(iteration, self._report.epochs)
        if self._history.add(iteration.progress.meters):
            self._show_facts()
            self._plot_soon()
        progress = iteration.progress
        urgent = (iteration.state, iteration.epochs_done, progress.part, len(iteration.warnings))
        if urgent != self._read_for:
            self._read_for = urgent
            self._reading.stop()
            self._read()
            self._show_said()
            if not self._report.epochs or iteration.ended:
                self._show_all()
        elif not self._reading.waiting:
            self._reading.start(READ_INTERVAL_S, self._read)

    def turn_plots(self, steps: int) -> None:
        """Show other plots, instead of the pictures if those have their place."""
        if not self.has_class("-pictures"):
            self._page += steps
        self.remove_class("-pictures")
        self._show_plots()

    def toggle_pictures(self) -> None:
        """Give the pictures the room of the plots, or back."""
        self.toggle_class("-pictures")

    @property
    def warnings(self) -> Sequence[str]:
        """All warnings of the run."""
        return self._run.warnings if self._run is not None else ()

    @property
    def report(self) -> RunReport:
        """What was read last."""
        return self._report

    # --- reading ------------------------------------------------------------------------------

    def _forget(self) -> None:
        self._run = self._watcher = None
        self._report, self._read_for = RunReport(), ()
        self._history.clear()
        self._reading.stop()
        self._plotted_at_s = -PLOTS_INTERVAL_S

    def _read(self) -> None:
        run, watcher = self._run, self._watcher
        if run is None or watcher is None:
            return

        def read() -> None:
            try:
                self.post_message(self.Read(watcher, watcher.read(run)))
            except NotFound:
                return

        self.run_worker(read, thread=True, exclusive=True, exit_on_error=False, group="read")

    def on_run_pane_read(self, event: Read) -> None:
        """Show what the run reported, unless another one is shown by now."""
        before = self._report
        if event.watcher is not self._watcher or event.report == before:
            return
        self._report = event.report
        if replace(before, log=event.report.log) == event.report:
            self._show_said()
        elif self._run is not None and not self._run.ended and before.epochs:
            self._show_news()
            self._plot_soon()
        else:
            self._show_all()

    # --- showing ------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Side by side where there is room."""
        roomy = self.size.width >= ROOMY_COLUMNS and self.size.height >= ROOMY_ROWS
        self.set_class(roomy, "-roomy")
        self.set_class(not roomy, "-close")
        self._show_all()

    def _show_all(self) -> None:
        self._show_news()
        self._show_plots()

    def _show_news(self) -> None:
        """Everything but the plots."""
        run = self._run
        ended = run is not None and run.ended
        self.progress.display = not ended
        self.query_one("#ending").display = ended
        if run is not None:
            self.progress.show(run, self._report.epochs)
        if run is not None and ended:
            self._show_ending(run)
        self._show_facts()
        self._show_said()
        if run is not None and self._watcher is not None:
            parts = run.progress.parts
            self.flip_book.show(self._watcher, self._report.previews, parts=parts, ended=run.ended)

    def _show_ending(self, run: Iteration) -> None:
        report = self._report
        ending = run_words.ending(
            run, report.epochs, can_resume=report.can_resume, last_sign=report.last_sign
        )
        self.query_one("#ending", Static).update(
            Content.assemble(
                (f"{ending.mark} {printable(ending.what)}", f"bold {ending.style}"),
                "\n",
                (f"  {ending.next_step}", "$muted"),
            )
        )

    def _plot_soon(self) -> None:
        """Draw the plots anew, at once unless that was done just now."""
        wait_s = self._plotted_at_s + PLOTS_INTERVAL_S - monotonic()
        if wait_s <= 0:
            self._show_plots()
        elif not self._plotting.waiting:
            self._plotting.start(wait_s, self._show_plots)

    def _show_plots(self) -> None:
        self._plotting.stop()
        self._plotted_at_s = monotonic()
        pages = DOUBLE_PAGES if self.has_class("-roomy") else SINGLE_PAGES
        names = pages[self._page % len(pages)]
        for place, plot in enumerate(self.query(Plot)):
            plot.display = place < len(names)
            if place >= len(names):
                continue
            if names[place] == "use":
                plot.data = self._history.plot()
            else:
                ended = self._run is not None and self._run.ended
                plot.data = epoch_plot(names[place], self._report.epochs, ended=ended)

    def _show_facts(self) -> None:
        run = self._run
        if run is None:
            return
        meters = None if run.ended else run.progress.meters
        facts = [printable(text) for text in run_words.facts(run)]
        if self.has_class("-roomy"):
            pane = self.query_one("#facts", TextLines)
            if not run.ended:
                facts.append("q leaves; the run goes on")
            width, height = pane.content_size
            lines = [Content(text) for text in facts]
            if meters is not None:
                room = max(0, height - len(facts) - 1)
                lines = [*meter_words.meter_lines(meters, width, room), Content(), *lines]
            pane.content = Content("\n").join(lines)
        else:
            lines = [Content(meter_words.meter_line(meters))] if meters is not None else []
            pane = self.query_one("#meters", TextLines)
            lines.append(Content(" · ".join(facts)))
            pane.styles.height = len(lines)
            pane.content = Content("\n").join(lines)

    def _show_said(self) -> None:
        lines = [f"! {printable(warning)}" for warning in self.warnings]
        hidden = len(lines) - WARNINGS_SHOWN
        if hidden > 0:
            lines = [*lines[-WARNINGS_SHOWN:], f"  and {hidden} more: w lists all"]
        pane = self.query_one("#warnings", TextLines)
        pane.display = bool(lines)
        pane.styles.height = len(lines)
        pane.content = Content("\n".join(lines))
        log = "\n".join(printable(line) for line in self._report.log)
        self.query_one("#log", TailLines).content = Content(log)
