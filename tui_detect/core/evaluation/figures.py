"""How good an iteration is: every figure that the screens and the command line show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tui_detect.core.errors import BadInput
from tui_detect.core.evaluation.average_precision import (
    ap_influence,
    recall_levels,
    resampled_ap,
)
from tui_detect.core.evaluation.data import EvaluationData, EvaluationTag, Floats
from tui_detect.core.evaluation.intervals import (
    HALVINGS,
    Figure,
    half_samples,
    harmonic_figure,
    left_out,
    mean_figure,
    optimism,
    rate_figure,
    ratio_figure,
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
from tui_detect.core.words import count

FEWEST_IMAGES: Final = 10
"""With regions. On fewer, even the intervals are about half the scale wide."""
WIDEST_MAP: Final = 0.25
"""An interval of mAP that is wider than this tells hardly anything."""


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

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; 0 when nothing was found."""
        found = self.detections + self.regions
        return 2 * self.true_positives / found if self.regions else None


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
    def few(self) -> str:
        """Why the figures say little, in words; empty when enough images stand behind them."""
        return _few(self)

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


def figures(
    matched: Matched,
    threshold: float,
    *,
    of_tags: Mapping[int, float] | None = None,
    intervals: bool = True,
) -> Performance:
    """The figures at a probability threshold, from detections matched before.

    Fast enough for a key held down: nothing is matched again, and mAP, which does not depend on
    the threshold, is computed once per `matched` with its interval.

    Args:
        of_tags: thresholds of single tags, by the tag's id, in place of `threshold`.
        intervals: `False` leaves out that of mAP, for a first answer on a large set.

    Raises:
        BadInput: the threshold is not 0 to 1.
    """
    if not 0 <= threshold <= 1:
        raise BadInput(f"probability threshold {threshold} is not 0 to 1", "0.5 is usual")
    data = matched.data
    counted = _counted(matched, threshold, of_tags or {})
    image = matched.image[counted]
    hits = np.bincount(image, matched.hit[counted], data.images).astype(np.float64)
    found = np.bincount(image, minlength=data.images).astype(np.float64)
    regions, alarms = matched.regions_by_image, found[matched.background]
    precision = ratio_figure(hits, found)
    recall = ratio_figure(hits, regions)
    f1 = harmonic_figure(ratio_figure(hits, found + regions - hits))
    mean_ap = map_interval(matched) if intervals else Figure(finite_mean(matched.ap))
    true_positives = round(float(hits.sum()), 6)
    return Performance(
        threshold=threshold,
        overlap=matched.overlap,
        precision=precision,
        recall=recall,
        f1=f1 if data.regions else Figure(None),
        map=mean_ap,
        false_alarms_per_background=rate_figure(alarms),
        tags=_tag_figures(matched, counted),
        true_positives=true_positives,
        false_positives=len(image) - true_positives,
        false_negatives=data.regions - true_positives,
        images=data.images,
        regions=data.regions,
        background_images=len(alarms),
        false_alarms=int(alarms.sum()),
    )


@lru_cache(maxsize=4)
def map_interval(matched: Matched) -> Figure:
    """Mean average precision with its interval, remembered: no threshold changes it."""
    data, known = matched.data, np.flatnonzero(matched.regions_by_tag)
    if len(known) == 0:
        return Figure(None)
    change, halves = np.zeros(data.images), np.zeros((len(known), 2 * HALVINGS))
    for half, tag in zip(halves, known.tolist(), strict=True):
        mine = matched.of_tag(tag)
        correct, image = matched.region[:, mine] >= 0, matched.image[mine]
        region_image = data.region_image[data.region_tag == tag]
        # One image may hold most of what there is of a rare tag.
        share = np.bincount(region_image, minlength=data.images) / len(region_image)
        change += left_out(ap_influence(correct, image, region_image, data.images), share)
        half[:] = resampled_ap(correct, image, region_image, half_samples(data.images))
    mean, counted = float(matched.ap[known].mean()), np.isfinite(halves).sum(axis=0)
    of_halves = np.nansum(halves, axis=0)[counted > 0] / counted[counted > 0]
    return mean_figure(
        mean,
        change / len(known),
        matched.regions_by_image,
        shares=len(known),
        too_high=optimism(mean, of_halves),
    )


