"""An iteration's figures, computed from its stored detections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui_detect.core.errors import Conflict
from tui_detect.store import iterations, runs
from tui_detect.workflows.library import Library

if TYPE_CHECKING:
    from tui_detect.core.evaluation import EvaluationData, Overlap, Performance


def load_evaluation(library: Library, iteration_id: int) -> EvaluationData:
    """The iteration's validation images, regions and detections, as they were when it trained.

    Raises:
        Conflict: it has no detections: still training, or ended before it was evaluated.
    """
    import numpy as np

    from tui_detect.core.evaluation import EvaluationData, EvaluationTag

    db = library.db
    stored = runs.detections(db, iteration_id)
    if not stored:
        raise _without_figures(library, iteration_id)
    tags = iterations.tags(db, iteration_id)
    tag_index = {tag.id: position for position, tag in enumerate(tags)}
    regions = iterations.regions(db, iteration_id)
    # Only images that were evaluated: a picture that vanished before training has no detections,
    # and its regions must not count as missed.
    images = [image for image, _ in iterations.images(db, iteration_id) if image.id in stored]
    truth = [(i, region) for i, image in enumerate(images) for region in regions.get(image.id, ())]
    items = np.concatenate([stored[image.id] for image in images])
    lookup = np.zeros(max(tag_index, default=0) + 1, dtype=np.int64)
    lookup[list(tag_index)] = list(tag_index.values())
    return EvaluationData(
        tags=tuple(EvaluationTag(tag.id, tag.name, tag.colour) for tag in tags),
        image_ids=np.array([image.id for image in images], dtype=np.int64),
        image_sizes_px=np.array(
            [(image.width_px, image.height_px) for image in images], dtype=np.float64
        ).reshape(-1, 2),
        region_image=np.array([i for i, _ in truth], dtype=np.int64),
        region_tag=np.array([tag_index[region.tag_id] for _, region in truth], dtype=np.int64),
        region_box=np.array(
            [(r.box.left, r.box.top, r.box.width, r.box.height) for _, r in truth],
            dtype=np.float64,
        ).reshape(-1, 4),
        region_uuid=tuple(region.uuid for _, region in truth),
        detection_image=np.repeat(
            np.arange(len(images)), [len(stored[image.id]) for image in images]
        ),
        detection_tag=lookup[items["tag_id"]],
        detection_probability=np.ascontiguousarray(items["probability"]),
        detection_box=np.ascontiguousarray(items["box"]),
    )


def _without_figures(library: Library, iteration_id: int) -> Conflict:
    iteration = iterations.get(library.db, iteration_id)
    if not iteration.ended:
        return Conflict(
            f"{iteration.name} is still {iteration.state}, so it has no performance yet",
            f"follow it with `tui-detect watch`, or wait for iteration {iteration.number} to end",
        )
    why = f": {iteration.message}" if iteration.message else ""
    return Conflict(
        f"{iteration.name} {iteration.state} before it was evaluated{why}", "train again"
    )


def performance(
    library: Library, iteration_id: int, threshold: float = 0.5, overlap: Overlap = 0.3
) -> Performance:
    """Every figure at one probability and one overlap threshold.

    Raises:
        BadInput: a threshold is out of range.
        Conflict: the iteration has no detections.
    """
    from tui_detect.core.evaluation import evaluate

    return evaluate(load_evaluation(library, iteration_id), threshold, overlap)


def mean_ap(library: Library, iteration_id: int, overlap: float = 0.3) -> float | None:
    """Mean AP alone, for lists of iterations; `None` when it cannot be computed."""
    from tui_detect.core.evaluation import figures, match

    try:
        data = load_evaluation(library, iteration_id)
    except Conflict:
        return None
    return figures(match(data, overlap), 0.5, intervals=False).map.value
