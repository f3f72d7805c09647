"""Delete iterations into the trash, bring them back, and purge them for good."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from tui_detect.core.errors import Conflict, NotFound, TuiDetectError
from tui_detect.core.model import Image, Iteration
from tui_detect.store import images, iterations, tagging
from tui_detect.store import trash as rows
from tui_detect.store.values import now
from tui_detect.vision.launchers import get_launcher
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows.iterations import called, get_iteration
from tui_detect.workflows.library import Library, freed_bytes
from tui_detect.workflows.sweeping import (
    Leftover,
    delete_files,
    mark_as_going,
    move_folder,
    noting,
    sweep,
)

KEPT_DAYS = 30
"""How long a deleted iteration can be restored."""


@dataclass(frozen=True, slots=True)
class IterationDeletion:
    """What goes when an iteration is deleted; all of it comes back when it is restored."""

    iteration: Iteration
    """As it is before: once it is deleted, nothing answers to the name it is published as."""
    images: list[Image]
    """They are no longer in the workspace and in no other iteration."""
    weights_bytes: int
    """Of its run folder: weights, checkpoints and log."""
    detections: int
    """Boxes it found on its validation images."""
    leftovers: tuple[Leftover, ...] = ()
    """Once it is deleted: what could not be moved, its own run folder first."""


@dataclass(frozen=True, slots=True)
class Restoration:
    """What came back from the trash."""

    iteration: Iteration
    name_lost: str
    """The name that it was published as, where it is not published again; else empty."""
    files_gone: bool
    """Its run folder, or the weights of a published one, were no longer in the trash."""


@dataclass(frozen=True, slots=True)
class Purge:
    """What went for good."""

    iterations: tuple[Iteration, ...] = ()
    images: int = 0
    freed_bytes: int = 0
    leftovers: tuple[Leftover, ...] = ()
    """What could not be deleted or moved, now or earlier."""


def iteration_deletion(library: Library, iteration_id: int) -> IterationDeletion:
    """What would go with the iteration.

    Raises:
        NotFound: it is gone, or in the trash already.
        Conflict: its run is still going on, or another one starts from its weights.
    """
    iteration = get_iteration(library, iteration_id)
    _check_ended(library, iteration)
    return IterationDeletion(
        iteration,
        rows.only_here(library.db, iteration_id, trash_counts=False),
        freed_bytes([library.run_path(iteration.uuid)]),
        rows.detections(library.db, iteration_id),
    )


def delete_iteration(library: Library, iteration_id: int) -> IterationDeletion:
    """Move an iteration to the trash, with the images that belong to nothing else; what went.

    One that is published answers to its name no more. Where its folder cannot be moved it is
    deleted all the same, and a later sweep moves the folder.

    Raises:
        NotFound: it is gone, or in the trash already.
        Conflict: its run, or one that starts from its weights, goes on.
        StorageFailed: the database cannot be written.
    """
    plan = iteration_deletion(library, iteration_id)
    with library.db.atomic():
        iteration = get_iteration(library, iteration_id)
        _check_ended(library, iteration)
        # What a person agreed to may have changed since; this is what goes.
        going = rows.only_here(library.db, iteration_id, trash_counts=False)
        # Only a name that is given up can be taken by another one.
        iterations.update(
            library.db,
            iteration_id,
            deleted_at=now(),
            published_as="",
            published_before=iteration.published_as,
        )
        tagging.record_act(
            library.db,
            iteration.project_id,
            f"{rows.DELETED}{iteration.number}",
            iteration=iteration.uuid,
            published_as=iteration.published_as,
            images=[image.name for image in going],
        )
    # Truth first, folder after: a kill in between leaves a folder that the next sweep moves.
    leftovers = sorted(sweep(library), key=lambda left: left.folder.name != iteration.uuid)
    return replace(plan, iteration=iteration, images=going, leftovers=tuple(leftovers))


def list_deleted(library: Library, project_id: int) -> list[Iteration]:
    """The project's iterations in the trash, the last one deleted first."""
    return iterations.in_trash(library.db, project_id)


def find_deleted(library: Library, project_id: int, number_name_or_id: str) -> Iteration:
    """An iteration in the trash by number, name or id.

    Raises:
        NotFound: the trash has none; the hint says which there are.
    """
    every = list_deleted(library, project_id)
    found = called([*every, *iterations.of_project(library.db, project_id)], number_name_or_id)
    if found is not None and found.deleted_at is None:
        raise NotFound(f"{found.name} is not in the trash", "it was not deleted")
    if found is not None:
        return found
    there = ", ".join(str(iteration.number) for iteration in every)
    raise NotFound(
        f"there is no iteration {number_name_or_id!r} in the trash",
        f"it was purged, or there never was one; the trash holds: {there or 'nothing'}",
    )


def purged_at(iteration: Iteration) -> datetime:
    """When a deleted iteration goes for good, unless it is restored."""
    assert iteration.deleted_at is not None, "it is in the trash"
    return iteration.deleted_at + timedelta(days=KEPT_DAYS)


