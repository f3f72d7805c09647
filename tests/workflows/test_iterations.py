"""Iterations: found, and renamed without taking another one's name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.library import add_pictures, finished_iteration, make_iteration, tag_image
from tui_detect.core.errors import BadInput, Conflict, NotFound
from tui_detect.core.model import Iteration, Project
from tui_detect.store import iterations as rows
from tui_detect.workflows import iterations, trash
from tui_detect.workflows.library import Library
from tui_detect.workflows.tags import create_tag, rename_tag


@pytest.fixture
def trained(library: Library, project: Project, tmp_path: Path) -> Iteration:
    tag = create_tag(library, project.id, "nut")
    for image in add_pictures(library, project, tmp_path / "p", 5):
        tag_image(library, image, tag)
    return finished_iteration(library, project)


def test_an_iteration_is_found_by_number_name_and_id(
    library: Library, project: Project, trained: Iteration
) -> None:
    for wanted in ("1", "iteration 1", trained.uuid, None):
        assert iterations.find_iteration(library, project.id, wanted) == trained
    with pytest.raises(NotFound) as raised:
        iterations.find_iteration(library, project.id, "7")
    assert "there are: 1" in raised.value.hint


def test_without_a_completed_iteration_the_hint_says_what_there_is(
    library: Library, project: Project, tmp_path: Path
) -> None:
    with pytest.raises(NotFound) as raised:
        iterations.find_iteration(library, project.id)
    assert "tui-detect train" in raised.value.hint
    tag = create_tag(library, project.id, "nut")
    for image in add_pictures(library, project, tmp_path / "p", 2):
        tag_image(library, image, tag)
    make_iteration(library, project)
    with pytest.raises(NotFound) as raised:
        iterations.find_iteration(library, project.id)
    assert "is queued" in raised.value.hint


def test_renaming_keeps_names_apart(library: Library, project: Project, trained: Iteration) -> None:
    second = finished_iteration(library, project)
    assert iterations.rename_iteration(library, second.id, "best").name == "best"
    with pytest.raises(Conflict, match="'Iteration 1' is iteration 1"):
        iterations.rename_iteration(library, second.id, "Iteration 1")
    with pytest.raises(BadInput):
        iterations.rename_iteration(library, second.id, " ")


def test_what_stands_for_another_iteration_is_no_name(
    library: Library, project: Project, trained: Iteration
) -> None:
    second = finished_iteration(library, project)
    for meant in ("1", trained.uuid, trained.uuid.upper(), "3", "07"):
        with pytest.raises(Conflict, match="a number or an id stands for the iteration that has"):
            iterations.rename_iteration(library, second.id, meant)
    assert iterations.rename_iteration(library, second.id, "2").name == "2"


@pytest.mark.parametrize("in_trash", [False, True])
def test_a_number_and_an_id_find_their_iteration_whatever_another_one_was_named_before(
    library: Library, project: Project, trained: Iteration, in_trash: bool
) -> None:
    second = finished_iteration(library, project)
    find = trash.find_deleted if in_trash else iterations.find_iteration
    for name in (trained.uuid, "1"):
        rows.rename(library.db, second.id, name)
        if in_trash and name == trained.uuid:
            trash.delete_iteration(library, trained.id)
        assert find(library, project.id, name).id == trained.id
        assert find(library, project.id, "1").id == trained.id


def test_a_number_is_not_given_twice_while_its_name_is_in_use(
    library: Library, project: Project, trained: Iteration
) -> None:
    iterations.rename_iteration(library, trained.id, "Iteration 2")
    assert finished_iteration(library, project).name not in ("Iteration 2", "iteration 2")


def test_a_tag_of_an_iteration_is_found_by_the_name_it_had_and_by_the_one_it_has(
    library: Library, project: Project, tmp_path: Path
) -> None:
    nut = create_tag(library, project.id, "nut")
    for image in add_pictures(library, project, tmp_path / "p", 2):
        tag_image(library, image, nut)
    iteration = make_iteration(library, project)
    rename_tag(library, nut.id, "bolt")
    assert iterations.find_iteration_tag(library, iteration, "Nut").id == nut.id
    assert iterations.find_iteration_tag(library, iteration, "Bolt").id == nut.id
    create_tag(library, project.id, "washer")
    with pytest.raises(NotFound, match="knows no tag 'washer'") as raised:
        iterations.find_iteration_tag(library, iteration, "washer")
    assert raised.value.hint == "it knows: nut"
