"""The list of a project's iterations: name, published name, mAP beside that of those before."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tui_detect.core.model import Iteration
from tui_detect.core.words import count
from tui_detect.ui.widgets.plot import QUIET
from tui_detect.ui.widgets.row_table import Column, Row, RowTable
from tui_detect.ui.widgets.sparkline import sparkline
from tui_detect.ui.wording import STATE_MARKS, STATE_STYLES, percent, when

HISTORY = 6
"""So many iterations in a sparkline, the last bar being the row's own."""
LEAST_RANGE = 0.1
"""Of mAP from the lowest to the highest bar."""
BEST = "▲"


class IterationTable(RowTable):
    """Iterations, newest first; the state is a mark, and a word where there is no mAP."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        columns = (
            Column("iteration"),
            Column("when", 15, from_width=54),
            Column("mAP", 6, right=True),
            Column("", HISTORY),
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
    def iterations(self) -> tuple[Iteration, ...]:
        """Those that are listed, newest first."""
        return tuple(self._iterations.values())

    def show_iterations(self, iterations: Sequence[Iteration]) -> None:
        """Replace the list; the cursor stays on its iteration."""
        self._iterations = {iteration.id: iteration for iteration in iterations}
        self.show(iteration_rows(iterations))

    def replace(self, iteration: Iteration) -> bool:
        """Show an iteration as it is now; `False` when it is not in the list."""
        if iteration.id not in self._iterations:
            return False
        self.show_iterations([*(self._iterations | {iteration.id: iteration}).values()])
        return True


def iteration_rows(iterations: Sequence[Iteration]) -> list[Row]:
    """The list, newest first; the best of several is marked."""
    known = [iteration.map for iteration in iterations if iteration.map is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    # What lies near together looks so.
    margin = max(0.0, LEAST_RANGE - (high - low)) / 2
    rows = []
    for position, iteration in enumerate(iterations):
        before = [each.map for each in iterations[position:] if each.map is not None]
        newest = before[:HISTORY][::-1] if iteration.map is not None else []
        history = sparkline(newest, low - margin, high + margin)
        best = len(known) > 1 and iteration.map == high
        rows.append(_row(iteration, history, best=best))
    return rows


def _row(iteration: Iteration, history: str, *, best: bool) -> Row:
    style = STATE_STYLES[iteration.state]
    name = Content.assemble((STATE_MARKS[iteration.state], style), " ", Content(iteration.name))
    if iteration.published_as:
        name += Content.styled(f" → {iteration.published_as}", "$accent")
    if iteration.map is None:
        last = Content.styled(_SHORT.get(iteration.state, iteration.state), style)
    else:
        last = Content.styled(f"{BEST if best else ''}{percent(iteration.map)}", "bold" * best)
    moment = when(iteration.finished_at or iteration.created_at)
    return Row(iteration.id, (name, moment, last, Content.styled(history, QUIET)))


_SHORT = {"completed": "–", "training": "trains", "cancelled": "ended"}


def facts(iteration: Iteration) -> Content:
    """What an iteration is, one fact a line: for under the list."""
    rows = [
        ("trained" if iteration.finished_at else "made", _moment(iteration)),
        ("state", iteration.state),
        ("domain", iteration.domain),
        *_images(iteration),
        ("epochs", f"{iteration.epochs_done:,}"),
        ("published", iteration.published_as or "no"),
    ]
    lines = [Content.assemble((f"{name:<11}", QUIET), Content(value)) for name, value in rows]
    return Content("\n").join(lines)


def _images(iteration: Iteration) -> list[tuple[str, str]]:
    train, validation, folds = (
        iteration.images_train,
        iteration.images_validation,
        iteration.settings.folds,
    )
    if folds:
        return [("images", f"{train + validation:,}, {folds} folds")]
    return [("training", count(train, "image")), ("validation", count(validation, "image"))]


def _moment(iteration: Iteration) -> str:
    return when(iteration.finished_at or iteration.created_at)
