"""A crop shows the part it was asked for, no larger than it was asked for."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from tui_detect.core.errors import PictureRefused
from tui_detect.core.geometry import Box
from tui_detect.imaging.crops import crop_jpeg


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """Red at the left, blue at the right."""
    path = tmp_path / "halves.png"
    image = Image.new("RGB", (800, 400), "red")
    image.paste("blue", (400, 0, 800, 400))
    image.save(path)
    return path


def test_a_crop_is_the_part_asked_for(picture: Path) -> None:
    content = crop_jpeg(picture, Box(0.5, 0.0, 0.25, 0.5), (800, 400), 1000)
    crop = Image.open(io.BytesIO(content))
    assert (crop.format, crop.size) == ("JPEG", (200, 200))
    red, _, blue = crop.convert("RGB").resize((1, 1)).getpixel((0, 0))  # type: ignore[misc]
    assert blue > 200 > red


def test_a_large_crop_is_scaled_down(picture: Path) -> None:
    content = crop_jpeg(picture, Box(0.0, 0.0, 1.0, 1.0), (800, 400), 100)
    assert Image.open(io.BytesIO(content)).size == (100, 50)


def test_a_crop_has_at_least_one_pixel(picture: Path) -> None:
    content = crop_jpeg(picture, Box(0.3, 0.3, 1e-4, 1e-4), (800, 400), 100)
    assert Image.open(io.BytesIO(content)).size == (1, 1)


def test_a_picture_that_is_gone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PictureRefused):
        crop_jpeg(tmp_path / "gone.png", Box(0, 0, 1, 1), (8, 8), 100)
