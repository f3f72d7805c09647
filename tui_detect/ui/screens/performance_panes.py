"""The panes of the Performance view: plots and tables, a page of them at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual import getters, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.widget import Widget

from tui_detect.ui.errors import ReportsErrors
from tui_detect.ui.screens.performance_evaluation import Evaluation
from tui_detect.ui.widgets.box_tables import BinTable, SizeTable
from tui_detect.ui.widgets.cell_table import CellTable
from tui_detect.ui.widgets.confusion_table import ConfusionTable
from tui_detect.ui.widgets.error_table import ErrorTable
from tui_detect.ui.widgets.figures import Headline
from tui_detect.ui.widgets.later import Later
from tui_detect.ui.widgets.page_tabs import PageTabs
from tui_detect.ui.widgets.performance_plots import (
    calibration_plot,
    loss_plot,
    metric_plot,
    precision_recall_plot,
    threshold_markers,
    threshold_plot,
)
from tui_detect.ui.widgets.plot import QUIET, Plot
from tui_detect.ui.widgets.tag_table import TagTable
from tui_detect.ui.widgets.text_lines import WrappedLines
from tui_detect.ui.wording import shortened

if TYPE_CHECKING:
    from tui_detect.core.evaluation import Performance
    from tui_detect.core.evaluation.error_kinds import KindsOfError
    from tui_detect.core.evaluation.finding import ErrorKind


@dataclass(frozen=True, slots=True)
class Page:
    """Panes that are shown together."""

    title: str
    panes: tuple[str, ...]
    """Their ids; the first table among them gets the focus."""


_CURVES = "threshold-plot", "recall-plot"
_BOXES = Page("boxes", ("sizes", "calibration-plot", "bins"))
_TRAINING = Page("training", ("loss-plot", "metric-plot"))
_SINGLE = (
    Page("errors", ("errors",)),
    Page("confusion", ("matrix",)),
    Page("sizes", ("sizes",)),
    Page("calibration", ("calibration-plot", "bins")),
    Page("loss", ("loss-plot",)),
    Page("epochs", ("metric-plot",)),
)
PAGES: dict[tuple[bool, bool], tuple[Page, ...]] = {
    (True, True): (
        Page("overview", (*_CURVES, "tags", "errors")),
        Page("errors", ("errors", "matrix")),
        _BOXES,
        _TRAINING,
    ),
    (True, False): (
        Page("curves", _CURVES),
        Page("tags", ("tags", "errors")),
        Page("errors", ("errors",)),
        Page("confusion", ("matrix",)),
        _BOXES,
        _TRAINING,
    ),
    (False, True): (
        Page("threshold", ("threshold-plot", "tags")),
        Page("recall", ("recall-plot", "tags")),
        *_SINGLE,
    ),
    (False, False): (
        Page("threshold", ("threshold-plot",)),
        Page("recall", ("recall-plot",)),
        Page("tags", ("tags",)),
        *_SINGLE,
    ),
}
"""By whether there is room for two panes side by side, and for two above each other."""
ADVICE_AFTER_S = 0.75
"""After the last key: on a large set it takes longer than a key may."""
NAME_CELLS = 20
"""Of a tag in the line below the tables."""
TABLES = ("tags", "errors", "matrix", "sizes", "bins")


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """All that the panes show."""

    evaluation: Evaluation
    performance: Performance | None = None
    threshold: float = 0.5
    chosen: float | None = None
    """The threshold that predictions use, where a person chose one."""
    tag_thresholds: Mapping[int, float] | None = None
    """Those chosen for single tags, by the tag's id."""