def curves(matched: Matched) -> Curves:
    """The figures at every hundredth of the probability threshold, and precision against recall."""
    thresholds = np.round(np.linspace(0.0, 1.0, 101), 2)
    counted = np.array([matched.count_above(threshold) for threshold in thresholds.tolist()])
    hits = np.concatenate(([0.0], np.cumsum(matched.hit)))[counted]
    regions = matched.data.regions
    with np.errstate(divide="ignore", invalid="ignore"):
        precision, recall = hits / counted, hits / np.float64(regions)
        f1 = 2 * hits / (counted + regions) if regions else np.full(len(counted), np.nan)
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
        "mAP its mean over tags; brackets: 95 % interval, as if other such images had been taken."
    )


def _few(performance: Performance) -> str:
    images = performance.images - performance.background_images
    if performance.regions == 0:
        return "No validation image has a region: nothing can be found or missed."
    if images < FEWEST_IMAGES:
        counted = count(images, "image")
        return f"Only {counted} with regions: too few for these figures to mean much."
    # Not by F1: where a threshold lets little through, its interval is narrow for nothing.
    low, high = performance.map.low, performance.map.high
    if low is not None and high is not None and high - low > WIDEST_MAP:
        return (
            f"{performance.regions:,} regions on {images:,} images leave mAP open from "
            f"{100 * low:.0f} to {100 * high:.0f} %: too few to tell iterations apart."
        )
    if 0 < performance.background_images < FEWEST_IMAGES:
        background = count(performance.background_images, "background image")
        return f"Only {background}: too few for the false alarms to mean much."
    return ""


def format_overlap(overlap: Overlap) -> str:
    """An overlap threshold as the screens show it: `0.30`, `0.50:0.95`."""
    return overlap if isinstance(overlap, str) else format_threshold(overlap)


def format_threshold(value: float) -> str:
    """A threshold with two decimals, or as many as it has: `0.50`, `0.734`, `0.000001`."""
    text = np.format_float_positional(value, precision=6, fractional=False, trim="-")
    return text if len(text) >= 4 else f"{value:.2f}"


def _counted(
    matched: Matched, threshold: float, of_tags: Mapping[int, float]
) -> slice | NDArray[np.bool_]:
    """Which detections have the probability that they need."""
    if not of_tags:
        return slice(matched.count_above(threshold))
    needed = np.array([of_tags.get(tag.id, threshold) for tag in matched.data.tags])
    return np.asarray(matched.probability >= needed[matched.tag], dtype=np.bool_)


def _tag_figures(
    matched: Matched, counted: slice | NDArray[np.bool_]
) -> tuple[TagPerformance, ...]:
    data, tags = matched.data, len(matched.data.tags)
    tag = matched.tag[counted]
    hits = np.bincount(tag, weights=matched.hit[counted], minlength=tags)
    detections = np.bincount(tag, minlength=tags)
    regions, images = matched.regions_by_tag, matched.images_by_tag
    return tuple(
        TagPerformance(
            tag=item,
            precision=float(hits[k] / detections[k]) if detections[k] else None,
            recall=float(hits[k] / regions[k]) if regions[k] else None,
            ap=finite(matched.ap[k]),
            regions=int(regions[k]),
            images=int(images[k]),
            detections=int(detections[k]),
            true_positives=round(float(hits[k]), 6),
        )
        for k, item in enumerate(data.tags)
    )


def finite(value: float) -> float | None:
    """The number; `None` where nothing could be computed."""
    return float(value) if np.isfinite(value) else None


def finite_mean(ap: Floats) -> float | None:
    """The mean over the tags that have an average precision."""
    known = ap[np.isfinite(ap)]
    return float(known.mean()) if len(known) else None
