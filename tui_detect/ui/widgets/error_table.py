"""The kinds of error: how many, what each costs, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.content import Content

from tui_detect.ui.widgets.plot import QUIET
from tui_detect.ui.widgets.row_table import Column, Row, RowTable
from tui_detect.ui.widgets.sparkline import bar

if TYPE_CHECKING:
    from tui_detect.core.evaluation.finding import ErrorKind

BAR_CELLS = 10
MEANINGS: dict[ErrorKind, str] = {
    "class": "the right box with the wrong tag",
    "location": "the right tag with a box that is too far off",
    "both": "near a region, but wrong in tag and box",
    "duplicate": "a second box on a region that was found",
    "background": "a box where nothing is tagged",
    "missed": "a region without any box near it",
}


class ErrorTable(RowTable):
    """Six rows in the order of what they cost; enter opens the boxes of one."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        columns = (
            Column("error", 10),
            Column("boxes", 6, right=True),
            Column("mAP lost", 8, right=True),
            Column("", BAR_CELLS, from_width=44),
            Column("what to do", from_width=70),
        )
        super().__init__(*columns, id=id)
        self._sentences: dict[ErrorKind, str] = {}

    def show_errors(
        self,
        counts: Mapping[ErrorKind, int],
        costs: Mapping[ErrorKind, float | None] | None,
        advice: Mapping[ErrorKind, str],
    ) -> None:
        """Replace the figures.

        Args:
            costs: `None` while they are being computed.
            advice: a sentence for each kind that occurs.
        """
        self._sentences = {kind: advice.get(kind) or MEANINGS[kind] for kind in counts}
        known = {kind: cost or 0.0 for kind, cost in (costs or {}).items()}
        most = max(known.values(), default=0.0)
        order = sorted(counts, key=lambda kind: -known.get(kind, 0.0))
        self.show(
            [
                Row(
                    kind,
                    (
                        kind,
                        f"{counts[kind]:,}",
                        _cost(kind, costs),
                        Content.styled(
                            bar(known.get(kind, 0.0) / most if most else 0.0, BAR_CELLS), "$warning"
                        ),
                        Content.styled(self._sentences[kind], QUIET),
                    ),
                )
                for kind in order
            ]
        )
        if not self.has_focus:
            # What costs most, once that is known, unless a person is choosing.
            self.action_move_to(0)

    @property
    def sentence(self) -> str:
        """What the kind under the cursor is, and what to do about it."""
        for kind, text in self._sentences.items():
            if kind == self.key:
                told = text if text == MEANINGS[kind] else f"{MEANINGS[kind]}. {text}"
                return f"{kind.capitalize()}: {told}"
        return ""


def _cost(kind: ErrorKind, costs: Mapping[ErrorKind, float | None] | None) -> str:
    if costs is None:
        return "…"
    cost = costs.get(kind)
    return "–" if cost is None else f"{100 * cost:.1f} %"
