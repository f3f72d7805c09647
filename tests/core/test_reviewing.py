"""Suggestions: answered by letters, accepted together, and never in the way of a person's work."""

from __future__ import annotations

from itertools import count

import pytest

from tui_detect.core.editor import absorbed, press, type_key
from tui_detect.core.editor_state import (
    Act,
    Browsing,
    Context,
    EditorState,
    Nudge,
    Outcome,
    Reviewing,
)
from tui_detect.core.edits import Tagging, apply_edit
from tui_detect.core.geometry import Box
from tui_detect.core.model import Region, Suggestion, Tag
from tui_detect.core.reviewing import copied, reviewing, suggest
from tui_detect.core.view import Frame

FORK = Tag(1, "t1", 1, "fork", "#f94144")
SPOON = Tag(2, "t2", 1, "spoon", "#43aaff")


def context() -> Context:
    ids = count()
    return Context(Frame(100, 40, 800, 600), (FORK, SPOON), lambda: f"x{next(ids):03}")


def box(number: int) -> Box:
    return Box(0.1 * number, 0.1, 0.08, 0.2)


def suggestion(number: int, tag: Tag = FORK) -> Suggestion:
    return Suggestion(f"s{number:03}", tag.id, box(number), "Iteration 1", 0.9)


def opened(suggestions: int, regions: int = 0) -> EditorState:
    """An image as it opens: regions first, then suggestions for other places."""
    made = tuple(Region(f"r{i:03}", 1, box(i)) for i in range(regions))
    proposed = tuple(suggestion(regions + i) for i in range(suggestions))
    return reviewing(EditorState(Tagging(bool(regions), made, proposed)))


def tagging(outcome: Outcome) -> Tagging:
    return outcome.state.tagging


def test_one_key_accepts_all_and_asks_for_the_next_image() -> None:
    outcome = press(opened(3), Act.ACCEPT_ALL, context())
    assert outcome.advance
    assert len(tagging(outcome).regions) == 3
    assert tagging(outcome).suggestions == ()
    assert tagging(outcome).reviewed
    assert outcome.edit is not None
    assert outcome.edit.label == "accept 3 suggestions"


def test_without_suggestions_the_same_key_only_goes_on() -> None:
    outcome = press(opened(0, regions=1), Act.ACCEPT_ALL, context())
    assert outcome.advance
    assert outcome.edit is None


def test_a_letter_accepts_its_capital_rejects_and_no_letter_moves() -> None:
    here = context()
    state = opened(3, regions=1)
    assert state.labels == {"r000": "a", "s001": "b", "s002": "c", "s003": "d"}
    accepted = type_key(state, "c", here)
    assert [region.uuid for region in tagging(accepted).regions] == ["r000", "s002"]
    assert accepted.notice == "accepted fork"
    rejected = type_key(accepted.state, "B", here)
    assert [each.uuid for each in tagging(rejected).suggestions] == ["s003"]
    assert rejected.state.labels["s003"] == "d"
    last = type_key(rejected.state, "d", here)
    assert isinstance(last.state.mode, Browsing)
    assert len(tagging(last).regions) == 3


def test_the_letter_of_a_region_selects_it_and_leaves_the_review() -> None:
    outcome = type_key(opened(2, regions=1), "a", context())
    assert outcome.state.selected == "r000"
    assert isinstance(outcome.state.mode, Browsing)
    assert len(tagging(outcome).suggestions) == 2


def test_the_letter_of_what_is_answered_says_so() -> None:
    here = context()
    state = type_key(opened(2), "A", here).state
    assert type_key(state, "a", here).notice == "a is answered already"


def test_one_key_rejects_all_and_nothing_becomes_of_them() -> None:
    outcome = press(opened(3), Act.REJECT_ALL, context())
    assert tagging(outcome) == Tagging(False, ())
    assert press(outcome.state, Act.REJECT_ALL, context()).notice == "no suggestions here"


def test_undo_makes_a_suggestion_unanswered_again() -> None:
    here = context()
    state = opened(2)
    outcome = type_key(state, "b", here)
    assert outcome.edit is not None
    undone = absorbed(outcome.state, outcome.edit.inverse, here)
    assert undone.tagging == state.tagging
    assert absorbed(undone, outcome.edit, here).tagging == tagging(outcome)


def test_more_than_26_boxes_are_answered_by_two_letters() -> None:
    here = context()
    proposed = tuple(
        Suggestion(f"s{i:03}", 1, Box(0.01 * i, 0.1, 0.01, 0.1), "x") for i in range(30)
    )
    state = reviewing(EditorState(Tagging(False, (), proposed)))
    first = type_key(state, "b", here)
    assert first.edit is None
    assert isinstance(first.state.mode, Reviewing)
    assert [r.uuid for r in tagging(type_key(first.state, "c", here)).regions] == ["s028"]


def test_other_commands_end_the_review_and_the_suggestions_stay() -> None:
    here = context()
    made = press(opened(2), Act.NEW_BOX, here).state
    for key in "11//":
        made = type_key(made, key, here).state
    assert len(made.tagging.suggestions) == 2
    panned = press(opened(2), Nudge("whole", "left"), here).state
    assert isinstance(panned.mode, Browsing)
    assert isinstance(press(panned, Act.REVIEW, here).state.mode, Reviewing)


def test_hidden_suggestions_are_not_accepted_unseen() -> None:
    here = context()
    hidden = press(press(opened(2), Act.BACK, here).state, Act.HIDE, here).state
    outcome = press(hidden, Act.ACCEPT_ALL, here)
    assert outcome.edit is None
    assert outcome.advance


def test_suggesting_changes_nothing_that_a_person_did() -> None:
    state = EditorState(Tagging(True, (Region("r000", 1, box(0)),)))
    outcome = suggest(state, [suggestion(0), suggestion(1)], "copy")
    assert tagging(outcome).regions == state.tagging.regions
    assert [each.uuid for each in tagging(outcome).suggestions] == ["s001"], "r000 is there"
    assert isinstance(outcome.state.mode, Reviewing)
    nothing = suggest(state, [suggestion(0)], "copy")
    assert nothing.edit is None
    assert nothing.notice == "nothing to suggest that is not here already"


def test_copies_come_once_and_keep_their_tags() -> None:
    regions = [Region("a", 1, box(1)), Region("b", 2, box(2))]
    made = copied(regions, "fork_1.jpg", context())
    assert [(each.tag_id, each.box, each.source) for each in made] == [
        (1, box(1), "fork_1.jpg"),
        (2, box(2), "fork_1.jpg"),
    ]
    assert copied(regions, "fork_1.jpg", context(), known=made) == []


def test_picking_by_letter_accepts_a_suggestion_too() -> None:
    here = context()
    browsing = press(opened(2, regions=1), Act.BACK, here).state
    outcome = type_key(press(browsing, Act.PICK_REGION, here).state, "c", here)
    assert len(tagging(outcome).regions) == 2


def test_an_edit_that_answers_what_is_not_there_is_refused() -> None:
    outcome = type_key(opened(1), "a", context())
    assert outcome.edit is not None
    with pytest.raises(ValueError, match="not as the edit found it"):
        apply_edit(Tagging(False, ()), outcome.edit)
