"""Tags: names change, ids do not, and what a deletion takes can be undone picture by picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.library import add_pictures, tag_image
from tui_detect.core.errors import BadInput, Conflict, NotFound
from tui_detect.core.model import Project
from tui_detect.store import tags as rows
from tui_detect.workflows import tags
from tui_detect.workflows.library import Library
from tui_detect.workflows.tagging import open_image, undo


def test_tags_get_different_colours_and_counts(
    library: Library, project: Project, tmp_path: Path
) -> None:
    nut, bolt = (tags.create_tag(library, project.id, name) for name in ("nut", "bolt"))
    images = add_pictures(library, project, tmp_path / "p", 2)
    tag_image(library, images[0], nut, nut)
    tag_image(library, images[1], nut, bolt)
    assert nut.colour != bolt.colour
    counts = {c.tag.name: (c.images, c.regions) for c in tags.list_tags(library, project.id)}
    assert counts == {"nut": (2, 3), "bolt": (1, 1)}


def test_names_are_unique_whatever_their_case(library: Library, project: Project) -> None:
    tags.create_tag(library, project.id, "nut")
    with pytest.raises(Conflict):
        tags.create_tag(library, project.id, "NUT")


def test_a_missing_tag_names_the_nearest(library: Library, project: Project) -> None:
    tags.create_tag(library, project.id, "washer")
    with pytest.raises(NotFound) as raised:
        tags.find_tag(library, project.id, "wascher")
    assert "washer" in raised.value.hint


def test_merging_gives_the_regions_away(library: Library, project: Project, tmp_path: Path) -> None:
    nut, bolt = (tags.create_tag(library, project.id, name) for name in ("nut", "bolt"))
    (image,) = add_pictures(library, project, tmp_path / "p", 1)
    tag_image(library, image, nut, bolt)
    assert tags.merge_tags(library, nut.id, bolt.id) == 1
    assert {r.tag_id for r in open_image(library, image.id).tagging.regions} == {bolt.id}
    assert [c.tag.name for c in tags.list_tags(library, project.id)] == ["bolt"]
    with pytest.raises(BadInput):
        tags.merge_tags(library, bolt.id, bolt.id)


def test_undoing_a_deletion_brings_region_and_tag_back(
    library: Library, project: Project, tmp_path: Path
) -> None:
    nut = tags.create_tag(library, project.id, "nut")
    (image,) = add_pictures(library, project, tmp_path / "p", 1)
    regions = tag_image(library, image, nut)
    assert tags.delete_tag(library, nut.id) == 1
    opened = open_image(library, image.id)
    assert opened.tagging.regions == ()
    assert opened.tagging.reviewed, "a person has looked at it all the same"
    undo(library, image.id)
    assert list(open_image(library, image.id).tagging.regions) == regions
    assert tags.find_tag(library, project.id, "nut").id == nut.id


def test_a_deleted_tag_does_not_come_back_over_another_of_its_name(
    library: Library, project: Project, tmp_path: Path
) -> None:
    nut = tags.create_tag(library, project.id, "nut")
    (image,) = add_pictures(library, project, tmp_path / "p", 1)
    tag_image(library, image, nut)
    tags.delete_tag(library, nut.id)
    tags.create_tag(library, project.id, "nut")
    with pytest.raises(Conflict, match="cannot come back"):
        undo(library, image.id)
    assert open_image(library, image.id).tagging.regions == ()


def test_a_merged_tag_is_known_as_the_one_that_it_is_by_now(
    library: Library, project: Project, tmp_path: Path
) -> None:
    nut, bolt, screw = (tags.create_tag(library, project.id, n) for n in ("nut", "bolt", "screw"))
    (image,) = add_pictures(library, project, tmp_path / "p", 1)
    tag_image(library, image, nut)
    tags.merge_tags(library, nut.id, bolt.id)
    tags.merge_tags(library, bolt.id, screw.id)
    assert rows.merged(library.db, project.id) == {nut.id: screw, bolt.id: screw}
    for _ in range(2):
        undo(library, image.id)
    assert rows.merged(library.db, project.id) == {}, "both are there again, each for itself"


def test_a_tag_deleted_meanwhile_takes_part_in_no_merge(library: Library, project: Project) -> None:
    nut, bolt = (tags.create_tag(library, project.id, name) for name in ("nut", "bolt"))
    tags.delete_tag(library, bolt.id)
    for pair in ((nut, bolt), (bolt, nut)):
        with pytest.raises(Conflict, match="'bolt' was deleted meanwhile"):
            tags.merge_tags(library, pair[0].id, pair[1].id)
    assert [c.tag.name for c in tags.list_tags(library, project.id)] == ["nut"]
