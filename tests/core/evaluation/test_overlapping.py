"""Fast ways to an order, which must be the plain one's."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tui_detect.core.evaluation.overlapping import falling_order

PROBABILITIES = st.floats(0, 1)


@given(st.lists(st.one_of(PROBABILITIES, PROBABILITIES.map(lambda p: round(p, 2)))))
def test_equal_probabilities_keep_their_order(values: list[float]) -> None:
    probability = np.array(values, dtype=np.float64)
    plain = np.argsort(-probability, kind="stable")
    assert falling_order(probability).tolist() == plain.tolist()


def test_neighbouring_numbers_and_those_that_are_no_probability_are_told_apart() -> None:
    for values in ([0.25, np.nextafter(0.25, 1), 0.25], [1e-300, 2e-300, 0.0], [-3.0, 7.5, 0.2]):
        probability = np.array(values)
        plain = np.argsort(-probability, kind="stable")
        assert falling_order(probability).tolist() == plain.tolist()
