"""Freeze the workspace as an iteration and start the run that trains it."""

from __future__ import annotations

from dataclasses import replace

from tui_detect.core.errors import Conflict
from tui_detect.core.model import Epoch, Iteration, Project, TrainingSettings
from tui_detect.core.sizes import measure_sizes
from tui_detect.store import images, iterations, projects, runs
from tui_detect.store.iterations import Snapshot
from tui_detect.store.values import now
from tui_detect.vision.job import Job, JobImage
from tui_detect.vision.launchers import check_options, get_launcher
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows.collecting import collect, collect_running, events_size_bytes
from tui_detect.workflows.configuration import on_end_of, read_configuration
from tui_detect.workflows.images import picture_path
from tui_detect.workflows.iterations import get_iteration
from tui_detect.workflows.launching import launch_run
from tui_detect.workflows.library import Library
from tui_detect.workflows.snapshots import TrainingCheck, check_snapshot, take_snapshot
from tui_detect.workflows.sweeping import sweep
from tui_detect.workflows.training_settings import checked_settings
from tui_detect.workflows.unchanged import instead, repeats, unchanged_since

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


def check_training(
    library: Library,
    project_id: int,
    settings: TrainingSettings = TrainingSettings(),  # noqa: B008
) -> TrainingCheck:
    """What would be trained on, and what to know before; changes nothing.

    Raises:
        BadInput: a setting makes no sense.
        NotFound: the settings name a tag that is not there.
        TrainingImpossible: the workspace cannot be trained on; the hint says what is missing.
    """
    settings = checked_settings(settings)
    snapshot, _ = take_snapshot(library, project_id, settings)
    return check_snapshot(library, project_id, snapshot, settings)


def start_training(
    library: Library,
    project_id: int,
    settings: TrainingSettings = TrainingSettings(),  # noqa: B008
    *,
    force: bool = False,
) -> Iteration:
    """Freeze all tagged images with their regions and split, and start a run on them.

    The run is a process of its own: it goes on when this one ends, however it ends. On this machine
    it waits until the devices it trains on are free.

    Args:
        library: Where all of it is.
        project_id: What is trained.
        settings: What the person asks for.
        force: Train also what another iteration has trained, trains or could go on to train.

    Raises:
        BadInput: a setting or the configuration makes no sense.
        NotFound: the settings name a tag that is not there.
        TrainingImpossible: the workspace cannot be trained on.
        Conflict: another iteration does just that; the hint says what to do with it.
        StorageFailed: the run folder cannot be written.
        RunFailed: the process could not be started.
    """
    check_options(settings.launcher, settings.launcher_options)
    get_launcher(settings.launcher).check(settings.launcher_options)
    settings = checked_settings(settings)
    if not force:
        collect_running(library, project_id)
        snapshot, _ = take_snapshot(library, project_id, settings)
        same = unchanged_since(library, project_id, snapshot, settings)
        if same is not None:
            hint = f"{instead(same)}, or train all the same with --force"
            raise Conflict(repeats(same), hint)
    on_end = settings.on_end or on_end_of(read_configuration(library.home))
    iteration, _ = prepare_run(library, project_id, replace(settings, on_end=on_end))
    launch_run(library, iteration)
    return iteration


def prepare_run(
    library: Library, project_id: int, settings: TrainingSettings
) -> tuple[Iteration, RunFolder]:
    """Freeze the workspace as a queued iteration with a run folder that a worker can start on.

    Raises:
        BadInput: a setting makes no sense.
        NotFound: the settings name a tag that is not there.
        TrainingImpossible: the workspace cannot be trained on.
        StorageFailed: the run folder cannot be written.
    """
    settings = checked_settings(settings)
    collect_running(library, project_id)
    sweep(library)
    with library.db.atomic():
        project = projects.get(library.db, project_id)
        snapshot, new_splits = take_snapshot(library, project_id, settings)
        images.set_split(library.db, new_splits)
        iteration = iterations.create(library.db, project_id, project.domain, settings, snapshot)
        # Inside the transaction: a full disk leaves no iteration behind.
        folder = RunFolder.create(
            library.run_path(iteration.uuid), _job(library, project, iteration, snapshot)
        )
    return iteration, folder


def _job(library: Library, project: Project, iteration: Iteration, snapshot: Snapshot) -> Job:
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
        name=iteration.name,
        project=project.name,
        queue_folder=library.queue_path,
        sizes=measure_sizes((image, regions) for image, _, regions in snapshot.images),
    )


def stop_training(library: Library, iteration_id: int) -> Iteration:
    """Ask a run to finish its batch, keep the best weights so far, evaluate them and end.

    One that still waits in a cluster's queue is taken out of it, and has ended.

    Raises:
        Conflict: it has ended already.
        StorageFailed: the run folder cannot be written.
        RunFailed: the launcher could not take it away; it stops as soon as it begins.
    """
    iteration = collect(library, iteration_id)
    if iteration.ended:
        raise Conflict(f"{iteration.name} has ended already: {iteration.state}")
    folder = RunFolder(library.run_path(iteration.uuid))
    get_launcher(iteration.settings.launcher).cancel(folder)
    return collect(library, iteration_id)


def run_log(library: Library, iteration_id: int, lines: int = 200) -> list[str]:
    """The end of the run's log."""
    iteration = get_iteration(library, iteration_id)
    return RunFolder(library.run_path(iteration.uuid)).log_tail(lines)


def epochs(library: Library, iteration_id: int) -> list[Epoch]:
    """The finished epochs in order."""
    return runs.epochs(library.db, iteration_id)
