"""The escape sequences of Kitty's graphics protocol that are used here.

Every one asks for silence (`q=2`): an answer would arrive among the keys.
"""

from __future__ import annotations

from base64 import standard_b64encode
from collections.abc import Iterator

CHUNK_BYTES = 4096
"""The most that the protocol allows in one command, after base64."""

FAR_BELOW = -(1 << 30) - 8
"""Images so deep lie under every cell that has a background of its own: dialogs cover them."""


def command(payload: str = "", /, **keys: int | str) -> str:
    """One graphics command."""
    words = ",".join(f"{key}={value}" for key, value in keys.items())
    return f"\x1b_G{words},q=2{';' if payload else ''}{payload}\x1b\\"


def offsets(**pixels: int) -> dict[str, int]:
    """Keys that may be left out where they are 0."""
    return {key: value for key, value in pixels.items() if value}


def transmit(image_id: int, png: bytes) -> Iterator[str]:
    """Send a picture without showing it; no other image may be sent or deleted in between."""
    text = standard_b64encode(png).decode("ascii")
    pieces = [text[at : at + CHUNK_BYTES] for at in range(0, len(text), CHUNK_BYTES)]
    for index, piece in enumerate(pieces):
        more = int(index < len(pieces) - 1)
        if index == 0:
            yield command(piece, a="t", f=100, i=image_id, m=more)
        else:
            yield command(piece, m=more)


def abandon(image_id: int) -> str:
    """End a transmission that is not complete, and free what came of it.

    Deleting alone does it in Ghostty and in Kitty since 0.37; older ones go on loading.
    """
    return command(m=0) + delete_image(image_id)


def delete_image(image_id: int) -> str:
    """Remove an image with all its placements and free its data."""
    return command(a="d", d="I", i=image_id)


def delete_placement(image_id: int, placement_id: int) -> str:
    """Remove one placement; the image's data stays."""
    return command(a="d", d="i", i=image_id, p=placement_id)


def delete_placements(image_id: int) -> str:
    """Remove all placements of an image; its data stays."""
    return command(a="d", d="i", i=image_id)


def move_to(column: int, row: int) -> str:
    """Put the cursor on a cell of the screen, counted from 0."""
    return f"\x1b[{row + 1};{column + 1}H"


def through_tmux(data: str) -> str:
    """Have tmux pass it on to the terminal as it is."""
    doubled = data.replace("\x1b", "\x1b\x1b")
    return f"\x1bPtmux;{doubled}\x1b\\"
