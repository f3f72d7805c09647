"""Compare two iterations: on what, by which labels, and what each made of a picture."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from tui_detect.core.errors import BadInput, Conflict
from tui_detect.core.model import Image, Iteration
from tui_detect.core.words import count
from tui_detect.store import images, tags
from tui_detect.workflows.library import Library
from tui_detect.workflows.performance import load_evaluation
from tui_detect.workflows.thresholds import threshold_of
from tui_detect.workflows.warm_starting import trained_before

if TYPE_CHECKING:
    from tui_detect.core.evaluation import Overlap
    from tui_detect.core.evaluation.common_ground import CommonGround
    from tui_detect.core.evaluation.comparison import Comparison
    from tui_detect.core.evaluation.finding import Finding

Progress = Callable[[str], object]
"""Is told what goes on, in words."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairing:
    """Two iterations on the images that both were evaluated on, judged by the same labels."""

    first: Iteration
    second: Iteration
    labels_of: Iteration
    """The newer one of the two: its labels count for both."""
    ground: CommonGround
    only_first: int
    """Images that only the first one was evaluated on; they are left out."""
    only_second: int
    tags_only_first: tuple[str, ...]
    """Names of tags that only the first one knows; they are left out."""
    tags_only_second: tuple[str, ...]
    merged: tuple[tuple[str, str], ...]
    """Names of tags that were merged since, and of those that they count as."""
    seen: tuple[tuple[Iteration, Iteration, int], ...] = ()
    """Which of the two started from weights of which one, and how many images that learnt from."""

    @property
    def basis(self) -> list[str]:
        """What is compared by what, and what is left out, in sentences."""
        data = self.ground.first
        background = data.images - len(set(data.region_image.tolist()))
        return [
            f"On the {count(data.images, 'image')} that both were evaluated on "
            f"({count(data.regions, 'region')}, {background:,} background), "
            f"by the labels that {self.labels_of.name} was trained with.",
            *(f"Tag {old} was merged since, and counts as {new}." for old, new in self.merged),
            *self._left_out,
            *self._judged_by,
            *(
                f"Predictions of {count(len(item.tag_thresholds), 'tag')} by {item.name} use other "
                "thresholds, which count for nothing here."
                for item in (self.first, self.second)
                if item.tag_thresholds
            ),
        ]

    @property
    def _judged_by(self) -> Iterable[str]:
        by_folds, by_itself = self.first, self.second
        if not by_folds.settings.folds:
            by_folds, by_itself = by_itself, by_folds
        if by_folds.settings.folds and not by_itself.settings.folds:
            yield (
                f"The figures of {by_folds.name} come from the models of its "
                f"{by_folds.settings.folds} folds, those of {by_itself.name} from its own model."
            )

        for iteration, source, images_seen in self.seen:
            yield (
                f"{iteration.name} started from weights of {source.name}, which was trained on "
                f"{images_seen:,} of these images: its figures may be too good."
            )

    @property
    def _left_out(self) -> Iterable[str]:
        for iteration, only, names in (
            (self.first, self.only_first, self.tags_only_first),
            (self.second, self.only_second, self.tags_only_second),
        ):
            parts = [count(only, "image")] if only else []
            parts += [f"tag {name}" for name in names]
            if parts:
                yield f"Left out, as only {iteration.name} has it: {', '.join(parts)}."
        if others := self.ground.images_of_other_tags:
            older = self.first if self.labels_of is self.second else self.second
            yield (
                f"Left out, as it shows only tags that {older.name} does not know: 1 image."
                if others == 1
                else f"Left out, as they show only tags that {older.name} does not know: "
                f"{count(others, 'image')}."
            )


def pair_up(
    library: Library,
    first: Iteration,
    second: Iteration,
    on_progress: Progress = lambda _: None,
) -> Pairing:
    """What two iterations can be compared on.

    Both are judged by the labels of the newer one, which are the better ones where any were
    corrected in between, and by which its own figures were computed.

    Raises:
        BadInput: it is the same iteration twice.
        Conflict: one of them was not evaluated, or they share no image or no tag.
    """
    from tui_detect.core.evaluation.common_ground import on_common_ground, with_merged
    from tui_detect.core.evaluation.data import EvaluationTag

    if first.id == second.id:
        raise BadInput(f"{first.name} cannot be compared with itself", "choose two iterations")
    on_progress(f"reading {first.name}")
    before = load_evaluation(library, first.id)
    on_progress(f"reading {second.name}")
    now = load_evaluation(library, second.id)
    merged = {
        key: EvaluationTag(tag.id, tag.name, tag.colour)
        for key, tag in tags.merged(library.db, first.project_id).items()
    }
    counted_as = {
        tag.name: merged[tag.id].name
        for data in (before, now)
        for tag in data.tags
        if tag.id in merged
    }
    before, now = with_merged(before, merged), with_merged(now, merged)
    newer, labels = (second, now) if second.number > first.number else (first, before)
    ground = on_common_ground(before, now, labels)
    shared = ground.first.images + ground.images_of_other_tags
    if shared == 0:
        raise Conflict(
            f"{first.name} and {second.name} were evaluated on different images: none is shared",
            "compare iterations of the same validation images",
        )
    known = [{tag.id: tag.name for tag in data.tags} for data in (before, now)]
    if not ground.first.tags:
        raise Conflict(f"{first.name} and {second.name} have no tag in common")
    if ground.first.images == 0:
        raise Conflict(
            f"the images that {first.name} and {second.name} were both evaluated on show only "
            "tags that one of them does not know",
            "compare iterations of the same tags",
        )
    return Pairing(
        first=first,
        second=second,
        labels_of=newer,
        ground=ground,
        only_first=before.images - shared,
        only_second=now.images - shared,
        tags_only_first=tuple(name for key, name in known[0].items() if key not in known[1]),
        tags_only_second=tuple(name for key, name in known[1].items() if key not in known[0]),
        merged=tuple(counted_as.items()),
        seen=tuple(_seen_before(library, (first, second), ground.first.image_ids.tolist())),
    )


