"""Pictures for the demo: hardware parts on noisy backgrounds, drawn with known boxes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from tui_detect.core.geometry import Box
from tui_detect.imaging import sample_backgrounds, sample_parts
from tui_detect.imaging.sample_parts import Floats, Part

WIDTH_PX = 320
HEIGHT_PX = 240
TAGS = ("bolt", "nut", "washer")
PARTS_MAX = 6
BACKGROUND_EVERY = 8
"""One picture in so many shows no part, only things that are none."""
COVERED_MAX = 0.12
"""Share of a part that others may cover."""
PLACE_ATTEMPTS = 40

_DRAW: dict[str, Callable[[np.random.Generator], Part]] = {
    "bolt": sample_parts.bolt,
    "nut": sample_parts.nut,
    "washer": sample_parts.washer,
}


@dataclass(frozen=True, slots=True)
class _Placed:
    """A part on the picture: the cells its patch covers."""

    part: Part
    left_px: int
    top_px: int

    @property
    def window(self) -> tuple[slice, slice]:
        height_px, width_px = self.part.alpha.shape
        return (
            slice(self.top_px, self.top_px + height_px),
            slice(self.left_px, self.left_px + width_px),
        )


def draw_sample(index: int, seed: int = 0) -> tuple[Image.Image, list[tuple[str, Box]]]:
    """The picture of that number, and the tag and box of every part on it.

    The same number and seed give the same picture. One in `BACKGROUND_EVERY` has no part.

    Returns:
        An RGB picture of `WIDTH_PX` × `HEIGHT_PX`, and the regions in the order of drawing.
    """
    rng = np.random.default_rng([seed, index])
    canvas = sample_backgrounds.background(rng, WIDTH_PX, HEIGHT_PX)
    taken = np.zeros((HEIGHT_PX, WIDTH_PX))
    is_background = index % BACKGROUND_EVERY == BACKGROUND_EVERY - 1
    for _ in range(int(rng.integers(2, 6) if is_background else rng.integers(0, 3))):
        _put(canvas, taken, sample_parts.distractor(rng), rng)
    regions: list[tuple[str, Box]] = []
    if not is_background:
        for _ in range(int(rng.integers(2, PARTS_MAX + 1))):
            tag = TAGS[int(rng.integers(len(TAGS)))]
            placed = _put(canvas, taken, _DRAW[tag](rng), rng)
            if placed is not None:
                regions.append((tag, _tight_box(placed)))
    return _photograph(canvas, rng), regions


def _put(canvas: Floats, taken: Floats, part: Part, rng: np.random.Generator) -> _Placed | None:
    """Draw the part with its shadow where it covers little of the others; `None`: no room."""
    height_px, width_px = part.alpha.shape
    for _ in range(PLACE_ATTEMPTS):
        left_px = int(rng.integers(0, WIDTH_PX - width_px + 1))
        top_px = int(rng.integers(0, HEIGHT_PX - height_px + 1))
        placed = _Placed(part, left_px, top_px)
        shared = float(np.minimum(taken[placed.window], part.alpha).sum())
        if shared <= COVERED_MAX * min(float(part.alpha.sum()), sample_parts.SMALLEST_AREA_PX):
            break
    else:
        return None
    _cast_shadow(canvas, placed)
    alpha = part.alpha[..., None]
    canvas[placed.window] = canvas[placed.window] * (1 - alpha) + part.rgb * alpha
    taken[placed.window] = np.maximum(taken[placed.window], part.alpha)
    return placed


def _cast_shadow(canvas: Floats, placed: _Placed) -> None:
    """Darken what lies below and to the right of the part."""
    shadow = np.zeros(canvas.shape[:2])
    shadow[placed.window] = placed.part.alpha
    offset_px = round(placed.part.thickness_px)
    shadow = np.roll(shadow, (offset_px, offset_px), axis=(0, 1))
    shadow[:offset_px], shadow[:, :offset_px] = 0, 0
    blurred = Image.fromarray((shadow * 255).astype(np.uint8)).filter(
        ImageFilter.GaussianBlur(0.6 + placed.part.thickness_px / 2)
    )
    canvas *= 1 - 0.55 * (np.asarray(blurred, dtype=np.float64) / 255)[..., None]


def _tight_box(placed: _Placed) -> Box:
    """The box around every pixel that the part covers at least half."""
    rows = np.flatnonzero((placed.part.alpha >= 0.5).any(axis=1)) + placed.top_px
    columns = np.flatnonzero((placed.part.alpha >= 0.5).any(axis=0)) + placed.left_px
    return Box.from_edges(
        float(columns[0]) / WIDTH_PX,
        float(rows[0]) / HEIGHT_PX,
        float(columns[-1] + 1) / WIDTH_PX,
        float(rows[-1] + 1) / HEIGHT_PX,
    )


def _photograph(canvas: Floats, rng: np.random.Generator) -> Image.Image:
    """Uneven light, exposure and sensor noise."""
    y, x = np.mgrid[0:HEIGHT_PX, 0:WIDTH_PX]
    angle = rng.uniform(0, 2 * np.pi)
    slope = np.cos(angle) * (x / WIDTH_PX - 0.5) + np.sin(angle) * (y / HEIGHT_PX - 0.5)
    lit = canvas * (1 + rng.uniform(0.1, 0.4) * slope)[..., None] * rng.uniform(0.85, 1.15)
    noisy = lit + rng.normal(0, rng.uniform(0.008, 0.03), canvas.shape)
    pixels: NDArray[np.uint8] = (noisy.clip(0, 1) * 255).astype(np.uint8)
    return Image.fromarray(pixels)
