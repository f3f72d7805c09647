"""Whether a probability of 0.7 means seven in ten, on detections that say so or do not."""

from __future__ import annotations

import numpy as np
import pytest

from tests.core.evaluation.detections import FORK, LEFT, RIGHT, data, image
from tui_detect.core.evaluation.calibration import LOWEST_PROBABILITY, calibration
from tui_detect.core.evaluation.data import Floats
from tui_detect.core.evaluation.matching import Matched, match


def detector(probabilities: Floats, shares: Floats, seed: int = 0) -> Matched:
    """One detection an image, correct as often as its share says."""
    correct = np.random.default_rng(seed).random(len(shares)) < shares
    return match(
        data(
            *(
                image(i, [(FORK, LEFT)], [(FORK, float(p), LEFT if right else RIGHT)])
                for i, (p, right) in enumerate(zip(probabilities, correct, strict=True))
            )
        ),
        0.5,
    )


def test_a_detector_that_means_what_it_says_has_hardly_any_error() -> None:
    said = np.random.default_rng(1).uniform(LOWEST_PROBABILITY, 1, 3000)
    honest = calibration(detector(said, said))
    assert honest.expected_error is not None
    assert honest.expected_error < 0.03
    assert honest.share_correct == pytest.approx(honest.probability, abs=0.12)
    assert honest.counts.sum() == 3000


def test_a_boastful_one_is_found_out() -> None:
    said = np.random.default_rng(2).uniform(LOWEST_PROBABILITY, 1, 2000)
    boastful = calibration(detector(said, said / 2))
    assert boastful.expected_error == pytest.approx(said.mean() / 2, abs=0.03)
    assert (boastful.share_correct < boastful.probability).all()


def test_every_detection_lies_in_its_bin_by_hand() -> None:
    found = detector(np.array([0.05, 0.5, 0.525, 0.99, 1.0]), np.array([0, 0, 1, 1, 1]))
    halves = calibration(found, bins=2)
    assert halves.edges.tolist() == [0.05, 0.525, 1.0]
    assert halves.counts.tolist() == [2, 3]
    assert halves.probability == pytest.approx([0.275, (0.525 + 0.99 + 1) / 3])
    assert halves.share_correct.tolist() == [0, 1]
    assert halves.expected_error == pytest.approx((0.55 + (1 - 0.525) + (1 - 0.99)) / 5)


def test_what_nobody_would_look_at_decides_nothing() -> None:
    said = np.concatenate((np.full(500, 0.002), np.full(10, 0.9)))
    bins = calibration(detector(said, np.ones(len(said))))
    assert bins.counts.sum() == 10
    assert bins.expected_error == pytest.approx(0.1)
    assert np.isnan(bins.share_correct[0])


def test_nothing_is_made_up_without_detections() -> None:
    assert calibration(match(data(image(1, [(FORK, LEFT)])), 0.5)).expected_error is None
