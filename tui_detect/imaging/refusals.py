"""Why a picture is refused, in words; names on one line whatever they hold."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from tui_detect.core.errors import PictureRefused, StorageFailed


def shown_name(path: str | os.PathLike[str]) -> str:
    """The file's name on one line: control characters and broken bytes are escaped."""
    name = Path(path).name or os.fspath(path)
    return "".join(c if c.isprintable() or c == "\u200d" else ascii(c)[1:-1] for c in name)


def refused(path: str | os.PathLike[str], reason: str, hint: str = "") -> PictureRefused:
    """The error that refuses this file for that reason."""
    return PictureRefused(f"{shown_name(path)}: {reason}", hint, reason=reason)


def refused_by_system(path: str | os.PathLike[str], error: OSError) -> PictureRefused:
    """The error for a file that the system does not let us read."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return refused(path, "there is no such file (any more)", "check the path")
    if isinstance(error, PermissionError):
        return refused(path, "permission denied", "allow this user to read it")
    return refused(path, f"cannot be read: {error.strerror or error}", "check the disk")


def regular_file_size(path: Path) -> int:
    """The size in bytes of a file that can be opened without waiting for anybody.

    Raises:
        PictureRefused: not there, not allowed, a folder, a pipe or a device, or empty.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise refused_by_system(path, error) from error
    except ValueError as error:
        raise refused(path, "no file has such a name", "check the path") from error
    if stat.S_ISDIR(status.st_mode):
        raise refused(path, "a folder, not a picture", "give a picture file")
    if not stat.S_ISREG(status.st_mode):
        raise refused(path, "a device or pipe, not a picture", "give a picture file")
    if status.st_size == 0:
        raise refused(path, "empty: the file has 0 bytes", "copy it again from its source")
    return status.st_size


def storage_failed(path: Path, error: OSError) -> StorageFailed:
    """The error for a place of ours that the system does not let us write."""
    return StorageFailed(
        f"cannot write {path}: {error.strerror or error}",
        "free some space or make the folder writable, or set TUI_DETECT_HOME to another folder",
    )
