"""Which probability threshold to choose: the best F1, or the one for a wanted precision or recall.

Only thresholds at which a detection more or less counts differ, so every answer is exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from tui_detect.core.errors import BadInput, Conflict
from tui_detect.core.evaluation.data import Floats, Indices
from tui_detect.core.evaluation.matching import Matched

_HAIR: Final = 1e-9
"""A wanted share of 0.9 is reached by 9 of 10, whatever the rounding of doubles."""


@dataclass(frozen=True, slots=True, eq=False)
class _Steps:
    """What counts from each probability that occurs upwards, from the highest down."""

    probability: Floats
    """(S,), falling, all different."""
    counted: Indices
    """(S,): detections of that probability or more."""
    hits: Floats
    """(S,): how many of them are correct."""
    regions: int

    def roundest(self, step: int) -> float:
        """Of all thresholds that count the same detections, the one with the fewest decimals."""
        last = step + 1 == len(self.probability)
        below = 0.0 if last else float(self.probability[step + 1])
        return _roundest(below, float(self.probability[step]))


def best_threshold(matched: Matched, tag: int | None = None) -> tuple[float | None, float | None]:
    """The probability threshold with the highest F1, and that F1; `None` if nothing is correct.

    Args:
        tag: index into `data.tags`; all of them without.
    """
    steps = _steps(matched, tag)
    if len(steps.counted) == 0 or steps.regions == 0:
        return None, None
    f1 = 2 * steps.hits / (steps.counted + steps.regions)
    best = int(np.argmax(f1))
    return (None, None) if f1[best] == 0 else (steps.roundest(best), float(f1[best]))


def threshold_for(
    matched: Matched,
    *,
    precision: float | None = None,
    recall: float | None = None,
    tag: int | None = None,
) -> float | None:
    """The lowest threshold with a wanted precision, or the highest with a wanted recall.

    Either leaves as much as possible of the other one.

    Args:
        precision: above 0, up to 1; give this or `recall`.
        recall: above 0, up to 1.
        tag: index into `data.tags`; all of them without.

    Returns:
        `None` where no threshold reaches it.

    Raises:
        BadInput: the share is out of range.
        ValueError: both are given, or neither.
    """
    if (precision is None) == (recall is None):
        raise ValueError("give a precision or a recall")
    steps = _steps(matched, tag)
    if precision is not None:
        _check(precision, "precision")
        reached = np.flatnonzero(steps.hits >= (precision - _HAIR) * steps.counted)
        return steps.roundest(int(reached[-1])) if len(reached) else None
    assert recall is not None
    _check(recall, "recall")
    if steps.regions == 0:
        return None
    reached = np.flatnonzero(steps.hits >= (recall - _HAIR) * steps.regions)
    return steps.roundest(int(reached[0])) if len(reached) else None


def wanted_threshold(
    matched: Matched,
    *,
    precision: float | None = None,
    recall: float | None = None,
    tag: int | None = None,
) -> float:
    """As `threshold_for`, where a person asked for it.

    Raises:
        BadInput: the share is out of range.
        Conflict: no threshold reaches it; the highest that one does is said.
    """
    found = threshold_for(matched, precision=precision, recall=recall, tag=tag)
    if found is not None:
        return found
    steps = _steps(matched, tag)
    if recall is None:
        wanted, highest = f"precision of {precision:g}", _highest(steps.hits / steps.counted)
    else:
        wanted, highest = f"recall of {recall:g}", _highest(steps.hits / max(steps.regions, 1))
    of_tag = "" if tag is None else f" of {matched.data.tags[tag].name}"
    raise Conflict(
        f"no threshold reaches a {wanted}{of_tag}: the highest is {highest}", "ask for less"
    )


def _highest(shares: Floats) -> str:
    highest = float(shares.max(initial=0.0))
    # Rounded down, so that asking for what is said succeeds.
    return f"{np.floor(highest * 1000) / 1000 if highest >= 0.001 else highest:g}"


def _check(share: float, name: str) -> None:
    if not 0 < share <= 1:
        raise BadInput(f"a {name} of {share} is not above 0 and at most 1", "0.9 is 90 %")


def _steps(matched: Matched, tag: int | None) -> _Steps:
    mine: Indices | slice = slice(None) if tag is None else matched.of_tag(tag)
    probability, hits = matched.probability[mine], np.cumsum(matched.hit[mine])
    regions = matched.data.regions if tag is None else int(matched.regions_by_tag[tag])
    # One step for all detections of one probability: no threshold separates them.
    last = np.flatnonzero(np.append(probability[1:] < probability[:-1], True)[: len(probability)])
    return _Steps(probability[last], last + 1, hits[last], regions)


def _roundest(below: float, at: float) -> float:
    """The number with the fewest decimals, two or more, above `below` and up to `at`."""
    for decimals in range(2, 16):
        candidate = np.floor(at * 10**decimals) / 10**decimals
        if below < candidate <= at:
            return float(candidate)
    return at
