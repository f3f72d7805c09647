"""What the Performance view knows of one iteration, computed in a thread, the quickest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from tui_detect.core.errors import Conflict
from tui_detect.core.model import Epoch, Iteration
from tui_detect.workflows import training

if TYPE_CHECKING:
    from tui_detect.core.evaluation import Curves, EvaluationData, Matched, Overlap
    from tui_detect.core.evaluation.calibration import Calibration
    from tui_detect.core.evaluation.confusion import AcrossTags
    from tui_detect.core.evaluation.error_kinds import KindsOfError
    from tui_detect.core.evaluation.finding import ErrorKind
    from tui_detect.workflows.library import Library


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Everything about one iteration that does not depend on the probability threshold.

    What is not there yet comes with a later one.
    """

    iteration: Iteration
    """As it was when this was read."""
    overlap: Overlap
    epochs: tuple[Epoch, ...]
    data: EvaluationData | None = None
    """`None`: the iteration has no detections."""
    matched: Matched | None = None
    curves: Curves | None = None
    kinds: KindsOfError | None = None
    across: AcrossTags | None = None
    has_intervals: bool = False
    """Whether the interval of mAP is known; the others take milliseconds."""
    costs: Mapping[ErrorKind, float | None] | None = None
    calibration: Calibration | None = None
    has_sizes: bool = False
    tag_best: Mapping[int, float | None] = field(default_factory=dict)
    """The threshold with the best F1 by the tag's id."""
    step: str = ""
    """What is being computed now; empty when all is there."""

    def is_of(self, iteration: Iteration) -> bool:
        """Whether it is this iteration, not gone on with since."""
        before = self.iteration
        return (before.id, before.state, before.finished_at) == (
            iteration.id,
            iteration.state,
            iteration.finished_at,
        )


def evaluate_iteration(
    library: Library,
    iteration: Iteration,
    overlap: Overlap,
    data: EvaluationData | None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Iterator[Evaluation]:
    """Match once per overlap threshold, then all that no probability threshold changes.

    Args:
        data: what was read before, if the iteration has not gone on since.
        on_progress: told how many of how many images have been read.
    """
    from tui_detect.core.evaluation import curves, match
    from tui_detect.workflows.performance import load_evaluation

    epochs = tuple(training.epochs(library, iteration.id))
    if not iteration.ended:
        # There may be some detections already: figures of these would be of too few pictures.
        yield Evaluation(iteration, overlap, epochs)
        return
    try:
        data = data or load_evaluation(library, iteration.id, on_progress)
    except Conflict:
        yield Evaluation(iteration, overlap, epochs)
        return
    matched = match(data, overlap)
    evaluation = Evaluation(iteration, overlap, epochs, data, matched, step="curves")
    yield evaluation
    evaluation = replace(evaluation, curves=curves(matched), step="intervals")
    yield evaluation
    yield from _details(evaluation, data, matched)


def _details(
    evaluation: Evaluation, data: EvaluationData, matched: Matched
) -> Iterator[Evaluation]:
    from tui_detect.core.evaluation import map_interval
    from tui_detect.core.evaluation.box_sizes import by_size
    from tui_detect.core.evaluation.calibration import calibration
    from tui_detect.core.evaluation.confusion import match_across_tags
    from tui_detect.core.evaluation.error_kinds import kinds_of
    from tui_detect.core.evaluation.thresholds import best_threshold

    map_interval(matched)
    evaluation = replace(
        evaluation,
        has_intervals=True,
        calibration=calibration(matched),
        tag_best={tag.id: best_threshold(matched, k)[0] for k, tag in enumerate(data.tags)},
        step="kinds of error",
    )
    yield evaluation
    kinds = kinds_of(matched)
    evaluation = replace(evaluation, kinds=kinds, step="the confusion matrix")
    yield evaluation
    across = match_across_tags(data, evaluation.overlap)
    evaluation = replace(evaluation, across=across, step="what errors cost")
    yield evaluation
    evaluation = replace(evaluation, costs=kinds.costs(), step="sizes of boxes")
    yield evaluation
    # Matches once per size, and remembers it.
    by_size(matched, 0.5)
    yield replace(evaluation, has_sizes=True, step="")
