"""Two iterations side by side: which is better, how surely, and where."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from tests.core.evaluation.detections import FORK, LEFT, RIGHT, SCISSORS, data, image, random_data
from tests.core.evaluation.simulated_pairs import Skill, simulated_pair
from tui_detect.core.errors import BadInput
from tui_detect.core.evaluation import EvaluationData, comparison, figures, match
from tui_detect.core.evaluation.comparison import Comparison, compare
from tui_detect.core.evaluation.difference import paired_difference
from tui_detect.core.evaluation.intervals import resample_weights


def compared(first: EvaluationData, second: EvaluationData, threshold: float = 0.5) -> Comparison:
    return compare(match(first, 0.5), match(second, 0.5), threshold, threshold)


def test_an_iteration_is_the_same_as_itself() -> None:
    same = random_data(3)
    result = compared(same, same)
    for difference in (result.precision, result.recall, result.f1, result.map):
        assert difference.verdict == "same"
        assert difference.value == 0
    assert (result.won, result.lost) == (0, 0)


def test_the_figures_are_those_that_each_iteration_has_alone() -> None:
    first = random_data(3)
    second = replace(first, detection_probability=first.detection_probability[::-1].copy())
    result = compare(match(first, 0.3), match(second, 0.3), 0.4, 0.6)
    for name in ("precision", "recall", "f1", "map", "false_alarms_per_background"):
        difference = getattr(result, name)
        for value, alone, threshold in (
            (difference.first, first, 0.4),
            (difference.second, second, 0.6),
        ):
            assert value == pytest.approx(
                getattr(figures(match(alone, 0.3), threshold), name).value
            )
    tags = figures(match(second, 0.3), 0.6).tags
    assert [(tag.tag, tag.regions, tag.ap.second) for tag in result.tags] == [
        (tag.tag, tag.regions, tag.ap) for tag in tags
    ]


def test_finding_what_was_missed_on_every_picture_is_better() -> None:
    truth = [(FORK, LEFT), (FORK, RIGHT)]
    first = data(*(image(i, truth, [(FORK, 0.9, LEFT)]) for i in range(1, 13)))
    second = data(*(image(i, truth, [(FORK, 0.9, b) for b in (LEFT, RIGHT)]) for i in range(1, 13)))
    result = compared(first, second)
    assert result.recall.verdict == "better"
    assert result.recall.value == 0.5
    assert result.map.verdict == "better"
    assert result.precision.verdict == "same"
    assert compared(second, first).recall.verdict == "worse"
    assert (result.won, result.lost) == (12, 0)


def test_fewer_false_alarms_are_better() -> None:
    shown = [image(0, [(FORK, LEFT)], [(FORK, 0.9, LEFT)])]
    first = data(*shown, *(image(i, [], [(FORK, 0.9, LEFT)]) for i in range(1, 13)))
    second = data(*shown, *(image(i) for i in range(1, 13)))
    assert compared(first, second).false_alarms_per_background.verdict == "better"
    assert compared(second, first).false_alarms_per_background.verdict == "worse"


def test_three_pictures_prove_nothing() -> None:
    first = data(*(image(i, [(FORK, LEFT)]) for i in range(1, 4)))
    second = data(*(image(i, [(FORK, LEFT)], [(FORK, 0.9, LEFT)]) for i in range(1, 4)))
    result = compared(first, second)
    assert (result.recall.first, result.recall.second) == (0, 1)
    assert result.recall.verdict == "could be chance"
    assert result.recall.low is None


def test_many_pictures_of_which_three_differ_prove_nothing_either() -> None:
    def found(better: range) -> EvaluationData:
        return data(
            *(
                image(i, [(FORK, LEFT)], [(FORK, 0.9, LEFT)] if i > 3 or i in better else [])
                for i in range(1, 101)
            )
        )

    assert compared(found(range(0)), found(range(1, 4))).recall.verdict == "could be chance"


def test_pictures_that_differ_most_come_first() -> None:
    truth = [(FORK, LEFT), (SCISSORS, RIGHT)]
    right = [(FORK, 0.9, LEFT), (SCISSORS, 0.9, RIGHT)]
    first = data(image(1, truth, right), image(2, truth, right[:1]), image(3, truth), image(4))
    second = data(
        image(1, truth, [*right, (FORK, 0.8, RIGHT)]),
        image(2, truth, right[:1]),
        image(3, truth, right),
        image(4),
    )
    result = compared(first, second)
    assert [(p.image_id, p.first_errors, p.second_errors, p.won) for p in result.pictures] == [
        (3, 2, 0, 2),
        (1, 0, 1, -1),
    ]
    assert (result.won, result.lost) == (1, 1)


def test_each_iteration_is_judged_at_its_own_threshold() -> None:
    half_sure = data(image(1, [(FORK, LEFT)], [(FORK, 0.4, LEFT)]), image(2))
    matched = match(half_sure, 0.5)
    result = compare(matched, matched, 0.5, 0.3)
    assert (result.recall.first, result.recall.second) == (0, 1)
    with pytest.raises(BadInput, match=r"1\.5 is not 0 to 1"):
        compare(matched, matched, 0.5, 1.5)


def test_what_cannot_be_computed_has_no_verdict() -> None:
    background = data(image(1), image(2))
    result = compared(background, background)
    assert result.map.verdict == "unknown"
    assert result.map.value is None
    assert result.recall.verdict == "unknown"


def test_without_intervals_the_values_come_without_a_verdict() -> None:
    matched = match(random_data(3), 0.5), match(random_data(3), 0.5)
    quick = compare(*matched, 0.2, 0.6, intervals=False)
    whole = compare(*matched, 0.2, 0.6)
    assert quick.recall.verdict == "unknown"
    assert quick.recall.value == whole.recall.value
    assert quick.map.second == whole.map.second
    assert quick.pictures == whole.pictures


def test_it_tells_how_far_it_is() -> None:
    matched = match(random_data(3), 0.5)
    told: list[tuple[int, int]] = []
    compare(matched, matched, 0.5, 0.5, on_progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 2), (2, 2)], "one of the three tags has no region"


def test_it_can_be_stopped_at_each_part_of_the_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many detections only the first resamples give an average precision."""
    matched = match(random_data(3), 0.5)
    monkeypatch.setattr(comparison, "_AT_ONCE", 200 * len(matched.order))
    monkeypatch.setattr(comparison, "_WORK", 1)
    told: list[tuple[int, int]] = []
    compare(matched, matched, 0.5, 0.5, on_progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 2), (2, 2), (2, 2), (2, 2)]

    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compare(matched, matched, 0.5, 0.5, on_progress=stop)


