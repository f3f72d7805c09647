"""Iterations: found, renamed, and deleted with exactly the images that belong to nothing else."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from tests.library import (
    add_pictures,
    finished_iteration,
    make_iteration,
    report_run,
    tag_image,
    workspace,
)
from tui_detect.core.errors import BadInput, Conflict, NotFound
from tui_detect.core.model import Image, Iteration, Project
from tui_detect.workflows import iterations
from tui_detect.workflows.images import remove_images
from tui_detect.workflows.library import Library, open_library
from tui_detect.workflows.projects import create_project, delete_project
from tui_detect.workflows.tagging import set_split, undo
from tui_detect.workflows.tags import create_tag
from tui_detect.workflows.training import collect


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
    for taken in ("Iteration 1", "1"):
        with pytest.raises(Conflict):
            iterations.rename_iteration(library, second.id, taken)
    with pytest.raises(BadInput):
        iterations.rename_iteration(library, second.id, " ")


def test_a_number_is_not_given_twice_while_its_name_is_in_use(
    library: Library, project: Project, trained: Iteration
) -> None:
    iterations.rename_iteration(library, trained.id, "Iteration 2")
    assert finished_iteration(library, project).name not in ("Iteration 2", "iteration 2")


def test_an_iteration_that_is_training_stays(
    library: Library, project: Project, trained: Iteration
) -> None:
    live = make_iteration(library, project)
    with pytest.raises(Conflict, match="still queued"):
        iterations.delete_iteration(library, live.id)
    report_run(library, live)
    collect(library, live.id)
    iterations.delete_iteration(library, live.id)
    assert [i.number for i in iterations.list_iterations(library, project.id)] == [1]


def test_deleting_in_every_order_leaves_exactly_the_images_in_use(
    library: Library, tmp_path: Path
) -> None:
    """Three iterations over five images; then some leave the workspace.

    Image 0 stays in the workspace. 1 is only in iteration 1; 2 in 1 and 2; 3 in all three;
    4 only in iteration 3.
    """
    members = {1: {0, 1, 2, 3}, 2: {0, 2, 3}, 3: {0, 3, 4}}
    for number, order in enumerate(permutations((1, 2, 3))):
        project = create_project(library, f"order {order}")
        images = add_pictures(library, project, tmp_path / str(number), 5)
        made = _three_iterations(library, project, images, members)
        hashes = {image.name: image.sha256 for image in images}
        remaining = dict(members)
        for doomed in order:
            del remaining[doomed]
            kept = {0}.union(*remaining.values())
            plan = iterations.delete_iteration(library, made[doomed].id)
            assert {image.name for image in plan.images} == names(members[doomed] - kept)
            there = {name for name, sha in hashes.items() if library.objects.path(sha).exists()}
            assert there == names(kept), f"after deleting iteration {doomed} in order {order}"
        assert [image.name for image in workspace(library, project)] == ["picture_0.png"]
        assert len(list((tmp_path / str(number)).iterdir())) == 5, "originals are untouched"
        delete_project(library, project.id)
        assert list(library.objects.list()) == []


def names(indices: set[int]) -> set[str]:
    return {f"picture_{index}.png" for index in indices}


def _three_iterations(
    library: Library, project: Project, images: list[Image], members: dict[int, set[int]]
) -> dict[int, Iteration]:
    """Iterations that hold the given images each; all images but the first leave the workspace."""
    tag = create_tag(library, project.id, "nut")
    made = {}
    # The image that all iterations hold validates; a split never moves by itself.
    set_split(library, [images[0].id], "validation")
    for number, indices in members.items():
        for index in indices:
            tag_image(library, images[index], tag)
        made[number] = finished_iteration(library, project)
        for index in indices:
            undo(library, images[index].id)
    remove_images(library, [image.id for image in images[1:]])
    return made


def test_a_run_folder_without_its_iteration_is_swept(
    library: Library, project: Project, trained: Iteration, home: Path
) -> None:
    orphan = library.run_path("killed-between")
    orphan.mkdir()
    library.sweep_runs()
    assert not orphan.exists()
    assert library.run_path(trained.uuid).exists()
    assert open_library(home).run_path(trained.uuid).exists()
