"""Three pictures and two tags to tag with."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image as Pillow

from tui_detect.core.model import Image, Project, Tag
from tui_detect.workflows import tagging
from tui_detect.workflows.adding import add_images
from tui_detect.workflows.images import ImageQuery, image_ids
from tui_detect.workflows.library import Library
from tui_detect.workflows.tags import create_tag


@pytest.fixture
def pictures(library: Library, project: Project, tmp_path: Path) -> list[Image]:
    """Three untagged images of 160 by 120 pixels."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for index in range(3):
        colour = (40 + 60 * index, 90, 160)
        Pillow.new("RGB", (160, 120), colour).save(folder / f"picture_{index}.png")
    add_images(library, project.id, [folder])
    ids = image_ids(library, project.id, ImageQuery())
    return [tagging.open_image(library, image_id).image for image_id in ids]


@pytest.fixture
def fork(library: Library, project: Project) -> Tag:
    return create_tag(library, project.id, "fork")


@pytest.fixture
def spoon(library: Library, project: Project, fork: Tag) -> Tag:
    return create_tag(library, project.id, "spoon")
