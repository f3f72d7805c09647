"""How large pictures are and how small the objects on them: what the image size is chosen by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from tui_detect.core.model import Image, Region

SMALL_SHARE = 0.1
"""An object is a small one when nine tenths of them are larger."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of a snapshot's pictures and objects; `None` where nothing is known."""

    longer_side_px: int | None = None
    """Median of the pictures."""
    small_object: float | None = None
    """Shorter side of a small object, as a share of its picture's longer side; 0 to 1."""


def measure_sizes(images: Iterable[tuple[Image, Iterable[Region]]]) -> Sizes:
    """The sizes of some images with their regions."""
    longer_px: list[int] = []
    shares: list[float] = []
    for image, regions in images:
        longer_px.append(max(image.width_px, image.height_px))
        for region in regions:
            sides_px = (region.box.width * image.width_px, region.box.height * image.height_px)
            shares.append(min(sides_px) / longer_px[-1])
    shares.sort()
    return Sizes(
        longer_side_px=round(median(longer_px)) if longer_px else None,
        small_object=shares[int(len(shares) * SMALL_SHARE)] if shares else None,
    )
