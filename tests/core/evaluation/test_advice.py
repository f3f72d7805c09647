"""One sentence about each kind of error, from what the errors have in common."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.evaluation.detections import (
    FORK,
    LEFT,
    RIGHT,
    SCISSORS,
    EvaluationImage,
    anything,
    data,
    evaluation_of,
    image,
)
from tui_detect.core.evaluation import EvaluationData, EvaluationTag, match
from tui_detect.core.evaluation.advice import advice
from tui_detect.core.evaluation.error_kinds import kinds_of
from tui_detect.core.evaluation.finding import ErrorKind
from tui_detect.core.geometry import Box
from tui_detect.core.model import Detection, Region

SMALL = Box(0.5, 0.5, 0.04, 0.08)
"""8 × 8 px of 200 × 100."""
NOWHERE = Box(0.4, 0.0, 0.1, 0.1)
LARGER = Box(0.0, 0.0, 0.4, 0.6)
"""Around `LEFT`, overlapping it by 0.42."""
SMALLER = Box(0.0, 0.0, 0.2, 0.2)
BESIDE = Box(0.1, 0.0, 0.2, 0.5)
"""As large as `LEFT`, overlapping it by a third."""


def said(*images: EvaluationImage, threshold: float = 0.5) -> dict[ErrorKind, str]:
    return advice(kinds_of(match(data(*images), 0.5)), threshold)


def test_nothing_is_said_of_what_did_not_happen() -> None:
    assert said(image(1, [(FORK, LEFT)], [(FORK, 0.9, LEFT)])) == {}
    assert said() == {}


def test_of_a_kind_without_a_box_at_the_threshold_what_another_one_shows() -> None:
    doubled = image(1, [(FORK, LEFT)], [(FORK, 0.4, LEFT), (FORK, 0.3, BESIDE)])
    kinds = kinds_of(match(data(doubled), 0.5))
    assert set(advice(kinds, 0.5)) == {"missed"}
    found = advice(kinds, 0.5, otherwise=0.25)
    assert found["location"].startswith("At 0.25: Look where the model puts boxes of fork")
    assert found["missed"] == advice(kinds, 0.5)["missed"]
    # At 0.30 there would be none: the boxes of the best threshold are counted at all its decimals.
    assert advice(kinds, 0.5, otherwise=0.296)["location"].startswith("At 0.296: Look")


def test_of_small_missed_boxes_the_tag_and_how_many_pictures_to_add() -> None:
    missed = said(
        image(1, [(SCISSORS, SMALL), (FORK, LEFT)]),
        image(2, [(SCISSORS, SMALL)]),
    )
    assert missed == {
        "missed": "Tag 2 more pictures with small scissors, or train with larger images "
        "(2 of 3 missed boxes)."
    }


def test_of_large_missed_boxes_only_the_tag() -> None:
    assert said(image(1, [(FORK, LEFT)])) == {
        "missed": "Tag 1 more picture with fork (the only missed box)."
    }


def test_missed_boxes_found_with_less_probability_ask_for_a_lower_threshold() -> None:
    missed = said(
        image(1, [(FORK, LEFT)], [(FORK, 0.318, LEFT), (FORK, 0.4, NOWHERE)]),
        image(2, [(FORK, LEFT)], [(FORK, 0.45, LEFT)]),
        image(3, [(FORK, LEFT)]),
    )
    assert missed["missed"] == (
        "Lower the threshold to 0.31: it finds 2 of 3 missed boxes, with one more that is wrong."
    )


def test_a_lower_threshold_is_not_advised_where_it_brings_more_wrong_boxes() -> None:
    noise = [(FORK, 0.4, NOWHERE), (FORK, 0.4, RIGHT)]
    missed = said(image(1, [(FORK, LEFT)], [(FORK, 0.3, LEFT), *noise]))
    assert missed["missed"] == "Tag 1 more picture with fork (the only missed box)."


def test_the_two_tags_that_are_taken_for_each_other() -> None:
    one_way = image(1, [(SCISSORS, LEFT)], [(FORK, 0.9, LEFT)])
    assert said(one_way)["class"] == (
        "Check where scissors is taken for fork (the only wrong tag), then tag more pictures with "
        "scissors."
    )
    both_ways = said(one_way, image(2, [(FORK, LEFT)], [(SCISSORS, 0.9, LEFT)]))
    assert both_ways["class"] == (
        "Check where fork and scissors are taken for each other (2 of 2 wrong tags), then tag more "
        "pictures with both."
    )


def test_how_loose_boxes_differ_from_the_persons() -> None:
    def location(box: Box) -> str:
        return said(image(1, [(FORK, LEFT)], [(FORK, 0.9, box)]))["location"]

    assert location(LARGER).endswith("the model's are larger (the only loose box).")
    assert location(SMALLER).endswith("the model's are smaller (the only loose box).")
    assert location(BESIDE).startswith("Look where the model puts boxes of fork")
    small = Box(SMALL.left, SMALL.top, SMALL.width, SMALL.height / 3)
    assert said(image(1, [(FORK, SMALL)], [(FORK, 0.9, small)]))["location"] == (
        "Train with larger images: boxes of fork are so small that each pixel counts "
        "(the only loose box)."
    )


def test_a_box_of_one_tag_beside_another() -> None:
    assert said(image(1, [(FORK, LEFT)], [(SCISSORS, 0.9, SMALLER)]))["both"] == (
        "Look for scissors without a box beside fork (the only such box), then tag more pictures "
        "with both."
    )


def test_doubled_boxes_that_a_higher_threshold_takes_away() -> None:
    certain = [image(i, [(FORK, LEFT)], [(FORK, 0.9, LEFT)]) for i in range(2, 22)]
    doubled = image(1, [(FORK, LEFT)], [(FORK, 0.95, LEFT), (FORK, 0.6, LEFT)])
    assert said(doubled, *certain)["duplicate"] == (
        "Raise the threshold to 0.90: it takes away the only doubled box and loses none of 21 "
        "correct ones."
    )


def test_a_few_correct_boxes_are_no_reason_to_raise_the_threshold() -> None:
    """How sure the model is of the next ones they do not tell."""
    alarms = [image(i, [], [(FORK, 0.6, LEFT), (FORK, 0.6, RIGHT)]) for i in range(101, 121)]

    def said_with(correct: int) -> str:
        found = [image(i, [(FORK, LEFT)], [(FORK, 0.99, LEFT)]) for i in range(1, correct + 1)]
        return said(*found, *alarms)["background"]

    more = "Add more background pictures like the 20 on which the model sees fork"
    assert said_with(1) == said_with(19) == f"{more} (all 40 false alarms)."
    assert said_with(20) == (
        "Raise the threshold to 0.99: it takes away all 40 false alarms and loses none of 20 "
        "correct ones."
    )


def test_doubled_boxes_as_probable_as_correct_ones() -> None:
    doubled = image(1, [(FORK, LEFT)], [(FORK, 0.9, LEFT), (FORK, 0.9, LEFT)])
    assert said(doubled)["duplicate"].startswith("Look for two fork in one box")


def test_false_alarms_on_background_pictures_ask_for_more_of_these() -> None:
    found = image(1, [(FORK, LEFT)], [(FORK, 0.6, LEFT)])
    alarms = [image(i, [], [(FORK, 0.9, LEFT), (FORK, 0.8, RIGHT)]) for i in (2, 3)]
    assert said(found, *alarms)["background"] == (
        "Add more background pictures like the 2 on which the model sees fork (all 4 false alarms)."
    )


def test_false_alarms_beside_regions_may_be_boxes_that_a_person_forgot() -> None:
    alarm = image(1, [(FORK, LEFT)], [(FORK, 0.6, LEFT), (SCISSORS, 0.9, NOWHERE)])
    start = "Look for scissors without a box (the only false alarm), then add background pictures "
    assert said(alarm)["background"] == start + "too: the model was not tried on any."
    assert said(alarm, image(2))["background"] == start + "with what is taken for it."


@settings(max_examples=40, deadline=None)
@given(anything, st.sampled_from([0.0, 0.4, 0.8]))
def test_there_is_one_sentence_for_each_kind_that_occurs(
    boxes: EvaluationData, threshold: float
) -> None:
    kinds = kinds_of(match(boxes, 0.5))
    sentences = advice(kinds, threshold)
    assert set(sentences) == {kind for kind, count in kinds.counts(threshold).items() if count}
    assert all(text[0].isupper() and text.endswith(".") for text in sentences.values())


def test_a_tag_taken_for_many_others_is_named_where_no_two_tags_stand_out() -> None:
    tags = tuple(EvaluationTag(i, f"tag {i}") for i in range(30))
    images = [
        EvaluationImage(
            i,
            100,
            100,
            [Region(f"{i}", 0 if i < 20 else i, LEFT)],
            [Detection(i if i < 20 else i - 10, 0.9, LEFT)],
        )
        for i in range(1, 30)
    ]
    sentences = advice(kinds_of(match(evaluation_of(tags, images), 0.5)), 0.5)
    assert sentences["class"] == (
        "Tag more pictures with tag 0, which is taken for 19 other tags (19 of 29 wrong tags)."
    )
    shifted = [
        replace(item, detections=[replace(item.detections[0], box=SMALLER)]) for item in images
    ]
    sentences = advice(kinds_of(match(evaluation_of(tags, shifted), 0.5)), 0.5)
    assert sentences["both"] == (
        "Look for tag 10 without a box beside others (2 of 29 such boxes), then tag more pictures "
        "on which they stand close."
    )
