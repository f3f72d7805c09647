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
NONE_HERE = "None at this threshold: what it costs counts every probability, as mAP does."


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
        self._counts: Mapping[ErrorKind, int] = {}
        self._costs: Mapping[ErrorKind, float | None] | None = None
        self._advice: Mapping[ErrorKind, str] = {}

    def show_errors(
        self,
        counts: Mapping[ErrorKind, int],
        costs: Mapping[ErrorKind, float | None] | None,
    ) -> None:
        """Replace the figures; what was advised about others is no longer said.

        Args:
            costs: `None` while they are being computed.
        """
        came = self._costs is None and costs is not None
        if counts != self._counts:
            self._advice = {}
        self._counts, self._costs = counts, costs
        self._show()
        if came and not self.has_focus:
            # What costs most, once that is known, unless a person is choosing.
            self.action_move_to(0)

    def advise(self, advice: Mapping[ErrorKind, str]) -> None:
        """Say what to do about each kind that occurs."""
        self._advice = advice
        self._show()

    def _show(self) -> None:
        known = {kind: cost or 0.0 for kind, cost in (self._costs or {}).items()}
        most = max(known.values(), default=0.0) or 1.0
        order = sorted(self._counts, key=lambda kind: -known.get(kind, 0.0))
        self.show([self._row(kind, known.get(kind, 0.0) / most) for kind in order])

    def _row(self, kind: ErrorKind, share: float) -> Row:
        from tui_detect.core.evaluation.finding import MEANINGS

        text = self._advice.get(kind, MEANINGS[kind])
        return Row(
            kind,
            (
                kind,
                f"{self._counts[kind]:,}",
                _cost(kind, self._costs),
                Content.styled(bar(share, BAR_CELLS), "$warning"),
                Content.styled(text, QUIET),
            ),
        )

    @property
    def sentence(self) -> str:
        """What the kind under the cursor is, and what to do about it."""
        from tui_detect.core.evaluation.finding import MEANINGS

        for kind in self._counts:
            if kind == self.key:
                costs_elsewhere = not self._counts[kind] and (self._costs or {}).get(kind)
                parts = [f"{kind.capitalize()}: {MEANINGS[kind]}."]
                if costs_elsewhere:
                    parts.append(NONE_HERE)
                parts.append(self._advice.get(kind, ""))
                return " ".join(filter(None, parts))
        return ""


def _cost(kind: ErrorKind, costs: Mapping[ErrorKind, float | None] | None) -> str:
    if costs is None:
        return "…"
    cost = costs.get(kind)
    return "–" if cost is None else f"{100 * cost:.1f} %"
