"""Opening the boxes behind what the Performance view shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on

from tui_detect.core.model import Iteration
from tui_detect.ui.screens.performance_actions import PerformanceActions
from tui_detect.ui.widgets.box_tables import BinTable, SizeTable
from tui_detect.ui.widgets.confusion_table import ConfusionTable
from tui_detect.ui.widgets.figures import Headline
from tui_detect.ui.widgets.row_table import RowTable
from tui_detect.ui.widgets.tag_table import TagTable

if TYPE_CHECKING:
    from tui_detect.core.evaluation import Matched
    from tui_detect.core.evaluation.error_kinds import KindsOfError
    from tui_detect.ui.screens.performance_lists import BoxList


@dataclass(frozen=True, slots=True, eq=False)
class _Looked:
    """What was looked at when a key asked for boxes."""

    iteration: Iteration
    kinds: KindsOfError
    matched: Matched
    threshold: float


class PerformanceBoxes(PerformanceActions):
    """Enter on a number, a bar or a cell opens the list of its boxes, worst first."""

    @on(Headline.Selected)
    def _figure_selected(self, event: Headline.Selected) -> None:
        from tui_detect.ui.screens.performance_lists import of_figure

        self._open(lambda at: of_figure(at.kinds, at.threshold, event.name))

    @on(RowTable.Selected, "#tags")
    def _tag_selected(self, event: RowTable.Selected) -> None:
        from tui_detect.ui.screens.performance_lists import of_tag, which_of

        which = which_of(self.panes.tags.figure)
        self._open(lambda at: of_tag(at.kinds, at.threshold, int(str(event.key)), which))

    @on(RowTable.Selected, "#errors")
    def _kind_selected(self, event: RowTable.Selected) -> None:
        from tui_detect.core.evaluation.finding import ERROR_KINDS
        from tui_detect.ui.screens.performance_lists import of_kind

        kind = next(kind for kind in ERROR_KINDS if kind == event.key)
        self._open(lambda at: of_kind(at.kinds, at.threshold, kind))

    @on(RowTable.Selected, "#sizes")
    def _size_selected(self, event: RowTable.Selected) -> None:
        from tui_detect.ui.screens.performance_lists import of_size, which_of

        which = which_of(self.query_one("#sizes", SizeTable).figure)
        self._open(lambda at: of_size(at.kinds, at.matched, at.threshold, str(event.key), which))

    @on(RowTable.Selected, "#bins")
    def _bin_selected(self, event: RowTable.Selected) -> None:
        from tui_detect.ui.screens.performance_lists import of_bin, which_of

        which = which_of(self.query_one("#bins", BinTable).figure)
        calibration = self.evaluation.calibration if self.evaluation else None
        if calibration is not None:
            place = int(str(event.key))
            low, high = calibration.edges[place : place + 2].tolist()
            self._open(lambda at: of_bin(at.kinds, low, high, which))

    @on(ConfusionTable.Selected)
    def _cell_selected(self, event: ConfusionTable.Selected) -> None:
        from tui_detect.ui.screens.performance_lists import of_cell

        across = self.evaluation.across if self.evaluation else None
        if across is not None:
            self._open(lambda at: of_cell(across, at.threshold, event.row, event.column))

    @on(TagTable.Sorted)
    def _sorted(self) -> None:
        self._show_soon()

    @on(RowTable.Highlighted, "#tags")
    def _tag_highlighted(self) -> None:
        self._show_soon()

    @on(RowTable.Highlighted, "#errors")
    @on(RowTable.Highlighted, "#sizes")
    @on(RowTable.Highlighted, "#bins")
    @on(ConfusionTable.Moved)
    @on(Headline.Moved)
    def _cursor_moved(self) -> None:
        self.panes.show_words()

    def _open(self, make: Callable[[_Looked], BoxList]) -> None:
        """Collect them in a thread, since there may be thousands, then show them.

        What is looked at may be another iteration by then, or at another threshold.
        """
        iteration, evaluation = self.shown, self.evaluation
        if iteration is None or evaluation is None:
            return
        kinds, matched = evaluation.kinds, evaluation.matched
        if kinds is None or matched is None:
            return
        looked = _Looked(iteration, kinds, matched, self.threshold)
        made: list[BoxList] = []
        self.do_slowly(
            "collecting boxes",
            lambda: made.append(make(looked)),
            lambda: self._push_boxes(looked, made[0]),
        )

    def _push_boxes(self, looked: _Looked, boxes: BoxList) -> None:
        from tui_detect.core.evaluation import format_overlap, format_threshold
        from tui_detect.ui.screens.errors import ErrorsScreen

        if self.shown is None or self.shown.id != looked.iteration.id or not self.is_current:
            return
        threshold = format_threshold(looked.threshold)
        at = f"threshold {threshold}, overlap {format_overlap(looked.matched.overlap)}"
        screen = ErrorsScreen(looked.iteration, boxes.title, boxes.findings, thresholds=at)
        self.app.push_screen(screen)
