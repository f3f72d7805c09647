"""A part of a picture as a small JPEG."""

from __future__ import annotations

import io
import math
import os

from tui_detect.core.geometry import Box
from tui_detect.imaging.decode import load_upright

QUALITY = 82


def crop_jpeg(
    path: str | os.PathLike[str], window: Box, picture_px: tuple[int, int], side_px: int
) -> bytes:
    """A JPEG of the window of the upright picture, its longer side at most `side_px`.

    A large picture is read no larger than the crop needs it.

    Args:
        picture_px: width and height of the upright picture.

    Raises:
        PictureRefused: as `decode.inspect`.
    """
    shown_px = max(window.width * picture_px[0], window.height * picture_px[1])
    scale = min(1.0, side_px / max(shown_px, 1.0))
    picture = load_upright(path, max_side_px=max(1, math.ceil(max(picture_px) * scale)))
    edges = (
        round(window.left * picture.width),
        round(window.top * picture.height),
        max(round(window.right * picture.width), round(window.left * picture.width) + 1),
        max(round(window.bottom * picture.height), round(window.top * picture.height) + 1),
    )
    buffer = io.BytesIO()
    picture.crop(edges).save(buffer, "JPEG", quality=QUALITY, optimize=True)
    return buffer.getvalue()
