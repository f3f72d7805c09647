"""Plain pictures: a file, a folder with all below it, or a glob."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterator
from pathlib import Path

from tui_detect.core.errors import BadInput
from tui_detect.formats.source import SourceImage

ENDINGS = frozenset(
    [".jpg", ".jpeg", ".jpe", ".jfif", ".mpo", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff"]
)
_UNREAD_ENDINGS = frozenset([".heic", ".heif", ".avif", ".jp2"])
"""Pictures that we cannot read: refused one by one instead of silently passed over."""


def detect(path: Path) -> bool:
    """Everything is at least tried as a picture."""
    return True


def read(path: Path) -> Iterator[SourceImage]:
    """The pictures at `path`, in natural order, hidden files and folders left out.

    Raises:
        BadInput: nothing is there, a folder cannot be listed or holds no pictures.
    """
    found = _found(path)
    first = next(found, None)
    if first is None:
        raise BadInput(
            f"there are no pictures in {path}",
            f"pictures end in {', '.join(sorted(ENDINGS))}; hidden files are left out",
        )
    return _sources(first, found)


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key that puts `fork_2` before `fork_10`."""
    parts = re.split(r"(\d+)", name.casefold())
    # A run of digits can be longer than Python is willing to turn into a number.
    return tuple(
        (0, int(part), "") if part.isdecimal() and len(part) < 1000 else (1, 0, part)
        for part in parts
        if part
    )


def pictures_below(folder: Path) -> Iterator[Path]:
    """Every file below `folder` that is named like a picture; links to folders are followed once.

    Raises:
        BadInput: a folder cannot be listed.
    """
    yield from _walk(folder, set())


def _sources(first: Path, rest: Iterator[Path]) -> Iterator[SourceImage]:
    yield SourceImage(first, first.name)
    for path in rest:
        yield SourceImage(path, path.name)


def _found(path: Path) -> Iterator[Path]:
    if path.is_dir():
        return pictures_below(path)
    # A file may itself have a name with brackets or a star.
    if os.path.lexists(path):
        return iter([path])
    if glob.has_magic(str(path)):
        return _globbed(path)
    raise BadInput(f"there is nothing at {path}", "check the path; quote it if it has spaces")


def _globbed(pattern: Path) -> Iterator[Path]:
    matches = [Path(match) for match in glob.glob(str(pattern), recursive=True)]  # noqa: PTH207
    if not matches:
        raise BadInput(f"nothing matches {pattern}", "check the path; ** reaches into folders")
    files = [match for match in matches if not match.is_dir()]
    named = [match for match in files if _is_picture_name(match.name)]
    seen = set()
    for match in sorted(matches, key=lambda match: natural_key(str(match))):
        if match.is_dir():
            # With ** the files below a folder are matches themselves.
            inside = [] if "**" in str(pattern) else pictures_below(match)
        else:
            inside = [match] if match in named or not named else []
        for path in inside:
            if path not in seen:
                seen.add(path)
                yield path


def _walk(folder: Path, visited: set[tuple[int, int]]) -> Iterator[Path]:
    try:
        status = folder.stat()
        if (status.st_dev, status.st_ino) in visited:
            return
        visited.add((status.st_dev, status.st_ino))
        entries = [entry for entry in os.scandir(folder) if not entry.name.startswith(".")]
    except OSError as error:
        raise BadInput(
            f"the folder {folder} cannot be listed: {error.strerror}",
            "allow this user to read it, or give the folders beside it",
        ) from error
    entries.sort(key=lambda entry: natural_key(entry.name))
    folders = [entry for entry in entries if entry.is_dir()]
    for entry in entries:
        if entry not in folders and _is_picture_name(entry.name):
            yield folder / entry.name
    for entry in folders:
        yield from _walk(folder / entry.name, visited)


def _is_picture_name(name: str) -> bool:
    ending = os.path.splitext(name)[1].lower()  # noqa: PTH122
    return ending in ENDINGS or ending in _UNREAD_ENDINGS
