"""A sample project of pictures that are drawn here, with the boxes known from the drawing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tui_detect.core.edits import Edit, RegionChange
from tui_detect.core.errors import Conflict, NotFound
from tui_detect.core.geometry import Box
from tui_detect.core.ids import new_uuid
from tui_detect.core.model import Project, Region, TrainingSettings
from tui_detect.core.query import ImageQuery
from tui_detect.imaging.samples import draw_sample
from tui_detect.workflows.adding import add_images
from tui_detect.workflows.images import iter_images
from tui_detect.workflows.library import Library
from tui_detect.workflows.projects import create_project, find_project
from tui_detect.workflows.tagging import save_edit
from tui_detect.workflows.tags import create_tag

DEMO_NAME = "demo"
DEMO_IMAGES = 120
DEMO_TAGS = ("bolt", "nut", "washer")
SEED = 0
DEMO_SETTINGS = TrainingSettings(epochs=60, image_size_px=160, weights="none")
"""Three minutes on two CPU cores, and no download."""


def create_demo(
    library: Library, on_progress: Callable[[int, int], None] = lambda done, total: None
) -> Project:
    """Make the project `demo`: drawn pictures of hardware parts, all tagged, ready to train.

    Raises:
        Conflict: there is one already.
    """
    try:
        find_project(library, DEMO_NAME)
    except NotFound:
        project = create_project(library, DEMO_NAME, "hardware parts, drawn by tui-detect")
    else:
        raise Conflict(
            "there is a demo project already",
            "open it with `tui-detect`, or start over after `tui-detect project delete demo`",
        )
    add_drawn_pictures(library, project, DEMO_IMAGES, on_progress)
    return project


def add_drawn_pictures(
    library: Library,
    project: Project,
    count: int,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Draw pictures into an empty project, with their regions."""
    tags = {name: create_tag(library, project.id, name) for name in DEMO_TAGS}
    with TemporaryDirectory(prefix="tui-detect-demo-") as folder:
        boxes = _draw(Path(folder), count, on_progress)
        add_images(library, project.id, [folder])
    for card in iter_images(library, project.id, ImageQuery()):
        regions = [Region(new_uuid(), tags[name].id, box) for name, box in boxes[card.image.name]]
        changes = tuple(RegionChange(None, region) for region in regions)
        save_edit(library, card.image.id, Edit("drawn with the picture", changes, False, True))


def _draw(
    folder: Path, count: int, on_progress: Callable[[int, int], None]
) -> dict[str, list[tuple[str, Box]]]:
    """Write the pictures as PNG; the boxes on each by file name."""
    boxes = {}
    for index in range(count):
        picture, found = draw_sample(index, SEED)
        name = f"parts_{index + 1:03d}.png"
        picture.save(folder / name)
        boxes[name] = found
        on_progress(index + 1, count)
    return boxes
