"""What the Errors view says about findings: words for every kind, and warnings."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from tests.findings import FORK, FOUND, IMAGE, LABEL, SCISSORS, case
from tui_detect.core.edits import Tagging
from tui_detect.core.evaluation.finding import (
    ERROR_KINDS,
    SUSPECT_KINDS,
    Finding,
    FindingKind,
)
from tui_detect.core.geometry import Box
from tui_detect.core.model import Region, Tag
from tui_detect.core.settling import Case, Verdict
from tui_detect.core.view import Frame, place
from tui_detect.ui.finding_overlay import area_of, overlay_of, view_of
from tui_detect.ui.finding_words import (
    VERDICT_MARKS,
    VERDICT_WORDS,
    TagNames,
    brief,
    facts,
    sentence,
    warnings,
)

NAMES = TagNames(
    {
        FORK: Tag(FORK, "f", 1, "fork", "#ff0000"),
        SCISSORS: Tag(SCISSORS, "s", 1, "scissors", "#0000ff"),
    }
)


@pytest.mark.parametrize("kind", [*ERROR_KINDS, *SUSPECT_KINDS, "correct"])
def test_every_kind_is_one_sentence_that_names_a_tag_and_ends(kind: FindingKind) -> None:
    words = sentence(case(kind), NAMES)
    assert "fork" in words or "scissors" in words
    assert words[-1] in ".?"
    assert "None" not in words


def test_sentences_differ_between_kinds() -> None:
    kinds: list[FindingKind] = [*ERROR_KINDS, *SUSPECT_KINDS, "correct"]
    assert len({sentence(case(kind), NAMES) for kind in kinds}) == len(kinds)


def test_a_sentence_says_both_tags_the_probability_and_the_overlap() -> None:
    words = sentence(case("class"), NAMES)
    assert words == "You tagged scissors; the model finds fork with 0.90, overlap 0.71."


def test_without_the_models_box_a_missed_label_says_so() -> None:
    words = sentence(case("missed", detection=None), NAMES)
    assert words == "You tagged scissors; the model finds nothing there."


def test_a_tag_that_nobody_knows_any_more_has_a_name() -> None:
    assert "a deleted tag" in sentence(case("class"), TagNames({}))


def test_two_labels_on_each_other_are_both_named() -> None:
    other = Region("o", FORK, LABEL.box)
    finding = Finding("doubled", 7, 0.9, LABEL, other=other)
    doubled = Case(finding, IMAGE, Tagging(True, (LABEL, other)))
    assert sentence(doubled, NAMES).startswith("Your scissors lies on your fork, overlap 1.00")
    assert [box.name for box in overlay_of(doubled, NAMES).boxes] == ["fork", "scissors"]


def test_warnings_say_what_is_no_longer_as_it_was() -> None:
    now = case("class")
    assert list(warnings(now, trained_on=False)) == []
    assert "Trained on" in " ".join(warnings(now, trained_on=True))
    gone = case("class", now=())
    assert "deleted since" in " ".join(warnings(gone, trained_on=False))
    moved = case("class", now=(replace(LABEL, box=FOUND.box),))
    assert "changed since" in " ".join(warnings(moved, trained_on=False))
    assert list(warnings(replace(moved, verdict="taken"), trained_on=False)) == []
    removed = replace(now, image=replace(IMAGE, in_workspace=False))
    assert "removed from the workspace" in " ".join(warnings(removed, trained_on=False))
    untagged = replace(gone, image=replace(IMAGE, reviewed=False))
    assert "untagged by now" in " ".join(warnings(untagged, trained_on=False))


def test_facts_say_what_was_settled_or_what_there_is_to_take() -> None:
    assert "label kept" in str(facts(replace(case("class"), verdict="kept"), NAMES, None))
    assert set(VERDICT_MARKS) == set(VERDICT_WORDS) == set(get_args(Verdict))


def test_a_row_shows_how_the_tag_would_change() -> None:
    assert str(brief(case("class").finding, NAMES)) == "■ scissors → ■ fork"
    assert str(brief(case("missing", None).finding, NAMES)) == "■ fork"
    assert str(brief(case("spurious", detection=None).finding, NAMES)) == "■ scissors"


def test_your_label_is_solid_the_models_dashed_and_others_nameless() -> None:
    other = Region("o", FORK, Box(0.7, 0.7, 0.1, 0.1))
    boxes = overlay_of(case("class", now=(LABEL, other)), NAMES).boxes
    assert [(box.look, box.name) for box in boxes] == [
        ("normal", ""),
        ("selected", "scissors"),
        ("suggestion", "fork 0.90"),
    ]


def test_the_crop_shows_both_boxes_with_their_surroundings() -> None:
    frame = Frame(80, 30, IMAGE.width_px, IMAGE.height_px)
    shown = place(view_of(case("class"), frame), frame).area
    both = area_of(case("class"))
    assert shown.left < both.left < both.right < shown.right
    assert shown.top < both.top < both.bottom < shown.bottom
    assert shown.area < 1
