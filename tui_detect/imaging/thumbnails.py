"""Small JPEG pictures for the grid."""

from __future__ import annotations

import io
import os

from tui_detect.imaging.decode import load_upright

SIDE_PX = 256


def make_thumbnail(path: str | os.PathLike[str], side_px: int = SIDE_PX) -> bytes:
    """A JPEG of the upright picture, its longer side at most `side_px`.

    At the top level of its module and with plain arguments, so that a process pool can run it.

    Raises:
        PictureRefused: as `decode.inspect`.
    """
    buffer = io.BytesIO()
    picture = load_upright(path, max_side_px=side_px)
    picture.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()
