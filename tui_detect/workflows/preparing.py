"""Write the pictures and labels that a run trains on, once; a resumed run finds them there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tui_detect.core.errors import PictureRefused, RunFailed
from tui_detect.imaging.decode import write_for_training
from tui_detect.vision import dataset as datasets
from tui_detect.vision.dataset import Dataset
from tui_detect.vision.environment import usable_cores
from tui_detect.vision.events import EventWriter
from tui_detect.vision.files import write_atomically
from tui_detect.vision.job import Job, JobImage
from tui_detect.vision.stopping import StopSwitch

SKIPS_NAMED_MAX = 20
"""Skipped pictures named one by one before the rest is only counted."""
PROGRESS_EVERY = 20
"""Pictures between two events while preparing."""
PREPARED = "prepared.json"
"""In the folder of the data set, once all is there: the pictures' files and their sizes."""


def prepare(folder: Path, job: Job, events: EventWriter, stop: StopSwitch) -> Dataset:
    """Write pictures, labels and description; a picture that cannot be used is skipped.

    What an earlier process has prepared to its end is taken as it is, if it is still whole.

    Raises:
        RunFailed: a split has no picture left.
        StorageFailed: the folder cannot be written.
    """
    known = _prepared(folder, job)
    if known is not None:
        return known
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
    if not stop.requested():
        _record(folder, [path for pictures in written.values() for path in pictures])
    return Dataset(description, written["train"], written["validation"])


def _record(folder: Path, pictures: list[Path]) -> None:
    """Write down which pictures there are, and how large."""
    sizes = {str(path.relative_to(folder)): path.stat().st_size for path in pictures}
    write_atomically(folder / PREPARED, json.dumps(sizes))


def _prepared(folder: Path, job: Job) -> Dataset | None:
    """The data set that an earlier process prepared; `None` unless all of it is there."""
    try:
        sizes: dict[str, int] = json.loads((folder / PREPARED).read_text(encoding="utf-8"))
        files = {Path(name).with_suffix(""): folder / name for name in sizes}
        if any((folder / name).stat().st_size != size for name, size in sizes.items()):
            return None
        images: dict[str, dict[Path, JobImage]] = {"train": {}, "validation": {}}
        for image in job.images:
            file = files.get(datasets.picture_stem(folder, image).relative_to(folder))
            if file is not None:
                datasets.write_labels(folder, image)
                images[image.split][file] = image
    except FileNotFoundError:
        return None
    description = datasets.write_description(folder, job.tags)
    return Dataset(description, images["train"], images["validation"])


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
