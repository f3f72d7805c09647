"""What the figures of an iteration say, on cases that can be checked by eye."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.evaluation.detections import (
    FORK,
    LEFT,
    RIGHT,
    SCISSORS,
    data,
    evaluation_of,
    image,
    random_data,
)
from tui_detect.core.errors import BadInput
from tui_detect.core.evaluation import (
    OVERLAP_RANGE,
    EvaluationData,
    Overlap,
    best_threshold,
    curves,
    definition,
    evaluate,
    figures,
    match,
    parse_overlap,
)
from tui_detect.core.geometry import Box


def test_one_found_one_missed_one_false() -> None:
    result = evaluate(
        data(
            image(1, [(FORK, LEFT), (FORK, RIGHT)], [(FORK, 0.9, LEFT)]),
            image(2, [], [(FORK, 0.6, LEFT)]),
        ),
        threshold=0.5,
        overlap=0.5,
    )
    assert (result.true_positives, result.false_positives, result.false_negatives) == (1, 1, 1)
    assert result.precision.value == 0.5
    assert result.recall.value == 0.5
    assert result.f1.value == 0.5
    # Full precision up to recall 0.50: 51 of the 101 levels.
    assert result.map.value == pytest.approx(51 / 101)
    assert (result.images, result.regions, result.background_images) == (2, 2, 1)
    assert result.false_alarms_per_background.value == 1
    fork, scissors = result.tags
    assert (fork.regions, fork.images, fork.detections) == (2, 1, 1 + 1)
    assert (fork.f1, scissors.f1) == (0.5, None)
    assert (scissors.precision, scissors.recall, scissors.ap) == (None, None, None)


def test_a_region_is_found_only_once() -> None:
    twice = data(image(1, [(FORK, LEFT)], [(FORK, 0.9, LEFT), (FORK, 0.8, LEFT)]))
    result = evaluate(twice, 0.5, 0.5)
    assert (result.true_positives, result.false_positives) == (1, 1)


def test_the_most_probable_detection_chooses_first() -> None:
    loose = Box(0.0, 0.0, 0.2, 0.4)
    found = match(data(image(1, [(FORK, LEFT)], [(FORK, 0.6, LEFT), (FORK, 0.9, loose)])), 0.5)
    assert found.probability.tolist() == [0.9, 0.6]
    assert found.region.tolist() == [[0, -1]]


def test_another_tag_does_not_count() -> None:
    result = evaluate(data(image(1, [(FORK, LEFT)], [(SCISSORS, 0.9, LEFT)])), 0.5, 0.5)
    assert (result.true_positives, result.false_positives, result.false_negatives) == (0, 1, 1)
    assert result.tags[0].ap == 0.0
    assert result.tags[1].ap is None


def test_an_overlap_of_exactly_the_threshold_is_enough() -> None:
    half = Box(0.0, 0.0, 0.2, 0.25)
    halved = data(image(1, [(FORK, LEFT)], [(FORK, 0.5, half)]))
    assert evaluate(halved, 0.5, 0.5).true_positives == 1
    assert evaluate(halved, 0.5, 0.51).true_positives == 0


def test_figures_over_the_range_of_overlaps_are_means() -> None:
    # An overlap of 0.72 reaches 0.50, 0.55, 0.60, 0.65 and 0.70: five of ten.
    loose = Box(0.0, 0.0, 0.2, 0.36)
    result = evaluate(data(image(1, [(FORK, LEFT)], [(FORK, 0.9, loose)])), 0.5, OVERLAP_RANGE)
    assert result.precision.value == pytest.approx(0.5)
    assert result.map.value == pytest.approx(0.5)


def test_nothing_is_made_up_where_nothing_can_be_computed() -> None:
    nothing = evaluate(evaluation_of((), ()), 0.5, 0.3)
    for figure in (nothing.precision, nothing.recall, nothing.f1, nothing.map):
        assert (figure.value, figure.low, figure.high) == (None, None, None)
    assert nothing.false_alarms_per_background.value is None

    silent = evaluate(data(image(1, [(FORK, LEFT)], [(FORK, 0.2, LEFT)])), 0.5, 0.3)
    assert silent.precision.value is None
    assert silent.recall.value == 0.0
    assert silent.map.value == 1.0, "AP is over all detections, whatever the threshold"

    background = evaluate(data(image(1), image(2, [], [(FORK, 0.9, LEFT)])), 0.5, 0.3)
    assert background.recall.value is None
    assert background.map.value is None
    assert background.precision.value == 0.0
    assert background.false_alarms_per_background.value == 0.5


def test_a_tag_with_regions_and_no_detection_has_a_real_zero() -> None:
    result = evaluate(data(image(1, [(FORK, LEFT)])), 0.5, 0.3)
    assert result.map.value == 0.0
    assert best_threshold(match(data(image(1, [(FORK, LEFT)])), 0.3)) == (None, None)


@given(seed=st.integers(0, 200), usual=st.floats(0, 1), own=st.floats(0, 1))
@settings(max_examples=30)
def test_a_tag_may_have_a_threshold_of_its_own(seed: int, usual: float, own: float) -> None:
    matched = match(random_data(seed), 0.5)
    first, *others = matched.data.tags
    mixed = figures(matched, usual, of_tags={first.id: own})
    at_own, at_usual = figures(matched, own), figures(matched, usual)
    assert mixed.tags[0] == at_own.tags[0]
    assert mixed.tags[1:] == at_usual.tags[1:]
    counted = sum(tag.detections for tag in mixed.tags)
    assert mixed.true_positives + mixed.false_positives == pytest.approx(counted)
    assert figures(matched, usual, of_tags=dict.fromkeys([t.id for t in others], usual)) == at_usual


def test_too_few_images_are_said_in_words() -> None:
    def result(images: int) -> str:
        found = (image(i, [(FORK, LEFT)], [(FORK, 0.9, LEFT)]) for i in range(images))
        return evaluate(data(*found, image(1000)), 0.5, 0.5).few

    assert result(0) == "No validation image has a region: nothing can be found or missed."
    assert result(1) == "Only 1 image with regions: too few for these figures to mean much."
    assert result(9).startswith("Only 9 images with regions")
    assert result(10).startswith("10 regions on 10 images leave mAP open from 72 to 100 %")
    assert result(20).startswith("Only 1 background image:"), "there are enough with regions"
    halves = [image(i, [(FORK, LEFT)], [(FORK, 0.9, LEFT if i % 2 else RIGHT)]) for i in range(12)]
    wide = evaluate(data(*halves), 0.5, 0.5).few
    assert wide == (
        "12 regions on 12 images leave mAP open from 1 to 61 %: too few to tell iterations apart."
    )
    assert evaluate(data(*halves), 0.95, 0.5).few == wide, "whatever the threshold lets through"
    assert evaluate(data(*(image(i, [(FORK, LEFT)]) for i in range(40))), 0.5, 0.5).few == ""


@pytest.mark.parametrize(
    ("images", "warning"),
    [
        (0, ""),
        (1, "Only 1 background image: too few for the false alarms to mean much."),
        (9, "Only 9 background images: too few for the false alarms to mean much."),
        (10, ""),
    ],
)
def test_too_few_background_images_are_said_in_words(images: int, warning: str) -> None:
    found = [image(i, [(FORK, LEFT)], [(FORK, 0.9, LEFT)]) for i in range(40)]
    background = [image(100 + i) for i in range(images)]
    assert evaluate(data(*found, *background), 0.5, 0.5).few == warning


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.3, 0.5, OVERLAP_RANGE]))
def test_raising_the_threshold_never_raises_recall(seed: int, overlap: Overlap) -> None:
    matched = match(random_data(seed), overlap)
    recalls = [figures(matched, t, intervals=False).recall.value for t in np.linspace(0, 1, 21)]
    known = [recall for recall in recalls if recall is not None]
    assert known == sorted(known, reverse=True)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_the_curves_are_the_figures(seed: int) -> None:
    matched = match(random_data(seed), 0.5)
    drawn = curves(matched)
    for i in range(0, 101, 10):
        at = figures(matched, float(drawn.thresholds[i]), intervals=False)
        for figure, curve in (
            (at.precision, drawn.precision),
            (at.recall, drawn.recall),
            (at.f1, drawn.f1),
        ):
            assert figure.value == pytest.approx(curve[i]) or np.isnan(curve[i])
    if drawn.best_threshold is not None:
        best = figures(matched, drawn.best_threshold, intervals=False)
        assert best.f1.value == pytest.approx(drawn.best_f1)
        assert drawn.best_f1 is not None
        assert drawn.best_f1 >= np.nanmax(drawn.f1) - 1e-12


def test_the_best_threshold_is_a_round_number() -> None:
    found = data(
        image(1, [(FORK, LEFT)], [(FORK, 0.734159, LEFT), (FORK, 0.31, RIGHT)]),
    )
    assert best_threshold(match(found, 0.5)) == (0.73, 1.0)
    close = data(
        image(1, [(FORK, LEFT)], [(FORK, 0.734159, LEFT), (FORK, 0.7339, RIGHT)]),
    )
    assert best_threshold(match(close, 0.5)) == (0.734, 1.0)


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan")])
def test_a_threshold_out_of_range_is_refused(threshold: float) -> None:
    with pytest.raises(BadInput):
        evaluate(data(), threshold, 0.3)


@pytest.mark.parametrize("overlap", ["0", "-1", "1.5", "nan", "much", ""])
def test_an_overlap_out_of_range_is_refused(overlap: str) -> None:
    with pytest.raises(BadInput):
        parse_overlap(overlap)


def test_overlaps_as_people_type_them() -> None:
    assert parse_overlap("0.3") == 0.3
    assert parse_overlap(" 0.5:0.95 ") == OVERLAP_RANGE
    assert parse_overlap("0.50:0.95") == OVERLAP_RANGE


def test_the_definition_is_one_sentence_with_both_thresholds() -> None:
    text = definition(0.42, 0.3)
    assert "probability 0.42 or more" in text
    assert "overlap (IoU) 0.30 or more" in text
    assert text.count(". ") == 0
    assert text.endswith(".")
    assert "mean over these ten" in definition(0.5, OVERLAP_RANGE)


def test_data_that_disagrees_with_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="must ascend"):
        data(image(1), image(1))
    with pytest.raises(ValueError, match="not finite"):
        data(image(1, [], [(FORK, float("nan"), LEFT)]))
    with pytest.raises(ValueError, match="points outside"):
        EvaluationData(
            (FORK,), np.array([1]), np.ones((1, 2)), np.array([1]), np.array([0]), np.ones((1, 4))
        )
    with pytest.raises(ValueError, match="shape"):
        EvaluationData((FORK,), np.array([1]), np.ones((2, 2)))
