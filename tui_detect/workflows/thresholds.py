"""The probability thresholds that a person chose for an iteration's predictions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tui_detect.core.errors import BadInput, Conflict
from tui_detect.core.model import Iteration, Tag
from tui_detect.store import iterations, tagging
from tui_detect.workflows.iterations import get_iteration
from tui_detect.workflows.library import Library

if TYPE_CHECKING:
    from tui_detect.core.evaluation import Overlap

DEFAULT_THRESHOLD = 0.5


def threshold_of(iteration: Iteration, tag_uuid: str = "") -> float:
    """The threshold that a detection needs: the tag's, else the iteration's, else 0.5.

    Args:
        iteration: Who predicts.
        tag_uuid: Of the detection's tag; empty for the iteration's own threshold.
    """
    usual = DEFAULT_THRESHOLD if iteration.threshold is None else iteration.threshold
    return iteration.tag_thresholds.get(tag_uuid, usual)


def thresholds_by_tag(library: Library, iteration: Iteration) -> dict[int, float]:
    """The thresholds that single tags have of their own, by the tag's key."""
    if not iteration.tag_thresholds:
        return {}
    chosen = iteration.tag_thresholds
    tags = iterations.tags(library.db, iteration.id)
    return {tag.id: chosen[tag.uuid] for tag in tags if tag.uuid in chosen}


def set_threshold(
    library: Library,
    iteration_id: int,
    threshold: float | None,
    *,
    by_tag: Mapping[str, float] | None = None,
) -> Iteration:
    """Store the threshold that predictions need from now on.

    Args:
        library: Where all of it is.
        iteration_id: Whose predictions.
        threshold: 0 to 1; `None` for the usual one.
        by_tag: All thresholds of single tags, by the tag's UUID; `None` leaves them as they are.

    Raises:
        BadInput: a threshold is not 0 to 1, or the iteration does not know a tag.
        NotFound: the iteration is gone, or in the trash.
    """
    with library.db.atomic():
        iteration = get_iteration(library, iteration_id)
        if by_tag is None:
            by_tag = iteration.tag_thresholds
        elif unknown := by_tag.keys() - {t.uuid for t in iterations.tags(library.db, iteration_id)}:
            raise BadInput(f"{iteration.name} knows no tag {', '.join(sorted(unknown))}")
        for value in (threshold, *by_tag.values()):
            if value is not None and not 0 <= value <= 1:
                raise BadInput(f"probability threshold {value} is not 0 to 1", "0.5 is usual")
        iterations.update(
            library.db, iteration_id, threshold=threshold, tag_thresholds=dict(by_tag)
        )
        tagging.record_act(
            library.db,
            iteration.project_id,
            f"set thresholds of iteration {iteration.number}",
            iteration=iteration.uuid,
            threshold=threshold,
            tags=dict(by_tag),
        )
    return get_iteration(library, iteration_id)


def set_tag_threshold(
    library: Library, iteration_id: int, tag_uuid: str, threshold: float | None
) -> Iteration:
    """Store the threshold of one tag; `None` gives it the iteration's again.

    Raises:
        BadInput: the threshold is not 0 to 1, or the iteration does not know the tag.
        NotFound: the iteration is gone, or in the trash.
    """
    with library.db.atomic():
        iteration = get_iteration(library, iteration_id)
        others = {uuid: v for uuid, v in iteration.tag_thresholds.items() if uuid != tag_uuid}
        chosen = {} if threshold is None else {tag_uuid: threshold}
        return set_threshold(library, iteration_id, iteration.threshold, by_tag=others | chosen)


def find_threshold(
    library: Library,
    iteration_id: int,
    *,
    precision: float | None = None,
    recall: float | None = None,
    tag: Tag | None = None,
    overlap: Overlap = 0.3,
) -> float:
    """The threshold with the best F1, or the one for a wanted precision or recall.

    Args:
        library: Where all of it is.
        iteration_id: On whose validation images.
        precision: The lowest threshold that has it, 0 to 1.
        recall: The highest threshold that has it, 0 to 1.
        tag: For that one alone.
        overlap: What a detection needs to be correct.

    Raises:
        BadInput: a share is out of range, or the iteration does not know the tag.
        Conflict: there are no detections, none is correct, or no threshold has what is wanted.
    """
    from tui_detect.core.evaluation import match
    from tui_detect.core.evaluation.thresholds import best_threshold, wanted_threshold
    from tui_detect.workflows.performance import load_evaluation

    matched = match(load_evaluation(library, iteration_id), overlap)
    index = None
    if tag is not None:
        known = [one.id for one in matched.data.tags]
        if tag.id not in known:
            raise BadInput(f"the iteration was not trained on {tag.name!r}")
        index = known.index(tag.id)
    if precision is not None or recall is not None:
        return wanted_threshold(matched, precision=precision, recall=recall, tag=index)
    best, _ = best_threshold(matched, index)
    if best is None:
        of_tag = f" of {tag.name}" if tag else ""
        raise Conflict(f"no detection{of_tag} is correct, so no threshold is the best")
    return best
