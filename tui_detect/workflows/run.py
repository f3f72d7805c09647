"""The worker process of a run: `python -m tui_detect.workflows.run RUN_FOLDER`.

It never opens the library; everything it has to say goes into the run folder.
"""

from __future__ import annotations

import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from tui_detect.core.errors import Conflict
from tui_detect.vision.events import EventWriter
from tui_detect.vision.failures import explain
from tui_detect.vision.notifying import notify
from tui_detect.vision.queueing import wait_for_devices
from tui_detect.vision.run_folder import Exit, RunFolder
from tui_detect.vision.stopping import StopSwitch

if TYPE_CHECKING:
    from tui_detect.vision.recipes import DeviceKind


def main(run_dir: str) -> int:
    """Run to the end; returns the exit code, 0 unless the run failed."""
    folder = RunFolder(Path(run_dir))
    stop = StopSwitch(folder)
    stop.listen()
    try:
        with folder.beating():
            ending = _work(folder, stop)
    except Conflict as error:
        # Not into the events: they are the other process's.
        sys.stderr.write(error.one_line() + "\n")
        return 1
    # Not while the folder is ours: the run may be resumed already.
    notify(folder, ending.state, ending.message)
    return 1 if ending.state == "failed" else 0


def _work(folder: RunFolder, stop: StopSwitch) -> Exit:
    events = folder.open_events()
    try:
        ending = _run(folder, events, stop)
    except BaseException as error:
        # Whatever it was: the person learns it from the run, not from its absence.
        message, hint = explain(error)
        ending = Exit("failed", message, hint)
        # On a full disk one word may find room and another not; without any the run is lost.
        with suppress(OSError):
            traceback.print_exc()
        with suppress(OSError):
            events.write("failed", message=message, hint=hint)
    events.close()
    folder.write_exit(ending)
    return ending


def _run(folder: RunFolder, events: EventWriter, stop: StopSwitch) -> Exit:
    # Before anything that takes its time, such as reading a large job.
    events.write("stage", stage="waiting", waiting_for="")
    job = folder.read_job()
    wanted = wait_for_devices(job, events, stop)
    if wanted is None:
        return _cancelled(events, "stopped while it waited")
    events.write("stage", stage="preparing", done=0, total=0)
    # Not before the person sees that something happens, as torch below.
    from tui_detect.workflows.preparing import prepare

    dataset = prepare(folder.dataset, job, events, stop)
    if stop.requested() and not folder.weights.exists():
        return _cancelled(events)
    from tui_detect.vision.devices import choose_device
    from tui_detect.vision.recipes import get_recipe, pretrained_names
    from tui_detect.vision.weights import find_weights, remember_weights, remembered_weights

    device = choose_device(wanted)
    models = get_recipe(job.recipe).models(device.kind)
    weights = remembered_weights(folder.start_weights_file) or find_weights(
        job.settings.weights,
        pretrained_names(models, job.settings),
        job.weights_folder,
        stop.requested,
    )
    if stop.requested() and not folder.weights.exists():
        return _cancelled(events)
    remember_weights(folder.start_weights_file, weights)
    searches = job.settings.budget_minutes is not None and job.settings.weights == "auto"
    if searches and weights.file is not None:
        fetch_larger(weights.file, device.kind, events, stop)
    from tui_detect.vision.worker import train

    return train(folder, job, dataset, weights, device, events, stop)


def fetch_larger(file: Path, device: DeviceKind, events: EventWriter, stop: StopSwitch) -> None:
    """Have the weights of the larger model that a search tries, or tell that it is left out."""
    from tui_detect.vision.search import larger_model
    from tui_detect.vision.weights import fetch_weights

    larger = larger_model(file.stem, device)
    if larger is not None and (why := fetch_weights(larger, file.parent, stop.requested)):
        events.write(
            "warning",
            message=f"no larger model will be tried: {why}; put {larger}.pt into {file.parent}",
        )


def _cancelled(events: EventWriter, message: str = "stopped before the first epoch") -> Exit:
    events.write("cancelled", weights=None, epochs=0, message=message)
    return Exit("cancelled", message)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
