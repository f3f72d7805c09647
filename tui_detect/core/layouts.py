"""The keyboards that the pointing grid knows by name, and checks of a person's own."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from difflib import get_close_matches

from tui_detect.core.errors import BadInput
from tui_detect.core.pointing import QWERTY, KeyGrid

ROWS, COLUMNS = 4, 10

LAYOUTS = {
    "qwerty": QWERTY,
    "qwertz": KeyGrid(("1234567890", "qwertzuiop", "asdfghjklö", "yxcvbnm,.-")),
    # A French keyboard sends its digits only with shift; caps lock is no matter.
    "azerty": KeyGrid(
        ("1234567890", "azertyuiop", "qsdfghjklm", "wxcvbn,;:!"), unshifted="&é\"'(-è_çà"
    ),
}
"""By the name that a person writes in the settings."""

RESERVED = {"`": "leaves the pointing", "?": "opens the help"}
"""Keys that mean something else while pointing."""


class LayoutError(BadInput):
    """The keyboard in the person's settings cannot be used."""

    title = "Your keyboard cannot be used"


def layout_named(name: str) -> KeyGrid:
    """A known keyboard.

    Raises:
        LayoutError: says which it might have been.
    """
    if name.lower() in LAYOUTS:
        return LAYOUTS[name.lower()]
    near = get_close_matches(name.lower(), LAYOUTS, n=1)
    known = ", ".join(LAYOUTS)
    raise LayoutError(
        f"there is no layout {name}",
        f"did you mean {near[0]}?" if near else f"known are {known}; or write four rows",
    )


def layout_of_rows(rows: Sequence[str]) -> KeyGrid:
    """A person's own keyboard, from the characters of its keys.

    Raises:
        LayoutError: says which row or key cannot be used, and why.
    """
    if len(rows) != ROWS:
        raise LayoutError(
            f"the keyboard has {len(rows)} rows", f"write {ROWS} rows of {COLUMNS} keys"
        )
    grid = KeyGrid(tuple(unicodedata.normalize("NFC", row).lower() for row in rows))
    for number, row in enumerate(grid.rows, start=1):
        for key in row:
            if reason := _why_unusable(key):
                raise LayoutError(
                    f"row {number} of the keyboard has the key {key!r}: {reason}",
                    "choose another key",
                )
        if len(row) != COLUMNS:
            raise LayoutError(
                f"row {number} of the keyboard has {len(row)} keys: {row}",
                f"write {COLUMNS} characters",
            )
    key, times = Counter("".join(grid.rows)).most_common(1)[0]
    if times > 1:
        raise LayoutError(f"the keyboard has the key {key} {times} times", "write each key once")
    return grid


def _why_unusable(key: str) -> str:
    """Why a character cannot be a key of the grid; empty when it can."""
    if key == " ":
        return "space makes a new box"
    if key in RESERVED:
        return f"it {RESERVED[key]}"
    if not key.isprintable():
        return "terminals send it as another key"
    if unicodedata.combining(key) or (unicodedata.category(key) == "Sk" and not key.isascii()):
        return "an accent alone is not sent until a letter follows"
    if unicodedata.east_asian_width(key) in "WF":
        return "it is two columns wide, and an input method keeps it"
    return ""
