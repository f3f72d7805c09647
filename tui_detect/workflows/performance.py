"""An iteration's figures, computed from its stored detections."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui_detect.core.errors import Conflict, NotFound
from tui_detect.core.model import Iteration
from tui_detect.store import evaluations, iterations
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows.iterations import get_iteration
from tui_detect.workflows.library import Library
from tui_detect.workflows.thresholds import threshold_of, thresholds_by_tag

if TYPE_CHECKING:
    from tui_detect.core.evaluation import EvaluationData, Matched, Overlap, Performance


def load_evaluation(
    library: Library,
    iteration_id: int,
    on_progress: Callable[[int, int], None] | None = None,
) -> EvaluationData:
    """The iteration's validation images, regions and detections, as they were when it trained.

    All images of a cross-validation count: each was judged by a model that had not seen it.

    Args:
        on_progress: gets the images read so far and how many there are.

    Raises:
        Conflict: it has no detections: still training, or ended before it was evaluated.
        NotFound: somebody has deleted it, for good or into the trash.
    """
    import numpy as np

    from tui_detect.core.evaluation import EvaluationData, EvaluationTag

    db = library.db
    with db.reading():
        iteration = get_iteration(library, iteration_id)
        only_validation = not iteration.settings.folds
        total = evaluations.evaluated_images(db, iteration_id, only_validation=only_validation)
        if total == 0:
            raise _without_figures(library, iteration)
        tags = iterations.tags(db, iteration_id)
        found = evaluations.detections(
            db,
            iteration_id,
            only_validation=only_validation,
            on_progress=None if on_progress is None else lambda done: on_progress(done, total),
        )
        regions = evaluations.regions(db, iteration_id, only_validation=only_validation)
    image_ids = np.array(found.image_ids, dtype=np.int64)
    # Only images that were evaluated: a picture that vanished before training has no detections,
    # and its regions must not count as missed.
    counted = np.flatnonzero(np.isin(regions.image_id, image_ids))
    tag_index = np.zeros(max((tag.id for tag in tags), default=0) + 1, dtype=np.int64)
    tag_index[[tag.id for tag in tags]] = np.arange(len(tags))
    return EvaluationData(
        tags=tuple(EvaluationTag(tag.id, tag.name, tag.colour) for tag in tags),
        image_ids=image_ids,
        image_sizes_px=np.array(found.sizes_px, dtype=np.float64).reshape(-1, 2),
        region_image=np.searchsorted(image_ids, regions.image_id[counted]),
        region_tag=tag_index[regions.tag_id[counted]],
        region_box=regions.box[counted],
        region_uuid=tuple(regions.uuid[i] for i in counted.tolist()),
        detection_image=np.repeat(np.arange(len(image_ids)), found.counts),
        detection_tag=tag_index[found.items["tag_id"]],
        detection_probability=np.ascontiguousarray(found.items["probability"]),
        detection_box=np.ascontiguousarray(found.items["box"]),
    )


def _without_figures(library: Library, iteration: Iteration) -> Conflict:
    if not iteration.ended:
        return Conflict(
            f"{iteration.name} is still {iteration.state}, so it has no performance yet",
            f"follow it with `tui-detect watch`, or wait for iteration {iteration.number} to end",
        )
    return ended_before(library, iteration, "it was evaluated")


def ended_before(library: Library, iteration: Iteration, what: str) -> Conflict:
    """That a run ended before something, why, and what to do about it."""
    why = f": {iteration.message}" if iteration.message else ""
    was = "was " if iteration.state in ("lost", "cancelled") else ""
    hint = "train again"
    if iteration.state == "failed" and "; " in why:
        hint = ""  # what the run itself said to do is part of its message
    elif (
        iteration.state != "completed"
        and RunFolder(library.run_path(iteration.uuid)).job_file.exists()
    ):
        hint = f"let it go on with `tui-detect resume PROJECT {iteration.number}`"
    return Conflict(f"{iteration.name} {was}{iteration.state} before {what}{why}", hint)


def performance(
    library: Library, iteration_id: int, threshold: float = 0.5, overlap: Overlap = 0.3
) -> Performance:
    """Every figure at one probability and one overlap threshold.

    Raises:
        BadInput: a threshold is out of range.
        Conflict: the iteration has no detections.
        NotFound: it was deleted.
    """
    from tui_detect.core.evaluation import figures

    return figures(matched_detections(library, iteration_id, overlap), threshold)


def matched_detections(
    library: Library,
    iteration_id: int,
    overlap: Overlap,
    on_step: Callable[[str], None] = lambda what: None,
) -> Matched:
    """Which of the iteration's detections found a region.

    Args:
        on_step: what comes next, in words; the steps of a large iteration take seconds.

    Raises:
        BadInput: the overlap threshold is out of range.
        Conflict: the iteration has no detections.
        NotFound: it was deleted.
    """
    from tui_detect.core.evaluation import match

    data = load_evaluation(
        library,
        iteration_id,
        lambda done, total: on_step(f"reading {done:,} of {total:,} images"),
    )
    on_step("comparing them with the regions")
    return match(data, overlap)


def as_predicted(library: Library, iteration: Iteration, matched: Matched) -> Performance:
    """The figures at the thresholds that predictions use: each tag's own, else the iteration's."""
    from tui_detect.core.evaluation import figures

    of_tags = thresholds_by_tag(library, iteration)
    return figures(matched, threshold_of(iteration), of_tags=of_tags)


def mean_ap(library: Library, iteration_id: int, overlap: float = 0.3) -> float | None:
    """Mean AP alone, for lists of iterations; `None` when it cannot be computed."""
    from tui_detect.core.evaluation import figures, match

    try:
        data = load_evaluation(library, iteration_id)
    except (Conflict, NotFound):
        return None
    return figures(match(data, overlap), 0.5, intervals=False).map.value
