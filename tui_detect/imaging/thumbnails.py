"""Small JPEG pictures for the grid, made in a process of their own.

`python -m tui_detect.imaging.thumbnails` answers requests on stdin until it is closed. A process
and not a thread, because a decoder that crashes on a broken file, or needs a gigabyte for a huge
one, must not take the app along; and not `multiprocessing`, whose workers stay behind for ever
when the app is killed and whose start fails inside Textual (`bad value(s) in fds_to_keep`).
"""

from __future__ import annotations

import io
import json
import os
import struct
import sys
from typing import BinaryIO

from tui_detect.core.errors import PictureRefused
from tui_detect.imaging.decode import load_upright

SIDE_PX = 256


def make_thumbnail(path: str | os.PathLike[str], side_px: int = SIDE_PX) -> bytes:
    """A JPEG of the upright picture, its longer side at most `side_px`.

    Raises:
        PictureRefused: as `decode.inspect`.
    """
    buffer = io.BytesIO()
    picture = load_upright(path, max_side_px=side_px)
    picture.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


def write_request(stream: BinaryIO, path: str) -> None:
    """Ask the process for the thumbnail of a picture."""
    stream.write(json.dumps(path).encode() + b"\n")
    stream.flush()


def read_answer(stream: BinaryIO) -> bytes:
    """The JPEG that was asked for.

    Raises:
        PictureRefused: the picture cannot be read.
        EOFError: the process has ended.
    """
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        raise EOFError
    refused, length = _HEAD.unpack(head)
    content = stream.read(length)
    if len(content) < length:
        raise EOFError
    if refused:
        message, hint, reason = json.loads(content)
        raise PictureRefused(message, hint, reason=reason)
    return content


_HEAD = struct.Struct("<?I")


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until `requests` ends."""
    for line in requests:
        refused = False
        try:
            content = make_thumbnail(json.loads(line))
        except PictureRefused as error:
            refused = True
            content = json.dumps([error.message, error.hint, error.reason]).encode()
        answers.write(_HEAD.pack(refused, len(content)) + content)
        answers.flush()


if __name__ == "__main__":
    # The app and a training come first.
    os.nice(5)
    serve(sys.stdin.buffer, sys.stdout.buffer)
