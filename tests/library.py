"""Libraries for tests: pictures, tags, regions and iterations without any training."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image as Pillow

from tui_detect.core.edits import Edit, RegionChange
from tui_detect.core.geometry import Box
from tui_detect.core.ids import new_uuid
from tui_detect.core.model import Image, Iteration, Project, Region, Tag, TrainingSettings
from tui_detect.core.query import ImageQuery
from tui_detect.store import runs
from tui_detect.vision import predictor
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows import training
from tui_detect.workflows.adding import add_images
from tui_detect.workflows.images import image_cards, image_ids
from tui_detect.workflows.library import Library
from tui_detect.workflows.tagging import open_image, save_edit

BOX = Box(0.25, 0.25, 0.5, 0.5)


def draw_pictures(folder: Path, count: int, size: tuple[int, int] = (32, 24)) -> list[Path]:
    """PNG files that all differ, named `picture_0.png` and so on."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for index in range(count):
        path = folder / f"picture_{index}.png"
        colour = (index * 37 % 256, index * 91 % 256, index // 256)
        Pillow.new("RGB", size, colour).save(path)
        paths.append(path)
    return paths


def add_pictures(library: Library, project: Project, folder: Path, count: int) -> list[Image]:
    """Draw pictures and add them; the images as they are stored."""
    report = add_images(library, project.id, list(draw_pictures(folder, count)))
    assert report.added == count, report.results
    return workspace(library, project)


def workspace(library: Library, project: Project) -> list[Image]:
    """The images in the project's workspace."""
    ids = image_ids(library, project.id, ImageQuery())
    return [card.image for card in image_cards(library, ids)]


def tag_image(library: Library, image: Image, *tags: Tag, box: Box = BOX) -> list[Region]:
    """Give an image one region for each tag; without tags it becomes background."""
    opened = open_image(library, image.id)
    regions = [Region(new_uuid(), tag.id, box) for tag in tags]
    changes = tuple(RegionChange(None, region) for region in regions)
    save_edit(library, image.id, Edit("add", changes, opened.tagging.reviewed, True))
    return regions


def make_iteration(library: Library, project: Project) -> Iteration:
    """A queued iteration on the workspace, with its run folder but without a process."""
    iteration, _ = training.prepare_run(library, project.id, TrainingSettings())
    return iteration


def report_run(
    library: Library,
    iteration: Iteration,
    *,
    epochs: int = 3,
    probability: float = 0.9,
    ending: str = "finished",
) -> None:
    """Write the events of a whole run whose model finds every region exactly."""
    folder = RunFolder(library.run_path(iteration.uuid))
    events = folder.open_events()
    job = folder.read_job()
    events.write("started", device="cpu", device_name="CPU", recipe={"epochs": epochs})
    for epoch in range(1, epochs + 1):
        events.write("batch", epoch=epoch, epochs=epochs, batch=1, batches=1, losses={"box": 1.0})
        report_epoch(folder, epoch, epochs, events.write)
    for image in job.images:
        if image.split == "validation":
            items = [
                [tag, probability, box.left, box.top, box.width, box.height]
                for tag, box in image.regions
            ]
            events.write("detections", image=image.uuid, items=items)
    events.write(ending, weights="weights/best.pt", epochs=epochs)  # type: ignore[arg-type]
    events.close()


def report_epoch(folder: RunFolder, epoch: int, epochs: int, write: object) -> None:
    """Write one epoch's figures, better with every epoch."""
    share = epoch / epochs
    losses = {"box": 2 - share, "cls": 2.5 - 2 * share, "dfl": 1.5 - share / 2}
    write(  # type: ignore[operator]
        "epoch",
        epoch=epoch,
        losses=losses,
        validation_losses=losses,
        precision=0.9 * share,
        recall=0.8 * share,
        map50=0.85 * share,
        map50_95=0.6 * share,
        learning_rate=0.01,
        seconds=1.0,
    )


def finished_iteration(
    library: Library, project: Project, *, epochs: int = 3, probability: float = 0.9
) -> Iteration:
    """A completed iteration with epochs and detections, as after a real run."""
    iteration = make_iteration(library, project)
    report_run(library, iteration, epochs=epochs, probability=probability)
    return training.collect(library, iteration.id)


def event_numbers(library: Library, iterations_: Sequence[Iteration]) -> list[list[int]]:
    """The numbers of the events kept of each iteration."""
    return [runs.sequence_numbers(library.db, iteration.id) for iteration in iterations_]


NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
"""A fixed time for what tests show."""


WEIGHTS = b"PK" + b"w" * 998
"""Of an iteration that nobody asks to find anything."""


def with_weights(library: Library, iteration: Iteration) -> Iteration:
    """The iteration, with weights in its run folder."""
    weights = RunFolder(library.run_path(iteration.uuid)).weights
    weights.parent.mkdir(exist_ok=True)
    weights.write_bytes(WEIGHTS)
    return iteration


def model_finds(monkeypatch: pytest.MonkeyPatch, found: Sequence[tuple[int, float, Box]]) -> None:
    """Let every model find this on every picture: index of the tag, probability, box."""
    monkeypatch.setattr(predictor, "COMMAND", (sys.executable, "-c", "input()"))
    monkeypatch.setattr(predictor.Predictor, "predict", lambda *_: list(found))