def restore_iteration(library: Library, iteration_id: int) -> Restoration:
    """Bring an iteration back from the trash with all that went with it.

    It is published again, unless its name was given to another one meanwhile or its weights are
    gone.

    Raises:
        NotFound: it has been purged.
        Conflict: it is not in the trash.
        StorageFailed: its folder could not be moved back; it stays in the trash.
    """
    with library.db.atomic():
        iteration = _deleted(library, iteration_id)
        # Folder first: until the truth follows, a sweep takes it back into the trash.
        folder = library.run_path(iteration.uuid)
        move_folder(library.trash_path(iteration.uuid), folder, is_run=True)
        before, run = iteration.published_before, RunFolder(folder)
        files_gone = not (run.weights if before else run.job_file).exists()
        other = iterations.by_published_name(library.db, iteration.project_id, before)
        name = before if other is None and not files_gone else ""
        iterations.update(
            library.db,
            iteration_id,
            deleted_at=None,
            published_as=name,
            published_before="",
        )
        tagging.record_act(
            library.db,
            iteration.project_id,
            f"restore iteration {iteration.number}",
            iteration=iteration.uuid,
            published_as=name,
        )
    lost = "" if name else before
    return Restoration(get_iteration(library, iteration_id), lost, files_gone)


def purge(library: Library, iteration_ids: Sequence[int]) -> Purge:
    """Delete iterations in the trash for good, with the images that belong to nothing else.

    One that the disk refuses to touch stays in the trash, and the others go.

    Raises:
        NotFound: one has been purged already.
        Conflict: one is not in the trash.
        StorageFailed: the database cannot be written; that one and those after it stay.
    """
    library.db.check_writable()
    gone, pictures, freed = [], 0, 0
    leftovers: list[Leftover] = []
    for iteration_id in iteration_ids:
        iteration = _deleted(library, iteration_id)
        going = _forget(library, iteration_id, leftovers)
        if going is None:
            continue
        gone.append(iteration)
        pictures += going
        folder = library.trash_path(iteration.uuid)
        # Truth first, files after: a kill in between leaves a folder that the next sweep ends.
        with noting(leftovers, folder):
            freed += delete_files(library, folder)
    # Last, so that only what was asked for counts as freed.
    found = {left.folder.name: left for left in (*leftovers, *sweep(library))}
    return Purge(tuple(gone), pictures, freed, tuple(found.values()))


def _forget(library: Library, iteration_id: int, leftovers: list[Leftover]) -> int | None:
    """Take an iteration out of the database; how many images go.

    Returns:
        `None` where the disk refuses its folder, which is a leftover then; nothing has changed.

    Raises:
        NotFound: it has been purged already.
        Conflict: it is not in the trash.
        StorageFailed: the database cannot be written; nothing has changed.
    """
    with library.db.atomic():
        iteration = _deleted(library, iteration_id)
        going = rows.only_here(library.db, iteration_id, trash_counts=True)
        marked = False
        with noting(leftovers, library.trash_path(iteration.uuid)):
            mark_as_going(library, iteration, going)
            marked = True
        if not marked:
            return None
        iterations.delete(library.db, iteration_id)
        images.delete(library.db, [image.id for image in going])
        tagging.record_act(
            library.db,
            iteration.project_id,
            f"purge iteration {iteration.number}",
            iteration=iteration.uuid,
            images=[image.name for image in going],
        )
    return len(going)


def tidy(library: Library, at: datetime | None = None) -> Purge:
    """Finish what a kill interrupted, and purge what has been in the trash for 30 days.

    Cheap when there is nothing to do: it only reads. It raises nothing: what cannot be done now,
    or is another process's work already, waits for the next time.
    """
    at = at or datetime.now(UTC)
    with suppress(TuiDetectError, OSError):
        return purge(
            library, [one.id for one in iterations.in_trash(library.db) if purged_at(one) <= at]
        )
    return Purge()


def _check_ended(library: Library, iteration: Iteration) -> None:
    """Refuse to delete what a process works on or will read; a lost run may only have looked gone.

    Raises:
        Conflict: its run is going on, or another one starts from its weights.
    """
    folder = RunFolder(library.run_path(iteration.uuid))
    launcher = get_launcher(iteration.settings.launcher)
    if (not iteration.ended or iteration.state == "lost") and launcher.state(folder).alive:
        raise Conflict(
            f"{iteration.name} is still {iteration.state}", "stop it first, or wait for its end"
        )
    for other in iterations.live(library.db):
        if other.settings.weights == str(folder.weights):
            raise Conflict(
                f"{other.name} starts from the weights of {iteration.name} and is {other.state}",
                "stop it first, or wait for its end",
            )


def _deleted(library: Library, iteration_id: int) -> Iteration:
    """The iteration, which must be in the trash.

    Raises:
        NotFound: it has been purged.
        Conflict: it is not in the trash.
    """
    try:
        iteration = iterations.get(library.db, iteration_id)
    except LookupError as error:
        raise NotFound("the iteration is not there any more", "it was purged") from error
    if iteration.deleted_at is None:
        raise Conflict(f"{iteration.name} is not in the trash")
    return iteration
