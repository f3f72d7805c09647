"""Train on from an iteration, of this project or another one."""

from __future__ import annotations

from dataclasses import replace

from tui_detect.core.errors import Conflict, NotFound
from tui_detect.core.model import Iteration, TrainingSettings
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
            "start from one that is completed",
        )
    return replace(settings, weights=str(weights), warm_start=name)


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
    return f"is {iteration.state}"
