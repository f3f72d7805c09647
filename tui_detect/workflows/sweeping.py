"""Run folders on the disk: each where its iteration says, and none whose iteration is gone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from tui_detect.core.errors import StorageFailed
from tui_detect.core.model import Image, Iteration
from tui_detect.store import images
from tui_detect.store import trash as rows
from tui_detect.vision.files import write_atomically
from tui_detect.workflows.library import Library, delete_folder, freed_bytes

GOING_FILE = "purged-pictures.json"
"""In the folder of an iteration that is being purged: the pictures that go with it."""


def sweep(library: Library) -> None:
    """Put each run folder where its iteration says that it belongs; what belongs to none goes.

    Raises:
        StorageFailed: a folder could not be moved or deleted.
    """
    if not any(_misplaced(library)):
        return
    doomed = []
    with library.db.atomic():
        # Looked at again under the write lock, which keeps others from making a run folder.
        for folder, destination in _misplaced(library):
            if destination is None:
                destination = library.trash_path(folder.name)
                doomed.append(destination)
            # One in the trash whose iteration is gone may be vanishing by another's hand.
            if folder != destination:
                move_folder(folder, destination)
    for folder in doomed:
        delete_files(library, folder)


def _misplaced(library: Library) -> Iterable[tuple[Path, Path | None]]:
    """Run folders that are not where they belong, and where that is; `None` for nowhere."""
    belongs_into_trash = rows.folders(library.db)
    for root, is_trash in (("runs", False), ("trash", True)):
        with suppress(FileNotFoundError):
            for folder in list((library.home / root).iterdir()):
                if not folder.is_dir():
                    continue
                belongs = belongs_into_trash.get(folder.name)
                if belongs is None:
                    yield folder, None
                elif belongs != is_trash:
                    place = library.trash_path if belongs else library.run_path
                    yield folder, place(folder.name)


def move_folder(folder: Path, destination: Path) -> None:
    """Rename a run folder.

    Raises:
        StorageFailed: it cannot be done.
    """
    try:
        destination.parent.mkdir(exist_ok=True)
        folder.rename(destination)
    except OSError as error:
        raise StorageFailed(
            f"{folder} cannot be moved to {destination}: {error.strerror or error}",
            "see whether the disk is full or read-only",
        ) from error


def mark_as_going(library: Library, iteration: Iteration, going: Sequence[Image]) -> Path:
    """Note in an iteration's folder in the trash which pictures go with it; that folder.

    Raises:
        StorageFailed: it cannot be written.
    """
    folder = library.trash_path(iteration.uuid)
    if library.run_path(iteration.uuid).exists():
        move_folder(library.run_path(iteration.uuid), folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / GOING_FILE, json.dumps([image.sha256 for image in going]))
    except OSError as error:
        raise StorageFailed(
            f"{folder} cannot be written: {error.strerror or error}",
            "see whether the disk is full or read-only",
        ) from error
    return folder


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
