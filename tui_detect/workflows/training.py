"""Freeze the workspace as an iteration and start the run that trains it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tui_detect.core.errors import BadInput, Conflict, TrainingImpossible, TuiDetectError
from tui_detect.core.model import Epoch, Image, Iteration, Region, Split, Tag, TrainingSettings
from tui_detect.core.query import ImageQuery
from tui_detect.core.split import assign_split
from tui_detect.store import images, iterations, projects, runs, tags
from tui_detect.store.iterations import Snapshot
from tui_detect.store.values import now
from tui_detect.vision.job import Job, JobImage
from tui_detect.vision.launchers import get_launcher
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows.collecting import collect, collect_running, events_size_bytes
from tui_detect.workflows.images import guidance, picture_path
from tui_detect.workflows.iterations import get_iteration
from tui_detect.workflows.library import Library

__all__ = [
    "TrainingCheck",
    "check_training",
    "collect",
    "collect_running",
    "epochs",
    "events_size_bytes",
    "prepare_run",
    "run_log",
    "start_training",
    "stop_training",
]

MIN_IMAGE_SIZE_PX = 32
MAX_IMAGE_SIZE_PX = 4096


@dataclass(frozen=True, slots=True)
class TrainingCheck:
    """What a training started now would work on."""

    images: int
    train: int
    validation: int
    background: int
    tags: int
    regions: int
    warnings: list[str]


def check_training(library: Library, project_id: int) -> TrainingCheck:
    """What would be trained on, and what to know before; changes nothing.

    Raises:
        TrainingImpossible: the workspace cannot be trained on; the hint says what is missing.
    """
    snapshot, _ = _snapshot(library, project_id)
    splits = [split for _, split, _ in snapshot.images]
    advice = [item.text for item in guidance(library, project_id) if item.level != "ok"]
    return TrainingCheck(
        len(splits),
        splits.count("train"),
        splits.count("validation"),
        sum(not regions for _, _, regions in snapshot.images),
        len(snapshot.tags),
        sum(len(regions) for _, _, regions in snapshot.images),
        advice,
    )


def start_training(
    library: Library,
    project_id: int,
    settings: TrainingSettings = TrainingSettings(),  # noqa: B008
) -> Iteration:
    """Freeze all tagged images with their regions and split, and start a run on them.

    The run is a process of its own: it goes on when this one ends, however it ends.

    Raises:
        BadInput: a setting makes no sense.
        TrainingImpossible: the workspace cannot be trained on.
        Conflict: this project is training already.
        StorageFailed: the run folder cannot be written.
        RunFailed: the process could not be started.
    """
    launcher = get_launcher(settings.launcher)
    iteration, folder = prepare_run(library, project_id, settings)
    try:
        launcher.launch(folder, settings.launcher_options)
    except TuiDetectError as error:
        iterations.set_state(library.db, iteration.id, "failed", error.one_line())
        raise
    return iteration


def prepare_run(
    library: Library, project_id: int, settings: TrainingSettings
) -> tuple[Iteration, RunFolder]:
    """Freeze the workspace as a queued iteration with a run folder that a worker can start on.

    Raises:
        BadInput: a setting makes no sense.
        TrainingImpossible: the workspace cannot be trained on.
        Conflict: this project is training already.
        StorageFailed: the run folder cannot be written.
    """
    _check_settings(settings)
    collect_running(library, project_id)
    library.sweep_runs()
    with library.db.atomic():
        live = iterations.live(library.db, project_id)
        if live:
            raise Conflict(
                f"{live[0].name} of this project is still {live[0].state}",
                "wait for it, or stop it (it keeps the best weights so far)",
            )
        domain = projects.get(library.db, project_id).domain
        snapshot, new_splits = _snapshot(library, project_id)
        images.set_split(library.db, new_splits)
        iteration = iterations.create(library.db, project_id, domain, settings, snapshot)
        # Inside the transaction: a full disk leaves no iteration behind.
        folder = RunFolder.create(
            library.run_path(iteration.uuid), _job(library, iteration, snapshot)
        )
    return iteration, folder


def _check_settings(settings: TrainingSettings) -> None:
    if settings.epochs is not None and settings.epochs < 1:
        raise BadInput(f"{settings.epochs} epochs cannot be trained", "give 1 or more")
    if settings.budget_minutes is not None and settings.budget_minutes <= 0:
        raise BadInput(
            f"a budget of {settings.budget_minutes:g} minutes is no time at all", "give more than 0"
        )
    size = settings.image_size_px
    if size is not None and not MIN_IMAGE_SIZE_PX <= size <= MAX_IMAGE_SIZE_PX:
        raise BadInput(
            f"an image size of {size} px cannot be trained",
            f"give {MIN_IMAGE_SIZE_PX} to {MAX_IMAGE_SIZE_PX}",
        )
    if settings.weights not in ("auto", "none") and not Path(settings.weights).is_file():
        raise BadInput(
            f"the weights {settings.weights!r} are not there", "give a .pt file, auto or none"
        )


def _snapshot(library: Library, project_id: int) -> tuple[Snapshot, dict[int, Split]]:
    """All tagged images with regions and split, and the splits that are new."""
    db = library.db
    tagged: list[Image] = []
    regions: dict[int, tuple[Region, ...]] = {}
    for page in images.pages(db, project_id, ImageQuery(state="tagged")):
        tagged += page
        regions |= images.regions(db, [image.id for image in page])
    project_tags = tags.of_project(db, project_id)
    _check_trainable(tagged, regions, project_tags)
    fixed: Mapping[str, Split] = {image.sha256: image.split for image in tagged if image.split}
    sets = {image.sha256: frozenset(r.tag_id for r in regions[image.id]) for image in tagged}
    new = assign_split(sets, fixed)
    chosen = {**new, **fixed}
    snapshot = Snapshot(
        tuple(project_tags),
        tuple((image, chosen[image.sha256], regions[image.id]) for image in tagged),
    )
    _check_sides(snapshot)
    return snapshot, {image.id: new[image.sha256] for image in tagged if image.sha256 in new}


def _check_trainable(
    tagged: list[Image], regions: Mapping[int, tuple[Region, ...]], project_tags: list[Tag]
) -> None:
    if not tagged:
        raise TrainingImpossible("no image is tagged yet", "draw boxes on some images first")
    with_regions = [image for image in tagged if regions[image.id]]
    if not with_regions:
        raise TrainingImpossible(
            "all tagged images are background: there is no region to learn from",
            "draw boxes on some images first",
        )
    if len(with_regions) < 2:
        raise TrainingImpossible(
            "only one image has regions, but training needs one to learn from and one to check on",
            "tag at least one more (15 for each tag is the usual minimum)",
        )
    used = {region.tag_id for image in with_regions for region in regions[image.id]}
    unused = [tag.name for tag in project_tags if tag.id not in used]
    if unused:
        names = ", ".join(repr(name) for name in unused)
        plural = "s have" if len(unused) > 1 else " has"
        raise TrainingImpossible(
            f"the tag{plural} no region: {names}", "tag images with it, or delete it"
        )


def _check_sides(snapshot: Snapshot) -> None:
    """Both splits need an object; they always get one unless a person has moved all away."""
    for side in ("train", "validation"):
        if not any(split == side and regions for _, split, regions in snapshot.images):
            raise TrainingImpossible(
                f"no image of the {side} split has a region",
                f"move some there: tui-detect images PROJECT tagged --set-split {side}",
            )


def _job(library: Library, iteration: Iteration, snapshot: Snapshot) -> Job:
    index = {tag.id: position for position, tag in enumerate(snapshot.tags)}
    return Job(
        iteration=iteration.uuid,
        tags=tuple(tag.name for tag in snapshot.tags),
        images=tuple(
            JobImage(
                image.uuid,
                picture_path(library, image),
                split,
                tuple((index[region.tag_id], region.box) for region in regions),
                image.name,
            )
            for image, split, regions in snapshot.images
        ),
        recipe=iteration.domain,
        settings=iteration.settings,
        weights_folder=library.weights_path,
        created_at=now(),
    )


def stop_training(library: Library, iteration_id: int) -> Iteration:
    """Ask a run to finish its batch, keep the best weights so far, evaluate them and end.

    Raises:
        Conflict: it has ended already.
        StorageFailed: the run folder cannot be written.
    """
    iteration = collect(library, iteration_id)
    if iteration.ended:
        raise Conflict(f"{iteration.name} has ended already: {iteration.state}")
    RunFolder(library.run_path(iteration.uuid)).request_stop()
    return iteration


def run_log(library: Library, iteration_id: int, lines: int = 200) -> list[str]:
    """The end of the run's log."""
    iteration = get_iteration(library, iteration_id)
    return RunFolder(library.run_path(iteration.uuid)).log_tail(lines)


def epochs(library: Library, iteration_id: int) -> list[Epoch]:
    """The finished epochs in order."""
    return runs.epochs(library.db, iteration_id)
