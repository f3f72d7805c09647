"""After every key the database holds exactly what the editor shows."""

from __future__ import annotations

import random
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.editing import Step, one_step, outcome_of
from tests.library import draw_pictures, workspace
from tests.ui.tagging.keys import next_key
from tests.ui.tagging.tagger import tagger
from tui_detect.core.editor_state import Context
from tui_detect.core.model import Image, Project
from tui_detect.core.view import Frame
from tui_detect.ui.tagging_session import TaggingSession
from tui_detect.workflows.adding import add_images
from tui_detect.workflows.library import Library
from tui_detect.workflows.projects import create_project
from tui_detect.workflows.tagging import open_image
from tui_detect.workflows.tags import create_tag

FRAME = Frame(92, 38, 32, 24)
numbers = count()

moves = st.sampled_from([1, -1])
session_steps = st.lists(
    st.one_of(one_step, one_step, one_step, moves.map(lambda offset: [offset])),
    min_size=5,
    max_size=25,
).map(lambda lists: [step for steps in lists for step in steps])


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return draw_pictures(tmp_path_factory.mktemp("pictures"), 2)


def new_session(library: Library, drawn: list[Path], tags: int) -> TaggingSession:
    """A session on two untouched images of a project of its own."""
    project = create_project(library, f"random {next(numbers)}")
    for index in range(tags):
        create_tag(library, project.id, f"tag {index}")
    add_images(library, project.id, list(drawn))
    return TaggingSession(library, project.id, [i.id for i in workspace(library, project)], 0)


def do(session: TaggingSession, step: Step, here: Context) -> None:
    """One step, as the Tagging screen carries it out."""
    if isinstance(step, int):
        session.go(step)
    elif step == "undo":
        session.undo(here.frame)
    elif step == "redo":
        session.redo(here.frame)
    else:
        session.take(outcome_of(session.state, step, here))


def assert_stored(library: Library, session: TaggingSession) -> None:
    """What is stored, read back by a way of its own, is what the session shows."""
    stored = open_image(library, session.image.id)
    assert stored.tagging == session.state.tagging
    assert (stored.undo_count, stored.redo_count) == (session.undo_count, session.redo_count)
    assert stored.image.reviewed == session.image.reviewed


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(tags=st.sampled_from([0, 1, 3, 3]), steps=session_steps)
def test_every_step_of_a_session_is_stored_as_it_is_shown(
    library: Library, drawn: list[Path], tags: int, steps: list[Step]
) -> None:
    session = new_session(library, drawn, tags)
    here = session.context(FRAME)
    for step in steps:
        do(session, step, here)
        assert_stored(library, session)
    end = session.state.tagging
    taken_back = 0
    while session.undo(FRAME) is not None:
        taken_back += 1
        assert_stored(library, session)
    assert not session.state.tagging.regions
    for _ in range(taken_back):
        assert session.redo(FRAME) is not None
    assert_stored(library, session)
    assert taken_back == session.undo_count
    assert session.state.tagging == end


async def test_every_key_on_the_real_screen_is_stored_as_it_is_shown(
    library: Library, project: Project, pictures: list[Image]
) -> None:
    create_tag(library, project.id, "fork")
    create_tag(library, project.id, "spoon")
    chance = random.Random(3)
    async with tagger(library, project, pictures) as on:
        edits = 0
        for _ in range(80):
            key = next_key(chance, on.screen.state)
            await on.press(key)
            assert on.app.screen is on.screen, f"{key} has led away"
            assert_stored(library, on.screen.session)
            edits = max(edits, on.screen.session.undo_count)
        assert edits > 5
