"""Run folders on the disk: each where its iteration says, and none whose iteration is gone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count as from_number
from pathlib import Path

from tui_detect.core.errors import StorageFailed
from tui_detect.core.model import Image, Iteration
from tui_detect.core.words import count
from tui_detect.store import images
from tui_detect.store import trash as rows
from tui_detect.vision.files import write_atomically
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows.library import Library, delete_folder, freed_bytes

GOING_FILE = "purged-pictures.json"
"""In the folder of an iteration that is being purged: the pictures that go with it."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """A run folder that could not be moved or deleted; later sweeps try again."""

    folder: Path
    why: str
    hint: str


def warning_of(leftovers: Sequence[Leftover]) -> StorageFailed | None:
    """What a person is told of leftovers, the first one by name; `None` when there are none."""
    if not leftovers:
        return None
    first, more = leftovers[0], len(leftovers) - 1
    also = f" and in {count(more, 'more run folder')}" if more else ""
    return StorageFailed(
        f"files still lie in {first.folder}{also}, to be moved or deleted later: {first.why}",
        first.hint,
    )


@contextmanager
def noting(leftovers: list[Leftover], folder: Path) -> Iterator[None]:
    """Add the folder to the leftovers where the disk refuses."""
    try:
        yield
    except StorageFailed as error:
        cause = error.__cause__
        why = cause.strerror if isinstance(cause, OSError) else None
        leftovers.append(Leftover(folder, why or error.message, error.hint))
    except OSError as error:
        hint = f"see that {folder} can be read and written"
        leftovers.append(Leftover(folder, error.strerror or str(error), hint))


def sweep(library: Library) -> list[Leftover]:
    """Put each run folder where its iteration says that it belongs; what belongs to none goes.

    Returns:
        What the disk refused to move or delete, or all of it while another process writes.
    """
    leftovers: list[Leftover] = []
    found = list(misplaced(library))
    if not found:
        return leftovers
    doomed = set()
    try:
        with library.db.atomic():
            # Looked at again under the write lock, which keeps others from making a run folder.
            for folder, belongs in misplaced(library):
                destination = belongs or library.trash_path(folder.name)
                with noting(leftovers, folder):
                    # One in the trash whose iteration is gone may be vanishing by another's hand.
                    if folder != destination:
                        move_folder(folder, destination)
                    if belongs is None:
                        doomed.add(destination)
    except StorageFailed as error:
        return [Leftover(folder, error.message, error.hint) for folder, _ in found]
    for folder in sorted(doomed):
        with noting(leftovers, folder):
            delete_files(library, folder)
    return leftovers


def misplaced(library: Library) -> Iterator[tuple[Path, Path | None]]:
    """Run folders that are not where they belong, and where that is; `None` for nowhere."""
    belongs_into_trash = rows.folders(library.db)
    for root, is_trash in (("runs", False), ("trash", True)):
        with suppress(OSError):
            for folder in list((library.home / root).iterdir()):
                if not folder.is_dir():
                    continue
                belongs = belongs_into_trash.get(folder.name)
                if belongs is None:
                    yield folder, None
                elif belongs != is_trash:
                    place = library.trash_path if belongs else library.run_path
                    yield folder, place(folder.name)


def move_folder(folder: Path, destination: Path, *, is_run: bool = False) -> None:
    """Rename a run folder, if it is there; of two, the one that is not the run is kept inside it.

    Args:
        folder: What is moved.
        destination: Its new place.
        is_run: Whether `folder` is the run, else `destination`, where both hold a job or none.

    Raises:
        StorageFailed: it cannot be done.
    """
    try:
        if not folder.exists():
            return
        destination.parent.mkdir(exist_ok=True)
        if destination.exists():
            run, other = (folder, destination) if is_run else (destination, folder)
            if RunFolder(other).job_file.exists() and not RunFolder(run).job_file.exists():
                run, other = other, run
            names = (run / f"leftover-{number}" for number in from_number(1))
            other.rename(next(name for name in names if not name.exists()))
        if folder.exists():
            folder.rename(destination)
    except OSError as error:
        raise StorageFailed(
            f"{folder} cannot be moved to {destination}: {error.strerror or error}",
            f"see that {folder.parent} and {destination.parent} can be written and are on one disk",
        ) from error


def mark_as_going(library: Library, iteration: Iteration, going: Sequence[Image]) -> None:
    """Note in an iteration's folder in the trash which pictures go with it.

    Raises:
        StorageFailed: it cannot be written.
    """
    folder = library.trash_path(iteration.uuid)
    move_folder(library.run_path(iteration.uuid), folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / GOING_FILE, json.dumps([image.sha256 for image in going]))
    except OSError as error:
        raise StorageFailed(
            f"{folder} cannot be written: {error.strerror or error}",
            "see whether the disk is full or read-only",
        ) from error


def delete_files(library: Library, folder: Path) -> int:
    """Delete the files of an iteration that is purged, its folder last; the bytes that gives back.

    Raises:
        StorageFailed: something cannot be deleted.
    """
    hashes: set[str] = set()
    with suppress(FileNotFoundError):
        hashes = set(json.loads((folder / GOING_FILE).read_text(encoding="utf-8")))
    unused = images.unused_hashes(library.db, hashes)
    freed = freed_bytes([folder, *(library.objects.path(sha256) for sha256 in unused)])
    library.delete_unused_objects(unused)
    delete_folder(folder)
    return freed
