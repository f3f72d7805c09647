"""The threshold that is offered is the best there is, checked against trying every one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.evaluation.detections import FORK, LEFT, RIGHT, SCISSORS, data, image, random_data
from tui_detect.core.errors import BadInput
from tui_detect.core.evaluation.matching import Matched, match
from tui_detect.core.evaluation.thresholds import best_threshold, threshold_for

EVERY_HUNDREDTH = np.round(np.linspace(0.0, 1.0, 101), 2)
"""All that random detections can tell apart."""


def shares(matched: Matched, threshold: float, tag: int | None) -> tuple[float, float]:
    """Precision and recall at a threshold, counted one by one; NaN where there is none."""
    chosen = matched.probability >= threshold
    regions = matched.data.region_tag
    if tag is not None:
        chosen &= matched.tag == tag
        regions = regions[regions == tag]
    hits = matched.hit[chosen].sum()
    return (
        hits / chosen.sum() if chosen.any() else float("nan"),
        hits / len(regions) if len(regions) else float("nan"),
    )


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    wanted=st.sampled_from([0.01, 0.3, 0.5, 0.75, 1.0]),
    tag=st.sampled_from([None, 0, 2]),
    detections=st.integers(0, 60),
)
def test_the_lowest_with_a_precision_and_the_highest_with_a_recall(
    seed: int, wanted: float, tag: int | None, detections: int
) -> None:
    matched = match(random_data(seed, detections=detections), 0.5)
    every = [(float(at), *shares(matched, float(at), tag)) for at in EVERY_HUNDREDTH]
    precise = [at for at, precision, _ in every if precision >= wanted]
    recalled = [at for at, _, recall in every if recall >= wanted]
    lowest = threshold_for(matched, precision=wanted, tag=tag)
    highest = threshold_for(matched, recall=wanted, tag=tag)
    # Not the very number: of all that count the same detections the roundest is offered.
    for found, best in (
        (lowest, min(precise, default=None)),
        (highest, max(recalled, default=None)),
    ):
        if found is None or best is None:
            assert found == best
        else:
            assert shares(matched, found, tag) == shares(matched, best, tag)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), tag=st.sampled_from([None, 0, 1, 2]))
def test_no_threshold_has_a_better_f1(seed: int, tag: int | None) -> None:
    matched = match(random_data(seed), 0.5)
    threshold, best = best_threshold(matched, tag)
    f1 = []
    for at in EVERY_HUNDREDTH:
        precision, recall = shares(matched, float(at), tag)
        if precision + recall > 0:
            f1.append(2 * precision * recall / (precision + recall))
    assert best == (pytest.approx(max(f1)) if f1 else None)
    if threshold is not None:
        precision, recall = shares(matched, threshold, tag)
        assert 2 * precision * recall / (precision + recall) == pytest.approx(best)


def test_each_tag_has_a_threshold_of_its_own() -> None:
    matched = match(
        data(
            image(
                1,
                [(FORK, LEFT), (SCISSORS, LEFT)],
                [(FORK, 0.9, LEFT), (SCISSORS, 0.31, LEFT), (FORK, 0.5, RIGHT)],
            )
        ),
        0.5,
    )
    assert best_threshold(matched, 0) == (0.9, 1.0)
    assert best_threshold(matched, 1) == (0.31, 1.0)
    assert threshold_for(matched, precision=1.0) == 0.9
    assert threshold_for(matched, precision=1.0, tag=1) == 0.31
    assert threshold_for(matched, recall=1.0) == 0.31
    assert threshold_for(matched, recall=1.0, tag=0) == 0.9


def test_seven_of_twenty_five_are_28_percent() -> None:
    """As doubles 0.28 × 25 is a little more than 7."""
    right = [image(i, [(FORK, LEFT)], [(FORK, 0.9, LEFT)]) for i in range(7)]
    wrong = [image(i, [(FORK, LEFT)], [(FORK, 0.4, RIGHT)]) for i in range(7, 25)]
    matched = match(data(*right, *wrong), 0.5)
    assert threshold_for(matched, recall=0.28) == 0.9
    assert threshold_for(matched, precision=0.28) == 0.4


def test_the_threshold_is_a_round_number_that_counts_the_same() -> None:
    matched = match(
        data(image(1, [(FORK, LEFT)], [(FORK, 0.734159, LEFT), (FORK, 0.31, RIGHT)])), 0.5
    )
    assert threshold_for(matched, precision=1.0) == 0.73


def test_what_no_threshold_reaches_is_not_made_up() -> None:
    matched = match(data(image(1, [(FORK, LEFT)], [(FORK, 0.9, RIGHT)])), 0.5)
    assert threshold_for(matched, precision=0.5) is None
    assert threshold_for(matched, recall=0.5) is None
    assert best_threshold(matched) == (None, None)
    silent = match(data(image(1, [(FORK, LEFT)])), 0.5)
    assert threshold_for(silent, precision=0.5) is None
    assert threshold_for(silent, recall=0.5, tag=1) is None


@pytest.mark.parametrize("share", [0.0, -0.1, 1.01, float("nan")])
def test_a_share_out_of_range_is_refused(share: float) -> None:
    matched = match(data(), 0.5)
    with pytest.raises(BadInput, match="precision"):
        threshold_for(matched, precision=share)
    with pytest.raises(BadInput, match="recall"):
        threshold_for(matched, recall=share)
    with pytest.raises(ValueError, match="precision or a recall"):
        threshold_for(matched)
