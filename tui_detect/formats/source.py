"""What every reader gives: a picture file with the regions somebody drew on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from tui_detect.core.geometry import Box, upright_box

_SAME_SHAPE = 0.02
"""Relative difference of aspect ratios below which a picture was merely scaled."""


@dataclass(frozen=True, slots=True)
class SourceImage:
    """One picture of a source; whether the file is there and good is for the caller to see."""

    path: Path
    name: str
    """The file's name, as the person will know it."""
    width_px: int | None = None
    """Of the picture that the regions were measured on; `None` when there are none."""
    height_px: int | None = None
    regions: tuple[tuple[str, Box], ...] = ()
    """Tag name and box, as fractions of that picture."""
    reviewed: bool = False
    """Whether the source says that somebody has looked at it."""
    notes: tuple[str, ...] = ()
    """What was corrected or left out, one sentence each."""

    def on_picture(self, width_px: int, height_px: int, orientation: int) -> SourceImage:
        """The same with its boxes on the upright picture.

        Some tools measure on the stored pixels, others on the picture as EXIF turns it; the size
        they noted tells which. Where both readings fit (half turns, squares), it is the upright.

        Args:
            width_px: of the upright picture.
            height_px: of the upright picture.
            orientation: EXIF, 1 to 8.
        """
        if not self.regions or self.width_px is None or self.height_px is None:
            return self
        if _same_shape(self.width_px, self.height_px, width_px, height_px):
            return self
        if orientation >= 5 and _same_shape(self.width_px, self.height_px, height_px, width_px):
            turned = tuple((tag, upright_box(box, orientation)) for tag, box in self.regions)
            note = "boxes turned with the picture"
            return replace(
                self,
                width_px=width_px,
                height_px=height_px,
                regions=turned,
                notes=(*self.notes, note),
            )
        note = (
            f"its boxes were drawn on {self.width_px} × {self.height_px} pixels, "
            f"the picture has {width_px} × {height_px}"
        )
        return replace(self, notes=(*self.notes, note))


def _same_shape(width: int, height: int, other_width: int, other_height: int) -> bool:
    first, second = width * other_height, other_width * height
    return abs(first - second) <= _SAME_SHAPE * max(first, second)
