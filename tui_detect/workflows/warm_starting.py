"""Train on from an iteration, of this project or another one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tui_detect.core.errors import Conflict, NotFound
from tui_detect.core.model import Iteration, TrainingSettings
from tui_detect.store import iterations
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows.iterations import find_iteration
from tui_detect.workflows.library import Library
from tui_detect.workflows.projects import find_project, get_project


def with_warm_start(
    library: Library, project_id: int, settings: TrainingSettings, start: str
) -> TrainingSettings:
    """The settings that start from the weights of an iteration.

    Args:
        library: Where all of it is.
        project_id: The project that is trained.
        settings: What else the person asked for.
        start: `ITERATION` of this project or `PROJECT/ITERATION`: a number, a name or an id.

    Raises:
        NotFound: there is no such project or iteration.
        Conflict: the iteration has no weights.
    """
    iteration = _find(library, project_id, start)
    weights = RunFolder(library.run_path(iteration.uuid)).weights
    name = f"{iteration.name} of {get_project(library, iteration.project_id).name}"
    if not weights.is_file():
        raise Conflict(
            f"{name} has no weights to start from: it {_how(iteration)}",
            "start from another completed one",
        )
    return replace(settings, weights=str(weights), warm_start=name)


def source_of(library: Library, weights: Path) -> Iteration | None:
    """The iteration of the library that those weights are of."""
    if not weights.is_relative_to(library.home / "runs"):
        return None
    return iterations.by_uuid(library.db, weights.parents[1].name)


def trained_before(library: Library, weights: str) -> Iterator[tuple[Iteration, set[str]]]:
    """The iterations that weights go back to, the newest first, and which images each learnt from.

    Args:
        library: Where all of it is.
        weights: As in the training settings.

    Yields:
        An iteration and the SHA-256 of its training images; other projects may hold them as well.
    """
    while (source := source_of(library, Path(weights))) is not None:
        learnt = iterations.images(library.db, source.id, "train")
        yield source, {image.sha256 for image, _ in learnt}
        weights = source.settings.weights


def _find(library: Library, project_id: int, start: str) -> Iteration:
    project, slash, iteration = start.rpartition("/")
    try:
        return find_iteration(library, project_id, start)
    except NotFound:
        # An iteration's name may hold a slash, so this project's come first.
        if not slash:
            raise
    return find_iteration(library, find_project(library, project).id, iteration)


def _how(iteration: Iteration) -> str:
    if not iteration.ended:
        return f"is {iteration.state} and has not finished an epoch"
    lost = ", but its run folder holds none any more" if iteration.state == "completed" else ""
    return f"is {iteration.state}{lost}"
