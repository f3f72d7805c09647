"""What the plots of the Performance view show."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from tui_detect.core.model import Epoch
from tui_detect.ui.widgets.plot import Axis, Line, Marker, PlotData, shares

if TYPE_CHECKING:
    from tui_detect.core.evaluation import Curves, EvaluationTag
    from tui_detect.core.evaluation.calibration import Calibration
    from tui_detect.core.evaluation.data import Floats

MOST_TAG_LINES = 6
"""With more tags only their mean is drawn, and the chosen one."""

_PERCENT = Axis("", 0, 1, percent=True)
QUIET_LINE = "$muted"
_LOSSES = (("box", "box", "$primary"), ("cls", "class", "$accent"), ("dfl", "dfl", "$success"))


# Remembered, since a plot with a gap (NaN) equals nothing but itself and would be drawn anew.
@lru_cache(maxsize=4)
def threshold_plot(curves: Curves) -> PlotData:
    """Precision, recall and F1 against the probability threshold."""
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
        empty="no detection and no region to compare",
    )


@lru_cache(maxsize=4)
def precision_recall_plot(
    curves: Curves, tags: tuple[EvaluationTag, ...], chosen: int | None = None
) -> PlotData:
    """Precision against recall: the mean over the tags, and each tag while they are few.

    Args:
        chosen: index of the tag that is drawn where they are many.
    """
    x = _floats(curves.recall_levels)
    if len(tags) <= MOST_TAG_LINES:
        drawn = list(range(len(tags))) if len(tags) > 1 else []
    else:
        drawn = [] if chosen is None else [chosen]
    each = [
        Line(
            tags[k].name,
            x,
            _floats(curves.precision_at_recall_by_tag[k]),
            tags[k].colour or "$foreground",
            tags[k].name[:1],
        )
        for k in drawn
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


def threshold_markers(
    threshold: float, best: float | None, chosen: float | None
) -> tuple[Marker, ...]:
    """Where the threshold is, where F1 is best, and which one predictions use."""
    markers = [Marker(threshold)]
    if chosen is not None:
        markers.insert(0, Marker(chosen, "$foreground", "┆"))
    if best is not None:
        markers.insert(0, Marker(best, "$accent", "┊"))
    return tuple(markers)


def calibration_plot(calibration: Calibration) -> PlotData:
    """The share of correct detections by their probability, beside what it should be."""
    error = calibration.expected_error
    measured = [
        (probability, share)
        for probability, share in zip(
            calibration.probability.tolist(), calibration.share_correct.tolist(), strict=True
        )
        if probability == probability
    ]
    x = tuple(probability for probability, _ in measured)
    return PlotData(
        "right by probability"
        if error is None
        else f"right by probability, off by {100 * error:.0f} %",
        (
            Line("as it should be", (0.0, 1.0), (0.0, 1.0), QUIET_LINE)
            if measured
            else Line("", (), (), QUIET_LINE),
            Line("detections", x, tuple(share for _, share in measured), "$accent", "d"),
        ),
        Axis("probability", 0, 1),
        _PERCENT,
        empty="no detection is likely enough",
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
