"""Go on with a run that ended before it was done."""

from __future__ import annotations

from tui_detect.core.errors import Conflict
from tui_detect.core.model import Iteration
from tui_detect.store import iterations
from tui_detect.vision.launchers import get_launcher
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows.collecting import collect
from tui_detect.workflows.library import Library


def can_resume(library: Library, iteration_id: int) -> bool:
    """Whether it ended early and has a checkpoint, or never began."""
    iteration = iterations.get(library.db, iteration_id)
    if not iteration.ended or iteration.state == "completed":
        return False
    folder = RunFolder(library.run_path(iteration.uuid))
    return iteration.started_at is None or any(folder.path.rglob("epoch-*.pt"))


def resume_training(library: Library, iteration_id: int) -> Iteration:
    """Start the run again; it goes on from its last good checkpoint.

    Raises:
        Conflict: it goes on still, is completed, or has no checkpoint.
        RunFailed: the process could not be started.
    """
    iteration = collect(library, iteration_id)
    if not can_resume(library, iteration_id):
        raise Conflict(f"{iteration.name} cannot be resumed: it is {iteration.state}")
    folder = RunFolder(library.run_path(iteration.uuid))
    folder.stop_file.unlink(missing_ok=True)
    folder.exit_file.unlink(missing_ok=True)
    iterations.set_state(library.db, iteration_id, "queued")
    get_launcher(iteration.settings.launcher).launch(folder, iteration.settings.launcher_options)
    return iterations.get(library.db, iteration_id)
