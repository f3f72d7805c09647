"""Two iterations side by side: which figures differ, how surely, and on which pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tui_detect.core.errors import BadInput
from tui_detect.core.evaluation.average_precision import ap_influence, resampled_ap
from tui_detect.core.evaluation.data import EvaluationTag, Floats
from tui_detect.core.evaluation.difference import SURE, Difference, paired_difference
from tui_detect.core.evaluation.figures import (
    finite,
    finite_mean,
    format_overlap,
    format_threshold,
)
from tui_detect.core.evaluation.intervals import RESAMPLES, resample_weights
from tui_detect.core.evaluation.matching import Matched, Overlap

_WORK = 100_000_000
"""Detections times resamples spent on average precision: half a second for each iteration."""
_FEWEST_RESAMPLES = 200
_AT_ONCE = 16_000_000
"""Images, or detections of a tag, times resamples in memory; each takes some 10 bytes."""


@dataclass(frozen=True, slots=True)
class TagDifference:
    """The average precision of one tag."""

    tag: EvaluationTag
    regions: int
    ap: Difference


@dataclass(frozen=True, slots=True)
class PictureOutcome:
    """What two iterations made of one image, at their probability thresholds.

    Counts are whole at one overlap threshold; means over ten at `0.50:0.95`.
    """

    image_id: int
    regions: int
    first_correct: float
    first_false: float
    second_correct: float
    second_false: float

    @property
    def first_errors(self) -> float:
        """Regions that the first one missed, and its false detections."""
        return round(self.regions - self.first_correct + self.first_false, 6)

    @property
    def second_errors(self) -> float:
        """Regions that the second one missed, and its false detections."""
        return round(self.regions - self.second_correct + self.second_false, 6)

    @property
    def won(self) -> float:
        """How many errors fewer the second one makes; below 0: more."""
        return self.first_errors - self.second_errors


@dataclass(frozen=True, slots=True)
class Comparison:
    """The figures of two iterations on the same images, and how sure their differences are."""

    first_threshold: float
    second_threshold: float
    overlap: Overlap
    precision: Difference
    recall: Difference
    f1: Difference
    map: Difference
    false_alarms_per_background: Difference
    tags: tuple[TagDifference, ...]
    pictures: tuple[PictureOutcome, ...]
    """Those on which the two differ in the number of errors, the largest difference first."""
    won: int
    """Pictures on which the second one makes fewer errors."""
    images: int
    regions: int
    background_images: int

    @property
    def lost(self) -> int:
        """Pictures on which the second one makes more errors."""
        return len(self.pictures) - self.won

    @property
    def definition(self) -> str:
        """What the figures and verdicts mean, in a few sentences to print beside them."""
        one, other = (format_threshold(t) for t in (self.first_threshold, self.second_threshold))
        at = one if one == other else f"{one} for the first and {other} for the second"
        return (
            f"Correct: probability {at} or more, overlap (IoU) {format_overlap(self.overlap)}. "
            "The interval holds 95 % of the differences in resamples of the images, the same ones "
            "for both (paired bootstrap); by chance: how often two iterations that are equally "
            f"good would differ as much. {self._chance_among_tags}"
        ).rstrip()

    @property
    def _chance_among_tags(self) -> str:
        """A warning that some of many tags always seem to differ."""
        tags = sum(item.ap.p is not None for item in self.tags)
        luck = round(tags * SURE)
        return f"Of {tags} tags about {luck} look better or worse by chance alone." if luck else ""


def compare(
    first: Matched,
    second: Matched,
    first_threshold: float,
    second_threshold: float,
    *,
    intervals: bool = True,
    on_progress: Callable[[int, int], None] | None = None,
) -> Comparison:
    """Every figure of two iterations on the same images, tags and regions.

    Args:
        first: Of the iteration that is compared with; see `common_ground`.
        second: Of the iteration that may be better, matched at the same overlap threshold.
        first_threshold: Probability that a detection of the first one needs.
        second_threshold: The same of the second one.
        intervals: `False` leaves out how sure the differences are, for a first answer: average
            precision takes up to half a second for each iteration.
        on_progress: Called with the steps of resampling done so far, and how many there are; what
            it raises ends the comparison.

    Raises:
        BadInput: a threshold is not 0 to 1.
        ValueError: the two are not on the same images, tags and regions, or overlaps differ.
    """
    for threshold in (first_threshold, second_threshold):
        if not 0 <= threshold <= 1:
            raise BadInput(f"probability threshold {threshold} is not 0 to 1", "0.5 is usual")
    _check_same_ground(first, second)
    data = first.data
    counts = (_counts(first, first_threshold), _counts(second, second_threshold))
    apart, ap = np.full((4, 1), np.nan), np.full((2, len(data.tags), 1), np.nan)
    if intervals and data.images > 1:
        apart, ap = _resampled((first, second), counts, on_progress)
    precision, recall, f1, alarms = _differences(*counts, apart)
    tags, mean = _average_precision(first, second, ap)
    pictures = _outcomes(first, *counts)
    return Comparison(
        first_threshold=first_threshold,
        second_threshold=second_threshold,
        overlap=first.overlap,
        precision=precision,
        recall=recall,
        f1=f1,
        map=mean,
        false_alarms_per_background=alarms,
        tags=tags,
        pictures=pictures,
        won=sum(picture.won > 0 for picture in pictures),
        images=data.images,
        regions=data.regions,
        background_images=int(first.background.sum()),
    )


def _check_same_ground(first: Matched, second: Matched) -> None:
    one, other = first.data, second.data
    if first.overlap != second.overlap or one.tags != other.tags:
        raise ValueError("two overlap thresholds or lists of tags cannot be compared")
    for name in ("image_ids", "region_image", "region_tag", "region_box"):
        if not np.array_equal(getattr(one, name), getattr(other, name)):
            raise ValueError(f"the two differ in {name}: put them on common ground first")


def _counts(matched: Matched, threshold: float) -> Floats:
    """(I, 5): correct detections, detections, regions, false alarms, whether background."""
    data, background = matched.data, matched.background
    counted = matched.count_above(threshold)
    image = matched.image[:counted]
    correct = np.bincount(image, weights=matched.hit[:counted], minlength=data.images)
    detections = np.bincount(image, minlength=data.images)
    columns = (correct, detections, matched.regions_by_image, background * detections, background)
    return np.stack(columns, axis=1).astype(np.float64)


def _figures(sums: Floats) -> Floats:
    """(4, B): precision, recall, F1, false alarms per background image; NaN where none."""
    correct, detections, regions, alarms, background = sums.T
    with np.errstate(divide="ignore", invalid="ignore"):
        f1 = np.where(regions > 0, 2 * correct / (detections + regions), np.nan)
        return np.stack((correct / detections, correct / regions, f1, alarms / background))


def _resampled(
    both: tuple[Matched, Matched],
    counts: tuple[Floats, Floats],
    on_progress: Callable[[int, int], None] | None,
) -> tuple[Floats, Floats]:
    """(4, B): second minus first of each figure; (2, K, B): average precision, of fewer resamples.

    A part of the resamples at a time, of which nothing but the figures is kept.
    """
    data, detections = both[0].data, max(len(matched.order) for matched in both)
    affordable = min(RESAMPLES, max(_FEWEST_RESAMPLES, _WORK // max(1, detections)))
    of_a_tag = [np.bincount(matched.tag).max(initial=0) for matched in both]
    at_once = max(1, _AT_ONCE // max(data.images, *of_a_tag))
    known = np.flatnonzero(both[0].regions_by_tag).tolist()
    steps, done = len(known) * -(-affordable // at_once), 0
    apart, ap = np.zeros((4, RESAMPLES)), np.full((2, len(data.tags), affordable), np.nan)
    per_image = np.concatenate(counts, axis=1).astype(np.float32)
    start = 0
    for weights in resample_weights(data.images, at_once=at_once):
        end = start + len(weights)
        sums = (weights.astype(np.float32) @ per_image).astype(np.float64)
        first, second = np.split(sums, 2, axis=1)
        apart[:, start:end] = _figures(second) - _figures(first)
        by_image = np.ascontiguousarray(weights[: max(0, affordable - start)].T)
        if on_progress is not None and not by_image.size:
            # Most of the time of many images goes on here; whoever is told may raise to stop.
            on_progress(done, steps)
        for k in known if by_image.size else ():
            for row, matched in zip(ap, both, strict=True):
                mine = matched.of_tag(k)
                row[k, start:end] = resampled_ap(
                    matched.region[:, mine] >= 0,
                    matched.image[mine],
                    data.region_image[data.region_tag == k],
                    by_image,
                )
            done += 1
            if on_progress is not None:
                on_progress(done, steps)
        start = end
    return apart, ap


def _differences(first: Floats, second: Floats, apart: Floats) -> list[Difference]:
    """Of precision, recall, F1 and false alarms per background image."""
    whole = [_figures(counts.sum(axis=0, keepdims=True))[:, 0] for counts in (first, second)]
    moved = first != second
    differing = (moved[:, :2].any(axis=1), moved[:, 0], moved[:, :2].any(axis=1), moved[:, 3])
    detected, labelled = (first + second)[:, 1] > 0, first[:, 2] > 0
    about = (detected, labelled, detected | labelled, np.zeros(0))
    return [
        paired_difference(
            finite(whole[0][i]),
            finite(whole[1][i]),
            apart[i],
            int(differing[i].sum()),
            images=int(about[i].sum()),
            higher_is_better=i < 3,
        )
        for i in range(4)
    ]


def _average_precision(
    first: Matched, second: Matched, ap: Floats
) -> tuple[tuple[TagDifference, ...], Difference]:
    """Of each tag, and of their mean."""
    data = first.data
    regions = first.regions_by_tag
    change = [_contribution(second, k) - _contribution(first, k) for k in range(len(data.tags))]
    tags = tuple(
        TagDifference(
            tag,
            int(regions[k]),
            paired_difference(
                finite(first.ap[k]),
                finite(second.ap[k]),
                ap[1, k] - ap[0, k],
                _telling(change[k]),
                images=int(first.images_by_tag[k]),
            ),
        )
        for k, tag in enumerate(data.tags)
    )
    counted = np.isfinite(ap).sum(axis=1)
    with np.errstate(invalid="ignore"):
        means = np.nansum(ap, axis=1) / np.where(counted > 0, counted, np.nan)
    mean = paired_difference(
        finite_mean(first.ap),
        finite_mean(second.ap),
        means[1] - means[0],
        _telling(sum(change, np.zeros(data.images))),
        images=int((~first.background).sum()),
    )
    return tags, mean


def _contribution(matched: Matched, tag: int) -> Floats:
    """(I,): what each image adds to a tag's average precision; 0 where that has no region."""
    data, mine = matched.data, matched.of_tag(tag)
    regions = data.region_image[data.region_tag == tag]
    if len(regions) == 0:
        return np.zeros(data.images)
    influence = ap_influence(
        matched.region[:, mine] >= 0, matched.image[mine], regions, data.images
    )
    share = np.bincount(regions, minlength=data.images) / len(regions)
    return np.asarray(influence + share * matched.ap[tag], dtype=np.float64)


def _telling(change: Floats) -> int:
    """On how many images the two differ: those that add a tenth of what the first of them adds.

    Nearly every image moves average precision by a little, as its boxes rank otherwise.

    Args:
        change: (I,), what each image adds to the difference.
    """
    size = np.abs(change)
    most = float(size.max(initial=0.0))
    return int((size >= most / 10).sum()) if most > 0 else 0


def _outcomes(matched: Matched, first: Floats, second: Floats) -> tuple[PictureOutcome, ...]:
    errors = [counts[:, 2] + counts[:, 1] - 2 * counts[:, 0] for counts in (first, second)]
    won = np.round(errors[0] - errors[1], 6)
    apart = np.flatnonzero(won)
    largest = apart[np.argsort(-np.abs(won[apart]), kind="stable")]
    return tuple(
        PictureOutcome(
            image_id=int(matched.data.image_ids[i]),
            regions=int(first[i, 2]),
            first_correct=float(first[i, 0]),
            first_false=float(first[i, 1] - first[i, 0]),
            second_correct=float(second[i, 0]),
            second_false=float(second[i, 1] - second[i, 0]),
        )
        for i in largest.tolist()
    )
