"""What changed from one iteration to another, in words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.comparing import everything, iteration_finding
from tests.library import add_pictures, draw_pictures, tag_image
from tui_detect.core.edits import Edit, RegionChange
from tui_detect.core.geometry import Box
from tui_detect.core.ids import new_uuid
from tui_detect.core.model import Image, Iteration, Project, Region, Split, Tag
from tui_detect.store import images as image_rows
from tui_detect.workflows.adding import add_images
from tui_detect.workflows.changes import changes_between
from tui_detect.workflows.images import remove_images
from tui_detect.workflows.library import Library
from tui_detect.workflows.tagging import open_image, save_edit
from tui_detect.workflows.tags import create_tag, rename_tag


@pytest.fixture
def nut(library: Library, project: Project) -> Tag:
    return create_tag(library, project.id, "nut")


@pytest.fixture
def pictures(library: Library, project: Project, nut: Tag, tmp_path: Path) -> list[Image]:
    """Twelve tagged images."""
    added = add_pictures(library, project, tmp_path / "pictures", 12)
    for image in added:
        tag_image(library, image, nut)
    return added


def train(library: Library, project: Project, **recipe: object) -> Iteration:
    return iteration_finding(library, project, everything, **recipe)


def data_lines(library: Library, first: Iteration, second: Iteration) -> list[str]:
    return changes_between(library, first, second).data_lines


def edit(library: Library, image: Image, before: Region | None, after: Region | None) -> None:
    reviewed = open_image(library, image.id).tagging.reviewed
    save_edit(library, image.id, Edit("edit", (RegionChange(before, after),), reviewed, True))


def region_on(library: Library, image: Image) -> Region:
    return open_image(library, image.id).tagging.regions[0]


def test_nothing_changed(library: Library, project: Project, pictures: list[Image]) -> None:
    first, second = (train(library, project, epochs=3, model="yolo11n") for _ in range(2))
    changes = changes_between(library, first, second)
    assert (changes.data_lines, changes.setting_lines) == ([], [])


def test_pictures_added_left_out_and_moved_are_named(
    library: Library, project: Project, pictures: list[Image], nut: Tag, tmp_path: Path
) -> None:
    first = train(library, project)
    more = draw_pictures(tmp_path / "more", 17)[12:]
    assert add_images(library, project.id, more).added == 5
    for image in image_rows.get(library.db, range(1, 100)):
        if not image.reviewed:
            tag_image(library, image, nut)
    remove_images(library, [pictures[0].id])
    stay = next(image for image in image_rows.get(library.db, range(2, 12)) if image.split)
    other_side: Split = "train" if stay.split == "validation" else "validation"
    image_rows.set_split(library.db, {stay.id: other_side})
    second = train(library, project)
    assert data_lines(library, first, second) == [
        "5 pictures added (picture_12.png, picture_13.png, picture_14.png and 2 more)",
        "1 picture left out (picture_0.png)",
        f"1 picture moved from {stay.split} to {other_side} ({stay.name})",
    ]
    assert data_lines(library, second, first)[0] == "1 picture added (picture_0.png)"


def test_every_kind_of_change_of_labels_is_counted(
    library: Library, project: Project, pictures: list[Image], nut: Tag
) -> None:
    bolt = create_tag(library, project.id, "bolt")
    tag_image(library, pictures[11], bolt)
    first = train(library, project)
    was = [region_on(library, image) for image in pictures]
    edit(library, pictures[0], None, Region(new_uuid(), nut.id, Box(0, 0, 0.2, 0.2)))
    edit(library, pictures[1], was[1], None)
    edit(library, pictures[2], was[2], replace(was[2], box=Box(0.1, 0.1, 0.3, 0.3)))
    edit(library, pictures[3], was[3], replace(was[3], tag_id=bolt.id))
    second = train(library, project)
    assert data_lines(library, first, second) == [
        "4 pictures with other regions (picture_0.png, picture_1.png, picture_2.png and 1 more): "
        "1 added, 1 removed, 1 moved or resized, 1 given another tag"
    ]


def test_a_new_tag_is_named_and_its_regions_are_no_corrections(
    library: Library, project: Project, pictures: list[Image], nut: Tag
) -> None:
    first = train(library, project)
    rename_tag(library, nut.id, "hex nut")
    tag_image(library, pictures[0], create_tag(library, project.id, "bolt"))
    second = train(library, project)
    assert data_lines(library, first, second) == ["tags added: bolt", "tag renamed: nut → hex nut"]
    assert data_lines(library, second, first) == [
        "tags left out: bolt",
        "tag renamed: hex nut → nut",
    ]


def test_only_settings_that_differ_are_said(
    library: Library, project: Project, pictures: list[Image]
) -> None:
    recipe = {"model": "yolo11n", "epochs": 60, "weights": None, "batch": 8}
    first = train(library, project, **recipe, image_size_px=320, augmentation={"mosaic": 1.0})
    second = train(
        library,
        project,
        **recipe | {"weights": "/there/yolo11n.pt", "model": "yolo11s"},
        image_size_px=640,
        augmentation={"mosaic": 0.5},
    )
    assert changes_between(library, first, second).setting_lines == [
        "model: yolo11n → yolo11s",
        "started from: random weights → yolo11n.pt",
        "image size, px: 320 → 640",
        "mosaic: 1 → 0.5",
    ]
