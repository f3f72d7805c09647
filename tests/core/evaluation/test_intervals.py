"""How sure a figure is: the brackets beside it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.core.evaluation.detections import FORK, LEFT, RIGHT, data, image, random_data
from tests.core.evaluation.simulated import Population, headline
from tui_detect.core.evaluation import (
    OVERLAP_RANGE,
    EvaluationData,
    Figure,
    Matched,
    Overlap,
    evaluate,
    figures,
    match,
)
from tui_detect.core.evaluation.average_precision import ap_influence, resampled_ap
from tui_detect.core.evaluation.data import Floats, Indices
from tui_detect.core.evaluation.intervals import (
    HALVINGS,
    half_samples,
    mean_figure,
    optimism,
    resample_weights,
    student,
)


def test_the_same_data_always_gives_the_same_interval() -> None:
    found = evaluate(random_data(1), 0.3, 0.5)
    half_samples.cache_clear()
    assert evaluate(random_data(1), 0.3, 0.5) == found


def test_every_figure_lies_in_its_interval_and_more_images_narrow_it() -> None:
    widths = []
    for images in (10, 400):
        crowd = random_data(5, images=images, regions=4 * images, detections=12 * images)
        result = evaluate(crowd, 0.3, 0.3)
        for figure in (result.precision, result.recall, result.f1, result.map):
            assert figure.value is not None
            assert figure.low is not None
            assert figure.high is not None
            assert figure.low <= figure.value <= figure.high
        assert result.map.low is not None
        assert result.map.high is not None
        widths.append(result.map.high - result.map.low)
    assert widths[1] < widths[0] / 3


def test_one_image_gives_no_interval() -> None:
    result = evaluate(data(image(1, [(FORK, LEFT)], [(FORK, 0.9, LEFT)])), 0.5, 0.5)
    for figure in (result.precision, result.recall, result.f1, result.map):
        assert (figure.value, figure.low, figure.high) == (1.0, None, None)


def test_all_found_on_few_images_does_not_prove_that_all_would_be() -> None:
    perfect = [image(i, [(FORK, LEFT)], [(FORK, 0.9, LEFT)]) for i in range(50)]
    few, many = (evaluate(data(*perfect[:n]), 0.5, 0.5) for n in (5, 50))
    for result, low in ((few, 0.57), (many, 0.93)):
        assert result.recall.low == pytest.approx(low, abs=0.005)
        assert result.recall.high == 1.0
        assert result.precision == result.recall == result.map


def test_figures_without_the_interval_of_map_are_the_same_values() -> None:
    matched = match(random_data(2), 0.5)
    quick, whole = figures(matched, 0.4, intervals=False), figures(matched, 0.4)
    assert quick.map == Figure(whole.map.value)
    assert (quick.precision, quick.tags) == (whole.precision, whole.tags)


def test_a_resample_is_evaluated_as_if_its_images_had_been_there() -> None:
    """AP in a resample is that of a data set in which its images are repeated."""
    original = random_data(8, images=9)
    matched, (weights,) = match(original, 0.3), resample_weights(original.images)
    mine = matched.of_tag(0)
    resampled = resampled_ap(
        matched.region[:, mine] >= 0,
        matched.image[mine],
        original.region_image[original.region_tag == 0],
        weights.T,
    )
    for number in range(12):
        repeated = _repeat(original, weights[number])
        assert resampled[number] == pytest.approx(match(repeated, 0.3).ap[0], abs=0.02)


def test_resamples_are_the_same_ones_however_few_are_drawn_at_once() -> None:
    (every,) = resample_weights(30)
    parts = list(resample_weights(30, at_once=300))
    assert [len(part) for part in parts] == [300, 300, 300, 100]
    assert np.array_equal(np.concatenate(parts), every)
    assert (every.sum(axis=1) == 30).all()
    assert len(np.unique(every, axis=0)) == len(every), "they are not all the same"


@pytest.mark.parametrize("overlap", [0.3, OVERLAP_RANGE])
def test_the_influence_of_an_image_is_what_seeing_it_more_often_changes(overlap: Overlap) -> None:
    original = random_data(11, images=8, tags=2, regions=60, detections=150)
    times = 60
    influence = _influence(match(original, overlap))
    assert influence.sum() == pytest.approx(0, abs=1e-12)
    even = np.full(original.images, times)
    before = _exact_ap(match(_repeat(original, even), overlap))
    for i in range(original.images):
        once_more = even + (np.arange(original.images) == i)
        after = _exact_ap(match(_repeat(original, once_more), overlap))
        assert (after - before) * times == pytest.approx(influence[i], rel=0.1, abs=0.003)


@pytest.mark.parametrize(
    "population",
    [
        Population(),
        Population(regions=7, skewed=True),
        Population(found=0.97, false_alarms=0.05),
        Population(found=0.3, false_alarms=2.0),
        Population(tags=40, regions=7),
    ],
)
@pytest.mark.parametrize("images", [10, 50])
def test_intervals_hold_the_truth_as_often_as_they_say(population: Population, images: int) -> None:
    """In 92 to 98 of 100 trials, give or take what 150 trials leave to chance."""
    random, trials = np.random.default_rng(images), 150
    truth = figures(population.sample(20_000, random), 0.3)
    held, given = np.zeros(5), np.zeros(5)
    for _ in range(trials):
        found = figures(population.sample(images, random), 0.3)
        for i, (estimate, true) in enumerate(zip(headline(found), headline(truth), strict=True)):
            if estimate.low is not None and estimate.high is not None and true.value is not None:
                given[i] += 1
                held[i] += estimate.low <= true.value <= estimate.high
    assert (held / given).min() >= 0.88
    assert (held / given).mean() >= 0.92


def test_a_background_image_more_or_less_moves_the_rate_of_false_alarms() -> None:
    result = evaluate(
        data(
            image(1, [(FORK, LEFT)], [(FORK, 0.9, LEFT)]),
            *(image(i) for i in range(2, 12)),
            image(12, [], [(FORK, 0.9, LEFT), (FORK, 0.8, RIGHT)]),
        ),
        0.5,
        0.5,
    )
    rate = result.false_alarms_per_background
    assert rate.value == pytest.approx(2 / 11)
    assert rate.low == pytest.approx(0.027, abs=0.001)
    assert rate.high == pytest.approx(1.22, abs=0.01), "both false alarms came on one image"


@pytest.mark.parametrize(("images", "known"), [(1, False), (3, False), (4, True)])
def test_a_handful_of_background_images_gives_no_interval(images: int, known: bool) -> None:
    few = [image(1, [], [(FORK, 0.9, LEFT)]), *(image(i) for i in range(2, images + 1))]
    rate = evaluate(data(*few), 0.5, 0.5).false_alarms_per_background
    assert rate.value == pytest.approx(1 / images)
    assert (rate.low is not None, rate.high is not None) == (known, known)


def test_one_crowded_image_and_a_few_others_tell_less_than_as_many_alike() -> None:
    change = np.full(10, 0.05)
    alike = mean_figure(0.8, change, np.full(10, 4.0))
    crowded = mean_figure(0.8, change, np.array([31.0, *[1.0] * 9]))
    assert alike.low is not None
    assert crowded.low is not None
    assert crowded.low < alike.low - 0.05


def test_map_is_as_much_too_high_as_twice_what_halving_the_images_adds() -> None:
    assert optimism(0.5, np.array([0.55, 0.65])) == pytest.approx(0.2)
    assert optimism(0.5, np.array([0.3, 0.4])) == 0, "it never makes a figure better"
    assert optimism(0.5, np.array([])) == 0


def test_both_halves_hold_each_image_once() -> None:
    halves = half_samples(9)
    assert (halves[:, :HALVINGS] + halves[:, HALVINGS:] == 1).all()
    assert (halves[:, :HALVINGS].sum(axis=0) == 4).all()
    assert len(np.unique(halves, axis=1).T) > HALVINGS, "they are not all the same"


def test_students_quantiles_are_those_of_the_tables() -> None:
    tabled = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 9: 2.262, 30: 2.042, 1000: 1.962}
    for degrees, quantile in tabled.items():
        assert student(degrees) == pytest.approx(quantile, abs=0.004)


def _influence(matched: Matched) -> Floats:
    mine = matched.of_tag(0)
    regions = matched.data.region_image[matched.data.region_tag == 0]
    images = matched.data.images
    return ap_influence(matched.region[:, mine] >= 0, matched.image[mine], regions, images)


def _exact_ap(matched: Matched) -> float:
    """Area under the best precision by recall, without COCO's 101 steps."""
    every = []
    for correct in matched.region[:, matched.of_tag(0)] >= 0:
        at = np.flatnonzero(correct)
        precision = np.arange(1, len(at) + 1) / (at + 1)
        best = np.maximum.accumulate(precision[::-1])
        every.append(best.sum() / matched.regions_by_tag[0])
    return float(np.mean(every))


def _repeat(original: EvaluationData, weights: NDArray[np.uint8]) -> EvaluationData:
    sources = np.repeat(np.arange(original.images), weights)
    region_at, region = _of_images(sources, original.region_image)
    detection_at, detection = _of_images(sources, original.detection_image)
    return EvaluationData(
        tags=original.tags,
        image_ids=np.arange(len(sources)),
        image_sizes_px=original.image_sizes_px[sources],
        region_image=region_at,
        region_tag=original.region_tag[region],
        region_box=original.region_box[region],
        detection_image=detection_at,
        detection_tag=original.detection_tag[detection],
        detection_probability=original.detection_probability[detection],
        detection_box=original.detection_box[detection],
    )


def _of_images(sources: Indices, image: Indices) -> tuple[Indices, Indices]:
    """Of each image in turn: its new index and the rows that are its."""
    rows = [np.flatnonzero(image == source) for source in sources]
    return np.repeat(np.arange(len(sources)), [len(row) for row in rows]), np.concatenate(rows)
