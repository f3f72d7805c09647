"""Pictures decoded to the size that a screen can show, the last few kept in memory."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

KEPT = 4
"""The one shown, its neighbours, and the one before."""

SMALLEST_SIDE_PX = 1000
"""Enough for a large terminal, and for zooming in a few times without decoding again.

Twice as much is half of what a 12-megapixel camera gives, and a JPEG is halved while it is read.
"""


class PictureMemory:
    """Decoded pictures by path; safe to use from several threads."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._pictures: OrderedDict[Path, tuple[int, Image]] = OrderedDict()
        self._lock = Lock()
        self._loading: dict[Path, Lock] = {}
        """One for each path, so that what is read ahead is not read again when it is asked for."""

    def load(self, path: Path, side_px: int) -> Image:
        """The upright picture, its longer side at least `side_px` where the file has as much.

        Raises:
            PictureRefused: it cannot be read.
        """
        from tui_detect.imaging.decode import load_upright

        with self._lock:
            loading = self._loading.setdefault(path, Lock())
        with loading:
            found = self._find(path, side_px)
            if found is not None:
                return found
            asked_px = SMALLEST_SIDE_PX
            while asked_px < side_px:
                asked_px *= 2
            picture = load_upright(path, max_side_px=asked_px)
            self._keep(path, asked_px, picture)
        return picture

    def _find(self, path: Path, side_px: int) -> Image | None:
        with self._lock:
            found = self._pictures.get(path)
            if found is None or not _is_enough(*found, side_px):
                return None
            self._pictures.move_to_end(path)
            return found[1]

    def _keep(self, path: Path, asked_px: int, picture: Image) -> None:
        with self._lock:
            self._pictures[path] = (asked_px, picture)
            self._pictures.move_to_end(path)
            while len(self._pictures) > self._kept:
                gone, _ = self._pictures.popitem(last=False)
                self._loading.pop(gone, None)


def _is_enough(asked_px: int, picture: Image, side_px: int) -> bool:
    """Whether it is as large as wanted, or as large as the file."""
    return asked_px >= side_px or max(picture.size) < asked_px
