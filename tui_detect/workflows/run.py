"""The worker process of a run: `python -m tui_detect.workflows.run RUN_FOLDER`.

It never opens the library; everything it has to say goes into the run folder.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tui_detect.core.errors import PictureRefused, RunFailed
from tui_detect.imaging.decode import write_for_training
from tui_detect.vision import dataset as datasets
from tui_detect.vision.dataset import Dataset
from tui_detect.vision.environment import usable_cores
from tui_detect.vision.events import EventWriter
from tui_detect.vision.failures import explain
from tui_detect.vision.job import Job, JobImage
from tui_detect.vision.run_folder import Exit, RunFolder
from tui_detect.vision.stopping import StopSwitch

SKIPS_NAMED_MAX = 20
"""Skipped pictures named one by one before the rest is only counted."""
PROGRESS_EVERY = 20
"""Pictures between two events while preparing."""


def main(run_dir: str) -> int:
    """Run to the end; returns the exit code, 0 unless the run failed."""
    folder = RunFolder(Path(run_dir))
    stop = StopSwitch(folder)
    stop.listen()
    with folder.beating():
        events = folder.open_events()
        try:
            ending = _run(folder, events, stop)
        except BaseException as error:
            # Whatever it was: the person learns it from the run, not from its absence.
            traceback.print_exc()
            message, hint = explain(error)
            events.write("failed", message=message, hint=hint)
            ending = Exit("failed", message, hint)
        events.close()
        folder.write_exit(ending)
    return 1 if ending.state == "failed" else 0


def _run(folder: RunFolder, events: EventWriter, stop: StopSwitch) -> Exit:
    events.write("stage", stage="preparing", done=0, total=0)
    job = folder.read_job()
    dataset = prepare(folder.dataset, job, events, stop)
    if stop.requested():
        return _cancelled(events)
    # torch takes seconds to import: not before the person sees that something happens.
    from tui_detect.vision.devices import choose_device
    from tui_detect.vision.recipes import get_recipe, pretrained_names
    from tui_detect.vision.weights import find_weights

    device = choose_device(job.settings.device)
    models = get_recipe(job.recipe).models(device.kind)
    weights = find_weights(
        job.settings.weights,
        pretrained_names(models, job.settings),
        job.weights_folder,
        stop.requested,
    )
    if stop.requested():
        return _cancelled(events)
    from tui_detect.vision.worker import train

    return train(folder, job, dataset, weights, device, events, stop)


def _cancelled(events: EventWriter) -> Exit:
    events.write("cancelled", weights=None, epochs=0)
    return Exit("cancelled", "stopped before the first epoch")


def prepare(folder: Path, job: Job, events: EventWriter, stop: StopSwitch) -> Dataset:
    """Write pictures, labels and description; a picture that cannot be used is skipped.

    Raises:
        RunFailed: a split has no picture left.
        StorageFailed: the folder cannot be written.
    """
    datasets.make_folders(folder)
    written: dict[str, dict[Path, JobImage]] = {"train": {}, "validation": {}}
    skipped: list[str] = []
    total = len(job.images)
    for done, (image, outcome) in enumerate(_write_pictures(folder, job, stop), start=1):
        if isinstance(outcome, Path):
            datasets.write_labels(folder, image)
            written[image.split][outcome] = image
        else:
            skipped.append(f"{image.label} was skipped: {outcome.message}")
        if done % PROGRESS_EVERY == 0 or done == total:
            events.write("stage", stage="preparing", done=done, total=total)
    for message in skipped[:SKIPS_NAMED_MAX]:
        events.write("warning", message=message)
    if len(skipped) > SKIPS_NAMED_MAX:
        more = len(skipped) - SKIPS_NAMED_MAX
        events.write("warning", message=f"{more} more pictures were skipped likewise")
    if not stop.requested():
        for split, pictures in written.items():
            if not pictures:
                raise RunFailed(
                    f"no picture of the {split} split could be read",
                    "add the pictures again, then train again",
                )
    description = datasets.write_description(folder, job.tags)
    return Dataset(description, written["train"], written["validation"])


def _write_pictures(
    folder: Path, job: Job, stop: StopSwitch
) -> Iterator[tuple[JobImage, Path | PictureRefused]]:
    """Write the pictures in order, several at a time; a stop ends the series."""

    def write(image: JobImage) -> Path | PictureRefused:
        try:
            return write_for_training(image.object, datasets.picture_stem(folder, image))
        except PictureRefused as refusal:
            return refusal

    with ThreadPoolExecutor(max_workers=usable_cores()) as pool:
        for image, outcome in zip(job.images, pool.map(write, job.images), strict=True):
            if stop.requested():
                pool.shutdown(cancel_futures=True)
                return
            yield image, outcome


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
