"""Everything that is known about an iteration's performance, for the JSON and for the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui_detect.core.model import Epoch, Iteration
from tui_detect.workflows import iterations, training
from tui_detect.workflows.library import Library
from tui_detect.workflows.performance import as_predicted, matched_detections
from tui_detect.workflows.thresholds import threshold_of

if TYPE_CHECKING:
    from tui_detect.core.evaluation import Curves, EvaluationData, Matched, Overlap, Performance
    from tui_detect.core.evaluation.box_sizes import SizeFigures
    from tui_detect.core.evaluation.calibration import Calibration
    from tui_detect.core.evaluation.confusion import Confusion
    from tui_detect.core.evaluation.error_kinds import KindsOfError
    from tui_detect.core.evaluation.finding import ErrorKind


@dataclass(frozen=True, slots=True)
class TagThresholds:
    """Which probability threshold suits a tag, and which one it got."""

    best_threshold: float | None
    """Where this tag's F1 is highest; `None` if no detection of it is correct."""
    best_f1: float | None
    chosen_threshold: float | None
    """The one that a person chose for this tag; `None` if it has none of its own."""


@dataclass(frozen=True, slots=True, eq=False)
class FullPerformance:
    """An iteration's figures, curves and errors at one probability and one overlap threshold."""

    iteration: Iteration
    matched: Matched
    performance: Performance
    as_predicted: Performance
    """At the thresholds that predictions use."""
    curves: Curves
    tag_thresholds: tuple[TagThresholds, ...]
    """(K,), as the tags of `performance`."""
    sizes: tuple[SizeFigures, ...]
    calibration: Calibration
    confusion: Confusion
    kinds: KindsOfError
    advice: Mapping[ErrorKind, str]
    epochs: tuple[Epoch, ...]

    @property
    def data(self) -> EvaluationData:
        """What the figures were counted on."""
        return self.matched.data


def full_performance(
    library: Library,
    iteration: Iteration,
    threshold: float | None = None,
    overlap: Overlap = 0.3,
    on_step: Callable[[str], None] = lambda what: None,
) -> FullPerformance:
    """All figures of an iteration.

    Args:
        threshold: for probabilities; without one the one that was chosen for the iteration.
        on_step: what comes next, in words; the steps of a large iteration take seconds.

    Raises:
        BadInput: a threshold is out of range.
        Conflict: the iteration has no detections.
    """
    from tui_detect.core.evaluation import curves, figures
    from tui_detect.core.evaluation.advice import advice
    from tui_detect.core.evaluation.box_sizes import by_size
    from tui_detect.core.evaluation.calibration import calibration
    from tui_detect.core.evaluation.confusion import confusion, match_across_tags
    from tui_detect.core.evaluation.error_kinds import kinds_of
    from tui_detect.core.evaluation.thresholds import best_threshold

    matched = matched_detections(library, iteration.id, overlap, on_step)
    data = matched.data
    performance = figures(matched, threshold_of(iteration) if threshold is None else threshold)
    on_step("telling errors apart")
    kinds = kinds_of(matched)
    kinds.costs()
    of_curves = curves(matched)
    across = match_across_tags(data, overlap)
    chosen = [
        iteration.tag_thresholds.get(tag.uuid)
        for tag in iterations.iteration_tags(library, iteration.id)
    ]
    on_step("looking at sizes and probabilities")
    return FullPerformance(
        iteration=iteration,
        matched=matched,
        performance=performance,
        as_predicted=as_predicted(library, iteration, matched),
        curves=of_curves,
        tag_thresholds=tuple(
            TagThresholds(*best_threshold(matched, position), chosen[position])
            for position in range(len(data.tags))
        ),
        sizes=by_size(matched, performance.threshold),
        calibration=calibration(matched),
        confusion=confusion(across, performance.threshold),
        kinds=kinds,
        advice=advice(kinds, performance.threshold, of_curves.best_threshold),
        epochs=tuple(training.epochs(library, iteration.id)),
    )
