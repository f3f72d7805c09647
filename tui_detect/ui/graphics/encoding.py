"""A part of a picture as a small palette PNG, for terminals that show pixels."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from tui_detect.core.geometry import Box
from tui_detect.ui.graphics.pictures import PictureMemory

KEPT = 8
SMALLEST_SIDE_PX = 16


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be encoded, and the size that it will have on the screen."""

    path: Path
    area: Box
    """The part of the picture, in fractions."""
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """A PNG and what it shows."""

    path: Path
    area: Box
    width_px: int
    height_px: int
    png: bytes

    @property
    def density(self) -> float:
        """Pixels for the whole width of the picture."""
        return self.width_px / self.area.width


class Encoder:
    """Makes and remembers PNGs; safe to use from several threads."""

    def __init__(self, memory: PictureMemory, rough_bytes: int) -> None:
        self._memory = memory
        self._rough_bytes = rough_bytes
        self._made: OrderedDict[tuple[Request, bool], Encoded] = OrderedDict()
        self._lock = Lock()

    def encode(self, request: Request, natural_px: tuple[int, int], *, sharp: bool) -> Encoded:
        """The part at the screen's resolution, or at half of it and of a limited size.

        Never more pixels than the file has.

        Args:
            natural_px: width and height of the whole picture.

        Raises:
            PictureRefused: it cannot be read.
        """
        with self._lock:
            found = self._made.get((request, sharp))
        if found is not None:
            return found
        encoded = self._encode(request, natural_px, sharp)
        with self._lock:
            self._made[request, sharp] = encoded
            while len(self._made) > KEPT:
                self._made.popitem(last=False)
        return encoded

    def _encode(self, request: Request, natural_px: tuple[int, int], sharp: bool) -> Encoded:
        from tui_detect.imaging.pixels import palette_png, part_of

        area = request.area
        # The share of the screen's pixels that the file can fill.
        share = min(
            1.0,
            max(
                natural_px[0] * area.width / request.width_px,
                natural_px[1] * area.height / request.height_px,
            ),
        )
        full = _scaled(request, share)
        side_px = round(max(full[0] / area.width, full[1] / area.height))
        picture = self._memory.load(request.path, min(side_px, max(natural_px)))
        size = full if sharp else min(full, _scaled(request, min(share, 0.5)))
        png = palette_png(part_of(picture, area.edges, size))
        while not sharp and len(png) > self._rough_bytes and min(size) > SMALLEST_SIDE_PX:
            # PNGs shrink a little slower than their pixels.
            shrink = (self._rough_bytes / len(png)) ** 0.5 * 0.93
            size = max(1, round(size[0] * shrink)), max(1, round(size[1] * shrink))
            png = palette_png(part_of(picture, area.edges, size))
        return Encoded(request.path, area, *size, png)


def _scaled(request: Request, share: float) -> tuple[int, int]:
    return max(1, round(request.width_px * share)), max(1, round(request.height_px * share))
