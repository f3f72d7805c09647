"""What the plots of the Performance view show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tui_detect.core.model import Epoch
from tui_detect.ui.widgets.plot import Axis, Line, PlotData, shares

if TYPE_CHECKING:
    from tui_detect.core.evaluation import Curves, EvaluationTag
    from tui_detect.core.evaluation.data import Floats

MOST_TAG_LINES = 6
"""With more tags only their mean is drawn."""

_PERCENT = Axis("", 0, 1, percent=True)
_LOSSES = (("box", "box", "$primary"), ("cls", "class", "$accent"), ("dfl", "dfl", "$success"))


def threshold_plot(curves: Curves, threshold: float) -> PlotData:
    """Precision, recall and F1 against the probability threshold, which is marked."""
    x = _floats(curves.thresholds)
    return PlotData(
        "against the threshold",
        (
            Line("precision", x, _floats(curves.precision), "$primary", "p"),
            Line("recall", x, _floats(curves.recall), "$success", "r"),
            Line("F1", x, _floats(curves.f1), "$accent", "F"),
        ),
        Axis("probability threshold", 0, 1),
        _PERCENT,
        marker_x=threshold,
        empty="no detection and no region to compare",
    )


def precision_recall_plot(curves: Curves, tags: Sequence[EvaluationTag]) -> PlotData:
    """Precision against recall: the mean over the tags, and each tag while they are few."""
    x = _floats(curves.recall_levels)
    each = []
    if 1 < len(tags) <= MOST_TAG_LINES:
        each = [
            Line(tag.name, x, _floats(row), tag.colour or "$foreground", tag.name[:1])
            for tag, row in zip(tags, curves.precision_at_recall_by_tag, strict=True)
        ]
    label = "mean" if each else "mean over tags" if len(tags) > 1 else tags[0].name if tags else ""
    mean = Line(label, x, _floats(curves.precision_at_recall), "$foreground")
    return PlotData(
        "precision by recall",
        (*each, mean),
        Axis("recall", 0, 1),
        _PERCENT,
        empty="no region to find on the validation images",
    )


def loss_plot(epochs: Sequence[Epoch]) -> PlotData:
    """The losses by epoch; capital letters are those on the validation images."""
    x = tuple(float(epoch.number) for epoch in epochs)
    training = [
        Line(label, x, shares(epoch.losses.get(key) for epoch in epochs), colour, label[0])
        for key, label, colour in _LOSSES
    ]
    validation = [
        Line(
            "",
            x,
            shares(epoch.validation_losses.get(key) for epoch in epochs),
            colour,
            label[0].upper(),
        )
        for key, label, colour in _LOSSES
    ]
    return PlotData(
        "loss by epoch",
        (*training, *validation),
        Axis("epoch", whole=True),
        Axis(),
        legend_note="BCD validation",
        empty="no epoch was finished",
    )


def metric_plot(epochs: Sequence[Epoch]) -> PlotData:
    """The trainer's own figures by epoch, on the validation images."""
    x = tuple(float(epoch.number) for epoch in epochs)
    metrics: tuple[tuple[str, str, str, Callable[[Epoch], float | None]], ...] = (
        ("precision", "p", "$primary", lambda epoch: epoch.precision),
        ("recall", "r", "$success", lambda epoch: epoch.recall),
        ("mAP50", "m", "$accent", lambda epoch: epoch.map50),
        ("50-95", "M", "$error", lambda epoch: epoch.map50_95),
    )
    return PlotData(
        "by epoch",
        tuple(
            Line(label, x, shares(map(value, epochs)), colour, mark)
            for label, mark, colour, value in metrics
        ),
        Axis("epoch", whole=True),
        _PERCENT,
        empty="no epoch was finished",
    )


def _floats(values: Floats) -> tuple[float, ...]:
    return tuple(values.tolist())
