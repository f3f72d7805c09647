"""Whether a probability means what it says: of detections of 0.7, are seven in ten correct?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tui_detect.core.evaluation.data import Floats, Indices
from tui_detect.core.evaluation.matching import Matched

LOWEST_PROBABILITY: Final = 0.05
"""A run stores everything from 0.001 on, and nine in ten of it lie below this: counted in, they
alone would decide the error, and nobody looks at them."""


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """Detections in bins of equal width of their probability; B bins, NaN where one is empty."""

    edges: Floats
    """(B + 1,): from `LOWEST_PROBABILITY` to 1."""
    probability: Floats
    """(B,): mean probability of the detections in each bin."""
    share_correct: Floats
    """(B,): share of them that are correct; the same as `probability` if well calibrated."""
    counts: Indices
    """(B,): detections in each bin."""
    expected_error: float | None
    """Mean distance of the two, each bin weighing as many detections as it holds."""


def calibration(matched: Matched, bins: int = 10) -> Calibration:
    """How probabilities compare with the share of correct detections.

    The error is the detection expected calibration error (Küppers et al., CVPR workshops 2020,
    with the probability as the only feature), after Naeini et al., AAAI 2015.
    """
    edges = np.linspace(LOWEST_PROBABILITY, 1.0, bins + 1)
    shown = matched.count_above(LOWEST_PROBABILITY)
    probability, hit = matched.probability[:shown], matched.hit[:shown]
    bin_ = np.clip(np.searchsorted(edges, probability, side="right") - 1, 0, bins - 1)
    counts = np.bincount(bin_, minlength=bins)
    with np.errstate(invalid="ignore"):
        mean = np.bincount(bin_, weights=probability, minlength=bins) / counts
        correct = np.bincount(bin_, weights=hit, minlength=bins) / counts
    distance = np.nansum(np.abs(mean - correct) * counts)
    return Calibration(edges, mean, correct, counts, float(distance / shown) if shown else None)
