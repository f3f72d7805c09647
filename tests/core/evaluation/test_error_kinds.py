"""What is the matter with each wrong detection and each missed region."""

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
    EvaluationImage,
    above,
    anything,
    data,
    image,
    random_data,
)
from tui_detect.core.evaluation import (
    OVERLAP_RANGE,
    EvaluationData,
    EvaluationTag,
    Overlap,
    evaluate,
    match,
)
from tui_detect.core.evaluation.behind import boxes_behind, of_all
from tui_detect.core.evaluation.error_kinds import KindsOfError, kinds_of
from tui_detect.core.evaluation.finding import ERROR_KINDS, ErrorKind, Finding
from tui_detect.core.geometry import Box

HALF_OF_LEFT = Box(0.0, 0.0, 0.2, 0.2)
"""Overlaps `LEFT` by 0.4."""
AROUND_LEFT = Box(0.0, 0.0, 0.2, 0.45)
"""Overlaps `LEFT` by 0.9."""
NOWHERE = Box(0.4, 0.0, 0.1, 0.1)


def kinds(*images: EvaluationImage, overlap: Overlap = 0.5) -> KindsOfError:
    return kinds_of(match(data(*images), overlap))


def right(kinds: KindsOfError, threshold: float) -> list[Finding]:
    """The right detections, the least sure first."""
    return boxes_behind(kinds, of_all(kinds), "found", threshold)


def only(**counts: int) -> dict[ErrorKind, int]:
    return {kind: counts.get(kind, 0) for kind in ERROR_KINDS}


def test_a_correct_box_is_no_error() -> None:
    found = kinds(image(1, [(FORK, LEFT)], [(FORK, 0.9, AROUND_LEFT)]))
    assert found.counts(0.5) == only()
    [correct] = right(found, 0.5)
    assert correct.kind == "correct"
    assert correct.overlap == pytest.approx(0.9)
    assert correct.score == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("tag", "box", "kind", "overlap"),
    [
        (SCISSORS, AROUND_LEFT, "class", 0.9),
        (FORK, HALF_OF_LEFT, "location", 0.4),
        (SCISSORS, HALF_OF_LEFT, "both", 0.4),
        (FORK, NOWHERE, "background", None),
    ],
)
def test_a_wrong_box_has_the_kind_that_fits(
    tag: EvaluationTag, box: Box, kind: ErrorKind, overlap: float | None
) -> None:
    found = kinds(image(7, [(FORK, LEFT)], [(tag, 0.8, box)]))
    explains = kind in ("class", "location")
    assert found.counts(0.5) == only(**{kind: 1}, missed=0 if explains else 1)
    [finding] = found.findings(0.5, kinds=[kind])
    assert (finding.kind, finding.image_id, finding.score) == (kind, 7, 0.8)
    assert finding.overlap == pytest.approx(overlap)
    assert finding.detection is not None
    assert finding.detection.box == box
    assert (finding.region is None) == (kind == "background")


def test_the_second_box_on_a_region_is_a_duplicate_of_the_first() -> None:
    found = kinds(image(1, [(FORK, LEFT)], [(FORK, 0.8, AROUND_LEFT), (FORK, 0.9, LEFT)]))
    assert found.counts(0.5) == only(duplicate=1)
    [finding] = found.findings(0.5)
    assert finding.detection_number == 0
    assert finding.region is not None
    assert finding.region.uuid == "1-0"
    assert finding.key == "1-0/0"


def test_the_same_box_is_a_duplicate_at_one_overlap_and_loose_at_another() -> None:
    boxes = image(1, [(FORK, LEFT)], [(FORK, 0.9, LEFT), (FORK, 0.8, HALF_OF_LEFT)])
    assert kinds(boxes, overlap=0.5).counts(0.5) == only(location=1)
    assert kinds(boxes, overlap=0.3).counts(0.5) == only(duplicate=1)


def test_the_range_of_overlaps_is_judged_at_a_half() -> None:
    boxes = image(1, [(FORK, LEFT)], [(FORK, 0.9, AROUND_LEFT), (SCISSORS, 0.8, RIGHT)])
    assert kinds(boxes, overlap=OVERLAP_RANGE).counts(0.5) == kinds(boxes).counts(0.5)
    assert kinds(boxes, overlap=OVERLAP_RANGE).overlap == 0.5


def test_a_region_is_missed_above_the_probability_of_what_found_it() -> None:
    found = kinds(
        image(1, [(FORK, LEFT), (FORK, RIGHT)], [(FORK, 0.3, LEFT)]),
        image(2, [(SCISSORS, LEFT)], [(FORK, 0.6, LEFT)]),
    )
    assert [found.counts(threshold)["missed"] for threshold in (0.3, 0.31, 0.6, 0.61)] == [
        1,
        2,
        2,
        3,
    ]
    assert [finding.score for finding in found.findings(0.7)] == [1.0, 0.7, 0.4]
    assert found.findings(0.7, tag=1)[0].region is not None
    assert found.counts_by_tag(0.7)[ERROR_KINDS.index("missed")].tolist() == [2, 1]


def test_of_regions_never_found_the_larger_one_comes_first() -> None:
    found = kinds(image(1, [(FORK, HALF_OF_LEFT), (FORK, RIGHT)]))
    regions = [finding.region for finding in found.findings(0.5)]
    assert [region.box for region in regions if region] == [RIGHT, HALF_OF_LEFT]


