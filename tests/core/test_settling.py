"""What settling a finding makes of the label as it is now."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.findings import FORK, FOUND, LABEL, NAMES, SCISSORS, case
from tui_detect.core.edits import Tagging, apply_edit
from tui_detect.core.evaluation.finding import Finding, FindingKind
from tui_detect.core.geometry import Box
from tui_detect.core.model import Detection, Region, Tag
from tui_detect.core.settling import (
    Case,
    Verdict,
    delete_label,
    is_as_kept,
    settled_by,
    take_over,
)


def taken(of: Case) -> tuple[Region, ...] | None:
    """The picture's labels after taking over; `None` when there is nothing to take."""
    edit = take_over(of, lambda: "new", NAMES.__getitem__)
    return None if edit is None else apply_edit(of.tagging, edit).regions


@pytest.mark.parametrize(
    ("kind", "after"),
    [
        ("class", replace(LABEL, tag_id=FORK)),
        ("wrong tag", replace(LABEL, tag_id=FORK)),
        ("location", replace(LABEL, box=FOUND.box)),
        ("loose", replace(LABEL, box=FOUND.box)),
        ("correct", replace(LABEL, box=FOUND.box)),
        ("missed", Region("r", FORK, FOUND.box)),
    ],
)
def test_the_label_takes_what_was_wrong_with_it(kind: FindingKind, after: Region) -> None:
    assert taken(case(kind)) == (after,)


@pytest.mark.parametrize("kind", ["background", "missing"])
def test_the_models_box_becomes_a_label_where_none_was(kind: FindingKind) -> None:
    assert taken(case(kind, None, now=())) == (Region("new", FORK, FOUND.box),)


def test_a_label_of_something_else_is_not_given_up_for_the_models_box() -> None:
    assert taken(case("both")) == (Region("new", FORK, FOUND.box), LABEL)


@pytest.mark.parametrize("kind", ["duplicate", "doubled", "spurious"])
def test_an_object_that_has_its_label_has_nothing_to_take(kind: FindingKind) -> None:
    assert taken(case(kind)) is None


def test_without_the_models_box_there_is_nothing_to_take() -> None:
    assert taken(case("missed", detection=None)) is None


def test_a_label_that_was_changed_since_is_taken_as_it_is_now() -> None:
    moved = replace(LABEL, box=Box(0.1, 0.1, 0.2, 0.2))
    now = case("class", now=(moved,))
    assert now.changed
    assert not now.gone
    assert taken(now) == (replace(moved, tag_id=FORK),)


def test_where_the_label_is_gone_the_models_box_becomes_one() -> None:
    now = case("class", now=())
    assert now.gone
    assert now.overlap is None
    assert taken(now) == (Region("new", FORK, FOUND.box),)


def test_a_label_that_somebody_made_meanwhile_is_not_made_again() -> None:
    assert taken(case("missing", None, now=(Region("other", FORK, FOUND.box),))) is None
    assert taken(case("missing", None, now=(Region("other", SCISSORS, FOUND.box),))) is not None


def test_what_is_taken_already_cannot_be_taken_again() -> None:
    assert taken(case("location", now=(replace(LABEL, box=FOUND.box),))) is None


def test_a_box_beyond_the_picture_becomes_one_within_it() -> None:
    outside = Detection(FORK, 0.9, Box(-0.1, 0.9, 0.3, 0.2))
    regions = taken(case("missing", None, outside, now=()))
    assert regions is not None
    assert regions[0].box.edges == pytest.approx((0, 0.9, 0.2, 1))


def test_deleting_the_last_label_leaves_the_picture_untagged_and_not_background() -> None:
    of = case("spurious", detection=None)
    edit = delete_label(of)
    assert edit is not None
    assert apply_edit(of.tagging, edit) == Tagging(False, ())
    assert delete_label(case("spurious", detection=None, now=())) is None


def test_the_overlap_is_that_of_the_label_as_it_is_now() -> None:
    assert case("class").overlap == pytest.approx(0.25 / 0.35)
    assert case("class", now=(replace(LABEL, box=FOUND.box),)).overlap == pytest.approx(1)


def test_a_kept_label_is_settled_whichever_detection_is_held_against_it() -> None:
    kept: dict[str, Verdict] = {"r/0": "kept"}
    class_error, missed = (
        Finding("class", 7, 0.9, LABEL, FOUND, 0),
        Finding("missed", 7, 0.9, LABEL),
    )
    other = replace(class_error, kind="location", detection_number=3)
    assert [settled_by(each, kept) for each in (class_error, missed, other)] == ["r/0"] * 3
    assert settled_by(class_error, {"r/": "kept"}) == "r/"
    assert settled_by(replace(missed, region=replace(LABEL, uuid="r2")), kept) is None


def test_a_label_is_as_it_was_kept_while_its_tag_and_box_are() -> None:
    merged = {FORK: Tag(SCISSORS, "t", 1, "scissors", "#ffffff")}
    assert is_as_kept(LABEL, LABEL, {})
    assert not is_as_kept(replace(LABEL, tag_id=FORK), LABEL, {})
    assert not is_as_kept(replace(LABEL, box=FOUND.box), LABEL, {})
    assert is_as_kept(LABEL, replace(LABEL, tag_id=FORK), merged), "it became the other tag"
    assert is_as_kept(None, None, {})
    assert not is_as_kept(None, LABEL, {})
    assert not is_as_kept(LABEL, None, {})


def test_other_verdicts_settle_what_they_were_given_on() -> None:
    taken: dict[str, Verdict] = {"r/0": "taken", "/1": "kept"}
    assert settled_by(Finding("location", 7, 0.9, LABEL, FOUND, 2), taken) is None
    missing = Finding("missing", 7, 0.9, None, FOUND, 1)
    assert settled_by(missing, taken) == "/1"
    assert settled_by(replace(missing, detection_number=2), taken) is None
