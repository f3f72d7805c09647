"""What the tests of screens put into a library."""

from __future__ import annotations

from pathlib import Path

from textual.pilot import Pilot

from tests.library import add_pictures, make_iteration, report_epoch, tag_image
from tests.waiting import until
from tui_detect.core.model import Project
from tui_detect.ui.app import TuiDetectApp
from tui_detect.ui.widgets.dialogs import Confirm, ErrorDialog
from tui_detect.vision.events import EventKind
from tui_detect.vision.processes import identify
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows.library import Library
from tui_detect.workflows.projects import create_project
from tui_detect.workflows.tags import create_tag

SIZES = [(120, 40), (80, 24)]


def make_app(
    library: Library, project: Project | None = None, mode: str = "images"
) -> TuiDetectApp:
    """The app on a library, ready for `run_test`."""
    return TuiDetectApp(library, project=project, mode=mode)


def shown_text(app: TuiDetectApp) -> str:
    """What the screen shows, line by line."""
    width, height = app.size
    strips = app.screen._compositor.render_strips()
    return "\n".join(strip.text.ljust(width) for strip in strips[:height])


def error_shown(app: TuiDetectApp) -> str:
    """The message of the error dialog on top; empty when there is none."""
    return app.screen.message if isinstance(app.screen, ErrorDialog) else ""


def question_shown(app: TuiDetectApp) -> str:
    """The lines of the question on top; empty when there is none."""
    return "\n".join(app.screen.lines) if isinstance(app.screen, Confirm) else ""


async def sees(pilot: Pilot[None], app: TuiDetectApp, text: str) -> None:
    """Let the app run until the screen shows a text."""
    await until(pilot, lambda: text in shown_text(app), f"{text!r} on the screen")


def tagged_project(library: Library, folder: Path, images: int = 6) -> Project:
    """A project with two tags, ready to be trained."""
    project = create_project(library, "cutlery", "spoons")
    fork, knife = create_tag(library, project.id, "fork"), create_tag(library, project.id, "knife")
    for image in add_pictures(library, project, folder, images):
        tag_image(library, image, fork, knife)
    return project


class LiveRun:
    """A run without a trainer: this test process stands for it, and says what it wants."""

    def __init__(self, library: Library, project: Project, epochs: int = 4) -> None:
        self.iteration = make_iteration(library, project)
        self.folder = RunFolder(library.run_path(self.iteration.uuid))
        self.events = self.folder.open_events()
        self.epochs = epochs
        me = identify()
        assert me is not None
        recipe = {"epochs": epochs, "model": "yolo11n", "image_size_px": 160, "batch": 8}
        self.events.write(
            "started",
            device="cpu",
            device_name="CPU",
            pid=me.pid,
            process_started_at=me.started_at,
            host=me.host,
            recipe=recipe,
        )

    def batch(self, epoch: int, batch: int) -> None:
        """Report a batch."""
        self.events.write(
            "batch",
            epoch=epoch,
            epochs=self.epochs,
            batch=batch,
            batches=5,
            losses={"box": 1.0},
            pictures_per_s=12.0,
            seconds_left=80,
            device_memory_bytes=1_200_000_000,
        )

    def epoch(self, number: int) -> None:
        """Report a finished epoch."""
        report_epoch(self.folder, number, self.epochs, self.events.write)

    def end(self, kind: EventKind, **values: object) -> None:
        """Report the ending."""
        self.events.write(kind, **values)
        self.events.close()