def test_lists_of_several_kinds_are_sorted_by_how_bad_each_is() -> None:
    found = kinds(
        image(1, [(FORK, LEFT)], [(FORK, 0.7, NOWHERE), (SCISSORS, 0.9, RIGHT)]),
        image(2, [(FORK, LEFT)], [(FORK, 0.2, LEFT)]),
    )
    mixed = found.findings(0.5)
    assert [finding.kind for finding in mixed] == ["missed", "background", "missed", "background"]
    assert [finding.score for finding in mixed] == pytest.approx([1.0, 0.9, 0.8, 0.7])
    assert found.findings(0.5, limit=2) == mixed[:2]
    assert found.findings(0.5, limit=0) == []
    assert [finding.score for finding in found.findings(0.5, tag=1)] == [0.9]


def test_a_kind_costs_what_putting_it_right_would_win() -> None:
    found = kinds(
        image(1, [(FORK, LEFT)], [(FORK, 0.9, NOWHERE), (FORK, 0.8, LEFT)]),
        image(2, [(SCISSORS, LEFT)], [(SCISSORS, 0.9, HALF_OF_LEFT)]),
    )
    # Fork: 0.5 instead of 1 behind the false alarm; scissors: 0 instead of 1; two tags.
    assert found.costs() == pytest.approx(
        {
            "class": 0,
            "location": 0.5,
            "both": 0,
            "duplicate": 0,
            "background": 0.25,
            "missed": 0,
        }
    )


def test_nothing_costs_anything_where_there_is_no_map() -> None:
    costs = kinds(image(1, [], [(FORK, 0.9, LEFT)])).costs()
    assert costs == dict.fromkeys(ERROR_KINDS)
    assert kinds().counts(0.5) == only()


@settings(max_examples=60, deadline=None)
@given(
    anything,
    st.sampled_from([0.0, 0.33, 0.5, 1.0]),
    st.sampled_from([0.05, 0.3, 0.5, 1.0, OVERLAP_RANGE]),
)
def test_every_detection_has_one_kind_and_every_region_is_found_explained_or_missed(
    boxes: EvaluationData, threshold: float, overlap: Overlap
) -> None:
    found = kinds_of(match(boxes, overlap))
    counts, by_tag = found.counts(threshold), found.counts_by_tag(threshold)
    correct, errors = right(found, threshold), found.findings(threshold)
    counted = match(boxes, overlap).probability
    wrong = sum(counts.values()) - counts["missed"]
    assert wrong + len(correct) == np.count_nonzero(counted >= threshold)
    at_one = 0.5 if overlap == OVERLAP_RANGE else overlap
    assert len(correct) == evaluate(boxes, threshold, at_one).true_positives
    assert dict(zip(ERROR_KINDS, by_tag.sum(axis=1).tolist(), strict=True)) == counts
    assert len(errors) == sum(counts.values())
    assert {kind: sum(item.kind == kind for item in errors) for kind in ERROR_KINDS} == counts
    assert [item.score for item in errors] == sorted((i.score for i in errors), reverse=True)
    assert len(correct) + counts["missed"] <= boxes.regions
    explained = [item for item in errors if item.kind in ("class", "location")]
    assert len(correct) + counts["missed"] + len(explained) >= boxes.regions


@settings(max_examples=40, deadline=None)
@given(anything, st.sampled_from([0.0, 0.2, 0.5]), st.sampled_from([0.01, 0.3, 0.5]))
def test_a_higher_threshold_leaves_fewer_wrong_boxes_and_more_missed_regions(
    boxes: EvaluationData, low: float, more: float
) -> None:
    found = kinds_of(match(boxes, 0.5))
    before, after = found.counts(low), found.counts(low + more)
    assert after.pop("missed") >= before.pop("missed")
    assert all(after[kind] <= before[kind] for kind in after)


@settings(max_examples=40, deadline=None)
@given(anything, st.sampled_from([0.25, 0.5, 0.9]))
def test_counts_at_a_threshold_are_those_without_the_detections_below_it(
    boxes: EvaluationData, threshold: float
) -> None:
    found = kinds_of(match(boxes, 0.5))
    assert found.counts(threshold) == kinds_of(match(above(boxes, threshold), 0.5)).counts(0)


def test_the_number_of_a_detection_is_its_place_among_those_of_its_image() -> None:
    boxes = random_data(3)
    for finding in kinds_of(match(boxes, 0.5)).findings(0.0, kinds=["background", "both"]):
        image_index = int(np.searchsorted(boxes.image_ids, finding.image_id))
        mine = np.flatnonzero(boxes.detection_image == image_index)
        assert finding.detection is not None
        assert finding.detection_number is not None
        stored = mine[finding.detection_number]
        assert finding.detection.probability == boxes.detection_probability[stored]
        assert finding.detection.box.left == boxes.detection_box[stored, 0]


def test_the_overlap_of_a_correct_box_is_with_the_region_it_found_not_with_the_nearest() -> None:
    found = kinds(
        image(1, [(FORK, LEFT), (FORK, AROUND_LEFT)], [(FORK, 0.9, LEFT), (FORK, 0.8, LEFT)])
    )
    assert [item.overlap for item in right(found, 0.5)] == pytest.approx([0.9, 1.0])
