"""The workspace: listed, counted, and emptied without losing what an iteration holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.library import add_pictures, draw_pictures, finished_iteration, tag_image, workspace
from tui_detect.core.model import Project
from tui_detect.workflows.adding import add_images
from tui_detect.workflows.images import (
    count_images,
    guidance,
    image_cards,
    image_ids,
    iter_images,
    parse_query,
    picture_path,
    removal,
    remove_images,
)
from tui_detect.workflows.library import Library
from tui_detect.workflows.tags import create_tag


@pytest.fixture
def filled(library: Library, project: Project, tmp_path: Path) -> Project:
    """Six images: two with a nut, one with a nut and a bolt, one background, two untagged."""
    nut, bolt = (create_tag(library, project.id, name) for name in ("nut", "bolt"))
    images = add_pictures(library, project, tmp_path / "p", 6)
    tag_image(library, images[0], nut)
    tag_image(library, images[1], nut)
    tag_image(library, images[2], nut, bolt)
    tag_image(library, images[3])
    return project


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "012345"),
        ("untagged", "45"),
        ("tagged", "0123"),
        ("background", "3"),
        ("tag:nut", "012"),
        ("tag:BOLT", "2"),
        ("tag:bolt tag:nut", "012"),
        ("tag:spoon", ""),
        ("picture_4", "4"),
        ("pic*5.png", "5"),
        ("tagged picture_3", "3"),
        ("split:none", "012345"),
        ("%", ""),
    ],
)
def test_queries_find(library: Library, filled: Project, query: str, found: str) -> None:
    ids = image_ids(library, filled.id, parse_query(query))
    names = [card.image.name for card in image_cards(library, ids)]
    assert names == [f"picture_{digit}.png" for digit in found]
    streamed = [card.image.name for card in iter_images(library, filled.id, parse_query(query))]
    assert streamed == names


def test_counts_follow(library: Library, filled: Project) -> None:
    counts = count_images(library, filled.id)
    assert (counts.untagged, counts.tagged, counts.background, counts.total) == (2, 4, 1, 6)


def test_guidance_names_the_rarest_tag_first(library: Library, filled: Project) -> None:
    assert guidance(library, filled.id)[0].text.startswith("bolt needs 14 more")


def test_removing_deletes_what_belongs_to_nothing_else(
    library: Library, filled: Project, tmp_path: Path
) -> None:
    iteration = finished_iteration(library, filled)
    ids = image_ids(library, filled.id, parse_query(""))
    plan = removal(library, ids)
    assert (plan.kept, plan.deleted, plan.iteration_numbers) == (4, 2, [iteration.number])
    untagged = image_cards(library, ids)[4].image
    remove_images(library, ids)
    assert workspace(library, filled) == []
    assert count_images(library, filled.id).total == 0
    assert not picture_path(library, untagged).exists()
    assert len(list(library.objects.list())) == 4
    assert len(list((tmp_path / "p").iterdir())) == 6, "the person's own files are not touched"


def test_a_removed_image_comes_back_with_its_regions(
    library: Library, filled: Project, tmp_path: Path
) -> None:
    finished_iteration(library, filled)
    before = image_cards(library, image_ids(library, filled.id, parse_query("picture_2")))
    remove_images(library, [before[0].image.id])
    report = add_images(library, filled.id, [tmp_path / "p" / "picture_2.png"])
    assert report.results[0].reason == "back in the workspace"
    after = image_cards(library, image_ids(library, filled.id, parse_query("picture_2")))
    assert after[0].regions == before[0].regions


def test_two_projects_share_the_bytes_but_not_the_tags(
    library: Library, filled: Project, tmp_path: Path
) -> None:
    from tui_detect.workflows.projects import create_project

    other = create_project(library, "other")
    add_images(library, other.id, draw_pictures(tmp_path / "p", 6))
    assert len(list(library.objects.list())) == 6
    assert count_images(library, other.id).untagged == 6
    remove_images(library, image_ids(library, other.id, parse_query("")))
    assert len(list(library.objects.list())) == 6, "the first project still has them"
