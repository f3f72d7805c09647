"""What lies over a picture, in fractions of it: boxes, labels, crosshair, pointing grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tui_detect.core.geometry import Box

READABLE = ""
"""Instead of a colour: black or white, whichever stands out from the picture there."""

Look = Literal["normal", "selected", "suggestion"]


@dataclass(frozen=True, slots=True)
class OverlayBox:
    """One box with its label on one of its edges."""

    box: Box
    colour: str
    """`#rrggbb`, or `READABLE`."""
    letter: str = ""
    name: str = ""
    look: Look = "normal"
    label_below: bool = False
    """On the bottom edge instead of the top: two boxes in one place keep both their labels."""

    @property
    def label(self) -> str:
        """Letter and name, where there is room for both."""
        return f"{self.letter} {self.name}".strip()


@dataclass(frozen=True, slots=True)
class OverlayGrid:
    """A grid of keys over a part of the picture."""

    area: Box
    rows: tuple[str, ...]
    """One character a cell."""
    outlined: bool = False
    """Whether a frame marks the area: it is a chosen cell, not all that is shown."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """All layers above the picture; later boxes lie over earlier ones."""

    boxes: tuple[OverlayBox, ...] = ()
    draft: OverlayBox | None = None
    """A box in the making, above the others."""
    crosshair: tuple[float, float] | None = None
    grid: OverlayGrid | None = None


NOTHING = Overlay()
