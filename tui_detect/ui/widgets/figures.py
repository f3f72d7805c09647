"""The headline figures of an iteration with their intervals, and the words around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui_detect.core.model import Iteration
from tui_detect.ui.widgets.plot import QUIET
from tui_detect.ui.widgets.row_table import Column, Row, RowTable
from tui_detect.ui.wording import count, percent, run_in_brief, when

if TYPE_CHECKING:
    from tui_detect.core.evaluation import Figure, Performance

FEW_IMAGES = 20
"""Below this intervals cover less often than they say: 86 % instead of 95 % with 8 images."""

_TAG_COLUMNS = (
    Column("tag"),
    Column("precision", 9, right=True),
    Column("recall", 7, right=True),
    Column("AP", 6, right=True),
    Column("regions", 7, right=True),
    Column("found", 6, right=True, from_width=70),
    Column("false", 6, right=True, from_width=70),
    Column("images", 6, right=True, from_width=90),
)


class Headline(Widget):
    """Precision, recall, F1, mAP and false alarms side by side, each over its interval."""

    DEFAULT_CSS = """
    Headline {
        height: 3;
    }
    """

    performance: reactive[Performance | None] = reactive["Performance | None"](None)

    def render(self) -> Content:
        """Three lines: the names, the figures, the brackets."""
        if self.performance is None:
            return Content()
        columns = _columns(self.performance)
        width = min(20, max(8, self.content_size.width // len(columns)))
        lines = (
            Content.assemble(*(_cell(column[row], width, style) for column in columns))
            for row, style in enumerate((QUIET, "bold $primary", QUIET))
        )
        return Content("\n").join(lines)


def _columns(performance: Performance) -> list[tuple[str, str, str]]:
    alarms = performance.false_alarms_per_background
    rate = "–" if alarms.value is None else f"{alarms.value:.2f}"
    return [
        _share("Precision", performance.precision, "nothing found"),
        _share("Recall", performance.recall, "no regions"),
        _share("F1", performance.f1, "no regions"),
        _share("mAP", performance.map, "no regions"),
        ("False alarms", rate, _brackets(alarms, 1, 2, "no background")),
    ]


def _share(name: str, figure: Figure, why_none: str) -> tuple[str, str, str]:
    return name, percent(figure.value), _brackets(figure, 100, 0, why_none)


def _brackets(figure: Figure, factor: float, decimals: int, why_none: str) -> str:
    if figure.value is None:
        return why_none
    if figure.low is None or figure.high is None:
        return "no interval"
    return f"[{figure.low * factor:.{decimals}f}–{figure.high * factor:.{decimals}f}]"


def _cell(text: str, width: int, style: str) -> Content:
    return Content.styled(text[: width - 1].ljust(width), style)


class TagTable(RowTable):
    """The figures of each tag."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(*_TAG_COLUMNS, id=id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to open."""
        return action != "select"


def tag_rows(performance: Performance) -> list[Row]:
    """The table of tags, in the order of the project."""
    return [
        Row(
            tag.tag.id,
            (
                Content.assemble(("■ ", tag.tag.colour or "$foreground"), Content(tag.tag.name)),
                percent(tag.precision),
                percent(tag.recall),
                percent(tag.ap),
                f"{tag.regions:,}",
                _number(tag.true_positives),
                _number(tag.detections - tag.true_positives),
                f"{tag.images:,}",
            ),
        )
        for tag in performance.tags
    ]


def counts(performance: Performance, folds: int = 0) -> str:
    """What the figures were counted on, and whether by as many models as there are folds."""
    rough = ": rough" if performance.images < FEW_IMAGES else ""
    images = (
        f"{count(performance.images, 'image')}, cross-validated, {folds} folds"
        if folds
        else count(performance.images, "validation image")
    )
    return (
        f"{images}{rough} · "
        f"{performance.background_images:,} background · "
        f"{_number(performance.true_positives)} of {count(performance.regions, 'region')} found · "
        f"{_number(performance.false_positives)} false"
    )


def _number(value: float) -> str:
    """Whole at one overlap threshold; a mean over ten otherwise."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def about(iteration: Iteration) -> str:
    """An iteration on the title line."""
    parts = [
        iteration.name,
        iteration.state,
        iteration.domain,
        count(iteration.epochs_done, "epoch"),
        f"{iteration.images_train:,} + {iteration.images_validation:,} images",
        when(iteration.finished_at or iteration.created_at),
    ]
    return " · ".join(parts)


def note(iteration: Iteration, performance: Performance | None) -> str:
    """What must be known beside the figures, or why there are none; empty when nothing."""
    if performance is None:
        return _why_no_figures(iteration)
    return f"{iteration.state.capitalize()}: {iteration.message}." if iteration.message else ""


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
    "lost": "was lost: its process is gone and left no result",
}