def test_iterations_on_other_images_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="image_ids"):
        compared(data(image(1)), data(image(2)))
    with pytest.raises(ValueError, match="overlap"):
        compare(match(data(image(1)), 0.5), match(data(image(1)), 0.3), 0.5, 0.5)


def test_a_comparison_is_the_same_however_few_resamples_are_made_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    skills = Skill(found=0.7, false=0.8), Skill(found=0.8, false=0.5)
    pair = simulated_pair(np.random.default_rng(2), *skills)
    whole, told = compare(*pair, 0.4, 0.4), list[tuple[int, int]]()
    monkeypatch.setattr(comparison, "_AT_ONCE", 60 * 300)
    assert compare(*pair, 0.4, 0.4, on_progress=lambda *at: told.append(at)) == whole
    assert told == [(step, 12) for step in range(1, 13)], "four parts of three tags"


def test_comparing_many_images_takes_little_memory_and_keeps_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """All the resamples of 10,000 images are 10 MB, their floats 40."""
    monkeypatch.setattr(comparison, "_AT_ONCE", 200_000)
    crowd = match(random_data(1, images=10_000, regions=300, detections=600), 0.5)
    tracemalloc.start()
    compare(crowd, crowd, 0.4, 0.4)
    kept, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 3e6
    assert most < 9e6


def test_the_interval_leaves_out_no_difference_exactly_when_it_is_sure() -> None:
    random = np.random.default_rng(6)
    seen = set()
    for _ in range(200):
        resampled = random.normal(random.uniform(0, 3), 1, 500)
        found = paired_difference(0.0, float(resampled.mean()), resampled, 40)
        assert found.low is not None
        assert (found.low > 0) == (found.verdict == "better")
        seen.add(found.verdict)
    assert seen == {"better", "could be chance"}


def test_with_no_difference_p_is_about_uniform() -> None:
    """Recall of two equal detectors; every image is as hard for one as for the other."""
    random = np.random.default_rng(0)
    p = []
    (weights,) = resample_weights(60)
    for _ in range(400):
        regions = random.integers(1, 4, 60)
        ease = random.beta(2, 1, 60)
        first, second = random.binomial(regions, ease), random.binomial(regions, ease)
        sums = weights @ np.stack((first, second, regions), axis=1).astype(np.float64)
        apart = (sums[:, 1] - sums[:, 0]) / sums[:, 2]
        values = first.sum() / regions.sum(), second.sum() / regions.sum()
        found = paired_difference(*values, apart, int((first != second).sum()))
        assert found.p is not None
        p.append(found.p)
    for level, low, high in ((0.05, 0.02, 0.08), (0.2, 0.14, 0.25), (0.5, 0.42, 0.57)):
        assert low <= np.mean(np.array(p) < level) <= high


def test_average_precision_of_equal_detectors_seldom_differs() -> None:
    random = np.random.default_rng(1)
    alike = Skill(found=0.7, false=0.8)
    sure = 0
    for _ in range(25):
        pair = simulated_pair(random, alike, alike, images=30, tags=1)
        sure += compare(*pair, 0.4, 0.4).map.verdict != "could be chance"
    assert sure <= 4, "one in 20 is expected"
    pair = simulated_pair(random, alike, Skill(found=0.9, false=0.2), images=200, tags=1)
    assert compare(*pair, 0.4, 0.4).map.verdict == "better"
