"""The plots of the report, each with its legend and the figures behind it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from tui_detect.core.evaluation import Curves, EvaluationTag
from tui_detect.core.evaluation.calibration import Calibration
from tui_detect.core.evaluation.data import Floats
from tui_detect.core.model import Epoch
from tui_detect.workflows.report import tables
from tui_detect.workflows.report.markup import Markup, element
from tui_detect.workflows.report.plots import (
    DASHES,
    Axis,
    Line,
    Mark,
    fitted,
    legend,
    line_plot,
    percentages,
    tag_colour,
)
from tui_detect.workflows.report.tables import folded, number, percent, table

MOST_TAG_LINES = 6
"""More tags are drawn as faint lines, for the spread only."""
_EVERY = 5
"""Of the 101 points of a curve, each fifth is in its table."""
_LOSSES = (
    ("box", "box", "var(--blue)", DASHES[0]),
    ("cls", "class", "var(--orange)", DASHES[1]),
    ("dfl", "dfl", "var(--green)", DASHES[2]),
)
_METRICS: tuple[tuple[str, str, Callable[[Epoch], float | None]], ...] = (
    ("precision", "var(--blue)", lambda epoch: epoch.precision),
    ("recall", "var(--green)", lambda epoch: epoch.recall),
    ("mAP at 0.50", "var(--orange)", lambda epoch: epoch.map50),
    ("mAP at 0.50:0.95", "var(--violet)", lambda epoch: epoch.map50_95),
)


def threshold_chart(curves: Curves, threshold: float) -> Markup:
    """Precision, recall and F1 against the probability threshold."""
    x = curves.thresholds.tolist()
    lines = [
        Line("precision", x, curves.precision.tolist(), "var(--blue)", DASHES[1]),
        Line("recall", x, curves.recall.tolist(), "var(--green)", DASHES[2]),
        Line("F1", x, curves.f1.tolist(), "var(--orange)", kind="strong"),
    ]
    marks = [Mark(threshold, f"shown: {tables.threshold(threshold)}")]
    best, best_f1 = curves.best_threshold, curves.best_f1
    sentence = "No detection is correct at any threshold."
    if best is not None:
        sentence = f"F1 is highest, {percent(best_f1)}, at {tables.threshold(best)}."
        marks.append(Mark(best, f"best F1: {tables.threshold(best)}"))
    rows = [
        (f"{x[i]:.2f}", *(percent(line.y[i]) for line in lines)) for i in range(0, len(x), _EVERY)
    ]
    return _chart(
        "Against the probability threshold",
        line_plot(lines, Axis("probability threshold"), percentages(), sentence, marks),
        lines,
        sentence,
        table(
            "Figures against the probability threshold",
            ("threshold", "precision", "recall", "F1"),
            rows,
        ),
    )


def recall_chart(curves: Curves, tags: Sequence[EvaluationTag]) -> Markup:
    """Precision against recall: each tag, and their mean."""
    x = curves.recall_levels.tolist()
    is_few = len(tags) <= MOST_TAG_LINES
    lines = [
        Line(
            tag.name if is_few else "",
            x,
            _until_zero(row),
            tag_colour(tag),
            DASHES[index % len(DASHES)] if is_few else "",
            kind="tag" if is_few else "tag faint",
        )
        for index, (tag, row) in enumerate(
            zip(tags, curves.precision_at_recall_by_tag, strict=True)
        )
        if math.isfinite(row[0])
    ]
    if len(tags) > 1:
        label = "mean of the tags"
        lines.append(
            Line(label, x, curves.precision_at_recall.tolist(), "var(--ink)", kind="strong")
        )
    sentence = "How precise it is when it must find this share of the regions."
    if not is_few:
        sentence += f" The faint lines are the {len(tags)} tags, the strong one their mean."
    rows = [
        (
            percent(x[i]),
            percent(float(curves.precision_at_recall[i])),
            *(percent(float(row[i])) for row in curves.precision_at_recall_by_tag),
        )
        for i in range(0, len(x), _EVERY)
    ]
    head = ("recall", "mean", *(tag.name for tag in tags))
    return _chart(
        "Precision by recall",
        line_plot(lines, percentages("recall"), percentages(), f"Precision by recall. {sentence}"),
        lines,
        sentence,
        table("Precision by recall", head, rows),
    )


def calibration_chart(calibration: Calibration) -> Markup:
    """The share of correct detections against the probability they were given."""
    largest = max(calibration.counts.max(initial=1), 1)
    lines = [
        Line("as it should be", (0.0, 1.0), (0.0, 1.0), "var(--quiet)", DASHES[1]),
        Line(
            "this iteration",
            [p if math.isfinite(p) else 0.0 for p in calibration.probability.tolist()],
            calibration.share_correct.tolist(),
            "var(--blue)",
            dots=[2 + 5 * math.sqrt(n / largest) for n in calibration.counts.tolist()],
        ),
    ]
    error = calibration.expected_error
    sentence = (
        "There is no detection to judge probabilities by."
        if error is None
        else f"Probabilities are off by {error * 100:.0f} points on average. Above the dashed line "
        "it is too modest, below it too sure; a larger dot is more detections."
    )
    edges = calibration.edges.tolist()
    rows = [
        (f"{edges[i]:.2f} to {edges[i + 1]:.2f}", number(p), percent(share), f"{n:,}")
        for i, (p, share, n) in enumerate(
            zip(
                calibration.probability.tolist(),
                calibration.share_correct.tolist(),
                calibration.counts.tolist(),
                strict=True,
            )
        )
    ]
    return _chart(
        "Is a probability what it says?",
        line_plot(lines, Axis("probability"), percentages(), sentence),
        lines,
        sentence,
        table("Calibration", ("probability", "mean", "right", "boxes"), rows),
    )


def loss_chart(epochs: Sequence[Epoch]) -> Markup:
    """The losses by epoch, in training and on the validation images."""
    x = [float(epoch.number) for epoch in epochs]
    lines = [
        Line(label, x, _values([epoch.losses.get(key) for epoch in epochs]), colour, dash, "strong")
        for key, label, colour, dash in _LOSSES
    ] + [
        Line(
            f"{label}, validation",
            x,
            _values([epoch.validation_losses.get(key) for epoch in epochs]),
            colour,
            dash,
            "thin",
        )
        for key, label, colour, dash in _LOSSES
    ]
    shown = [line for line in lines if any(map(math.isfinite, line.y))]
    sentence = "Losses fall while it learns; a validation loss that rises again means too long."
    return _by_epoch("Losses by epoch", shown, x, fitted("loss", shown), sentence, number)


def metric_chart(epochs: Sequence[Epoch]) -> Markup:
    """The trainer's own figures by epoch."""
    x = [float(epoch.number) for epoch in epochs]
    lines = [
        Line(label, x, _values([value(epoch) for epoch in epochs]), colour, DASHES[index])
        for index, (label, colour, value) in enumerate(_METRICS)
    ]
    sentence = "The trainer's own figures on the validation images; only those above are compared."
    return _by_epoch("Figures by epoch", lines, x, percentages(), sentence, percent)


