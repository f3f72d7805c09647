"""How sure a figure is: intervals from how much it owes to each image.

The images are what was sampled, and the boxes on one of them are not independent. So the spread of
a figure is that of leaving out one image after another (the jackknife), to first order:
`influence / (1 - weight)` as in HC3 (MacKinnon & White, Journal of Econometrics 1985). It says how
many independent objects would tell as much, and from those comes Wilson's interval (JASA 1927),
which stays within 0 and 1 and also holds where everything was right, with Student's quantile for
few images: Korn & Graubard (Survey Methodology 1998) and Franco et al. (J. Surv. Stat. Methodol.
2019) for clustered samples. What it holds is measured in `tests/benchmarks/bench_intervals.py`;
with 8 images the percentiles of a bootstrap held the truth 45 to 86 times in 100.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tui_detect.core.evaluation.data import Floats

RESAMPLES: Final = 1000
HALVINGS: Final = 8
"""Of the images, to see what half of them would give; a figure of 5,000 images needs no more."""
_SEED: Final = 20280925
_HEAVIEST: Final = 0.9
"""An image that holds nearly all would count without end."""
_FEWEST_COUNTED: Final = 4
"""Images behind the interval of a rate. From two or three it would reach from 0 to 50 false alarms:
true, and no help."""
_NORMAL: Final = 1.959964
"""97.5 % of a normal distribution lie below it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 95 % interval."""

    value: float | None
    """`None` where nothing can be computed."""
    low: float | None = None
    """`None` with too few images: one tells nothing of how images differ."""
    high: float | None = None


def ratio_figure(part: Floats, whole: Floats) -> Figure:
    """The share that `part` has in `whole`, both summed over the images.

    Args:
        part: (I,), of each image; not above `whole`.
        whole: (I,), such as its regions.
    """
    total = float(whole.sum())
    if total == 0:
        return Figure(None)
    share = float(part.sum()) / total
    if np.count_nonzero(whole) < 2:
        return Figure(share)
    spread = _spread((part - share * whole) / total, whole / total)
    effective = _effective(total, share * (1 - share), spread)
    return Figure(share, *_wilson(share, effective, _quantile(whole, effective / total)))


def mean_figure(
    value: float, change: Floats, objects: Floats, shares: int = 1, too_high: float = 0.0
) -> Figure:
    """A mean of shares, such as mAP, with the interval that its dependence on each image gives.

    Args:
        value: 0 to 1.
        change: (I,), what leaving out each image would change (`left_out`).
        objects: (I,), how many things on each image it is about; no more independent ones can
            stand behind it.
        shares: How many it is the mean of, such as tags; each is estimated from these objects.
        too_high: By how much it is so, probably; the interval reaches down accordingly.
    """
    total = float(objects.sum())
    if np.count_nonzero(objects) < 2:
        return Figure(value)
    spread = float(np.square(change).sum())

    def around(middle: float) -> tuple[float, float]:
        effective = _effective(total, middle * (1 - middle), spread)
        independence = max(effective - (shares - 1), 0.0) / total
        return _wilson(middle, effective, _quantile(objects, independence))

    return Figure(value, around(max(value - too_high, 0.0))[0], around(value)[1])


def left_out(influence: Floats, weight: Floats) -> Floats:
    """What leaving out each image would change, but for the sign, to first order.

    Args:
        influence: (I,), derivative of a figure by the weight of each image; about 0 in sum.
        weight: (I,), share of what the figure is about that each image holds.
    """
    return np.asarray(influence / (1 - np.minimum(weight, _HEAVIEST)), dtype=np.float64)


def optimism(value: float, of_halves: Floats) -> float:
    """By how much a figure is too high because it takes the best of what chance offers.

    Average precision does: the precision at a recall is the best one there or later, and the fewer
    images, the higher chance alone lifts it. By how much is seen from what half of the images give:
    their mean would be the same without. It falls with images ** -0.58, measured, so that what all
    images have is twice what halving adds: the generalized jackknife (Gray & Schucany, 1972).

    Args:
        of_halves: (B,), the figure of each half that has one (`half_samples`).
    """
    return max(2 * (float(of_halves.mean()) - value), 0.0) if len(of_halves) else 0.0


def rate_figure(counts: Floats) -> Figure:
    """The mean of counts, with the interval of a rate that differs between images.

    The score interval of a Poisson rate, with as many images as would tell as much if they all had
    the same rate.

    Args:
        counts: (I,)
    """
    images = len(counts)
    if images == 0:
        return Figure(None)
    rate = float(counts.mean())
    if images < _FEWEST_COUNTED:
        return Figure(rate)
    spread = _spread((counts - rate) / images, np.full(images, 1 / images))
    effective = _effective(images, rate, spread)
    square = _quantile(np.ones(images), effective / images) ** 2 / effective
    half = np.sqrt(rate * square + square**2 / 4)
    return Figure(rate, max(0.0, float(rate + square / 2 - half)), float(rate + square / 2 + half))


def harmonic_figure(share: Figure) -> Figure:
    """F1 from the share of correct ones among all regions and detections, each counted once.

    One follows from the other: F1 = 2 J / (1 + J).
    """
    return Figure(*(None if x is None else 2 * x / (1 + x) for x in _numbers(share)))


def student(degrees: int) -> float:
    """The 97.5 % quantile of Student's distribution; within 0.001 from 3 degrees on.

    Abramowitz & Stegun, 26.7.5; 1 and 2 degrees by their own formulas.

    Raises:
        ValueError: `degrees` is below 1.
    """
    if degrees < 1:
        raise ValueError(f"Student's distribution has 1 or more degrees of freedom, not {degrees}")
    if degrees < 3:
        return (12.706205, 4.302653)[degrees - 1]
    z = _NORMAL
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / float(degrees) ** power for power, term in enumerate(terms, start=1))


def _effective(most: float, variance: float, spread: float) -> float:
    """How many independent objects of this variance have the spread of the figure, up to `most`."""
    # Where all was right or nothing, nothing differs as far as these images show.
    return most if variance < 1e-12 or spread <= variance / most else variance / spread


def _quantile(objects: Floats, independence: float) -> float:
    """Between the normal quantile and Student's.

    The spread of independent objects follows from the figure itself; only what the images add to
    it is estimated, from as many of them as would weigh as much were all alike (Kish, Survey
    Sampling, 1965): a few crowded ones tell less than their number.

    Args:
        objects: (I,), two or more above 0.
        independence: effective by counted objects, 0 to 1.
    """
    alike = float(objects.sum()) ** 2 / float(np.square(objects).sum())
    return _NORMAL + (1 - independence) * (student(max(1, round(alike) - 1)) - _NORMAL)


def _spread(influence: Floats, weight: Floats) -> float:
    """Variance of a figure: the sum of squares of what each image, left out, would change."""
    return float(np.square(left_out(influence, weight)).sum())


def _wilson(value: float, effective: float, quantile: float) -> tuple[float, float]:
    square = quantile**2 / effective
    middle = (value + square / 2) / (1 + square)
    half = np.sqrt(value * (1 - value) * square + square**2 / 4) / (1 + square)
    # It holds the value and lies within 0 and 1, but for rounding.
    low, high = min(value, float(middle - half)), max(value, float(middle + half))
    return max(0.0, low), min(1.0, high)


def _numbers(figure: Figure) -> tuple[float | None, float | None, float | None]:
    return figure.value, figure.low, figure.high


def resample_weights(
    images: int, resamples: int = RESAMPLES, at_once: int = RESAMPLES
) -> Iterator[NDArray[np.uint8]]:
    """(b, I) each: how often each resample, drawn with replacement, holds each image.

    Efron's bootstrap over images, for what has no simple derivative. The resamples are always the
    same ones, in blocks: of 100,000 images all of them take 100 MB, and their floats 400.

    Args:
        at_once: The size of a block.
    """
    random = np.random.default_rng(_SEED)
    for start in range(0, resamples, at_once):
        weights = np.zeros((min(at_once, resamples - start), images), dtype=np.uint8)
        for row in weights:
            drawn = random.integers(0, images, images)
            row[:] = np.minimum(np.bincount(drawn, minlength=images), 255)
        yield weights


@lru_cache(maxsize=2)
def half_samples(images: int) -> NDArray[np.uint8]:
    """(I, 2 * HALVINGS): which images each half holds, beside the half that holds the others.

    In both together each image counts once, so that what a figure owes to single images cancels.
    """
    random = np.random.default_rng(_SEED)
    first = np.arange(images)[:, None] < images // 2
    drawn = random.permuted(np.repeat(first, HALVINGS, axis=1), axis=0)
    halves = np.concatenate((drawn, ~drawn), axis=1).astype(np.uint8)
    halves.flags.writeable = False
    return halves
