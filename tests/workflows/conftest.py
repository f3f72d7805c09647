"""What several tests of workflows begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.library import add_pictures, finished_iteration, tag_image, with_weights
from tui_detect.core.model import Iteration, Project
from tui_detect.workflows.library import Library
from tui_detect.workflows.tags import create_tag


@pytest.fixture
def tagged(library: Library, project: Project, tmp_path: Path) -> Project:
    """Twelve images, of which eight have a nut and four a bolt."""
    nut, bolt = (create_tag(library, project.id, name) for name in ("nut", "bolt"))
    for number, image in enumerate(add_pictures(library, project, tmp_path / "p", 12)):
        tag_image(library, image, bolt if number % 3 == 0 else nut)
    return project


@pytest.fixture
def trained(library: Library, project: Project, tmp_path: Path) -> Iteration:
    """A completed iteration with weights, on five pictures."""
    tag = create_tag(library, project.id, "nut")
    for image in add_pictures(library, project, tmp_path / "p", 5):
        tag_image(library, image, tag)
    return with_weights(library, finished_iteration(library, project))
