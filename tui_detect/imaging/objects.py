"""The pictures' bytes on disk, named by their SHA-256."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

from tui_detect.core.errors import StorageFailed
from tui_detect.imaging.files import clone
from tui_detect.imaging.refusals import refused_by_system, regular_file_size, storage_failed

_FOLDER = re.compile(r"[0-9a-f]{2}")
_NAME = re.compile(r"[0-9a-f]{62}")
_INCOMING = "incoming"


class ObjectStore:
    """A folder of immutable files: `ab/cdef…` holds the bytes with SHA-256 `abcdef…`.

    Files are reflinks, hard links or copies of the originals (see `files.clone` for what a hard
    link means); the originals themselves are never written, moved or deleted.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def add(self, path: str | os.PathLike[str]) -> tuple[str, int]:
        """Keep the file's bytes; returns their SHA-256 and their number.

        What is hashed is what is kept, and it gets its name by rename: a file that changes or
        vanishes meanwhile, or a crash, leaves no object under a wrong name.

        Raises:
            PictureRefused: the file is not there, no regular file, empty or unreadable.
            StorageFailed: the folder cannot be written, or the disk is full.
        """
        source = Path(path)
        regular_file_size(source)
        _readable(source)
        incoming = self._folder(_INCOMING) / uuid.uuid4().hex
        try:
            clone(source, incoming)
            sha256, size_bytes = _hashed(incoming)
            final = self._folder(sha256[:2]) / sha256[2:]
            self._publish(incoming, final)
        finally:
            # Renaming one hard link onto another to the same file leaves both names.
            incoming.unlink(missing_ok=True)
        return sha256, size_bytes

    def path(self, sha256: str) -> Path:
        """Where the bytes with that SHA-256 are, or would be."""
        return self.root / sha256[:2] / sha256[2:]

    def delete(self, sha256: str) -> None:
        """Forget these bytes; nothing happens when they are not here.

        Raises:
            StorageFailed: the folder is read-only.
        """
        path = self.path(sha256)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise StorageFailed(
                f"cannot delete {path}: {error.strerror}", "make the folder writable"
            ) from error

    def list(self) -> Iterator[str]:
        """The SHA-256 of every object, in order."""
        if not self.root.is_dir():
            return
        for folder in sorted(self.root.iterdir()):
            if _FOLDER.fullmatch(folder.name):
                for file in sorted(folder.iterdir()):
                    if _NAME.fullmatch(file.name):
                        yield folder.name + file.name

    def _folder(self, name: str) -> Path:
        folder = self.root / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise storage_failed(folder, error) from error
        return folder

    def _publish(self, incoming: Path, final: Path) -> None:
        try:
            if not final.exists():
                incoming.replace(final)
        except OSError as error:
            raise storage_failed(final, error) from error


def _readable(path: Path) -> None:
    """Refuse what may not be read: a hard link to it would succeed and be of no use."""
    try:
        path.open("rb").close()
    except OSError as error:
        raise refused_by_system(path, error) from error


def _hashed(path: Path) -> tuple[str, int]:
    try:
        with path.open("rb") as file:
            # 2 ms to import, and the app's first frame hashes nothing.
            import hashlib

            digest = hashlib.file_digest(file, "sha256")
            return digest.hexdigest(), file.tell()
    except OSError as error:
        raise refused_by_system(path, error) from error
