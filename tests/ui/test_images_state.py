"""The Images screen reads the workspace as it is."""

from __future__ import annotations

from pathlib import Path

from tests.library import add_pictures, tag_image
from tui_detect.core.model import Project
from tui_detect.core.query import ImageQuery
from tui_detect.ui.screens.images_state import read_infos, read_workspace
from tui_detect.workflows.library import Library
from tui_detect.workflows.tagging import set_split
from tui_detect.workflows.tags import create_tag


def test_counts_splits_tags_and_advice_come_in_one_go(
    library: Library, project: Project, tmp_path: Path
) -> None:
    tag = create_tag(library, project.id, "fork")
    images = add_pictures(library, project, tmp_path / "pictures", 4)
    tag_image(library, images[0], tag, tag)
    tag_image(library, images[1])
    set_split(library, [images[0].id], "train")
    set_split(library, [images[1].id], "validation")
    workspace = read_workspace(library, project.id, ImageQuery("tagged"))
    assert workspace.ids == [images[0].id, images[1].id]
    assert workspace.counts == {"untagged": 2, "tagged": 2, "background": 1, "all": 4}
    assert workspace.splits == {"train": 1, "validation": 1, "none": 2}
    assert workspace.tags_by_id[tag.id].name == "fork"
    assert workspace.advice[0].level == "floor"
    assert workspace.last is None


def test_a_tile_says_state_boxes_and_each_tag_once(
    library: Library, project: Project, tmp_path: Path
) -> None:
    tag = create_tag(library, project.id, "fork")
    [image] = add_pictures(library, project, tmp_path / "pictures", 1)
    tag_image(library, image, tag, tag)
    info = read_infos(library, [image.id, 999], {tag.id: tag})[image.id]
    assert (info.state, info.boxes, info.colours) == ("tagged", 2, (tag.colour,))
    assert info.key == image.sha256
