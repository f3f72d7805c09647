"""The headline figures of an iteration with their intervals, and the words around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui_detect.core.model import Iteration
from tui_detect.core.words import count
from tui_detect.ui.widgets.plot import QUIET
from tui_detect.ui.wording import number, percent, run_in_brief, when

if TYPE_CHECKING:
    from tui_detect.core.evaluation import Curves, Figure, Performance

FigureName = Literal["Precision", "Recall", "F1", "mAP", "False alarms"]
FIGURE_NAMES: tuple[FigureName, ...] = get_args(FigureName)
OPENS: dict[FigureName, str] = {
    "Precision": "wrong detections",
    "Recall": "regions not found",
    "F1": "all errors",
    "mAP": "all errors",
    "False alarms": "detections on background images",
}


class Headline(Widget, can_focus=True):
    """Precision, recall, F1, mAP and false alarms side by side, each over its interval.

    The arrows choose one, enter opens the boxes that keep it from being perfect.
    """

    DEFAULT_CSS = """
    Headline {
        height: 3;
    }
    """
    BINDINGS = [
        Binding("enter", "select", "open", id="headline.open"),
        Binding("left", "move(-1)", "left", show=False, id="headline.left"),
        Binding("right", "move(1)", "right", show=False, id="headline.right"),
    ]

    performance: reactive[Performance | None] = reactive["Performance | None"](None)
    has_intervals: reactive[bool] = reactive(True)
    """`False` while that of mAP is being computed."""
    cursor: reactive[int] = reactive(0)

    @dataclass
    class Selected(Message):
        """The boxes behind a figure are asked for."""

        name: FigureName

    class Moved(Message):
        """Another figure is under the cursor."""

    @property
    def opens(self) -> str:
        """What enter lists."""
        return OPENS[FIGURE_NAMES[self.cursor]]

    def watch_cursor(self) -> None:
        """Say what enter lists now."""
        self.post_message(self.Moved())

    def validate_cursor(self, cursor: int) -> int:
        """Keep it on a figure."""
        return max(0, min(cursor, len(FIGURE_NAMES) - 1))

    def action_move(self, steps: int) -> None:
        """Choose the figure beside it."""
        self.cursor += steps

    def action_select(self) -> None:
        """Open its boxes."""
        if self.performance is not None:
            self.post_message(self.Selected(FIGURE_NAMES[self.cursor]))

    def on_click(self, event: events.Click) -> None:
        """A click chooses a figure; one on the chosen figure opens it."""
        place = event.x // self._cell_width
        if place == self.cursor and self.has_focus:
            self.action_select()
        self.cursor = place

    @property
    def _cell_width(self) -> int:
        return min(20, max(8, self.content_size.width // len(FIGURE_NAMES)))

    def render(self) -> Content:
        """Three lines: the names, the figures, the brackets."""
        if self.performance is None:
            return Content()
        columns = _columns(self.performance, has_intervals=self.has_intervals)
        chosen = self.cursor if self.has_focus else -1
        lines = (
            Content.assemble(
                *(
                    _cell(
                        column[row],
                        self._cell_width,
                        f"{style} reverse" * (i == chosen and not row) or style,
                    )
                    for i, column in enumerate(columns)
                )
            )
            for row, style in enumerate((QUIET, "bold $primary", QUIET))
        )
        return Content("\n").join(lines)


def _columns(performance: Performance, *, has_intervals: bool) -> list[tuple[str, str, str]]:
    alarms = performance.false_alarms_per_background
    name, value, brackets = _share("mAP", performance.map, "no regions")
    rate = "–" if alarms.value is None else f"{alarms.value:.2f}"
    return [
        _share("Precision", performance.precision, "nothing found"),
        _share("Recall", performance.recall, "no regions"),
        _share("F1", performance.f1, "no regions"),
        (name, value, brackets if has_intervals or performance.map.value is None else "[…]"),
        ("False alarms", rate, _brackets(alarms, 1, 2, "no background")),
    ]


def _share(name: str, figure: Figure, why_none: str) -> tuple[str, str, str]:
    return name, percent(figure.value), _brackets(figure, 100, 0, why_none)


def _brackets(figure: Figure, factor: float, decimals: int, why_none: str) -> str:
    if figure.value is None:
        return why_none
    if figure.low is None or figure.high is None:
        return "too few images"
    return f"[{figure.low * factor:.{decimals}f}–{figure.high * factor:.{decimals}f}]"


def _cell(text: str, width: int, style: str) -> Content:
    text = text[: width - 1]
    return Content.styled(text, style) + Content(" " * (width - len(text)))


def counts(performance: Performance, folds: int = 0) -> str:
    """What the figures were counted on, and whether by as many models as there are folds.

    That there is no background stands below the false alarms.
    """
    background = performance.background_images
    images = (
        f"{count(performance.images, 'image')}, {folds}-fold cross-validated"
        if folds
        else count(performance.images, "validation image")
    )
    return (
        f"{images} · "
        + (f"{background:,} background · " if background else "")
        + f"{number(performance.true_positives)} of {count(performance.regions, 'region')} found · "
        f"{number(performance.false_positives)} false"
    )


def thresholds(
    performance: Performance,
    curves: Curves | None,
    chosen: float | None,
    predicted: Performance | None = None,
    of_tags: int = 0,
) -> Content:
    """The thresholds as they are, the best one, and in a second line those that predictions use.

    Args:
        predicted: The figures with the thresholds that single tags have there.
        of_tags: How many have one of their own.
    """
    from tui_detect.core.evaluation import format_overlap, format_threshold

    parts: list[Content | str] = [
        "threshold ",
        Content.styled(format_threshold(performance.threshold), "bold $accent"),
        "  overlap ",
        Content.styled(format_overlap(performance.overlap), "bold $accent"),
    ]
    if curves is not None and curves.best_threshold is not None:
        best = format_threshold(curves.best_threshold)
        parts.append(f"  ┊ best F1 {percent(curves.best_f1)} at {best}")
    if predicted is not None:
        own = f"for {count(of_tags, 'tag')} {'its' if of_tags == 1 else 'their'} own"
        used = format_threshold(predicted.threshold)
        parts.append(f"\n┆ predictions use {used}, {own}: F1 {percent(predicted.f1.value)}")
    elif chosen is not None:
        parts.append(f"\n┆ predictions use {format_threshold(chosen)}")
    return Content.assemble(*parts)


def about(iteration: Iteration) -> str:
    """An iteration on the title line."""
    parts = [
        iteration.name,
        iteration.state,
        iteration.domain,
        count(iteration.epochs_done, "epoch"),
        f"{iteration.images_train:,} + {iteration.images_validation:,} images"
        if not iteration.settings.folds
        else f"{iteration.images_train + iteration.images_validation:,} images, "
        f"{iteration.settings.folds} folds",
        when(iteration.finished_at or iteration.created_at),
    ]
    return " · ".join(parts)


def note(iteration: Iteration, performance: Performance | None) -> str:
    """What must be known beside the figures, or why there are none; empty when nothing."""
    if performance is None:
        return _why_no_figures(iteration)
    ended = f"{iteration.state.capitalize()}: {iteration.message}." if iteration.message else ""
    return " ".join(filter(None, (ended, performance.few)))


def _why_no_figures(iteration: Iteration) -> str:
    if iteration.state == "queued":
        return "Waiting to start. Figures come when the training has ended."
    if iteration.state == "training":
        return f"{run_in_brief(iteration)}. Figures come when the training has ended."
    why = f": {iteration.message}" if iteration.message else ""
    return (
        f"{iteration.name} {_ENDINGS[iteration.state]}{why}. "
        "It has no figures because no detections on the validation images were stored."
    )


_ENDINGS = {
    "completed": "was completed",
    "failed": "failed",
    "cancelled": "was cancelled",
    "lost": "was lost",
}
