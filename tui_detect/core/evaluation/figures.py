"""How good an iteration is: every figure that the screens and the command line show."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from tui_detect.core.errors import BadInput
from tui_detect.core.evaluation.average_precision import recall_levels
from tui_detect.core.evaluation.data import EvaluationData, EvaluationTag, Floats
from tui_detect.core.evaluation.intervals import (
    RESAMPLES,
    Figure,
    figure,
    resample_sums,
    resampled_map,
)
from tui_detect.core.evaluation.matching import (
    MAX_DETECTIONS,
    OVERLAP_RANGE,
    Matched,
    Overlap,
    match,
    overlap_thresholds,
)
from tui_detect.core.evaluation.thresholds import best_threshold as best_threshold

DEFAULT_THRESHOLD: Final = 0.5
DEFAULT_OVERLAP: Final = 0.3


@dataclass(frozen=True, slots=True)
class TagPerformance:
    """The figures of one tag; `None` where nothing can be computed."""

    tag: EvaluationTag
    precision: float | None
    recall: float | None
    ap: float | None
    regions: int
    images: int
    """Validation images with a region of it."""
    detections: int
    """With the probability threshold or more."""
    true_positives: float
    """Whole at one overlap threshold; a mean over ten at `0.50:0.95`."""


@dataclass(frozen=True, slots=True)
class Performance:
    """The figures of one iteration at one probability and one overlap threshold."""

    threshold: float
    overlap: Overlap
    precision: Figure
    recall: Figure
    f1: Figure
    map: Figure
    false_alarms_per_background: Figure
    """Detections on images without any region, per such image."""
    tags: tuple[TagPerformance, ...]
    true_positives: float
    false_positives: float
    false_negatives: float
    images: int
    regions: int
    background_images: int
    """Validation images without any region."""
    false_alarms: int
    """Detections on them."""

    @property
    def definition(self) -> str:
        """What these numbers mean, in one sentence."""
        return definition(self.threshold, self.overlap)


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """Figures against the probability threshold, and precision against recall; NaN: none."""

    thresholds: Floats
    """(101,): 0, 0.01 … 1."""
    precision: Floats
    """(101,)"""
    recall: Floats
    """(101,)"""
    f1: Floats
    """(101,)"""
    recall_levels: Floats
    """(101,): 0, 0.01 … 1."""
    precision_at_recall: Floats
    """(101,): mean over the tags with regions."""
    precision_at_recall_by_tag: Floats
    """(K, 101)"""
    best_threshold: float | None
    """Where F1 is highest; `None` when no detection is correct."""
    best_f1: float | None


def evaluate(data: EvaluationData, threshold: float, overlap: Overlap) -> Performance:
    """Every figure of one iteration at one probability and one overlap threshold.

    Raises:
        BadInput: a threshold is out of range.
    """
    return figures(match(data, overlap), threshold)


def figures(matched: Matched, threshold: float, *, intervals: bool = True) -> Performance:
    """The figures at a probability threshold, from detections matched before.

    Fast enough for a key held down: nothing is matched again, and mAP, which does not depend on
    the threshold, has its interval computed once per `matched` (see `map_interval`).

    Args:
        intervals: `False` leaves them all out, for a first answer on a large set.

    Raises:
        BadInput: the threshold is not 0 to 1.
    """
    if not 0 <= threshold <= 1:
        raise BadInput(f"probability threshold {threshold} is not 0 to 1", "0.5 is usual")
    data = matched.data
    counted = matched.count_above(threshold)
    hit, image = matched.hit[:counted], matched.image[:counted]
    background = matched.background
    found = np.bincount(image, minlength=data.images)
    columns = np.stack(
        (
            np.bincount(image, weights=hit, minlength=data.images),
            found,
            np.bincount(data.region_image, minlength=data.images),
            background * found,
            background,
        ),
        axis=1,
    ).astype(np.float64)
    value = _headline(columns.sum(axis=0, keepdims=True))
    spread = None
    if intervals and data.images > 1:
        spread = _headline(resample_sums(columns))
    precision, recall, f1, alarms = (
        figure(_number(value[i, 0]), None if spread is None else spread[i]) for i in range(4)
    )
    hits, detections, regions, false_alarms, backgrounds = columns.sum(axis=0).tolist()
    hits = round(hits, 6)
    return Performance(
        threshold=threshold,
        overlap=matched.overlap,
        precision=precision,
        recall=recall,
        f1=f1,
        map=map_interval(matched) if intervals else Figure(_mean(matched.ap)),
        false_alarms_per_background=alarms,
        tags=_tag_figures(matched, counted),
        true_positives=hits,
        false_positives=detections - hits,
        false_negatives=regions - hits,
        images=data.images,
        regions=int(regions),
        background_images=int(backgrounds),
        false_alarms=int(false_alarms),
    )


@lru_cache(maxsize=4)
def map_interval(matched: Matched) -> Figure:
    """Mean average precision with its interval, remembered; the first call may take a second."""
    value, resampled = _mean(matched.ap), resampled_map(matched)
    if value is None or resampled is None:
        return Figure(value)
    # Interpolation takes maxima, which resampling raises: with 5,000 images the whole interval
    # lay above the value. Centred on it, intervals still cover as often as they did.
    centred = resampled + (value - np.nanmean(resampled))
    return figure(value, np.clip(centred, 0.0, 1.0))


def curves(matched: Matched) -> Curves:
    """The figures at every hundredth of the probability threshold, and precision against recall."""
    thresholds = np.round(np.linspace(0.0, 1.0, 101), 2)
    counted = np.searchsorted(-matched.probability, -thresholds, side="right")
    hits = np.concatenate(([0.0], np.cumsum(matched.hit)))[counted]
    regions = np.full(len(counted), matched.data.regions)
    zeros = np.zeros(len(counted))
    precision, recall, f1, _ = _headline(np.stack((hits, counted, regions, zeros, zeros), axis=1))
    threshold, best = best_threshold(matched)
    by_tag = matched.precision_at_recall
    with_regions = by_tag[np.isfinite(matched.ap)]
    return Curves(
        thresholds=thresholds,
        precision=precision,
        recall=recall,
        f1=f1,
        recall_levels=recall_levels(),
        precision_at_recall=(
            with_regions.mean(axis=0) if len(with_regions) else np.full(by_tag.shape[1], np.nan)
        ),
        precision_at_recall_by_tag=by_tag,
        best_threshold=threshold,
        best_f1=best,
    )


def definition(threshold: float, overlap: Overlap) -> str:
    """What the figures mean, in one sentence to print beside them.

    Beyond 500,000 detections mAP takes fewer resamples: see `intervals.resampled_map`.

    Raises:
        BadInput: the overlap threshold is out of range.
    """
    overlap_thresholds(overlap)
    needed = (
        "0.50, 0.55 … 0.95 or more (every figure the mean over these ten)"
        if overlap == OVERLAP_RANGE
        else f"{format_overlap(overlap)} or more"
    )
    return (
        f"Correct: probability {format_threshold(threshold)} or more and overlap (IoU) {needed} "
        "with a region of its tag, most probable first, each region once; precision and recall "
        f"over all tags; AP as COCO, from all detections up to {MAX_DETECTIONS} per image and tag; "
        f"mAP its mean over tags; brackets: 95 % of {RESAMPLES:,} resamples of the images."
    )


def format_overlap(overlap: Overlap) -> str:
    """An overlap threshold as the screens show it: `0.30`, `0.50:0.95`."""
    return overlap if isinstance(overlap, str) else format_threshold(overlap)


def format_threshold(value: float) -> str:
    """A threshold with two decimals, or as many as it has: `0.50`, `0.734`."""
    text = f"{value:.6f}".rstrip("0")
    return text if len(text) >= 4 else f"{value:.2f}"


def _headline(sums: Floats) -> Floats:
    """Precision, recall, F1 and false alarms per background image of each row, NaN where none.

    Args:
        sums: (B, 5): correct detections, detections, regions, detections on background images,
            background images.

    Returns:
        (4, B)
    """
    hits, detections, regions, alarms, backgrounds = sums.T
    with np.errstate(divide="ignore", invalid="ignore"):
        f1 = np.where(regions > 0, 2 * hits / (detections + regions), np.nan)
        return np.stack((hits / detections, hits / regions, f1, alarms / backgrounds))


def _tag_figures(matched: Matched, counted: int) -> tuple[TagPerformance, ...]:
    data, tags = matched.data, len(matched.data.tags)
    tag = matched.tag[:counted]
    hits = np.bincount(tag, weights=matched.hit[:counted], minlength=tags)
    detections = np.bincount(tag, minlength=tags)
    regions = np.bincount(data.region_tag, minlength=tags)
    shown_on = np.unique(data.region_tag * max(data.images, 1) + data.region_image)
    images = np.bincount(shown_on // max(data.images, 1), minlength=tags)
    return tuple(
        TagPerformance(
            tag=item,
            precision=float(hits[k] / detections[k]) if detections[k] else None,
            recall=float(hits[k] / regions[k]) if regions[k] else None,
            ap=_number(matched.ap[k]),
            regions=int(regions[k]),
            images=int(images[k]),
            detections=int(detections[k]),
            true_positives=round(float(hits[k]), 6),
        )
        for k, item in enumerate(data.tags)
    )


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _mean(ap: Floats) -> float | None:
    known = ap[np.isfinite(ap)]
    return float(known.mean()) if len(known) else None
