"""Every pattern of a cell has its one character, and it is the right one."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from rich.cells import cell_len

from tui_detect.imaging.blocks import CELL_PIXELS, Blocks, block_set, characters

FIRST_UNICODE_WITH_OCTANTS = (16, 0)


def pattern_of(name: str) -> int:
    """What a name such as `BLOCK OCTANT-134` fills."""
    return sum(1 << int(digit) - 1 for digit in name.rpartition("-")[2])


@pytest.mark.parametrize("blocks", ["half", "quadrant", "sextant", "octant"])
def test_every_pattern_has_a_character_of_its_own_one_column_wide(blocks: Blocks) -> None:
    across, down = CELL_PIXELS[blocks]
    glyphs = characters(blocks)
    assert len(glyphs) == len(set(glyphs)) == 2 ** (across * down)
    assert {cell_len(glyph) for glyph in glyphs} == {1}


def test_sextants_are_what_unicode_calls_them() -> None:
    named = {
        pattern: unicodedata.name(glyph)
        for pattern, glyph in enumerate(characters("sextant"))
        if "SEXTANT" in unicodedata.name(glyph)
    }
    assert len(named) == 60
    assert all(pattern_of(name) == pattern for pattern, name in named.items())


def test_octants_fill_their_block_of_unicode_without_a_gap() -> None:
    octants = [ord(glyph) for glyph in characters("octant") if 0x1CD00 <= ord(glyph) < 0x1CE00]
    assert octants == list(range(0x1CD00, 0x1CDE6))


# From the code chart of Unicode 16, "Symbols for Legacy Computing Supplement".
@pytest.mark.parametrize(
    ("code_point", "name"),
    [
        (0x1CD00, "OCTANT-3"),
        (0x1CD01, "OCTANT-23"),
        (0x1CD02, "OCTANT-123"),
        (0x1CD03, "OCTANT-4"),
        (0x1CD04, "OCTANT-14"),
        (0x1CDE5, "OCTANT-2345678"),
    ],
)
def test_octants_are_where_the_code_chart_has_them(code_point: int, name: str) -> None:
    assert characters("octant")[pattern_of(name)] == chr(code_point)


def test_octants_are_what_unicode_calls_them() -> None:
    version = tuple(int(part) for part in unicodedata.unidata_version.split(".")[:2])
    if version < FIRST_UNICODE_WITH_OCTANTS:
        pytest.skip(f"this Python knows Unicode {unicodedata.unidata_version} only")
    for pattern, glyph in enumerate(characters("octant")):
        name = unicodedata.name(glyph)
        assert pattern_of(name) == pattern or "OCTANT" not in name


def test_octants_of_whole_quarters_are_the_quadrants() -> None:
    quadrants, octants = characters("quadrant"), characters("octant")
    shown = {octants[upper * 5 + lower * 80] for upper in range(4) for lower in range(4)}
    assert shown == set(quadrants)


@pytest.mark.parametrize(("blocks", "count"), [("quadrant", 7), ("sextant", 31), ("octant", 127)])
def test_no_pattern_is_tried_twice(blocks: Blocks, count: int) -> None:
    patterns = block_set(blocks).patterns
    both = {bytes(p) for p in np.concatenate([patterns, 1 - patterns]).astype(np.uint8)}
    assert len(patterns) == count
    assert len(both) == 2 * count
