"""Surfaces that the demo's parts lie on: wood, concrete, cloth, brushed metal, cardboard."""

from __future__ import annotations

import numpy as np
from PIL import Image

from tui_detect.imaging.sample_parts import Floats

_COLOURS: dict[str, tuple[tuple[float, float, float], ...]] = {
    "wood": ((0.62, 0.43, 0.26), (0.45, 0.30, 0.18), (0.78, 0.62, 0.42)),
    "concrete": ((0.58, 0.57, 0.55), (0.42, 0.43, 0.44), (0.70, 0.68, 0.64)),
    "cloth": ((0.24, 0.33, 0.47), (0.30, 0.42, 0.33), (0.52, 0.24, 0.24)),
    "metal": ((0.50, 0.53, 0.56), (0.36, 0.39, 0.43)),
    "cardboard": ((0.72, 0.58, 0.41), (0.64, 0.52, 0.38)),
}


def background(rng: np.random.Generator, width_px: int, height_px: int) -> Floats:
    """A surface of shape (height, width, 3), values 0 to 1."""
    kind = list(_COLOURS)[int(rng.integers(len(_COLOURS)))]
    colours = _COLOURS[kind]
    colour = np.array(colours[int(rng.integers(len(colours)))]) + rng.normal(0, 0.02, 3)
    texture = _TEXTURES[kind](rng, width_px, height_px)
    tint = 0.015 * smooth_noise(rng, width_px, height_px, 60)[..., None] * rng.normal(0, 1, 3)
    result: Floats = (colour * (1 + texture[..., None]) + tint).clip(0, 1)
    return result


def smooth_noise(
    rng: np.random.Generator, width_px: int, height_px: int, cell_px: float, stretch: float = 1.0
) -> Floats:
    """Noise of about -1 to 1 with features of `cell_px`, `stretch` times as wide as high."""
    columns = max(int(width_px / (cell_px * stretch)) + 2, 2)
    rows = max(int(height_px / cell_px) + 2, 2)
    coarse = Image.fromarray(rng.normal(0, 0.5, (rows, columns)).astype(np.float32))
    resized = coarse.resize((width_px, height_px), Image.Resampling.BICUBIC)
    return np.asarray(resized, dtype=np.float64)


def _wood(rng: np.random.Generator, width_px: int, height_px: int) -> Floats:
    y = np.arange(height_px)[:, None] / rng.uniform(5, 11)
    bend = 1.6 * smooth_noise(rng, width_px, height_px, 40, 4)
    grain = np.sin(2 * np.pi * (y + bend) / rng.uniform(1.5, 3))
    fibres = smooth_noise(rng, width_px, height_px, 1.5, 14)
    return 0.07 * grain + 0.10 * fibres + 0.10 * smooth_noise(rng, width_px, height_px, 50)


def _concrete(rng: np.random.Generator, width_px: int, height_px: int) -> Floats:
    cloudy = smooth_noise(rng, width_px, height_px, 30) + smooth_noise(rng, width_px, height_px, 8)
    grit = smooth_noise(rng, width_px, height_px, 2)
    return 0.08 * cloudy + 0.12 * grit - np.where(grit > 1.15, 0.25, 0.0)


def _cloth(rng: np.random.Generator, width_px: int, height_px: int) -> Floats:
    y, x = np.mgrid[0:height_px, 0:width_px]
    pitch_px = rng.uniform(3, 5)
    weave = np.sin(2 * np.pi * x / pitch_px) * np.sin(2 * np.pi * y / pitch_px)
    folds = smooth_noise(rng, width_px, height_px, 45, 2)
    fibres = smooth_noise(rng, width_px, height_px, 1.5)
    result: Floats = 0.12 * weave + 0.22 * folds + 0.06 * fibres
    return result


def _metal(rng: np.random.Generator, width_px: int, height_px: int) -> Floats:
    scratches = smooth_noise(rng, width_px, height_px, 1.2, 40)
    return 0.10 * scratches + 0.18 * smooth_noise(rng, width_px, height_px, 90)


def _cardboard(rng: np.random.Generator, width_px: int, height_px: int) -> Floats:
    x = np.arange(width_px)[None, :]
    flutes = np.sin(2 * np.pi * x / rng.uniform(7, 10))
    fibres = smooth_noise(rng, width_px, height_px, 2)
    stains = smooth_noise(rng, width_px, height_px, 40)
    result: Floats = 0.03 * flutes + 0.05 * fibres + 0.08 * stains
    return result


_TEXTURES = {
    "wood": _wood,
    "concrete": _concrete,
    "cloth": _cloth,
    "metal": _metal,
    "cardboard": _cardboard,
}
