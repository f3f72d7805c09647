"""The keys that a person might press on the Tagging screen, at random."""

from __future__ import annotations

import random

from tests.core.editing import GRID_KEYS
from tui_detect.core.editor_state import Browsing, EditorState, PickingTag
from tui_detect.core.pointing import Pointing

BROWSING_KEYS = [
    *GRID_KEYS.replace("q", "").replace("/", ""),
    *"CDEFHIJKLNOSUVWXZ",
    *("space", "tab", "backspace", "enter", "left", "right", "up", "down", "escape"),
    *["space"] * 6,
    *["u"] * 3,
]
"""All but those that leave the images, or open a dialog or help."""
POINTING_KEYS = [*list(GRID_KEYS), "tab", "enter", "backspace", "left"]
TAG_KEYS = ["enter", "down", "up", "f", "escape"]


def next_key(chance: random.Random, state: EditorState) -> str:
    """A key for somebody in that situation; never one that leaves the screen."""
    if isinstance(state.mode, PickingTag):
        return chance.choice(TAG_KEYS)
    if isinstance(state.mode, Pointing):
        return chance.choice(POINTING_KEYS)
    key = chance.choice(BROWSING_KEYS)
    leaves = key == "escape" and isinstance(state.mode, Browsing) and state.selected is None
    return "space" if leaves else key
