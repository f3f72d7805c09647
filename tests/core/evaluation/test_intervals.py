"""How sure a figure is: the brackets beside it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.core.evaluation.detections import FORK, LEFT, RIGHT, data, image, random_data
from tui_detect.core.evaluation import EvaluationData, evaluate, figures, match
from tui_detect.core.evaluation.data import Indices
from tui_detect.core.evaluation.intervals import resample_sums, resample_weights, resampled_map


def test_the_same_data_always_gives_the_same_interval() -> None:
    assert evaluate(random_data(1), 0.3, 0.5) == evaluate(random_data(1), 0.3, 0.5)


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


def test_no_interval_where_resampling_tells_nothing() -> None:
    perfect = [image(i, [(FORK, LEFT)], [(FORK, 0.9, LEFT)]) for i in range(5)]
    for result in (evaluate(data(perfect[0]), 0.5, 0.5), evaluate(data(*perfect), 0.5, 0.5)):
        assert result.recall.value == 1.0
        assert (result.recall.low, result.recall.high) == (None, None)
        assert (result.map.low, result.map.high) == (None, None)


def test_figures_without_intervals_are_the_same_values() -> None:
    matched = match(random_data(2), 0.5)
    quick, whole = figures(matched, 0.4, intervals=False), figures(matched, 0.4)
    assert quick.precision.low is None
    assert quick.map.value == whole.map.value
    assert quick.tags == whole.tags


def test_a_resample_is_evaluated_as_if_its_images_had_been_there() -> None:
    """The mAP of a resample is that of a data set in which its images are repeated."""
    original = random_data(8, images=9)
    resampled = resampled_map(match(original, 0.3))
    assert resampled is not None
    weights = resample_weights(original.images)
    for column in range(12):
        repeated = _repeat(original, weights[:, column])
        assert resampled[column] == pytest.approx(evaluate(repeated, 0.3, 0.3).map.value, abs=0.01)


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    """Recall of a detector that finds 80 % of the regions, 1 to 3 of them on an image."""
    random = np.random.default_rng(0)
    covered = 0
    for _ in range(300):
        regions = random.integers(1, 4, 50)
        columns = np.stack((random.binomial(regions, 0.8), regions), axis=1).astype(np.float64)
        hits, total = resample_sums(columns).T
        low, high = np.percentile(hits / total, (2.5, 97.5))
        covered += bool(low <= 0.8 <= high)
    assert 0.90 <= covered / 300 <= 0.98


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
    assert rate.low == 0.0
    assert rate.high is not None
    assert rate.high > 0.3


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
