"""Block characters: which of a cell's pixels each one fills.

A pattern is a number whose bit 0 is the pixel at the top left, going on in reading order. Sextants
(Unicode 13) and octants (Unicode 16) lie in the code charts in the order of their patterns; those
whose pattern is an older character, or a new one elsewhere, are left out there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt

Blocks = Literal["half", "quadrant", "sextant", "octant"]

CELL_PIXELS: dict[Blocks, tuple[int, int]] = {
    "half": (1, 2),
    "quadrant": (2, 2),
    "sextant": (2, 3),
    "octant": (2, 4),
}
"""Pixels of a cell, across and down."""

_QUADRANTS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
_SEXTANTS_START, _OCTANTS_START = 0x1FB00, 0x1CD00
_OTHER_SEXTANTS = {0: " ", 0b010101: "▌", 0b101010: "▐", 0b111111: "█"}
_OTHER_OCTANTS = {
    0b00000001: "\U0001cea8",
    0b00000010: "\U0001ceab",
    0b00000011: "\U0001fb82",
    0b00010100: "\U0001fbe6",
    0b00101000: "\U0001fbe7",
    0b00111111: "\U0001fb85",
    0b01000000: "\U0001cea3",
    0b10000000: "\U0001cea0",
    0b11000000: "▂",
    0b11111100: "▆",
}
"""Quarters and three quarters of a cell that are neither octants nor quadrants."""


@dataclass(frozen=True, slots=True)
class BlockSet:
    """Characters for cells of one shape: of each pattern and its inverse, one is enough."""

    across: int
    down: int
    patterns: npt.NDArray[np.float32]
    """(patterns, pixels) of 0 and 1; the first is the one for cells of one colour."""
    glyphs: npt.NDArray[np.uint32]
    """Code points, (patterns,)."""


def characters(blocks: Blocks) -> str:
    """The character of every pattern, in their order."""
    match blocks:
        case "half":
            return " ▀▄█"
        case "quadrant":
            return _QUADRANTS
        case "sextant":
            return _in_order(6, _SEXTANTS_START, _OTHER_SEXTANTS)
        case "octant":
            doubled = {_doubled(i): glyph for i, glyph in enumerate(_QUADRANTS)}
            return _in_order(8, _OCTANTS_START, {**doubled, **_OTHER_OCTANTS})


@cache
def block_set(blocks: Blocks) -> BlockSet:
    """The patterns to choose from, and their characters.

    Of a pattern and its inverse the character that came first into Unicode is taken: more fonts
    have it.
    """
    across, down = CELL_PIXELS[blocks]
    glyphs = characters(blocks)
    all_on = len(glyphs) - 1
    chosen = [
        min(pattern, all_on - pattern, key=lambda p: ord(glyphs[p]))
        for pattern in range(1, len(glyphs) // 2)
    ]
    chosen.sort(key=lambda pattern: ord(glyphs[pattern]))
    bits = [[pattern >> pixel & 1 for pixel in range(across * down)] for pattern in chosen]
    return BlockSet(
        across,
        down,
        np.array(bits, dtype=np.float32),
        np.array([ord(glyphs[pattern]) for pattern in chosen], dtype=np.uint32),
    )


def _in_order(pixels: int, start: int, others: dict[int, str]) -> str:
    """Characters from `start` on for the patterns that have none elsewhere."""
    glyphs, code_point = [], start
    for pattern in range(2**pixels):
        if pattern in others:
            glyphs.append(others[pattern])
        else:
            glyphs.append(chr(code_point))
            code_point += 1
    return "".join(glyphs)


def _doubled(quadrant: int) -> int:
    """The octant pattern that fills the same quarters."""
    upper, lower = quadrant & 0b11, quadrant >> 2
    return upper * 0b0101 | lower * 0b01010000
