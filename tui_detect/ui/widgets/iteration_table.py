"""The list of a project's iterations: name, when, domain, state, mAP."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tui_detect.core.model import Iteration
from tui_detect.ui.widgets.row_table import Column, Row, RowTable
from tui_detect.ui.wording import STATE_MARKS, STATE_STYLES, percent, when


class IterationTable(RowTable):
    """Iterations, newest first; the state is a mark, and a word where there is no mAP."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        columns = (
            Column("iteration"),
            Column("domain", 12, from_width=48),
            Column("when", 15),
            Column("mAP", 6, right=True),
        )
        super().__init__(*columns, id=id, header=False)
        self._iterations: dict[int, Iteration] = {}

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The cursor alone shows an iteration; enter only folds the list away where it covers."""
        return action != "select" or self.screen.has_class("-narrow")

    @property
    def chosen(self) -> Iteration | None:
        """The iteration under the cursor."""
        return self._iterations.get(self.key) if isinstance(self.key, int) else None

    @property
    def ids(self) -> tuple[int, ...]:
        """Those that are listed."""
        return tuple(self._iterations)

    def show_iterations(self, iterations: Sequence[Iteration]) -> None:
        """Replace the list; the cursor stays on its iteration."""
        self._iterations = {iteration.id: iteration for iteration in iterations}
        self.show([_row(iteration) for iteration in iterations])

    def replace(self, iteration: Iteration) -> bool:
        """Show an iteration as it is now; `False` when it is not in the list."""
        if iteration.id not in self._iterations:
            return False
        self.show_iterations([*(self._iterations | {iteration.id: iteration}).values()])
        return True


def _row(iteration: Iteration) -> Row:
    style = STATE_STYLES[iteration.state]
    name = Content.assemble((STATE_MARKS[iteration.state], style), " ", Content(iteration.name))
    figure = percent(iteration.map)
    last = (
        Content(figure)
        if iteration.map is not None
        else Content.styled(_SHORT.get(iteration.state, iteration.state), style)
    )
    moment = when(iteration.finished_at or iteration.created_at)
    return Row(iteration.id, (name, Content(iteration.domain), moment, last))


_SHORT = {"completed": "–", "training": "trains", "cancelled": "ended"}
