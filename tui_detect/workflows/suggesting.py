"""Suggest: an iteration proposes boxes for images that nobody has looked at yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tui_detect.core.errors import PictureRefused
from tui_detect.core.ids import new_uuid
from tui_detect.core.model import Image, Iteration, Suggestion
from tui_detect.core.query import ImageQuery
from tui_detect.store import images, suggestions, tagging, tags
from tui_detect.workflows.library import Library
from tui_detect.workflows.prediction import PredictionSession, TagPrediction, likely

PAGE = 200


@dataclass(frozen=True, slots=True)
class SuggestReport:
    """What came of it."""

    images: int
    """Images with at least one suggestion now."""
    empty: int
    """Images on which nothing was found."""
    suggestions: int
    refused: tuple[PictureRefused, ...]


def suggest(
    library: Library,
    iteration: Iteration,
    *,
    most: int | None = None,
    threshold: float | None = None,
    on_progress: Callable[[int, int], None],
    should_stop: Callable[[], bool] = lambda: False,
) -> SuggestReport:
    """Propose boxes for the untagged images of the iteration's project.

    What was suggested for such an image before and not answered makes room. Images that a person
    looks at meanwhile are left alone.

    Args:
        most: stop after that many images, the oldest first; `None` for all.
        threshold: probability that a detection needs, 0 to 1; `None` for the one chosen.
        on_progress: told how many images are done, of how many.
        should_stop: asked before each image; what is suggested by then stays.

    Raises:
        Conflict: the iteration has no weights.
        RunFailed: the model's process failed.
    """
    ids = images.ids(library.db, iteration.project_id, ImageQuery(state="untagged"))[:most]
    found = empty = made = 0
    refused: list[PictureRefused] = []
    if not ids:
        return SuggestReport(0, 0, 0, ())
    with PredictionSession(library, iteration) as session:
        for done, image in enumerate(_images(library, ids)):
            if should_stop():
                break
            on_progress(done, len(ids))
            try:
                predictions = session.predict(library.objects.path(image.sha256))
            except PictureRefused as error:
                refused.append(error)
                continue
            number = _store(
                library, image, iteration.name, likely(predictions, iteration, threshold)
            )
            made += number
            found, empty = (found + 1, empty) if number else (found, empty + 1)
    return SuggestReport(found, empty, made, tuple(refused))


def _images(library: Library, ids: Sequence[int]) -> Iterator[Image]:
    """The images with these keys, read page by page."""
    for start in range(0, len(ids), PAGE):
        yield from images.get(library.db, ids[start : start + PAGE])


def _store(
    library: Library, image: Image, source: str, predictions: Sequence[TagPrediction]
) -> int:
    """Store what is probable enough; how many boxes that is."""
    with library.db.atomic():
        if tagging.load(library.db, image.id).reviewed:
            return 0
        gone = {tag.id for tag in tags.deleted_among(library.db, {p.tag.id for p in predictions})}
        made = [
            Suggestion(new_uuid(), p.tag.id, p.box.clamped(), source, p.probability)
            for p in predictions
            if p.tag.id not in gone
        ]
        suggestions.clear(library.db, image.id)
        suggestions.insert(library.db, image.id, made)
    return len(made)
