"""The pictures that the terminal keeps: sent once, shown from there as often as wanted."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from tui_detect.core.geometry import Box
from tui_detect.ui.graphics.encoding import Encoded
from tui_detect.ui.graphics.wire import Wire

KEPT = 6
"""What is shown, its neighbours, and the last views of it."""


class Uploads:
    """Image ids of encoded pictures; the longest unused ones are deleted."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._there: OrderedDict[Encoded, int] = OrderedDict()
        self._coming: dict[Encoded, int] = {}

    def bring(self, encoded: Encoded, then: Callable[[bool], None], *, patient: bool) -> None:
        """Send it unless it is there, then tell `then` whether it is there now.

        Args:
            patient: it may be given up for anything more urgent.
        """
        if encoded in self._there:
            then(True)
            return

        def done(is_there: bool) -> None:
            image_id = self._coming.pop(encoded)
            if is_there:
                self._there[encoded] = image_id
                self._make_room()
            then(is_there)

        if encoded in self._coming:
            self._wire.free(self._coming[encoded])
        self._coming[encoded] = self._wire.upload(encoded.png, done, patient=patient)

    def find(self, path: Path, area: Box, *, exactly: bool = False) -> tuple[int, Encoded] | None:
        """The sharpest picture there is that shows all of this area, or exactly it."""
        fitting = [
            each
            for each in self._there
            if each.path == path and (each.area == area if exactly else _covers(each.area, area))
        ]
        if not fitting:
            return None
        # A part of its own has no rounding at its borders.
        best = max(fitting, key=lambda each: each.density * (1.02 if each.area == area else 1.0))
        self._there.move_to_end(best)
        return self._there[best], best

    def stop(self) -> None:
        """Give up what is on its way."""
        for image_id in list(self._coming.values()):
            self._wire.free(image_id)

    def forget(self) -> None:
        """Take all pictures out of the terminal."""
        self.stop()
        there, self._there = self._there, OrderedDict()
        for image_id in there.values():
            self._wire.free(image_id)

    def _make_room(self) -> None:
        while len(self._there) > KEPT:
            _, image_id = self._there.popitem(last=False)
            self._wire.free(image_id)


def _covers(outer: Box, inner: Box) -> bool:
    return (
        outer.left <= inner.left + 1e-9
        and outer.top <= inner.top + 1e-9
        and outer.right >= inner.right - 1e-9
        and outer.bottom >= inner.bottom - 1e-9
    )
