"""Pictures that cost as much as a picture can."""

from __future__ import annotations

import random
from pathlib import Path


def noise(folder: Path, name: str = "noise.png", seed: int = 11) -> Path:
    """A picture in which hardly two cells look alike: the dearest there is."""
    from PIL import Image

    chance = random.Random(seed)
    small = Image.frombytes("RGB", (160, 120), chance.randbytes(160 * 120 * 3))
    path = folder / name
    small.resize((640, 480), Image.Resampling.BICUBIC).save(path)
    return path
