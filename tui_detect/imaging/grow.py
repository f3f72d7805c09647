"""A box grown from one point inside an object: by its edges, without weights.

Two ways look at a picture scaled down to 256 px, and the one with better evidence answers.

The outline: ellipses round the point, of many sizes, are laid over the gradient of the picture in
CIE L*a*b*; the one whose rim has the strongest and most uniform step across it wins. It is the
radial form of the generalised Hough transform (Ballard, Pattern Recognition 13(2), 1981) with a
prior for size, and it separates things that touch. The blob: a smooth background is fitted to the
picture and the connected region that differs from it, by a share of Otsu's threshold (IEEE Trans.
SMC 9(1), 1979), is boxed. It finds thin, branched and bent things that lie apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from tui_detect.core.geometry import Box

SIDE_PX = 256
"""Longer side of the picture that is looked at: more pixels cost time and gained no overlap."""
MARGIN = 0.01
"""People leave this share of the picture's longer side between object and box, on all sides."""
MARGIN_OF_BOX = 0.1
"""The same, at most, as a share of the box's own side."""

FULL_STEP = 5.0
"""Lab units a pixel at which a step counts as a full edge; stronger ones count no more."""
CLEAR_OUTLINE = 0.38
"""Share that settles the matter: cutlery, which fills no ellipse, reached 0.30, cells 0.45."""
LEAST_OUTLINE = 0.12
"""Below this share there is nothing round the point."""
ANGLES = 36
SHIFTS = (-0.12, -0.06, 0.0, 0.06, 0.12)
"""How far the middle may lie from the point, in box sides: nobody hits it exactly."""

OFF_CENTRE = 0.3
"""A blob whose middle is farther from the point, in box sides, is several things or another one."""
CROWDED = 0.3
"""Share of the picture that is no background, above which blobs of unknown size mean little."""
LEAST_CONTRAST = 3.0

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Outline:
    box: Box
    evidence: float
    """Mean step across the rim, 0 to 1 of a full edge."""


@dataclass(frozen=True, slots=True)
class _Blob:
    box: Box
    crowding: float
    """Share of the whole picture that is no background."""


def grow_box(
    picture: Image.Image,
    point: tuple[float, float],
    typical: tuple[float, float] | None = None,
) -> Box | None:
    """The box of the object round a point near its middle; `None` when nothing stands out there.

    Args:
        picture: Upright 8-bit RGB of any size; 256 px on the longer side are enough.
        point: Across and down, as fractions of the picture.
        typical: Width and height, as fractions, that boxes of the tag usually have.
    """
    pixels = _pixels(picture)
    height_px, width_px = pixels.shape[:2]
    longer_px = max(height_px, width_px)
    margins = MARGIN * longer_px / width_px, MARGIN * longer_px / height_px
    inner = None if typical is None else _without_margin(typical, margins)
    outline = _outline(pixels, point, inner)
    if inner is not None and outline.evidence >= CLEAR_OUTLINE:
        return _with_margin(outline.box, margins)
    blob = _blob(pixels, point)
    if blob is not None and (inner is not None or blob.crowding <= CROWDED):
        return _with_margin(blob.box, margins)
    return _with_margin(outline.box, margins) if outline.evidence >= LEAST_OUTLINE else None


def _pixels(picture: Image.Image) -> npt.NDArray[np.uint8]:
    small = picture.copy()
    small.thumbnail((SIDE_PX, SIDE_PX), Image.Resampling.BOX)
    return np.asarray(small)


def _lab(pixels: npt.NDArray[np.uint8], blur_px: float) -> Floats:
    cv2 = _opencv()
    blurred = cv2.GaussianBlur(pixels, (0, 0), blur_px)
    lab: Floats = cv2.cvtColor(blurred, cv2.COLOR_RGB2LAB).astype(np.float32)
    return lab


def _opencv() -> Any:  # noqa: ANN401
    # The app's first frame must not wait for it.
    import cv2

    return cv2


def _outline(
    pixels: npt.NDArray[np.uint8], point: tuple[float, float], typical: tuple[float, float] | None
) -> _Outline:
    cv2 = _opencv()
    height_px, width_px = pixels.shape[:2]
    lab = _lab(pixels, 1.2)
    across, down = (cv2.Sobel(lab, cv2.CV_32F, dx, 1 - dx, scale=0.125) for dx in (1, 0))
    widths, heights = _sizes(typical, width_px / height_px)
    shift_x, shift_y = (axis.ravel() for axis in np.meshgrid(SHIFTS, SHIFTS))
    count = len(widths)
    widths, heights = (np.repeat(sides, len(shift_x)) for sides in (widths, heights))
    shift_x, shift_y = np.tile(shift_x, count), np.tile(shift_y, count)
    middle_x, middle_y = point[0] + shift_x * widths, point[1] + shift_y * heights

    angles = np.arange(ANGLES) * 2 * np.pi / ANGLES
    cosine, sine = np.cos(angles), np.sin(angles)
    rim_x = (middle_x[:, None] + widths[:, None] / 2 * cosine) * width_px - 0.5
    rim_y = (middle_y[:, None] + heights[:, None] / 2 * sine) * height_px - 0.5
    rim = rim_x.astype(np.float32), rim_y.astype(np.float32)
    normal_x = heights[:, None] * height_px * cosine
    normal_y = widths[:, None] * width_px * sine
    length = np.hypot(normal_x, normal_y)
    # Outside the picture there is no step: an object cut off by the border loses that part.
    step = (
        cv2.remap(across, *rim, cv2.INTER_LINEAR) * (normal_x / length)[..., None]
        + cv2.remap(down, *rim, cv2.INTER_LINEAR) * (normal_y / length)[..., None]
    )
    strength = np.linalg.norm(step, axis=-1)
    evidence = np.minimum(strength / FULL_STEP, 1.0).mean(axis=1)
    # The rim of one thing steps towards the same colour all round; that of a chance fit does not.
    capped = step / np.maximum(strength, FULL_STEP)[..., None]
    uniformity = np.linalg.norm(capped.mean(axis=1), axis=-1)
    score = (evidence + uniformity) / 2 - 2.2 * (shift_x**2 + shift_y**2)
    if typical is not None:
        score -= 1.5 * (np.log(widths / typical[0]) ** 2 + np.log(heights / typical[1]) ** 2)
    else:
        # A cell's nucleus has a rim too: of two good ones the larger is meant.
        score += 0.05 * np.log(np.sqrt(widths * heights))
    best = int(score.argmax())
    left, top = middle_x[best] - widths[best] / 2, middle_y[best] - heights[best] / 2
    box = Box(float(left), float(top), float(widths[best]), float(heights[best]))
    return _Outline(box, float(evidence[best]))


