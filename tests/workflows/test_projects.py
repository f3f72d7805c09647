"""Projects: found by name, changed, and gone only with all that the confirmation said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.library import add_pictures, finished_iteration, make_iteration, tag_image
from tui_detect.core.errors import BadInput, Conflict, NotFound, StorageFailed
from tui_detect.core.model import Project
from tui_detect.workflows import projects
from tui_detect.workflows.library import Library, open_library
from tui_detect.workflows.tags import create_tag


def test_a_project_is_found_by_name_in_any_case_and_by_id(library: Library) -> None:
    made = projects.create_project(library, "  Cutlery ", "forks", "logo")
    assert made.name == "Cutlery"
    assert made.domain == "Logo"
    assert projects.find_project(library, "cutlery") == made
    assert projects.find_project(library, made.uuid) == made


def test_a_missing_project_names_the_nearest(library: Library, project: Project) -> None:
    with pytest.raises(NotFound) as raised:
        projects.find_project(library, "part")
    assert "did you mean 'parts'" in raised.value.hint


def test_without_projects_the_hint_says_how_to_make_one(library: Library) -> None:
    with pytest.raises(NotFound) as raised:
        projects.find_project(library, "x")
    assert "project create" in raised.value.hint


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "a\x1b[0m", "x" * 101])
def test_an_unusable_name_is_refused(library: Library, name: str) -> None:
    with pytest.raises(BadInput):
        projects.create_project(library, name)


def test_names_are_unique_whatever_their_case(library: Library, project: Project) -> None:
    with pytest.raises(Conflict):
        projects.create_project(library, "PARTS")
    other = projects.create_project(library, "other")
    with pytest.raises(Conflict):
        projects.update_project(library, other.id, name="Parts")
    assert projects.update_project(library, project.id, name="PARTS").name == "PARTS"


def test_a_domain_that_does_not_exist_is_refused(library: Library) -> None:
    with pytest.raises(NotFound) as raised:
        projects.create_project(library, "x", domain="Food")
    assert "General (compact)" in raised.value.hint
    assert projects.list_projects(library) == []


def test_the_list_counts_and_searches(library: Library, project: Project, tmp_path: Path) -> None:
    images = add_pictures(library, project, tmp_path / "p", 3)
    tag_image(library, images[0], create_tag(library, project.id, "nut"))
    projects.create_project(library, "100% wool", "socks_and more")
    (found,) = projects.list_projects(library, "part")
    assert (found.images, found.tagged, found.tags) == (3, 1, 1)
    assert [s.project.name for s in projects.list_projects(library, "0%")] == ["100% wool"]
    assert [s.project.name for s in projects.list_projects(library, "s_a")] == ["100% wool"]
    assert projects.list_projects(library, "%x%") == []


def test_deleting_takes_all_and_leaves_the_persons_files(
    library: Library, project: Project, tmp_path: Path
) -> None:
    images = add_pictures(library, project, tmp_path / "p", 4)
    tag = create_tag(library, project.id, "nut")
    for image in images:
        tag_image(library, image, tag)
    iteration = finished_iteration(library, project)
    shared = projects.create_project(library, "shares a picture")
    add_one = tmp_path / "p" / "picture_0.png"
    from tui_detect.workflows.adding import add_images

    add_images(library, shared.id, [add_one])
    plan = projects.project_deletion(library, project.id)
    assert (plan.images, plan.regions, plan.tags, plan.iterations) == (4, 4, 1, 1)
    assert plan.size_bytes > 0
    projects.delete_project(library, project.id)
    assert list(library.objects.list()) == [images[0].sha256], "the other project still has it"
    assert not library.run_path(iteration.uuid).exists()
    assert len(list((tmp_path / "p").iterdir())) == 4


def test_a_project_that_is_training_stays(
    library: Library, project: Project, tmp_path: Path
) -> None:
    tag = create_tag(library, project.id, "nut")
    for image in add_pictures(library, project, tmp_path / "p", 3):
        tag_image(library, image, tag)
    make_iteration(library, project)
    with pytest.raises(Conflict, match="still queued"):
        projects.delete_project(library, project.id)
    assert projects.find_project(library, "parts") == project


def test_a_home_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFailed) as raised:
        open_library(tmp_path / "file" / "home")
    assert "--home" in raised.value.hint
