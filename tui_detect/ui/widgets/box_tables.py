"""Boxes by their size and by their probability: what the figures are for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from tui_detect.ui.widgets.cell_table import CellTable
from tui_detect.ui.widgets.row_table import Column, Row
from tui_detect.ui.widgets.sparkline import bar
from tui_detect.ui.wording import number, percent

if TYPE_CHECKING:
    from tui_detect.core.evaluation.box_sizes import SizeFigures
    from tui_detect.core.evaluation.calibration import Calibration

BAR_CELLS = 12


class SizeTable(CellTable):
    """Small, medium and large boxes; enter opens those behind the chosen figure."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        columns = (
            Column("box size"),
            Column("precision", 9, right=True),
            Column("recall", 6, right=True),
            Column("", BAR_CELLS, from_width=66),
            Column("AP", 5, right=True),
            Column("regions", 7, right=True),
            Column("found", 6, right=True, from_width=56),
        )
        super().__init__(*columns, id=id)

    def show_sizes(self, sizes: Sequence[SizeFigures]) -> None:
        """Replace the figures."""
        self.show(
            [
                Row(
                    size.name,
                    (
                        f"{size.name}, {_side(size)}",
                        percent(size.precision),
                        percent(size.recall),
                        Content.styled(bar(size.recall or 0.0, BAR_CELLS), "$success"),
                        percent(size.ap),
                        f"{size.regions:,}",
                        number(size.true_positives),
                    ),
                )
                for size in sizes
            ]
        )


def _side(size: SizeFigures) -> str:
    low, high = (round(area**0.5) for area in size.area_px)
    if low == 0:
        return f"to {high} × {high} px"
    return f"over {low} × {low} px" if size.area_px[1] >= 1e9 else f"to {high} × {high} px"


class BinTable(CellTable):
    """Detections by probability; enter opens those behind the chosen figure."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        columns = (
            Column("probability"),
            Column("boxes", 7, right=True),
            Column("mean", 5, right=True),
            Column("right", 5, right=True),
        )
        super().__init__(*columns, id=id)

    def show_bins(self, calibration: Calibration) -> None:
        """Replace the figures, the most probable first."""
        edges = calibration.edges.tolist()
        rows = [
            Row(
                i,
                (
                    f"{edges[i]:.2f}–{edges[i + 1]:.2f}",
                    f"{calibration.counts[i]:,}",
                    _share(calibration.probability[i]),
                    _share(calibration.share_correct[i]),
                ),
            )
            for i in range(len(calibration.counts))
        ]
        self.show(rows[::-1])


def _share(value: float) -> str:
    return "–" if value != value else percent(float(value))