def _by_epoch(
    title: str,
    lines: Sequence[Line],
    epochs: Sequence[float],
    y_axis: Axis,
    sentence: str,
    text: Callable[[float], str],
) -> Markup:
    x_axis = Axis("epoch", min(epochs[0], 1.0), max(epochs[-1], 2.0))
    rows = [
        (f"{epoch:.0f}", *(text(line.y[i]) for line in lines)) for i, epoch in enumerate(epochs)
    ]
    head = ("epoch", *(line.label for line in lines))
    return _chart(
        title,
        line_plot(lines, x_axis, y_axis, f"{title}. {sentence}"),
        lines,
        sentence,
        table(title, head, rows),
    )


def _chart(
    title: str, plot: Markup, lines: Sequence[Line], sentence: str, figures: Markup
) -> Markup:
    return element(
        "figure",
        element("figcaption", element("h3", title), element("p", sentence)),
        legend(lines),
        plot,
        folded(figures),
        class_="chart",
    )


def _values(values: Sequence[float | None]) -> list[float]:
    return [math.nan if value is None else value for value in values]


def _until_zero(row: Floats) -> list[float]:
    """A tag's line ends where its recall does, one step after the last precision above 0."""
    values: list[float] = row.tolist()
    end = max((i for i, value in enumerate(values) if value > 0), default=-1) + 2
    return [value if i < end else math.nan for i, value in enumerate(values)]