class PerformancePanes(ReportsErrors, Vertical):
    """One page of plots and tables at a time; only what is in sight is brought up to date."""

    page: var[int] = var(0, init=False)
    room: var[tuple[bool, bool]] = var((True, True), init=False)
    """Whether two panes fit side by side, and above each other."""

    tags = getters.query_one("#tags", TagTable)
    errors = getters.query_one("#errors", ErrorTable)
    matrix = getters.query_one("#matrix", ConfusionTable)
    words = getters.query_one("#words", WrappedLines)

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._shown: Shown | None = None
        self._later = Later(self)
        self._advised: tuple[KindsOfError, float] | None = None

    def compose(self) -> ComposeResult:
        """Everything; a page shows some of it."""
        yield PageTabs()
        with Horizontal(id="plots"):
            for name in ("threshold", "recall", "loss", "metric", "calibration"):
                yield Plot(id=f"{name}-plot", classes="pane")
            yield BinTable(id="bins").add_class("pane")
        with Horizontal(id="tables"):
            yield TagTable(id="tags").add_class("pane")
            yield ErrorTable(id="errors").add_class("pane")
            yield SizeTable(id="sizes").add_class("pane")
        yield ConfusionTable(id="matrix").add_class("pane")
        yield WrappedLines(id="words")

    @property
    def pages(self) -> tuple[Page, ...]:
        """Those that there are something to show on."""
        pages = PAGES[self.room]
        if self._shown is not None and self._shown.performance is None:
            return tuple(page for page in pages if page.panes[0] in ("loss-plot", "metric-plot"))
        return pages

    @property
    def current(self) -> Page:
        """The page in sight."""
        return self.pages[self.page % len(self.pages)]

    def turn(self, pages: int) -> None:
        """Show the next page, or the one before."""
        self.page = (self.page + pages) % len(self.pages)

    def watch_page(self) -> None:
        """Another page."""
        self._turned()

    def watch_room(self, before: tuple[bool, bool], _now: tuple[bool, bool]) -> None:
        """Other pages: stay at what the one in sight begins with."""
        pages = PAGES[before]
        first = pages[self.page % len(pages)].panes[0]
        found = (i for i, page in enumerate(self.pages) if first in page.panes)
        self.set_reactive(PerformancePanes.page, next(found, 0))
        self._turned()

    @on(PageTabs.Chosen)
    def _page_chosen(self, event: PageTabs.Chosen) -> None:
        self.page = event.page

    @dataclass
    class Advised(Message):
        """A thread knows what to do about each kind of error."""

        kinds: KindsOfError
        threshold: float
        advice: Mapping[ErrorKind, str]

    def show(self, shown: Shown) -> None:
        """Bring up to date what is in sight."""
        before, self._shown = self._shown, shown
        if before is None or (before.performance is None) != (shown.performance is None):
            self._turned()
        else:
            self._bring_up_to_date()

    def focus_first(self) -> bool:
        """Give the focus to the first table in sight; `False` when there is none."""
        tables = [name for name in self.current.panes if name in TABLES]
        if tables:
            self.query_one(f"#{tables[0]}").focus()
        return bool(tables)

    def _turned(self) -> None:
        current = self.current
        focused = self.screen.focused
        had_focus = focused is not None and focused.has_class("-shown")
        for pane in self.query(".pane"):
            pane.set_class(pane.id in current.panes, "-shown")
        for name in ("plots", "tables"):
            row = self.query_one(f"#{name}")
            row.display = any(pane.has_class("-shown") for pane in row.children)
        self.set_class("tags" in current.panes, "-tags")
        alone = not self.query_one("#plots").display and "matrix" not in current.panes
        self.set_class(alone, "-tables-alone")
        self.query_one("#words").display = any(name in TABLES for name in current.panes)
        self._bring_up_to_date()
        if had_focus and focused is not None and not focused.has_class("-shown"):
            self.focus_first()

    def _bring_up_to_date(self) -> None:
        if self._shown is None:
            return
        tabs = self.query_one(PageTabs)
        tabs.titles = tuple(page.title for page in self.pages)
        tabs.page = self.page % len(self.pages)
        for name in self.current.panes:
            _FILL[name](self, self._shown)
        self.show_words()

    # --- words about what is under the cursor -----------------------------------------------

    def show_words(self) -> None:
        """Say in words what the focused cursor is on."""
        self.words.content = Content.styled(self._words(), QUIET)

    def _words(self) -> str:
        focused = self.screen.focused
        names = [name for name in self.current.panes if name in TABLES]
        name = focused.id if focused is not None and focused.id in names else (names or [""])[0]
        words = {
            "errors": lambda: f"{self._told_apart}{self.errors.sentence}",
            "matrix": lambda: f"{self._told_apart}{self.matrix.sentence}",
            "tags": self._tag_words,
        }.get(name, str)()
        return " · ".join(filter(None, (words, self._opens(focused))))

    def _opens(self, focused: Widget | None) -> str:
        """Which boxes enter opens, where the words do not say it."""
        from tui_detect.ui.screens.performance_lists import title_of, which_of

        if isinstance(focused, Headline):
            return f"enter: {focused.opens}"
        if not isinstance(focused, CellTable) or not focused.rows:
            return ""
        table = focused
        name = str(table.rows[table.cursor].cells[0]).removeprefix("■ ")
        what = f"{table.key} boxes" if table.id == "sizes" else shortened(name, NAME_CELLS)
        return f"enter: {title_of(which_of(table.figure), what)}"

    @property
    def _told_apart(self) -> str:
        """What is not at the range of overlap thresholds, as the figures are."""
        kinds = self._shown.evaluation.kinds if self._shown is not None else None
        ranged = self._shown is not None and isinstance(self._shown.evaluation.overlap, str)
        return f"At overlap {kinds.overlap:.2f}. " if kinds is not None and ranged else ""

    def _tag_words(self) -> str:
        from tui_detect.core.evaluation import format_threshold

        shown = self._shown
        tag = (
            next(
                (t for t in shown.performance.tags if t.tag.id == self.tags.key),
                None,
            )
            if shown is not None and shown.performance is not None
            else None
        )
        if shown is None or tag is None:
            return ""
        best = shown.evaluation.tag_best.get(tag.tag.id)
        own = (shown.tag_thresholds or {}).get(tag.tag.id)
        parts = [shortened(tag.tag.name, NAME_CELLS)]
        if best is not None and own != best:
            parts.append(f"best F1 at {format_threshold(best)}, t takes it")
        if own is not None:
            undo = ", t forgets it" if own == best else ""
            parts.append(f"predictions use {format_threshold(own)}{undo}")
        return " · ".join(parts)

    # --- each pane --------------------------------------------------------------------------

    def _fill_threshold(self, shown: Shown) -> None:
        curves = shown.evaluation.curves
        if curves is not None:
            plot = self.query_one("#threshold-plot", Plot)
            markers = threshold_markers(shown.threshold, curves.best_threshold, shown.chosen)
            plot.data = replace(threshold_plot(curves), markers=markers)

    def _fill_recall(self, shown: Shown) -> None:
        evaluation = shown.evaluation
        if evaluation.curves is not None and evaluation.data is not None:
            self.query_one("#recall-plot", Plot).data = precision_recall_plot(
                evaluation.curves, evaluation.data.tags, self._tag_index(evaluation)
            )

    def _tag_index(self, evaluation: Evaluation) -> int | None:
        tags = evaluation.data.tags if evaluation.data is not None else ()
        return next((i for i, tag in enumerate(tags) if tag.id == self.tags.key), None)

    def _fill_loss(self, shown: Shown) -> None:
        self.query_one("#loss-plot", Plot).data = loss_plot(shown.evaluation.epochs)

    def _fill_metric(self, shown: Shown) -> None:
        self.query_one("#metric-plot", Plot).data = metric_plot(shown.evaluation.epochs)

    def _fill_calibration(self, shown: Shown) -> None:
        if shown.evaluation.calibration is not None:
            plot = self.query_one("#calibration-plot", Plot)
            plot.data = calibration_plot(shown.evaluation.calibration)

    def _fill_bins(self, shown: Shown) -> None:
        if shown.evaluation.calibration is not None:
            self.query_one("#bins", BinTable).show_bins(shown.evaluation.calibration)

    def _fill_tags(self, shown: Shown) -> None:
        if shown.performance is not None:
            self.tags.show_tags(shown.performance.tags, shown.evaluation.tag_best)

    def _fill_errors(self, shown: Shown) -> None:
        kinds = shown.evaluation.kinds
        if kinds is not None:
            self.errors.show_errors(kinds.counts(shown.threshold), shown.evaluation.costs)
            curves = shown.evaluation.curves
            best = curves.best_threshold if curves is not None else None
            self._advise_soon(kinds, shown.threshold, best)

    def _advise_soon(self, kinds: KindsOfError, threshold: float, best: float | None) -> None:
        if self._advised != (kinds, threshold):
            self._advised = kinds, threshold
            self._later.start(ADVICE_AFTER_S, lambda: self._advise(kinds, threshold, best))

    @work(thread=True, exclusive=True, exit_on_error=False, group="advice", description="advice")
    def _advise(self, kinds: KindsOfError, threshold: float, best: float | None) -> None:
        from tui_detect.core.evaluation.advice import advice

        self.post_message(self.Advised(kinds, threshold, advice(kinds, threshold, best)))

    @on(Advised)
    def _show_advice(self, event: Advised) -> None:
        if self._advised == (event.kinds, event.threshold):
            self.errors.advise(event.advice)
            self.show_words()

    def _fill_matrix(self, shown: Shown) -> None:
        from tui_detect.core.evaluation.confusion import confusion

        across = shown.evaluation.across
        if across is not None:
            self.matrix.confusion = confusion(across, shown.threshold)

    def _fill_sizes(self, shown: Shown) -> None:
        from tui_detect.core.evaluation.box_sizes import by_size

        matched = shown.evaluation.matched
        if matched is not None and shown.evaluation.has_sizes:
            self.query_one("#sizes", SizeTable).show_sizes(by_size(matched, shown.threshold))


_FILL = {
    "threshold-plot": PerformancePanes._fill_threshold,
    "recall-plot": PerformancePanes._fill_recall,
    "loss-plot": PerformancePanes._fill_loss,
    "metric-plot": PerformancePanes._fill_metric,
    "calibration-plot": PerformancePanes._fill_calibration,
    "bins": PerformancePanes._fill_bins,
    "tags": PerformancePanes._fill_tags,
    "errors": PerformancePanes._fill_errors,
    "matrix": PerformancePanes._fill_matrix,
    "sizes": PerformancePanes._fill_sizes,
}