def _sizes(typical: tuple[float, float] | None, aspect: float) -> tuple[Doubles, Doubles]:
    """Widths and heights to try, as fractions of the picture."""
    if typical is not None:
        factors = np.exp(np.linspace(-0.47, 0.47, 13))
        widths, heights = np.meshgrid(factors * typical[0], factors * typical[1])
    else:
        sides, shapes = np.meshgrid(np.geomspace(0.035, 0.9, 24), np.linspace(-0.25, 0.25, 7))
        widths, heights = sides * np.exp(shapes), sides * np.exp(-shapes) * aspect
    return np.minimum(widths, 1.0).ravel(), np.minimum(heights, 1.0).ravel()


def _blob(pixels: npt.NDArray[np.uint8], point: tuple[float, float]) -> _Blob | None:
    """The region unlike the background whose box holds the point nearest to its middle."""
    cv2 = _opencv()
    height_px, width_px = pixels.shape[:2]
    distance = _background_distance(_lab(pixels, 0.8))
    scaled = np.clip(distance * 2, 0, 255).astype(np.uint8)
    otsu, _ = cv2.threshold(scaled, 0, 255, cv2.THRESH_OTSU)
    # Half of Otsu's threshold keeps bright metal and thin tines in one piece.
    mask = distance > max(otsu / 2 * 0.5, LEAST_CONTRAST)
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)
    nearest, box = OFF_CENTRE, None
    for left, top, width, height, area_px in stats[1:].tolist():
        found = Box(left / width_px, top / height_px, width / width_px, height / height_px)
        off = np.hypot(
            (found.left + found.width / 2 - point[0]) / found.width,
            (found.top + found.height / 2 - point[1]) / found.height,
        )
        if area_px >= 12 and off < nearest and found.contains(*point):
            nearest, box = float(off), found
    return None if box is None else _Blob(box, float(mask.mean()))


def _background_distance(lab: Floats) -> Floats:
    """How far each pixel is from a smooth background, (height, width), in Lab units.

    The background is a quadratic surface a channel, fitted first to the picture's border and
    then, with what does not fit left out, to all of it.
    """
    cv2 = _opencv()
    columns, rows = 48, 36
    small = cv2.resize(lab, (columns, rows), interpolation=cv2.INTER_AREA).reshape(-1, 3)
    terms = _surface_terms(rows, columns)
    border = np.ones((rows, columns), bool)
    border[3:-3, 3:-3] = False
    pool = used = border.ravel()
    for turn in range(6):
        surface = np.linalg.lstsq(terms[used], small[used], rcond=None)[0]
        distance = np.linalg.norm(small - terms @ surface, axis=1)
        if turn == 2:
            pool = np.ones_like(pool)
        used = pool & (distance <= max(2.0 * np.median(distance[pool]), 2.0))
    height_px, width_px = lab.shape[:2]
    background = (_surface_terms(height_px, width_px) @ surface).reshape(lab.shape)
    distances: Floats = np.linalg.norm(lab - background, axis=2).astype(np.float32)
    return distances


def _surface_terms(rows: int, columns: int) -> Floats:
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    y, x = (y + 0.5) / rows - 0.5, (x + 0.5) / columns - 0.5
    return np.stack([np.ones_like(x), x, y, x * y, x * x, y * y], axis=-1).reshape(-1, 6)


def _with_margin(box: Box, margins: tuple[float, float]) -> Box:
    across = min(margins[0], MARGIN_OF_BOX * box.width)
    down = min(margins[1], MARGIN_OF_BOX * box.height)
    return Box(
        box.left - across, box.top - down, box.width + 2 * across, box.height + 2 * down
    ).clamped()


def _without_margin(size: tuple[float, float], margins: tuple[float, float]) -> tuple[float, float]:
    """The size that `_with_margin` makes `size` of."""
    whole = 1 + 2 * MARGIN_OF_BOX
    return (
        size[0] - 2 * min(margins[0], MARGIN_OF_BOX * size[0] / whole),
        size[1] - 2 * min(margins[1], MARGIN_OF_BOX * size[1] / whole),
    )
