"""A box drawn on stored pixels stays on its object when EXIF turns the picture."""

from __future__ import annotations

import pytest
from PIL import Image, ImageOps

from tui_detect.core.geometry import Box, upright_box


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_box_turns_with_the_picture(orientation: int) -> None:
    stored = Image.new("L", (40, 20))
    stored.paste(255, (4, 2, 16, 8))
    exif = stored.getexif()
    exif[0x0112] = orientation
    upright = ImageOps.exif_transpose(stored)
    bounds = upright.getbbox()
    assert bounds is not None
    box = upright_box(Box(4 / 40, 2 / 20, 12 / 40, 6 / 20), orientation)
    found = (
        box.left * upright.width,
        box.top * upright.height,
        box.right * upright.width,
        box.bottom * upright.height,
    )
    assert found == pytest.approx(bounds)
