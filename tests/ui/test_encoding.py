"""Pictures as PNGs for terminals: small at first, sharp later, never more than the file has."""

from __future__ import annotations

import random
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tui_detect.core.geometry import Box
from tui_detect.ui.graphics.encoding import Encoder, Request
from tui_detect.ui.graphics.pictures import PictureMemory

WHOLE = Box(0.0, 0.0, 1.0, 1.0)


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    """800x600 pixels that no PNG makes small."""
    random.seed(3)
    Image.frombytes("RGB", (800, 600), random.randbytes(800 * 600 * 3)).save(tmp_path / "n.png")
    return tmp_path / "n.png"


def test_a_rough_picture_never_costs_more_than_it_may(noise: Path) -> None:
    encoder = Encoder(PictureMemory(), 60_000)
    rough = encoder.encode(Request(noise, WHOLE, 1200, 900), (800, 600), sharp=False)
    assert 30_000 < len(rough.png) <= 60_000
    assert Image.open(BytesIO(rough.png)).size == (rough.width_px, rough.height_px)


def test_a_sharp_picture_has_the_pixels_of_the_screen_or_of_the_file(noise: Path) -> None:
    encoder = Encoder(PictureMemory(), 60_000)
    by_screen = encoder.encode(Request(noise, WHOLE, 400, 300), (800, 600), sharp=True)
    assert (by_screen.width_px, by_screen.height_px) == (400, 300)
    part = Request(noise, Box(0.5, 0.5, 0.25, 0.25), 1200, 900)
    by_file = encoder.encode(part, (800, 600), sharp=True)
    assert (by_file.width_px, by_file.height_px) == (200, 150)


def test_the_same_part_is_encoded_once(noise: Path) -> None:
    encoder = Encoder(PictureMemory(), 60_000)
    request = Request(noise, WHOLE, 400, 300)
    first = encoder.encode(request, (800, 600), sharp=False)
    assert encoder.encode(request, (800, 600), sharp=False) is first
