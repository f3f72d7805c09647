"""Publishing: a name that a URL can hold, for one iteration with weights at a time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.evaluated import (
    evaluated_iteration,
    failed_iteration,
    running_iteration,
    tagged_project,
)
from tui_detect.core.errors import BadInput, Conflict
from tui_detect.core.model import Iteration, Project
from tui_detect.workflows.iterations import get_iteration, rename_iteration
from tui_detect.workflows.library import Library
from tui_detect.workflows.projects import create_project
from tui_detect.workflows.publishing import name_to_publish, publish, unpublish


@pytest.fixture
def trained(library: Library, project: Project, tmp_path: Path) -> list[Iteration]:
    """Two completed iterations with weights."""
    tagged_project(library, project, tmp_path / "pictures")
    return [evaluated_iteration(library, project, seed=seed) for seed in (1, 2)]


def test_a_name_belongs_to_one_iteration_of_the_project(
    library: Library, trained: list[Iteration], tmp_path: Path
) -> None:
    first, second = trained
    publish(library, first.id, "Knives-v1.0_a")
    with pytest.raises(Conflict, match="Iteration 1 is published as") as raised:
        publish(library, second.id, "KNIVES-V1.0_A")
    assert "--overwrite" in raised.value.hint
    moved = publish(library, second.id, "knives-v1.0_a", overwrite=True)
    assert moved.taken_from is not None
    assert moved.taken_from.id == first.id
    assert get_iteration(library, first.id).published_as == ""
    assert get_iteration(library, second.id).published_as == "knives-v1.0_a"
    other = create_project(library, "other")
    tagged_project(library, other, tmp_path / "more")
    publish(library, evaluated_iteration(library, other).id, "knives-v1.0_a")


def test_an_iteration_answers_to_one_name(library: Library, trained: list[Iteration]) -> None:
    publish(library, trained[0].id, "old")
    assert publish(library, trained[0].id, "old").name_before == ""
    assert publish(library, trained[0].id, "new").name_before == "old"
    publish(library, trained[1].id, "old")
    assert unpublish(library, trained[0].id).published_as == ""
    with pytest.raises(Conflict, match="not published"):
        unpublish(library, trained[0].id)


@pytest.mark.parametrize("name", ["", " ", "a b", "a/b", "..", ".a", "é", "a?b", "a" * 65])
def test_a_name_must_stand_in_a_url(library: Library, trained: list[Iteration], name: str) -> None:
    with pytest.raises(BadInput, match="part of a URL"):
        publish(library, trained[0].id, name)


def test_only_what_has_ended_with_weights_is_published(
    library: Library, project: Project, trained: list[Iteration]
) -> None:
    with pytest.raises(Conflict, match="no weights: it is failed"):
        publish(library, failed_iteration(library, project).id, "name")
    with pytest.raises(Conflict, match="still training"):
        publish(library, running_iteration(library, project).id, "name")


def test_the_name_in_use_is_offered_else_one_of_its_own(
    library: Library, trained: list[Iteration]
) -> None:
    renamed = rename_iteration(library, trained[1].id, "éà best of/2")
    assert name_to_publish(library, renamed) == "bestof2"
    assert name_to_publish(library, rename_iteration(library, renamed.id, "é")) == "iteration2"
    publish(library, trained[0].id, "knives")
    assert name_to_publish(library, renamed) == "knives"
