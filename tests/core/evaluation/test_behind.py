"""A list of boxes has exactly those that its figure counts, or those that keep it from perfect."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.evaluation.detections import FORK, LEFT, RIGHT, SCISSORS, data, image, random_data
from tui_detect.core.evaluation import OVERLAPS, EvaluationData, Overlap, figures, match
from tui_detect.core.evaluation.behind import (
    Which,
    boxes_behind,
    of_all,
    of_background,
    of_probability,
    of_size,
    of_tag,
)
from tui_detect.core.evaluation.box_sizes import by_size
from tui_detect.core.evaluation.calibration import calibration
from tui_detect.core.evaluation.error_kinds import KindsOfError, kinds_of
from tui_detect.core.evaluation.listing import Counted
from tui_detect.core.geometry import Box

LOOSE = Box(0.0, 0.0, 0.2, 0.2)
"""Overlaps `LEFT` by 0.4."""


def kinds_in(drawn: EvaluationData, overlap: Overlap = 0.5) -> KindsOfError:
    return kinds_of(match(drawn, overlap))


def number(kinds: KindsOfError, counted: Counted, which: Which, threshold: float) -> int:
    return len(boxes_behind(kinds, counted, which, threshold))


def test_every_region_is_listed_once_missed_ones_first() -> None:
    kinds = kinds_in(
        data(
            image(1, [(FORK, LEFT)], [(FORK, 0.9, LEFT)]),
            image(2, [(FORK, LEFT)], [(SCISSORS, 0.8, LEFT)]),
            image(3, [(FORK, LEFT)], [(FORK, 0.6, LEFT)]),
            image(4, [(FORK, LEFT), (SCISSORS, RIGHT)]),
        )
    )
    forks = of_tag(kinds, 0)
    listed = [(f.image_id, f.kind) for f in boxes_behind(kinds, forks, "regions", 0.5)]
    assert listed == [(4, "missed"), (2, "class"), (3, "correct"), (1, "correct")]
    at_more = [f.kind for f in boxes_behind(kinds, forks, "regions", 0.85)]
    assert at_more == ["missed"] * 3 + ["correct"]
    assert len(boxes_behind(kinds, forks, "regions", 0.5, limit=2)) == 2
    assert [f.image_id for f in boxes_behind(kinds, forks, "found", 0.5)] == [3, 1], (
        "least sure first"
    )


def test_a_region_with_a_loose_box_is_not_found() -> None:
    drawn = data(*(image(i, [(FORK, LEFT)], [(FORK, 0.9, LOOSE)]) for i in range(5)))
    kinds = kinds_in(drawn)
    assert figures(match(drawn, 0.5), 0.5).recall.value == 0
    assert [f.kind for f in boxes_behind(kinds, of_all(kinds), "missed", 0.5)] == ["location"] * 5


@given(seed=st.integers(0, 300), threshold=st.floats(0, 1), overlap=st.sampled_from(OVERLAPS))
@settings(max_examples=40)
def test_the_lists_of_all_and_of_each_tag_have_what_the_figures_count(
    seed: int, threshold: float, overlap: Overlap
) -> None:
    drawn = random_data(seed)
    # The range is judged at its first overlap threshold.
    matched = match(drawn, 0.5 if isinstance(overlap, str) else overlap)
    kinds, truth = kinds_in(drawn, overlap), figures(matched, threshold)
    every = of_all(kinds)
    assert number(kinds, every, "wrong", threshold) == truth.false_positives
    assert number(kinds, every, "missed", threshold) == truth.false_negatives
    assert number(kinds, every, "found", threshold) == truth.true_positives
    assert number(kinds, every, "regions", threshold) == truth.regions
    assert number(kinds, of_background(kinds), "wrong", threshold) == truth.false_alarms
    for k, tag in enumerate(truth.tags):
        mine = of_tag(kinds, k)
        assert number(kinds, mine, "detections", threshold) == tag.detections
        assert number(kinds, mine, "found", threshold) == tag.true_positives
        assert number(kinds, mine, "missed", threshold) == tag.regions - tag.true_positives
        assert boxes_behind(kinds, mine, "errors", threshold) == kinds.findings(threshold, tag=k)


@given(seed=st.integers(0, 300), threshold=st.floats(0, 1))
@settings(max_examples=30)
def test_the_regions_at_any_threshold_are_all_there_are(seed: int, threshold: float) -> None:
    drawn = random_data(seed)
    kinds = kinds_in(drawn)
    listed = boxes_behind(kinds, of_all(kinds), "regions", threshold)
    boxes = Counter((f.image_id, f.region.box, f.region.tag_id) for f in listed if f.region)
    ids, tags = drawn.image_ids[drawn.region_image], drawn.region_tag
    assert boxes == Counter(
        (image_id, Box(*box), drawn.tags[tag].id)
        for image_id, box, tag in zip(
            ids.tolist(), drawn.region_box.tolist(), tags.tolist(), strict=True
        )
    )


@pytest.mark.parametrize("overlap", [0.3, 0.5, 0.75])
@pytest.mark.parametrize("threshold", [0.0, 0.4, 0.9])
def test_the_lists_of_a_size_have_what_its_row_counts(overlap: float, threshold: float) -> None:
    drawn = random_data(3, images=40, regions=150, detections=600)
    matched = match(drawn, overlap)
    kinds, sizes = kinds_of(matched), by_size(matched, threshold)
    assert sum(size.regions > 10 for size in sizes) == 2
    for size in sizes:
        mine = of_size(matched, size.name)
        assert number(kinds, mine, "detections", threshold) == size.detections
        assert number(kinds, mine, "found", threshold) == size.true_positives
        assert number(kinds, mine, "regions", threshold) == size.regions
        missed = number(kinds, mine, "missed", threshold)
        assert missed == size.regions - size.true_positives


@pytest.mark.parametrize("seed", range(30, 42))
@pytest.mark.parametrize("overlap", [0.3, 0.5])
def test_the_boxes_of_a_size_have_that_size_each_once(seed: int, overlap: float) -> None:
    drawn = random_data(seed, images=6, regions=60, detections=300)
    matched = match(drawn, overlap)
    kinds, sides = kinds_of(matched), dict(zip(drawn.image_ids, drawn.image_sizes_px, strict=True))
    for size in by_size(matched, 0.2):
        mine = of_size(matched, size.name)
        listed = boxes_behind(kinds, mine, "regions", 0.2)
        boxes = [(f.image_id, f.region.tag_id, f.region.box) for f in listed if f.region]
        assert len(boxes) == len(listed) == size.regions
        areas = [b.width * sides[i][0] * b.height * sides[i][1] for i, _, b in boxes]
        low, high = size.area_px
        assert all(low <= area <= high for area in areas)
        known = Counter(
            (image_id, drawn.tags[tag].id, Box(*box))
            for image_id, tag, box in zip(
                drawn.image_ids[drawn.region_image].tolist(),
                drawn.region_tag.tolist(),
                drawn.region_box.tolist(),
                strict=True,
            )
        )
        assert Counter(boxes) <= known, "none is there twice"
        assert all(f.kind != "correct" for f in boxes_behind(kinds, mine, "wrong", 0.2))
        assert all(f.kind == "correct" for f in boxes_behind(kinds, mine, "found", 0.2))


def test_the_lists_of_a_probability_have_what_its_row_counts() -> None:
    drawn = random_data(5, detections=400)
    matched = match(drawn, 0.5)
    kinds, bins = kinds_of(matched), calibration(matched)
    edges = bins.edges.tolist()
    assert bins.counts.sum() > 100
    for low, high, count, share in zip(
        edges, edges[1:], bins.counts.tolist(), bins.share_correct.tolist(), strict=False
    ):
        mine = of_probability(kinds, low, high)
        assert number(kinds, mine, "detections", low) == count
        assert number(kinds, mine, "found", low) == round(count * np.nan_to_num(share))


def test_however_many_are_worse_the_list_of_a_probability_is_whole() -> None:
    many = [(FORK, 0.9, RIGHT)] * 300
    drawn = data(*(image(i, [], [*many[:90], (FORK, 0.1, LEFT)]) for i in range(20)))
    kinds = kinds_in(drawn)
    assert len(boxes_behind(kinds, of_probability(kinds, 0.05, 0.2), "wrong", 0.05, limit=50)) == 20
