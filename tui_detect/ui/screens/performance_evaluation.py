"""What the Performance view knows of one iteration, computed in a thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui_detect.core.errors import Conflict
from tui_detect.core.model import Epoch
from tui_detect.workflows import training

if TYPE_CHECKING:
    from tui_detect.core.evaluation import Curves, EvaluationData, Matched, Overlap
    from tui_detect.workflows.library import Library


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Everything about one iteration that does not depend on the probability threshold."""

    iteration_id: int
    overlap: Overlap
    epochs: tuple[Epoch, ...]
    data: EvaluationData | None = None
    """`None`: the iteration has no detections."""
    matched: Matched | None = None
    curves: Curves | None = None


def evaluate_iteration(
    library: Library, iteration_id: int, overlap: Overlap, data: EvaluationData | None
) -> Evaluation:
    """Match once per overlap threshold, with all that no probability threshold changes.

    Args:
        data: what was read before, if the iteration cannot have changed since.
    """
    from tui_detect.core.evaluation import curves, map_interval, match
    from tui_detect.workflows.performance import load_evaluation

    epochs = tuple(training.epochs(library, iteration_id))
    try:
        data = data or load_evaluation(library, iteration_id)
    except Conflict:
        return Evaluation(iteration_id, overlap, epochs)
    matched = match(data, overlap)
    map_interval(matched)
    return Evaluation(iteration_id, overlap, epochs, data, matched, curves(matched))
