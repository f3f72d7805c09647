"""Let a run that was lost, stopped or failed go on from where it came to."""

from __future__ import annotations

from tui_detect.core.errors import Conflict
from tui_detect.core.model import Iteration
from tui_detect.store import iterations, runs
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows.collecting import collect
from tui_detect.workflows.iterations import get_iteration
from tui_detect.workflows.launching import launch_run
from tui_detect.workflows.library import Library
from tui_detect.workflows.thresholds import set_threshold

RESUMABLE_STATES = frozenset({"lost", "cancelled", "failed"})


def can_resume(library: Library, iteration_id: int) -> bool:
    """Whether its run ended before its time and what it needs to go on is still there."""
    iteration = get_iteration(library, iteration_id)
    return iteration.state in RESUMABLE_STATES and _folder(library, iteration).job_file.exists()


def resume_training(library: Library, iteration_id: int) -> Iteration:
    """Start a run again on its folder; at most one epoch is trained twice.

    Thresholds are the usual ones again: they were chosen by what other weights found.

    Raises:
        NotFound: somebody has deleted the iteration.
        Conflict: it goes on already, is completed, or its run folder is gone.
        StorageFailed: the run folder cannot be written.
        RunFailed: the process could not be started.
    """
    collect(library, get_iteration(library, iteration_id).id)
    # Of two people who resume at once, the second one finds it queued here.
    with library.db.atomic():
        iteration = get_iteration(library, iteration_id)
        folder = _folder(library, iteration)
        _check(iteration, folder)
        iterations.update(
            library.db, iteration_id, state="queued", message="", finished_at=None, map=None
        )
        _forget_old_weights(library, iteration)
        folder.prepare_resume()
    launch_run(library, iteration)
    return get_iteration(library, iteration_id)


def _forget_old_weights(library: Library, iteration: Iteration) -> None:
    """Take away what no evaluation of the run will replace, and what was chosen by the old one."""
    runs.forget_looks(library.db, iteration.id, only_validation=not iteration.settings.folds)
    if iteration.threshold is not None or iteration.tag_thresholds:
        set_threshold(library, iteration.id, None, by_tag={})


def newest_resumable(library: Library, project_id: int) -> Iteration | None:
    """The project's newest iteration that can be resumed."""
    every = iterations.of_project(library.db, project_id)
    return next((one for one in every if can_resume(library, one.id)), None)


def _check(iteration: Iteration, folder: RunFolder) -> None:
    if iteration.state == "completed":
        raise Conflict(
            f"{iteration.name} is completed: there is nothing to resume",
            "to train longer, start a new training with its weights (warm start)",
        )
    if not iteration.ended:
        raise Conflict(f"{iteration.name} is {iteration.state}: it goes on already")
    if not folder.job_file.exists():
        raise Conflict(
            f"the run folder of {iteration.name} is gone: there is nothing to resume from",
            "train again",
        )


def _folder(library: Library, iteration: Iteration) -> RunFolder:
    return RunFolder(library.run_path(iteration.uuid))
