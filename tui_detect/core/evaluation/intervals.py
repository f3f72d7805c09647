"""How sure a figure is: intervals by bootstrap over images."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tui_detect.core.evaluation import average_precision
from tui_detect.core.evaluation.data import Floats
from tui_detect.core.evaluation.matching import Matched

RESAMPLES: Final = 1000
_SEED: Final = 20280925
_MAP_WORK: Final = 500_000_000
"""Detections times resamples spent on the interval of mAP: 1 s, or 3 s over ten overlaps."""
_FEWEST_RESAMPLES: Final = 200


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with the interval that holds 95 % of its resamples."""

    value: float | None
    """`None` where nothing can be computed."""
    low: float | None = None
    """`None` where resampling tells nothing: one image, or the same value every time."""
    high: float | None = None


@lru_cache(maxsize=2)
def resample_weights(images: int, resamples: int = RESAMPLES) -> NDArray[np.uint8]:
    """(I, B): how often each resample, drawn with replacement, holds each image; always the same.

    Efron's bootstrap over images: the images are what was sampled, the boxes on one of them are
    not independent.
    """
    random = np.random.default_rng(_SEED)
    weights = np.zeros((images, resamples), dtype=np.uint8)
    for column in range(resamples):
        drawn = random.integers(0, images, images)
        weights[:, column] = np.minimum(np.bincount(drawn, minlength=images), 255)
    weights.flags.writeable = False
    return weights


@lru_cache(maxsize=2)
def _float_weights(images: int) -> NDArray[np.float32]:
    return np.ascontiguousarray(resample_weights(images).T, dtype=np.float32)


def resample_sums(per_image: Floats) -> Floats:
    """Totals over each resample.

    Args:
        per_image: (I, C), I of 1 or more.

    Returns:
        (B, C)
    """
    weights = _float_weights(len(per_image))
    return np.asarray(weights @ per_image.astype(np.float32), dtype=np.float64)


def figure(value: float | None, resampled: Floats | None) -> Figure:
    """The value with the percentile interval of its resamples; NaN resamples are left out."""
    if value is None or resampled is None:
        return Figure(value)
    usable = resampled[np.isfinite(resampled)]
    if len(usable) == 0 or np.ptp(usable) < 1e-9:
        return Figure(value)
    low, high = np.percentile(usable, (2.5, 97.5))
    return Figure(value, float(low), float(high))


def resampled_map(matched: Matched) -> Floats | None:
    """(B,): mean average precision in every resample; `None` with fewer than two images.

    With more than 500,000 detections there are fewer of them, 200 at least, to stay near a second.
    """
    data = matched.data
    if data.images < 2 or data.regions == 0:
        return None
    affordable = _MAP_WORK // max(1, len(matched.order))
    resamples = min(RESAMPLES, max(_FEWEST_RESAMPLES, affordable))
    weights = np.ascontiguousarray(resample_weights(data.images)[:, :resamples])
    total, tags = np.zeros(resamples), np.zeros(resamples)
    for k in np.unique(data.region_tag):
        mine = np.flatnonzero(matched.tag == k)
        ap = average_precision.resampled_ap(
            matched.region[:, mine] >= 0,
            matched.image[mine],
            data.region_image[data.region_tag == k],
            weights,
        )
        tags += np.isfinite(ap)
        total += np.nan_to_num(ap)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(tags > 0, total / tags, np.nan), dtype=np.float64)
