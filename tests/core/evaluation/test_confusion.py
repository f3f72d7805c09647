"""Which tag the model gives to what a person tagged."""

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
    above,
    anything,
    confused,
    data,
    image,
)
from tui_detect.core.errors import BadInput
from tui_detect.core.evaluation import OVERLAP_RANGE, EvaluationData, Overlap
from tui_detect.core.evaluation.confusion import (
    confusion,
    findings,
    match_across_tags,
    tags_to_show,
)
from tui_detect.core.geometry import Box

NEAR_LEFT = Box(0.0, 0.0, 0.2, 0.4)
"""Overlaps `LEFT` by 0.8."""
NOWHERE = Box(0.4, 0.0, 0.1, 0.1)
FORK_ROW, SCISSORS_ROW, BACKGROUND = 0, 1, 2

TABLE = data(
    image(1, [(FORK, LEFT), (SCISSORS, RIGHT)], [(FORK, 0.9, LEFT), (FORK, 0.8, RIGHT)]),
    image(2, [(SCISSORS, RIGHT)], [(SCISSORS, 0.6, NOWHERE)]),
    image(3, [], [(FORK, 0.7, LEFT), (FORK, 0.4, RIGHT)]),
)


def test_rows_are_the_persons_tags_and_columns_the_models() -> None:
    matrix = confusion(match_across_tags(TABLE, 0.5), 0.5)
    assert matrix.counts.tolist() == [
        [1, 0, 0],
        [1, 0, 1],
        [1, 1, 0],
    ]
    assert [tag.name for tag in matrix.tags] == ["fork", "scissors"]


def test_what_the_threshold_leaves_out_moves_to_the_missed() -> None:
    matrix = confusion(match_across_tags(TABLE, 0.5), 0.85)
    assert matrix.counts.tolist() == [[1, 0, 0], [0, 0, 2], [0, 0, 0]]


def test_of_many_tags_those_that_are_confused_come_first_and_the_faultless_are_left_out() -> None:
    matrix = confused(80, (10, 20, 3), (5, 6, 9), (7, 80, 50), (80, 3, 60))
    assert tags_to_show(matrix) == [5, 6, 10, 20, 3, 7, 80]
    assert tags_to_show(matrix, most=2) == [5, 6, 80]
    assert tags_to_show(confused(12, (0, 1, 3)), most=2) == list(range(13)), "few are all shown"


def test_a_cell_opens_its_boxes() -> None:
    across = match_across_tags(TABLE, 0.5)
    [mistaken] = findings(across, 0.5, SCISSORS_ROW, FORK_ROW)
    assert (mistaken.kind, mistaken.image_id, mistaken.score) == ("class", 1, 0.8)
    assert mistaken.region is not None
    assert mistaken.detection is not None
    assert (mistaken.region.tag_id, mistaken.detection.tag_id) == (SCISSORS.id, FORK.id)
    assert mistaken.detection_number == 1
    assert mistaken.overlap == pytest.approx(1)
    [alarm] = findings(across, 0.5, BACKGROUND, FORK_ROW)
    assert (alarm.kind, alarm.image_id, alarm.region) == ("background", 3, None)
    [missed] = findings(across, 0.5, SCISSORS_ROW, BACKGROUND)
    assert (missed.kind, missed.image_id, missed.detection) == ("missed", 2, None)
    [correct] = findings(across, 0.5, FORK_ROW, FORK_ROW)
    assert correct.kind == "correct"
    assert correct.score == pytest.approx(0.1)
    assert findings(across, 0.5, BACKGROUND, BACKGROUND) == []


def test_a_cell_shows_the_worst_first() -> None:
    across = match_across_tags(TABLE, 0.5)
    alarms = findings(across, 0.0, BACKGROUND, FORK_ROW)
    assert [finding.score for finding in alarms] == [0.7, 0.4]
    assert findings(across, 0.0, BACKGROUND, FORK_ROW, limit=1) == alarms[:1]


def test_each_region_is_found_once_by_the_most_probable_box_whatever_its_tag() -> None:
    boxes = data(image(1, [(FORK, LEFT)], [(FORK, 0.6, LEFT), (SCISSORS, 0.7, NEAR_LEFT)]))
    matrix = confusion(match_across_tags(boxes, 0.5), 0.5)
    assert matrix.counts.tolist() == [[0, 1, 0], [0, 0, 0], [1, 0, 0]]


def test_of_two_regions_in_the_same_place_a_box_finds_the_one_of_its_tag() -> None:
    boxes = data(
        image(1, [(FORK, LEFT), (SCISSORS, LEFT)], [(FORK, 0.9, LEFT), (SCISSORS, 0.8, LEFT)]),
        image(2, [(FORK, LEFT), (SCISSORS, LEFT)], [(SCISSORS, 0.9, LEFT), (FORK, 0.8, LEFT)]),
    )
    assert confusion(match_across_tags(boxes, 0.5), 0.5).counts[:2, :2].tolist() == [[2, 0], [0, 2]]


def test_the_range_of_overlaps_is_matched_at_a_half() -> None:
    assert match_across_tags(TABLE, OVERLAP_RANGE).overlap == 0.5
    with pytest.raises(BadInput):
        match_across_tags(TABLE, 0.0)


@settings(max_examples=60, deadline=None)
@given(anything, st.sampled_from([0.0, 0.33, 0.9]), st.sampled_from([0.05, 0.3, 0.5]))
def test_rows_sum_to_the_regions_and_columns_to_the_detections(
    boxes: EvaluationData, threshold: float, overlap: Overlap
) -> None:
    across = match_across_tags(boxes, overlap)
    counts = confusion(across, threshold).counts
    tags = len(boxes.tags)
    regions = np.bincount(boxes.region_tag, minlength=tags)
    assert counts[:-1].sum(axis=1).tolist() == regions.tolist()
    kept = boxes.detection_tag[across.order][across.probability >= threshold]
    assert counts[:, :-1].sum(axis=0).tolist() == np.bincount(kept, minlength=tags).tolist()
    without = confusion(match_across_tags(above(boxes, threshold), overlap), 0.0)
    assert counts.tolist() == without.counts.tolist()


@settings(max_examples=20, deadline=None)
@given(anything, st.sampled_from([0.0, 0.33, 0.9]))
def test_every_cell_opens_as_many_boxes_as_it_counts(
    boxes: EvaluationData, threshold: float
) -> None:
    across = match_across_tags(boxes, 0.5)
    counts = confusion(across, threshold).counts
    opened = [
        [len(findings(across, threshold, row, column)) for column in range(len(counts))]
        for row in range(len(counts))
    ]
    assert opened == counts.tolist()


def test_detections_beyond_the_hundredth_of_a_tag_take_no_region_from_those_that_count() -> None:
    forks = [(FORK, 0.9, NOWHERE)] * 100 + [(FORK, 0.8, LEFT)]
    boxes = data(image(1, [(SCISSORS, LEFT)], [*forks, (SCISSORS, 0.7, LEFT)]))
    matrix = confusion(match_across_tags(boxes, 0.5), 0.5)
    assert matrix.counts.tolist() == [[0, 0, 0], [0, 1, 0], [100, 0, 0]]
