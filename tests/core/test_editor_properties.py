"""What holds in the editor whatever a person does, in any picture on any screen."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.editing import Journal, Step, outcome_of, step_lists
from tui_detect.core.editor import absorbed, press
from tui_detect.core.editor_state import Act, Browsing, Context, EditorState
from tui_detect.core.edits import Tagging, apply_edit
from tui_detect.core.geometry import Box
from tui_detect.core.model import Region, Suggestion, Tag
from tui_detect.core.reviewing import reviewing
from tui_detect.core.view import Frame, place

SLACK = 1e-9
WAYS_OUT = 6
"""So often `back` leads out of whatever a person is in the middle of."""

frames = st.builds(
    Frame,
    columns=st.integers(8, 240),
    rows=st.integers(4, 80),
    picture_width_px=st.integers(2, 12_000),
    picture_height_px=st.integers(2, 12_000),
)


@dataclass
class Person:
    """Somebody at the editor, whose every edit is saved."""

    here: Context
    state: EditorState
    journal: Journal

    def do(self, step: Step) -> None:
        """One step, as the app carries it out."""
        if step in ("undo", "redo"):
            edit = self.journal.step("undo" if step == "undo" else "redo")
            if edit is not None:
                self.state = absorbed(self.state, edit, self.here)
            return
        before = self.state.tagging
        outcome = outcome_of(self.state, step, self.here)
        self.state = outcome.state
        if outcome.edit is None:
            assert self.state.tagging == before, "regions changed without an edit"
            return
        self.journal.save(outcome.edit)
        undone = apply_edit(self.state.tagging, outcome.edit.inverse)
        assert undone == before
        assert outcome.edit.inverse.inverse == outcome.edit
        assert outcome.edit.label


@st.composite
def people(draw: st.DrawFn) -> Person:
    """Somebody who opens any picture, with any tags, regions and suggestions on it."""
    frame = draw(frames)
    tags = tuple(Tag(i, f"t{i}", 1, f"tag {i}", "#f94144") for i in range(draw(st.integers(0, 12))))
    ids = count()
    here = Context(frame, tags, lambda: f"r{next(ids):05}")
    box = Box(0.2, 0.3, 0.5, 0.5)
    if not tags:
        return Person(here, EditorState(Tagging(False, ())), Journal(Tagging(False, ())))
    number, proposed = draw(st.sampled_from([0, 0, 1, 2, 30])), draw(st.sampled_from([0, 0, 3, 28]))
    regions = tuple(Region(f"b{i:03}", 0, box) for i in range(number))
    suggestions = tuple(Suggestion(f"c{i:03}", 0, box, "Iteration 1") for i in range(proposed))
    tagging = Tagging(bool(regions), regions, suggestions)
    return Person(here, reviewing(EditorState(tagging)), Journal(tagging))


@settings(max_examples=200, deadline=None)
@given(person=people(), steps=step_lists)
def test_regions_and_view_stay_inside_the_picture_and_the_journal_agrees(
    person: Person, steps: list[Step]
) -> None:
    smallest_width, smallest_height = person.here.smallest
    for step in steps:
        person.do(step)
        state = person.state
        assert state.tagging == person.journal.tagging
        for region in state.tagging.regions:
            box = region.box
            assert box.width >= smallest_width - SLACK
            assert box.height >= smallest_height - SLACK
            assert box.left >= 0
            assert box.top >= 0
            assert box.right <= 1 + SLACK
            assert box.bottom <= 1 + SLACK
        labels = state.labels
        assert len(labels) == len(state.tagging.regions) + len(state.tagging.suggestions)
        assert len(set(labels.values())) == len(labels)
        assert state.selected is None or state.region is not None
        assert not state.tagging.regions or state.tagging.reviewed
        for view in (state.view, state.shown_view):
            area = place(view, person.here.frame).area
            assert area.left >= -SLACK
            assert area.top >= -SLACK
            assert area.right <= 1 + SLACK
            assert area.bottom <= 1 + SLACK
            assert min(area.width, area.height) > 0
            assert view.x == pytest.approx(area.left + area.width / 2)
            assert view.y == pytest.approx(area.top + area.height / 2)


@settings(max_examples=100, deadline=None)
@given(person=people(), steps=step_lists)
def test_undo_of_everything_is_the_start_and_redo_of_everything_the_end(
    person: Person, steps: list[Step]
) -> None:
    start = person.state.tagging
    for step in steps:
        person.do(step)
    while person.journal.undone:
        person.do("redo")
    end = person.state.tagging
    while person.journal.done:
        person.do("undo")
        assert person.state.tagging == person.journal.tagging
    assert person.state.tagging == start
    while person.journal.undone:
        person.do("redo")
    assert person.state.tagging == end


@settings(max_examples=50, deadline=None)
@given(person=people(), steps=step_lists)
def test_back_leads_out_of_anything(person: Person, steps: list[Step]) -> None:
    for step in steps:
        person.do(step)
    for _ in range(WAYS_OUT):
        if isinstance(person.state.mode, Browsing):
            break
        outcome = press(person.state, Act.BACK, person.here)
        assert outcome.edit is None
        person.state = outcome.state
    assert isinstance(person.state.mode, Browsing)
