"""Hardware parts and other small things: height fields, lit from the upper left.

A shape is a signed distance (negative inside, in pixels) and a height; both are functions of the
coordinates along and across the part, so that turning and tilting is a change of coordinates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SMALLEST_AREA_PX = 500.0
"""About what the smallest part covers."""
_SUPERSAMPLING = 3
_LIGHT = np.array([-0.45, -0.60, 0.66])
_METALS: tuple[tuple[float, float, float], ...] = (
    (0.74, 0.76, 0.79),  # zinc
    (0.60, 0.62, 0.66),  # steel
    (0.83, 0.67, 0.34),  # brass
    (0.80, 0.52, 0.38),  # copper
    (0.27, 0.28, 0.31),  # black oxide
)


@dataclass(frozen=True, slots=True)
class Part:
    """A drawn thing on a patch just large enough for it."""

    rgb: Floats
    """Shape (height, width, 3), 0 to 1."""
    alpha: Floats
    """Share of each pixel that it covers; shape (height, width)."""
    thickness_px: float
    """How far its shadow falls."""


@dataclass(frozen=True, slots=True)
class _Patch:
    """Coordinates of a turned and tilted part, and the way back to pixels."""

    u: Floats
    """Along the part, in pixels from its centre."""
    v: Floats
    """Across."""


def bolt(rng: np.random.Generator) -> Part:
    """A hexagon bolt from the side: head, shank, thread."""
    radius = rng.uniform(6, 9.5)
    length = radius * rng.uniform(6.5, 10)
    head, head_radius = radius * rng.uniform(1.2, 1.5), radius * rng.uniform(1.8, 2.1)
    patch = _patch(rng, (length + head) / 2 + 2, head_radius + 2, tilt=1.0)
    u, v = patch.u + (length - head) / 2, patch.v  # the head ends at 0, the shank at `length`
    pitch, smooth = radius * rng.uniform(0.5, 0.62), length * rng.uniform(0.15, 0.4)
    thread = np.where(u > smooth, np.sin(2 * np.pi * (u + 0.3 * v) / pitch), 0.3)
    taper = np.clip((length - u) / (0.8 * radius), 0.55, 1)
    shank_radius = radius * (0.95 + 0.07 * thread) * taper
    shank = np.maximum(np.abs(v) - shank_radius, np.maximum(-u - 1, u - length))
    corner = np.maximum(np.abs(v) - head_radius, 0.35 * (np.abs(v) - 0.6 * head_radius) - u - head)
    block = np.maximum(corner, np.maximum(u, -u - head))
    round_height = np.sqrt(np.maximum(radius**2 - np.minimum(v**2, radius**2), 0))
    shank_height = round_height + 0.16 * radius * thread
    facet = np.minimum(1.0, 1.55 - np.abs(v) / head_radius * 1.05) * head_radius
    head_height = facet - 0.8 * np.maximum(0, -u - head + 0.3 * head) ** 1.3
    in_head = block < 0
    return _shade(
        rng, np.minimum(shank, block), np.where(in_head, head_height, shank_height), radius * 0.55
    )


def nut(rng: np.random.Generator) -> Part:
    """A hexagon nut from above, its thread showing in the hole."""
    radius = rng.uniform(17, 29)
    patch = _patch(rng, radius * 1.16 + 2, radius * 1.16 + 2, tilt=rng.uniform(0.82, 1))
    u, v = patch.u, patch.v
    hexagon = np.max([np.abs(u * np.cos(a) + v * np.sin(a)) for a in np.pi / 3 * np.arange(3)], 0)
    distance, hole = np.hypot(u, v), radius * rng.uniform(0.44, 0.52)
    outline = np.maximum(hexagon - radius * 0.97, hole * 0.84 - distance)
    face = radius * 0.5 - 0.9 * np.maximum(0, distance - radius * 0.93)
    rim = np.maximum(0, hole * 1.12 - distance)
    thread = 0.10 * radius * np.sin(2 * np.pi * distance / (0.07 * radius + 0.6)) * (rim > 0)
    height = face - 1.3 * rim + thread - _rounded(hexagon - radius * 0.97, radius * 0.10)
    return _shade(rng, outline, height, radius * 0.25, darker=np.where(distance < hole, 0.45, 0.0))


def washer(rng: np.random.Generator) -> Part:
    """A flat washer: a ring with a wide hole."""
    radius = rng.uniform(17, 29)
    patch = _patch(rng, radius + 2, radius + 2, tilt=rng.uniform(0.75, 1))
    distance = np.hypot(patch.u, patch.v)
    ring = np.maximum(distance - radius, radius * rng.uniform(0.58, 0.68) - distance)
    turning = 0.05 * np.sin(2 * np.pi * distance / rng.uniform(1.8, 3))
    return _shade(rng, ring, turning - _rounded(ring, radius * 0.09), 1.6)


def distractor(rng: np.random.Generator) -> Part:
    """A thing that is no part: a coin, a pebble, a stick or a scrap of paper."""
    kind = int(rng.integers(4))
    size = rng.uniform(9, 22)
    colour = np.array([rng.uniform(0.25, 0.85)] * 3) + rng.normal(0, 0.12, 3)
    if kind == 0:
        patch = _patch(rng, size + 2, size + 2, tilt=rng.uniform(0.8, 1))
        distance = np.hypot(patch.u, patch.v)
        relief = 0.4 * np.sin(patch.u * 0.9) * np.sin(patch.v * 0.7) * (distance < size * 0.6)
        edge = -_rounded(distance - size, size * 0.12) + 0.8 * (distance > size * 0.85)
        return _shade(rng, distance - size, relief + edge, 1.8)
    if kind == 1:
        patch = _patch(rng, size * 1.3 + 2, size * 1.3 + 2, tilt=rng.uniform(0.6, 0.9))
        angle = np.arctan2(patch.v, patch.u)
        wobble = sum(rng.uniform(0, 0.1) * np.sin(n * angle + rng.uniform(0, 6)) for n in (2, 3, 5))
        stone = np.hypot(patch.u, patch.v) - size * (1 + wobble)
        height = np.sqrt(np.maximum(-stone, 0) * size)
        return _shade(rng, stone, height, size * 0.35, colour=colour, gloss=0.05)
    if kind == 2:
        length = size * rng.uniform(2, 3)
        patch = _patch(rng, length + 2, size * 0.3 + 3, tilt=1.0)
        stick = np.maximum(np.abs(patch.v) - size * 0.2, np.abs(patch.u) - length)
        height = np.sqrt(np.maximum((size * 0.2) ** 2 - patch.v**2, 0))
        return _shade(rng, stick, height, size * 0.2, colour=colour, gloss=0.15)
    patch = _patch(rng, size * 1.2 + 2, size + 2, tilt=1.0)
    scrap = np.maximum(np.abs(patch.u) - size * 1.2, np.abs(patch.v) - size * 0.8)
    crease = 0.15 * np.abs(patch.u * rng.normal() + patch.v * rng.normal())
    return _shade(rng, scrap, crease, 1.0, colour=colour * 0.5 + 0.45, gloss=0.0)


def _patch(rng: np.random.Generator, half_length: float, half_width: float, tilt: float) -> _Patch:
    """Fine coordinates around a part that is turned by any angle and squeezed by `tilt`."""
    angle = rng.uniform(0, 2 * np.pi)
    cos, sin = np.cos(angle), np.sin(angle)
    half_columns = int(np.ceil(abs(half_length * cos) + abs(half_width * sin)))
    half_rows = int(np.ceil(abs(half_length * sin) + abs(half_width * cos)))
    step = 1 / _SUPERSAMPLING
    y, x = np.mgrid[-half_rows:half_rows:step, -half_columns:half_columns:step]
    shift = (step - 1) / 2 + rng.uniform(-0.5, 0.5, 2)
    x, y = x + shift[0], y + shift[1]
    return _Patch(x * cos + y * sin, (y * cos - x * sin) / tilt)


def _rounded(distance: Floats, width: float) -> Floats:
    """How far a rounded edge of that width has dropped, from 0 inside to `width` at the outline."""
    share = np.clip(1 + distance / width, 0, 1)
    result: Floats = width * (1 - np.sqrt(1 - share**2))
    return result


def _shade(
    rng: np.random.Generator,
    distance: Floats,
    height: Floats,
    thickness_px: float,
    *,
    colour: Floats | None = None,
    gloss: float = 0.5,
    darker: Floats | float = 0.0,
) -> Part:
    """Light a height field and bring it down from the fine coordinates to pixels."""
    base = colour
    if base is None:
        base = np.array(_METALS[int(rng.integers(len(_METALS)))]) * rng.uniform(0.85, 1.1)
    slope_y, slope_x = np.gradient(height, 1 / _SUPERSAMPLING)
    normal = np.dstack([-slope_x, -slope_y, np.ones_like(height)])
    normal /= np.linalg.norm(normal, axis=2, keepdims=True)
    facing = (normal @ _LIGHT).clip(0, 1)
    half = _LIGHT + np.array([0, 0, 1])
    shine = (normal @ (half / np.linalg.norm(half))).clip(0, 1) ** 24
    y, x = np.mgrid[-1 : 1 : height.shape[0] * 1j, -1 : 1 : height.shape[1] * 1j]
    sky = 1 + 0.16 * np.sin(rng.uniform(1, 3) * x - rng.uniform(1, 3) * y + rng.uniform(0, 6))
    light = ((0.38 + 0.85 * facing) * sky * (1 - np.asarray(darker)))[..., None]
    rgb = base * light + (gloss * shine * (1 - np.asarray(darker)))[..., None]
    rgb += rng.normal(0, 0.02, height.shape)[..., None]
    covered = (0.5 - distance * _SUPERSAMPLING).clip(0, 1)
    alpha = _reduced(covered)
    colours = _reduced(rgb * covered[..., None]) / np.maximum(alpha, 1e-6)[..., None]
    return _trimmed(Part(colours.clip(0, 1), alpha, thickness_px))


def _reduced(fine: Floats) -> Floats:
    """Mean over the fine cells of each pixel."""
    n = _SUPERSAMPLING
    rows, columns = fine.shape[0] // n, fine.shape[1] // n
    blocks = fine[: rows * n, : columns * n].reshape(rows, n, columns, n, *fine.shape[2:])
    result: Floats = blocks.mean(axis=(1, 3))
    return result


def _trimmed(part: Part) -> Part:
    """The part without the empty border of its patch."""
    rows = np.flatnonzero((part.alpha > 0).any(axis=1))
    columns = np.flatnonzero((part.alpha > 0).any(axis=0))
    window = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    return Part(part.rgb[window], part.alpha[window], part.thickness_px)
