"""Files that a reader or a crash never meets half-written."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def publish(source: Path, destination: Path) -> None:
    """Copy a file in by rename, whole on the disk before it has its name."""
    destination.parent.mkdir(parents=True, exist_ok=True)
    with _partial_of(destination) as partial:
        shutil.copyfile(source, partial)
        _sync(partial)
        partial.replace(destination)


def share(source: Path, destination: Path) -> None:
    """Give a file a second name by rename, as a hard link where the file system has them.

    Nobody may write into either afterwards, only replace it.
    """
    destination.parent.mkdir(parents=True, exist_ok=True)
    with _partial_of(destination) as partial:
        partial.unlink(missing_ok=True)
        try:
            os.link(source, partial)
        except OSError:
            publish(source, destination)
            return
        # Does nothing where both are names of one file already; the partial one goes either way.
        partial.replace(destination)


def move_in(source: Path, destination: Path) -> None:
    """Rename a file of the same file system, whole on the disk before it has its name."""
    destination.parent.mkdir(parents=True, exist_ok=True)
    _sync(source)
    source.replace(destination)


def write_atomically(path: Path, text: str) -> None:
    """Write a small file by rename."""
    with _partial_of(path, f".{os.getpid()}") as partial:
        with partial.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)


@contextmanager
def _partial_of(path: Path, mark: str = "") -> Iterator[Path]:
    """A name beside the file; what is left there goes, for on a full disk every byte counts."""
    partial = path.with_name(f".{path.name}{mark}.partial")
    try:
        yield partial
    finally:
        partial.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
