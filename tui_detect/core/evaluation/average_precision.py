"""Average precision as COCO computes it, of a data set and of its resamples."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tui_detect.core.evaluation.data import Floats, Indices

LEVELS: Final = 101
"""Recall 0, 0.01 … 1."""


def recall_levels() -> Floats:
    """(101,): the levels of recall at which precision is read."""
    return np.linspace(0.0, 1.0, LEVELS)


def precision_at_recall(
    correct: NDArray[np.bool_], regions: int, levels: Floats | None = None
) -> Floats:
    """Interpolated precision at each level of recall, mean over the overlap thresholds.

    The precision at a level is the best one at that recall or a higher one, 0 where the recall is
    never reached; the mean over the levels is the average precision. The method is `accumulate` of
    pycocotools.

    Args:
        correct: (T, N), by falling probability, one tag.
        regions: of that tag, 1 or more.
        levels: (101,), of recall; COCO's when left out.

    Returns:
        (101,)
    """
    levels = recall_levels() if levels is None else levels
    rows = np.zeros((len(correct), len(levels)))
    for row, hits in zip(rows, correct, strict=True):
        hit = np.cumsum(hits, dtype=np.float64)
        precision = hit / np.arange(1, len(hit) + 1)
        best = np.maximum.accumulate(precision[::-1])[::-1]
        at = np.searchsorted(hit / regions, levels, side="left")
        reached = at < len(best)
        row[reached] = best[at[reached]]
    return np.asarray(rows.mean(axis=0), dtype=np.float64)


def ap_influence(
    correct: NDArray[np.bool_], detection_image: Indices, region_image: Indices, images: int
) -> Floats:
    """How average precision depends on each image: its derivative by the weight of the image.

    The infinitesimal jackknife (Jaeckel, Bell Laboratories 1972). Average precision is taken as
    the mean, over the regions, of the best precision at the recall with which each is found; where
    the best precision lies does not change for a small change of weights.

    Args:
        correct: (T, N), by falling probability, one tag.
        detection_image: (N,)
        region_image: (R,), R of 1 or more.

    Returns:
        (I,), mean over the overlap thresholds.
    """
    share = np.bincount(region_image, minlength=images) / len(region_image)
    total = np.zeros(images)
    for hits in correct:
        found = np.flatnonzero(hits)
        if len(found) == 0:
            continue
        hit, counted = np.arange(1, len(found) + 1), found + 1.0
        precision = hit / counted
        best = np.maximum.accumulate(precision[::-1])[::-1]
        # The precision at each hit is that of the next peak, which may be itself.
        peaks = np.flatnonzero(np.append(precision[:-1] > best[1:], True))
        peak = peaks[np.searchsorted(peaks, np.arange(len(found)))]
        mass = np.bincount(peak, minlength=len(found)) / len(region_image)
        gain, loss = _sum_from(mass / counted), _sum_from(mass * precision / counted)
        # Each detection lowers the precision of all peaks that come later.
        change = -loss[np.searchsorted(found, np.arange(found[-1] + 1))]
        change[found] += best / len(region_image) + gain
        total += np.bincount(detection_image[: found[-1] + 1], weights=change, minlength=images)
        total -= best.sum() / len(region_image) * share
    return total / len(correct)


def _sum_from(values: Floats) -> Floats:
    return np.cumsum(values[::-1])[::-1]


def resampled_ap(
    correct: NDArray[np.bool_],
    detection_image: Indices,
    region_image: Indices,
    weights: NDArray[np.uint8],
) -> Floats:
    """Average precision of one tag in every resample of the images.

    Only correct detections raise recall and only there precision peaks, so that the interpolation
    needs no more than the running totals at each of them.

    Args:
        correct: (T, N), by falling probability.
        detection_image: (N,)
        region_image: (R,)
        weights: (I, B), how often each resample holds the image.

    Returns:
        (B,), NaN where the resample holds no region of the tag.
    """
    resamples = weights.shape[1]
    regions = weights[region_image].sum(axis=0, dtype=np.float32)
    total = np.zeros(resamples, dtype=np.float64)
    useful = np.flatnonzero(correct.any(axis=0))
    if len(useful) == 0:
        return np.where(regions > 0, 0.0, np.nan)
    starts = np.concatenate(([0], useful[:-1] + 1))
    shown = weights[detection_image[: useful[-1] + 1]]
    counted = np.add.reduceat(shown, starts, axis=0, dtype=np.float32)
    np.cumsum(counted, axis=0, out=counted)
    with np.errstate(divide="ignore", invalid="ignore"):
        for hits in correct[:, useful]:
            hit = np.cumsum(shown[useful[hits]], axis=0, dtype=np.float32)
            if len(hit) == 0:
                continue
            best = hit / np.maximum(counted[hits], 1)
            np.maximum.accumulate(best[::-1], axis=0, out=best[::-1])
            # How many levels of recall have been reached by then; level 0 always.
            reached = np.floor(hit * (100 / regions) + 1e-4) + 1
            total += best[0] * reached[0] + (best[1:] * np.diff(reached, axis=0)).sum(axis=0)
    return np.where(regions > 0, total / (LEVELS * len(correct)), np.nan)
