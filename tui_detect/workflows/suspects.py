"""Labels that may be wrong: what an iteration says of the workspace as it is now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui_detect.core.errors import Conflict, PictureRefused
from tui_detect.core.evaluation.finding import Finding
from tui_detect.core.model import Detection, Iteration, Split
from tui_detect.core.query import ImageQuery
from tui_detect.store import images, iterations, runs, tags
from tui_detect.workflows.library import Library
from tui_detect.workflows.performance import ended_before
from tui_detect.workflows.prediction import PredictionSession
from tui_detect.workflows.settling import settled, verdicts_on
from tui_detect.workflows.warm_starting import trained_before

if TYPE_CHECKING:
    from tui_detect.core.evaluation.data import EvaluationData


@dataclass(frozen=True, slots=True)
class SuspectLabel:
    """A label that may be wrong, or one that may be missing."""

    finding: Finding
    trained_on: bool
    """Whether the model, or one that it started from, was trained on that very picture: it may only
    repeat what it was told."""


@dataclass(frozen=True, slots=True)
class LookReport:
    """What came of looking at pictures that the run had not judged."""

    images: int
    refused: tuple[PictureRefused, ...]


def suspects(
    library: Library,
    iteration: Iteration,
    *,
    limit: int | None = None,
    everywhere: bool = False,
    with_settled: bool = False,
) -> list[SuspectLabel]:
    """The workspace's labels that may be wrong, the most suspicious first.

    Judged are the regions as they are now, so that a corrected label drops out, on tagged pictures
    for which the iteration has stored detections.

    Args:
        limit: At most so many.
        everywhere: Judge also pictures that the model was trained on, and those that are newer,
            as far as `look_everywhere` has been there.
        with_settled: List also what a person has settled for this iteration.

    Raises:
        Conflict: there is no picture to judge: the iteration has no detections yet.
    """
    from tui_detect.core.evaluation.suspects import suspects as suspects_in

    with library.db.reading():
        trained_on = _trained_on(library, iteration)
        unseen = None if everywhere else _unseen(library, iteration)
        data = _workspace_now(library, iteration, unseen)
    # A verdict settles one of them: a label is listed once, and so is a box that has none.
    spare = 0 if with_settled else len(settled(library, iteration.id))
    found = suspects_in(data, None if limit is None else limit + spare, trained_on)
    done = {} if with_settled else verdicts_on(library, iteration.id, found)
    kept = (item for item in found if (item.image_id, item.key) not in done)
    labels = [SuspectLabel(item, item.image_id in trained_on) for item in kept]
    return labels[:limit]


def look_everywhere(
    library: Library,
    iteration: Iteration,
    *,
    on_progress: Callable[[int, int], None],
    should_stop: Callable[[], bool] = lambda: False,
) -> LookReport:
    """Store what the iteration finds on every tagged picture of the workspace not judged so far.

    They are its own training pictures and those that came later. Figures never count them, and what
    is stored stays, so that an interrupted look goes on where it was. A cross-validated iteration
    has judged its own pictures by models that did not know them.

    Args:
        on_progress: told how many pictures are done, of how many.
        should_stop: asked before each picture.

    Raises:
        Conflict: the iteration has no weights.
        RunFailed: the model's process failed.
        StorageFailed: the library can only be read.
    """
    library.db.check_writable()
    judged = set(runs.judged_images(library.db, iteration.id))
    if iteration.settings.folds:
        judged |= _unseen(library, iteration)
    ids = images.ids(library.db, iteration.project_id, ImageQuery(state="tagged"))
    waiting = images.get(library.db, [image_id for image_id in ids if image_id not in judged])
    refused: list[PictureRefused] = []
    if not waiting:
        return LookReport(0, ())
    with PredictionSession(library, iteration) as session:
        for done, image in enumerate(waiting):
            if should_stop():
                return LookReport(done - len(refused), tuple(refused))
            on_progress(done, len(waiting))
            try:
                found = session.predict(library.objects.path(image.sha256))
            except PictureRefused as error:
                refused.append(error)
                continue
            items = [Detection(item.tag.id, item.probability, item.box) for item in found.items]
            runs.set_detections(library.db, iteration.id, image.id, items)
    return LookReport(len(waiting) - len(refused), tuple(refused))


def _trained_on(library: Library, iteration: Iteration) -> frozenset[int]:
    """Keys of the pictures that a stored detection may owe to their own labels.

    Those of the iterations that its weights started from count, too, whichever project held them.
    """
    db, folds = library.db, iteration.settings.folds
    own = frozenset(() if folds else iterations.image_ids(db, iteration.id, "train"))
    sources = trained_before(library, iteration.settings.weights)
    learnt = {sha256 for _, hashes in sources for sha256 in hashes}
    if not learnt:
        return own
    judged = images.get(db, runs.judged_images(db, iteration.id))
    return own | {image.id for image in judged if image.sha256 in learnt}


def _unseen(library: Library, iteration: Iteration) -> frozenset[int]:
    """Keys of the pictures that the run judged without having trained on them."""
    split: Split | None = None if iteration.settings.folds else "validation"
    return frozenset(iterations.image_ids(library.db, iteration.id, split))


def _workspace_now(
    library: Library, iteration: Iteration, only: frozenset[int] | None
) -> EvaluationData:
    """The iteration's detections beside the regions as they are now, on tagged pictures."""
    import numpy as np

    from tui_detect.core.evaluation.data import EvaluationData, EvaluationTag

    db = library.db
    stored = runs.detections(db, iteration.id)
    judged = [key for key in stored if only is None or key in only]
    pictures = [each for each in images.get(db, judged) if each.in_workspace and each.reviewed]
    # All of the project's: some came after the iteration, and what it knew may be deleted or merged
    # by now.
    every = tags.of_project(db, iteration.project_id)
    if not pictures or not every:
        raise _nothing_to_judge(library, iteration, bool(judged))
    index = {tag.id: position for position, tag in enumerate(every)}
    merged = tags.merged(db, iteration.project_id)
    index |= {key: index[tag.id] for key, tag in merged.items() if tag.id in index}
    regions = images.regions(db, [picture.id for picture in pictures])
    truth = [(i, r) for i, picture in enumerate(pictures) for r in regions[picture.id]]
    boxes = [(r.box.left, r.box.top, r.box.width, r.box.height) for _, r in truth]
    items = np.concatenate([stored[picture.id] for picture in pictures])
    place = np.repeat(np.arange(len(pictures)), [len(stored[each.id]) for each in pictures])
    return EvaluationData(
        tags=tuple(EvaluationTag(tag.id, tag.name, tag.colour) for tag in every),
        image_ids=np.array([picture.id for picture in pictures], dtype=np.int64),
        image_sizes_px=np.array(
            [(picture.width_px, picture.height_px) for picture in pictures], dtype=np.float64
        ),
        region_image=np.array([i for i, _ in truth], dtype=np.int64),
        region_tag=np.array([index[r.tag_id] for _, r in truth], dtype=np.int64),
        region_box=np.array(boxes, dtype=np.float64).reshape(-1, 4),
        region_uuid=tuple(region.uuid for _, region in truth),
        detection_image=place,
        detection_tag=np.array([index.get(key, 0) for key in items["tag_id"].tolist()], np.int64),
        # Zero is below every floor: a tag that was deleted must not be missed, and leaving its
        # detections out would change the numbers that settled findings are remembered by.
        detection_probability=np.where(
            np.isin(items["tag_id"], list(index)), items["probability"], 0.0
        ),
        detection_box=np.ascontiguousarray(items["box"]),
    )


def _nothing_to_judge(library: Library, iteration: Iteration, removed: bool) -> Conflict:
    if removed:
        return Conflict(
            f"none of the pictures that {iteration.name} judged is tagged in the workspace",
            "train again on the pictures that are there",
        )
    if not iteration.ended:
        return Conflict(
            f"{iteration.name} is still {iteration.state}, so it has judged nothing yet",
            "wait for its end",
        )
    return ended_before(library, iteration, "it judged any picture")
