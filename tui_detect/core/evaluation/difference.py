"""How sure it is that a figure of two iterations differs: a paired bootstrap over images."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final, Literal, TypeAlias

import numpy as np

from tui_detect.core.evaluation.data import Floats

Verdict: TypeAlias = Literal["better", "worse", "could be chance", "same", "unknown"]
"""What a difference says of the second iteration."""

SURE: Final = 0.05
"""A difference that chance alone would make less often than this counts as real."""
_SAME: Final = 1e-9
_NORMAL: Final = NormalDist().inv_cdf(0.975)
_MANY: Final = 200
"""Degrees of freedom above which Student's t is as good as normal."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of two iterations on the same images, and how sure it is that they differ."""

    first: float | None
    """`None` where nothing can be computed."""
    second: float | None
    low: float | None = None
    """Of the 95 % interval of second minus first; `None` where resampling cannot tell."""
    high: float | None = None
    p: float | None = None
    """How often chance alone would make as large a difference, either way: 0 to 1."""
    higher_is_better: bool = True

    @property
    def value(self) -> float | None:
        """Second minus first."""
        if self.first is None or self.second is None:
            return None
        return self.second - self.first

    @property
    def verdict(self) -> Verdict:
        """What it says of the second iteration; better and worse only when sure."""
        value = self.value
        if value is not None and abs(value) < _SAME and self.p in (None, 1.0):
            return "same"
        if value is None or self.p is None:
            return "unknown"
        if self.p >= SURE:
            return "could be chance"
        return "better" if (value > 0) == self.higher_is_better else "worse"

    @property
    def in_words(self) -> str:
        """The verdict with how often chance alone would do as much; a dash where there is none."""
        if self.verdict == "unknown":
            return "–"
        if self.p is None or self.verdict == "same":
            return "the same"
        often = "<1" if self.p < 0.01 else f"{self.p * 100:.0f}"
        sure = self.p < SURE
        return f"{self.verdict}, {'by chance ' if sure else ''}{often} in 100"


def paired_difference(
    first: float | None,
    second: float | None,
    resampled: Floats,
    differing: int,
    *,
    images: int = 0,
    higher_is_better: bool = True,
) -> Difference:
    """The difference with its interval and p-value, from resamples that both iterations share.

    The images are drawn with replacement, the same ones for both iterations, and p is twice the
    share of resamples in which the difference is not on its side of 0, one of them added (Efron &
    Tibshirani, An Introduction to the Bootstrap, 1993, chapter 15; Davison & Hinkley, Bootstrap
    Methods, 1997, section 4.2; for two systems on one test set: Koehn, EMNLP 2004). The interval
    is the one that leaves 0 out exactly when p is below 0.05.

    Few images make the bootstrap too sure of itself. As in Hesterberg's expanded percentile
    interval (The American Statistician 69, 2015, section 4.1.3) the share is read on a normal
    scale, shortened by `sqrt((n - 1) / n)` and compared with Student's t. The n is the number of
    images on which the two differ, as in McNemar's test: the others cannot tell which is better.

    Where one wins nearly everywhere the resamples hardly differ. The interval of a share is at
    least as wide as with two more images on which they divide (Agresti & Min, Statistics in
    Medicine 24, 2005): eight images won of eight do not say that all others will be.

    Args:
        first: Of the first iteration on all images.
        second: Of the second one.
        resampled: (B,), second minus first in each resample; NaN where there is none.
        differing: Images on which the two iterations differ.
        images: How many images the figure is about, where it is a share; 0 where it is none.
        higher_is_better: `False` for figures such as false alarms.
    """
    known = np.sort(resampled[np.isfinite(resampled)])
    if first is None or second is None or len(known) == 0:
        return Difference(first, second, higher_is_better=higher_is_better)
    otherwise = min(int((known <= _SAME).sum()), int((known >= -_SAME).sum()))
    p = _p_value(otherwise, len(known), differing)
    outside = bisect_left(
        range(len(known) // 2), SURE, key=lambda count: _p_value(count, len(known), differing)
    )
    if not outside:
        return Difference(first, second, p=p, higher_is_better=higher_is_better)
    low, high = float(known[outside - 1]), float(known[-outside])
    if images:
        low, high = _widened(low, high, second - first, float(known.var()), images)
    return Difference(first, second, low, high, p, higher_is_better)


def _widened(
    low: float, high: float, value: float, variance: float, images: int
) -> tuple[float, float]:
    """The interval of a difference of shares, as wide as two more images make it at least."""
    more = images + 2
    middle = value * images / more
    won_or_lost = images * (images * variance + value**2) + 1
    half = _NORMAL * math.sqrt(max(won_or_lost - (value * images) ** 2 / more, 0.0)) / more
    lower, upper = max(middle - half, -1.0), min(middle + half, 1.0)
    # It still leaves 0 out exactly when p is small.
    low = min(low, lower) if lower * low > 0 or low <= 0 else low
    high = max(high, upper) if upper * high > 0 or high >= 0 else high
    return low, high


def _p_value(otherwise: int, resamples: int, differing: int) -> float:
    """Two-sided, of a difference that so many resamples do not have on its side of 0."""
    share = (otherwise + 1) / (resamples + 1)
    if share >= 0.5 or differing < 2:
        return 1.0
    normal = NormalDist().inv_cdf(1 - share)
    return 1 - _share_within(normal * math.sqrt(1 - 1 / differing), differing - 1)


def _share_within(t: float, freedom: int) -> float:
    """Share of Student's t between -t and t (Abramowitz & Stegun 26.7.3 and 26.7.4)."""
    if freedom > _MANY:
        return math.erf(t / math.sqrt(2))
    angle = math.atan(t / math.sqrt(freedom))
    odd = freedom % 2
    term = math.cos(angle) if odd else 1.0
    total = 0.0
    for step in range(odd + 1, freedom, 2):
        total += term
        term *= math.cos(angle) ** 2 * step / (step + 1)
    total *= math.sin(angle)
    return 2 / math.pi * (angle + total) if odd else total
