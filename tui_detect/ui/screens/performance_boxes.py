"""Opening the boxes behind what the Performance view shows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from textual import on

from tui_detect.ui.screens.performance_actions import PerformanceActions
from tui_detect.ui.widgets.box_tables import BinTable, SizeTable
from tui_detect.ui.widgets.confusion_table import ConfusionTable
from tui_detect.ui.widgets.figures import Headline
from tui_detect.ui.widgets.row_table import RowTable
from tui_detect.ui.widgets.tag_table import TagTable

if TYPE_CHECKING:
    from tui_detect.core.evaluation.error_kinds import KindsOfError
    from tui_detect.ui.screens.performance_lists import BoxList


class PerformanceBoxes(PerformanceActions):
    """Enter on a number, a bar or a cell opens the list of its boxes, worst first."""

    @on(Headline.Selected)
    def _figure_selected(self, event: Headline.Selected) -> None:
        from tui_detect.ui.screens.performance_lists import of_figure

        self._open(lambda kinds: of_figure(kinds, self.threshold, event.name))

    @on(RowTable.Selected, "#tags")
    def _tag_selected(self, event: RowTable.Selected) -> None:
        from tui_detect.ui.screens.performance_lists import behind, of_tag

        which = behind(self.panes.tags.figure)
        self._open(lambda kinds: of_tag(kinds, self.threshold, int(str(event.key)), which))

    @on(RowTable.Selected, "#errors")
    def _kind_selected(self, event: RowTable.Selected) -> None:
        from tui_detect.core.evaluation.finding import ERROR_KINDS
        from tui_detect.ui.screens.performance_lists import of_kind

        kind = next(kind for kind in ERROR_KINDS if kind == event.key)
        self._open(lambda kinds: of_kind(kinds, self.threshold, kind))

    @on(RowTable.Selected, "#sizes")
    def _size_selected(self, event: RowTable.Selected) -> None:
        from tui_detect.core.evaluation.box_sizes import SIZES
        from tui_detect.ui.screens.performance_lists import behind, of_size

        which = behind(self.query_one("#sizes", SizeTable).figure)
        name, low, high = next(size for size in SIZES if size[0] == event.key)
        self._open(lambda kinds: of_size(kinds, self.threshold, name, (low, high), which))

    @on(RowTable.Selected, "#bins")
    def _bin_selected(self, event: RowTable.Selected) -> None:
        from tui_detect.ui.screens.performance_lists import behind, of_bin

        which = behind(self.query_one("#bins", BinTable).figure)
        calibration = self.evaluation.calibration if self.evaluation else None
        if calibration is not None:
            place = int(str(event.key))
            low, high = calibration.edges[place : place + 2].tolist()
            self._open(lambda kinds: of_bin(kinds, low, high, which))

    @on(ConfusionTable.Selected)
    def _cell_selected(self, event: ConfusionTable.Selected) -> None:
        from tui_detect.ui.screens.performance_lists import of_cell

        across = self.evaluation.across if self.evaluation else None
        if across is not None:
            cell = event.row, event.column
            self._show_boxes(partial(of_cell, across, self.threshold, *cell))

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
    def _cursor_moved(self) -> None:
        self.panes.show_words()

    def _open(self, make: Callable[[KindsOfError], BoxList]) -> None:
        kinds = self.evaluation.kinds if self.evaluation else None
        if kinds is not None:
            self._show_boxes(lambda: make(kinds))

    def _show_boxes(self, make: Callable[[], BoxList]) -> None:
        """Collect them in a thread, since there may be thousands, then show them."""
        made: list[BoxList] = []
        self.do_slowly(
            "collecting boxes", lambda: made.append(make()), lambda: self._push_boxes(made[0])
        )

    def _push_boxes(self, boxes: BoxList) -> None:
        from tui_detect.core.evaluation import format_overlap, format_threshold
        from tui_detect.ui.screens.errors import ErrorsScreen

        if self.shown is None or not self.is_current:
            return
        at = f"threshold {format_threshold(self.threshold)}, overlap {format_overlap(self.overlap)}"
        self.app.push_screen(ErrorsScreen(self.shown, boxes.title, boxes.findings, thresholds=at))
