"""Libraries with two iterations to compare, and what each of them found."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tests.library import make_iteration
from tui_detect.core.geometry import Box
from tui_detect.core.model import Iteration, Project
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows import training
from tui_detect.workflows.library import Library

Found = tuple[int, float, Box]
"""Index of a tag, probability, box."""


def iteration_finding(
    library: Library,
    project: Project,
    find: Callable[[str, tuple[tuple[int, Box], ...]], Iterable[Found]],
    **recipe: object,
) -> Iteration:
    """A completed iteration on the workspace as it is now.

    Args:
        library: Where it is made.
        project: What it is trained on.
        find: From a picture's name and regions to what is found on it.
        recipe: What the run says it used.
    """
    iteration = make_iteration(library, project)
    folder = RunFolder(library.run_path(iteration.uuid))
    events = folder.open_events()
    events.write("started", device="cpu", device_name="CPU", recipe=recipe)
    for image in folder.read_job().images:
        if image.split == "validation":
            items = [
                [tag, probability, box.left, box.top, box.width, box.height]
                for tag, probability, box in find(image.name, image.regions)
            ]
            events.write("detections", image=image.uuid, items=items)
    events.write("finished", weights="", epochs=1)
    events.close()
    return training.collect(library, iteration.id)


def everything(_: str, regions: tuple[tuple[int, Box], ...]) -> Iterable[Found]:
    """Every region, exactly."""
    return [(tag, 0.9, box) for tag, box in regions]


def nothing(_: str, regions: tuple[tuple[int, Box], ...]) -> Iterable[Found]:
    """No region."""
    return []
