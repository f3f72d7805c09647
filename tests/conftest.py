"""What every test relies on: no network, no home of the person's, real pictures where they are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from PIL import Image

from tui_detect.core.model import Project
from tui_detect.workflows.library import Library, open_library
from tui_detect.workflows.projects import create_project

os.environ["YOLO_OFFLINE"] = "true"
os.environ["YOLO_AUTOINSTALL"] = "false"
# Several tests train at once: threads that spin while they wait would starve each other.
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
# Textual reads it when it is imported; what screens look like must not depend on the terminal.
os.environ["TEXTUAL_COLOR_SYSTEM"] = "truecolor"
# What runs the tests in parallel sets them, and Textual believes them rather than the terminal.
os.environ.pop("COLUMNS", None)
os.environ.pop("LINES", None)
# No test depends on how fast the machine is.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for each test; nothing reaches the person's."""
    path = tmp_path / "home"
    monkeypatch.setenv("TUI_DETECT_HOME", str(path))
    monkeypatch.setenv("YOLO_CONFIG_DIR", str(tmp_path / "ultralytics"))
    return path


_open_picture = Image.open


@pytest.fixture(autouse=True)
def plain_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pillow as the app has it: Ultralytics, which some tests load, changes it for the process."""
    monkeypatch.setattr(Image, "open", _open_picture)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with the real pictures (`cutlery`, `bccd`)."""
    default = Path(__file__).parents[2] / "shared" / "data"
    path = Path(os.environ.get("TUI_DETECT_DATA", default))
    if not (path / "cutlery" / "annotations.json").exists():
        pytest.skip(f"no real pictures at {path}; set TUI_DETECT_DATA to their folder")
    return path


@pytest.fixture
def library(home: Path) -> Iterator[Library]:
    """An empty library."""
    opened = open_library(home)
    yield opened
    opened.close()


@pytest.fixture
def project(library: Library) -> Project:
    """An empty project."""
    return create_project(library, "parts")