def _seen_before(
    library: Library, iterations: Iterable[Iteration], image_ids: Sequence[int]
) -> Iterable[tuple[Iteration, Iteration, int]]:
    for iteration in iterations:
        unseen: set[str] | None = None
        for source, learnt in trained_before(library, iteration.settings.weights):
            if unseen is None:
                unseen = {image.sha256 for image in images.get(library.db, image_ids)}
            if seen := unseen & learnt:
                yield iteration, source, len(seen)
            unseen -= learnt


def comparisons(
    pairing: Pairing,
    overlap: Overlap,
    threshold: float | None = None,
    on_progress: Progress = lambda _: None,
) -> Iterable[Comparison]:
    """The comparison twice: its figures at once, then again with how sure the differences are.

    Args:
        pairing: The two iterations.
        overlap: IoU that a detection needs to be correct.
        threshold: Probability that it needs; each iteration's own without.
        on_progress: Is told what goes on.

    Raises:
        BadInput: a threshold is out of range.
    """
    comparing = _comparing(pairing, overlap, threshold, on_progress)
    yield comparing(intervals=False)
    yield comparing()


def compare_iterations(
    pairing: Pairing,
    overlap: Overlap,
    threshold: float | None = None,
    on_progress: Progress = lambda _: None,
) -> Comparison:
    """The whole comparison at once; see `comparisons`.

    Raises:
        BadInput: a threshold is out of range.
    """
    return _comparing(pairing, overlap, threshold, on_progress)()


def _comparing(
    pairing: Pairing, overlap: Overlap, threshold: float | None, on_progress: Progress
) -> partial[Comparison]:
    """The comparison of matched boxes, to be made with intervals or without."""
    from tui_detect.core.evaluation import match
    from tui_detect.core.evaluation.comparison import compare

    def tell(done: int, steps: int) -> None:
        on_progress(f"how sure the differences are: {100 * done // steps} %")

    on_progress("matching boxes")
    ground = pairing.ground
    matched = match(ground.first, overlap), match(ground.second, overlap)
    iterations = (pairing.first, pairing.second)
    thresholds = [threshold_of(item) if threshold is None else threshold for item in iterations]
    return partial(compare, *matched, *thresholds, on_progress=tell)


def errors_on(
    pairing: Pairing, comparison: Comparison, image_id: int
) -> tuple[Iteration, float, list[Finding]]:
    """What is wrong on one picture, of that iteration which makes more errors there.

    Returns:
        The iteration, the overlap threshold and the errors. Of several overlap thresholds it is the
        lowest one at which that iteration makes more errors: at the others there may be none.
    """
    from tui_detect.core.evaluation import match
    from tui_detect.core.evaluation.comparison import compare
    from tui_detect.core.evaluation.error_kinds import kinds_of
    from tui_detect.core.evaluation.matching import overlap_thresholds

    outcome = next(item for item in comparison.pictures if item.image_id == image_id)
    alone = pairing.ground.only_on(image_id)
    thresholds = comparison.first_threshold, comparison.second_threshold
    for overlap in overlap_thresholds(comparison.overlap).tolist():
        matched = match(alone.first, overlap), match(alone.second, overlap)
        there = compare(*matched, *thresholds, intervals=False)
        if any((item.won > 0) == (outcome.won > 0) for item in there.pictures):
            break
    if outcome.won > 0:
        worse, errors, numbers = pairing.first, kinds_of(matched[0]), alone.first_number
    else:
        worse, errors, numbers = pairing.second, kinds_of(matched[1]), alone.second_number
    found = errors.findings(thresholds[0 if outcome.won > 0 else 1])
    # A list settles findings by their place among all stored detections, also those of tags that
    # only this iteration knows.
    return (
        worse,
        overlap,
        [
            finding
            if finding.detection_number is None
            else replace(finding, detection_number=int(numbers[finding.detection_number]))
            for finding in found
        ],
    )


def pictures_of(library: Library, comparison: Comparison) -> dict[int, Image]:
    """The images that were won or lost, by key."""
    ids = [picture.image_id for picture in comparison.pictures]
    return {image.id: image for image in images.get(library.db, ids)}
