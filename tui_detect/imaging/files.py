"""The same bytes under another name: reflink, hard link or copy, whichever the disk offers."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Literal

from tui_detect.imaging.refusals import refused_by_system, storage_failed

Method = Literal["reflink", "link", "copy"]

_FICLONE = 0x40049409
_CHUNK_BYTES = 1 << 20


def clone(source: Path, destination: Path) -> Method:
    """Give `source`'s bytes the new name `destination`, which must not exist; say how.

    A reflink shares the blocks until either side changes. A hard link is the same file: it costs
    nothing, survives deletion of the original, and follows edits made *in place* to it (programs
    that save by renaming leave it alone). Across file systems, and where the system forbids
    links to other people's files, it is a copy.

    Raises:
        PictureRefused: the source cannot be read.
        StorageFailed: the destination cannot be written.
    """
    # A symbolic link would be linked as such, and break when its target moves.
    source = Path(os.path.realpath(source))
    if _reflink(source, destination):
        return "reflink"
    try:
        os.link(source, destination)
        return "link"
    # Another file system, a file of somebody else's, or no hard links here: copying decides.
    except OSError:
        _copy(source, destination)
        return "copy"


def _reflink(source: Path, destination: Path) -> bool:
    if sys.platform != "linux":
        return False
    import fcntl

    try:
        with source.open("rb") as reading, destination.open("xb") as writing:
            fcntl.ioctl(writing.fileno(), _FICLONE, reading.fileno())
            return True
    # Few file systems can; the file made for the attempt goes again and a link is tried.
    except OSError:
        destination.unlink(missing_ok=True)
        return False


def _copy(source: Path, destination: Path) -> None:
    try:
        reading = source.open("rb")
    except OSError as error:
        raise refused_by_system(source, error) from error
    with reading:
        try:
            writing = destination.open("xb")
        except OSError as error:
            raise storage_failed(destination, error) from error
        with writing:
            while chunk := _read(reading.fileno(), source):
                _write(writing.fileno(), chunk, destination)
            # The database must never know of bytes that a power cut can take back.
            os.fsync(writing.fileno())


def _read(file: int, source: Path) -> bytes:
    try:
        return os.read(file, _CHUNK_BYTES)
    except OSError as error:
        raise refused_by_system(source, error) from error


def _write(file: int, chunk: bytes, destination: Path) -> None:
    try:
        while chunk:
            chunk = chunk[os.write(file, chunk) :]
    except OSError as error:
        raise storage_failed(destination, error) from error
