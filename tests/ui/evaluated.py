"""A library with iterations that found most regions, some twice, and some things that are not."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

from tests.library import add_pictures
from tui_detect.core.edits import Edit, RegionChange
from tui_detect.core.geometry import Box
from tui_detect.core.ids import new_uuid
from tui_detect.core.model import Image, Iteration, Project, Region, Tag, TrainingSettings
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows import training
from tui_detect.workflows.library import Library
from tui_detect.workflows.tagging import open_image, save_edit
from tui_detect.workflows.tags import create_tag

TAG_NAMES = ("fork", "scissors", "knife")


def tagged_project(
    library: Library, project: Project, folder: Path, images: int = 40
) -> list[Image]:
    """Pictures with one to three regions; every eighth is background."""
    chance = random.Random(1)
    tags = [create_tag(library, project.id, name) for name in TAG_NAMES]
    added = add_pictures(library, project, folder, images)
    for index, image in enumerate(added):
        count = 0 if index % 8 == 7 else 1 + index % 3
        _tag(library, image, [chance.choice(tags) for _ in range(count)])
    return added


def _tag(library: Library, image: Image, tags: list[Tag]) -> None:
    opened = open_image(library, image.id)
    regions = [
        Region(new_uuid(), tag.id, Box(0.05 + 0.3 * position, 0.1, 0.25, 0.6))
        for position, tag in enumerate(tags)
    ]
    changes = tuple(RegionChange(None, region) for region in regions)
    save_edit(library, image.id, Edit("add", changes, opened.tagging.reviewed, True))


def running_iteration(library: Library, project: Project, *, epochs: int = 20) -> Iteration:
    """An iteration whose run has told of its first epochs."""
    iteration, _ = training.prepare_run(library, project.id, TrainingSettings())
    events = RunFolder(library.run_path(iteration.uuid)).open_events()
    events.write("started", device="cpu", device_name="CPU", recipe={"epochs": epochs})
    for epoch in range(1, epochs // 2 + 1):
        _write_epoch(events, epoch, epochs)
    events.close()
    return training.collect(library, iteration.id)


def evaluated_iteration(
    library: Library, project: Project, *, skill: float = 0.8, epochs: int = 20, seed: int = 1
) -> Iteration:
    """A completed iteration; `skill` is the share of regions it finds, and how tightly."""
    iteration = running_iteration(library, project, epochs=epochs)
    finish_run(library, iteration, skill=skill, epochs=epochs, seed=seed)
    return training.collect(library, iteration.id)


def finish_run(
    library: Library, iteration: Iteration, *, skill: float = 0.8, epochs: int = 20, seed: int = 1
) -> None:
    """Write what a run writes from the middle of its epochs to its end."""
    events = RunFolder(library.run_path(iteration.uuid)).open_events()
    for epoch in range(epochs // 2 + 1, epochs + 1):
        _write_epoch(events, epoch, epochs)
    events.close()
    write_detections(library, iteration, skill=skill, seed=seed)
    end_run(library, iteration, epochs=epochs)


def write_detections(
    library: Library,
    iteration: Iteration,
    *,
    skill: float,
    seed: int = 1,
    images: slice = slice(None),
) -> None:
    """Write what a run finds on some of its validation images."""
    folder = RunFolder(library.run_path(iteration.uuid))
    chance = random.Random(seed)
    events = folder.open_events()
    validation = [image for image in folder.read_job().images if image.split == "validation"]
    for image in validation[images]:
        items = list(_found(chance, image.regions, skill))
        events.write("detections", image=image.uuid, items=items)
    events.close()


def end_run(
    library: Library,
    iteration: Iteration,
    ending: Literal["finished", "cancelled"] = "finished",
    *,
    epochs: int = 20,
) -> None:
    """Write the end of a run."""
    folder = RunFolder(library.run_path(iteration.uuid))
    (folder.path / "weights").mkdir(exist_ok=True)
    (folder.path / "weights" / "best.pt").write_bytes(b"0" * 5_200_000)
    events = folder.open_events()
    events.write(ending, weights="weights/best.pt", weights_bytes=5_200_000, epochs=epochs)
    events.close()


def _found(
    chance: random.Random, regions: Iterable[tuple[int, Box]], skill: float
) -> Iterator[list[float]]:
    """Regions, some of them a second time and loosely, and now and then a thing that is none."""
    for tag, box in regions:
        if chance.random() < skill:
            yield _item(chance, tag, box, chance.betavariate(5, 2), 0.2 * (1 - skill))
        if chance.random() < 0.5:
            yield _item(chance, tag, box, chance.betavariate(2, 6), 0.3)
    if chance.random() < 0.4:
        yield _item(chance, 0, Box(0.4, 0.75, 0.2, 0.2), chance.betavariate(2, 4), 0)


def failed_iteration(library: Library, project: Project) -> Iteration:
    """An iteration whose run ended before the first epoch."""
    iteration, _ = training.prepare_run(library, project.id, TrainingSettings())
    events = RunFolder(library.run_path(iteration.uuid)).open_events()
    events.write("failed", message="the GPU ran out of memory", hint="train smaller pictures")
    events.close()
    return training.collect(library, iteration.id)


def _item(
    chance: random.Random, tag: int, box: Box, probability: float, looseness: float
) -> list[float]:
    left, top, width, height = (
        value * (1 + chance.gauss(0, looseness))
        for value in (box.left, box.top, box.width, box.height)
    )
    return [tag, round(probability, 4), left, top, abs(width), abs(height)]


def _write_epoch(events: object, epoch: int, epochs: int) -> None:
    done = epoch / epochs
    fall = math.exp(-3 * done)
    wave = 0.03 * math.sin(epoch)
    losses = {"box": 1 + fall, "cls": 0.6 + 2 * fall, "dfl": 0.9 + 0.4 * fall}
    events.write(  # type: ignore[attr-defined]
        "epoch",
        epoch=epoch,
        losses=losses,
        validation_losses={name: value * 1.15 + wave for name, value in losses.items()},
        precision=0.95 - 0.6 * fall + wave,
        recall=0.9 - 0.7 * fall - wave,
        map50=0.92 - 0.8 * fall,
        map50_95=0.62 - 0.6 * fall,
        learning_rate=0.01,
        seconds=1.0,
    )
