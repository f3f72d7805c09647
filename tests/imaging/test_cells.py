"""Pictures become block characters whose colours are the best the terminal can show."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image
from rich._palettes import EIGHT_BIT_PALETTE, STANDARD_PALETTE
from rich.color import Color, ColorSystem

from tests.imaging.pictures import quarters
from tui_detect.imaging.cells import (
    Cells,
    Depth,
    dithered,
    fitted_cells,
    half_blocks,
    picture_cells,
    quadrants,
    quantise,
)

PATTERN = {
    "▀": 0b1100,
    "▌": 0b1010,
    "▚": 0b1001,
    "▘": 0b1000,
    "▝": 0b0100,
    "▖": 0b0010,
    "▗": 0b0001,
}
Pixels = npt.NDArray[np.uint8]


def drawn(cells: Cells) -> Pixels:
    """What a terminal shows: 2×2 pixels per cell."""
    out = np.empty((cells.rows * 2, cells.columns * 2, 3), dtype=np.uint8)
    for row, column in itertools.product(range(cells.rows), range(cells.columns)):
        bits = PATTERN[chr(cells.glyph[row, column])]
        for index in range(4):
            on = bits >> (3 - index) & 1
            source = cells.fg if on else cells.bg
            out[row * 2 + index // 2, column * 2 + index % 2] = source[row, column]
    return out


def error(a: Pixels, b: Pixels) -> float:
    return float(((a.astype(float) - b.astype(float)) ** 2).sum())


def pixels(rows: int, columns: int) -> st.SearchStrategy[Pixels]:
    return arrays.arrays(np.uint8, (rows, columns, 3))


@given(pixels(4, 3))
def test_half_blocks_show_every_pixel(rgb: Pixels) -> None:
    shown = drawn(half_blocks(rgb))
    assert (shown[:, ::2] == rgb).all()
    assert (shown[:, 1::2] == rgb).all()


@settings(max_examples=50)
@given(pixels(4, 4))
def test_no_pattern_of_two_colours_is_nearer_than_the_quadrant_chosen(rgb: Pixels) -> None:
    shown = drawn(quadrants(rgb))
    for row, column in itertools.product((0, 2), (0, 2)):
        cell = rgb[row : row + 2, column : column + 2].reshape(4, 3).astype(float)
        found = error(shown[row : row + 2, column : column + 2].reshape(4, 3), cell)
        for bits in range(1, 8):
            mask = np.array([bits >> index & 1 for index in range(4)], dtype=bool)
            best = np.where(mask[:, None], cell[mask].mean(axis=0), cell[~mask].mean(axis=0))
            # Colours are whole numbers: each of 12 values may be half a step away.
            assert found <= ((best - cell) ** 2).sum() + 12 * 0.25 + 1e-3


def test_flat_cells_are_half_blocks_of_one_colour() -> None:
    cells = quadrants(np.full((2, 2, 3), 77, dtype=np.uint8))
    assert chr(cells.glyph[0, 0]) == "▀"
    assert (cells.fg == 77).all()
    assert (cells.bg == 77).all()
    assert (cells.mean == 77).all()


@pytest.mark.parametrize("make", [half_blocks, quadrants])
def test_a_picture_that_does_not_divide_into_cells_is_an_error(make: object) -> None:
    assert callable(make)
    with pytest.raises(ValueError, match="does not divide"):
        make(np.zeros((3, 2, 3), dtype=np.uint8))


@pytest.mark.parametrize(("depth", "system"), [("256", "EIGHT_BIT"), ("16", "STANDARD")])
@pytest.mark.parametrize("make", [half_blocks, quadrants])
def test_colours_are_those_the_terminal_gets(depth: Depth, system: str, make: object) -> None:
    assert callable(make)
    rgb = np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
    cells = quantise(make(rgb), depth)
    colours = {tuple(c) for part in (cells.fg, cells.bg, cells.mean) for c in part.reshape(-1, 3)}
    palette = STANDARD_PALETTE if system == "STANDARD" else EIGHT_BIT_PALETTE
    for red, green, blue in colours:
        sent = Color.from_rgb(red, green, blue).downgrade(ColorSystem[system])
        assert sent.number is not None
        shown = palette[sent.number]
        # A grey may be sent a little lighter, for Rich to find it.
        given = int(red), int(green), int(blue)
        assert max(abs(a - b) for a, b in zip(shown, given, strict=True)) <= 8


def test_all_greys_of_256_colours_are_used() -> None:
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 2, axis=0)
    cells = quantise(half_blocks(np.repeat(ramp, 3, axis=2)), "256")
    sent = {tuple(colour) for colour in cells.mean.reshape(-1, 3)}
    numbers = {Color.from_rgb(*c).downgrade(ColorSystem.EIGHT_BIT).number for c in sent}
    assert set(range(232, 256)) <= numbers


def test_dithering_keeps_brightness_where_the_nearest_colour_would_not() -> None:
    ramp = np.repeat(np.linspace(0, 255, 120).astype(np.uint8)[None, :, None], 80, axis=0)
    rgb = np.repeat(ramp, 3, axis=2)
    for depth in ("256", "16"):
        shown = dithered(rgb, depth)
        blocks = shown.reshape(8, 10, 12, 10, 3).mean(axis=(1, 3))
        wanted = rgb.reshape(8, 10, 12, 10, 3).mean(axis=(1, 3))
        assert np.abs(blocks - wanted).mean() < 12


def test_truecolor_is_left_alone() -> None:
    rgb = np.asarray(quarters(4, 4))
    cells = half_blocks(rgb)
    assert quantise(cells, "truecolor") is cells
    assert dithered(rgb, "truecolor") is rgb


def test_a_picture_is_stretched_over_the_cells_asked_for() -> None:
    for blocks in ("half", "quadrant"):
        cells = picture_cells(quarters(), 6, 4, blocks)
        assert (cells.rows, cells.columns) == (4, 6)
        assert tuple(cells.mean[0, 0]) == (200, 30, 30)
        assert tuple(cells.mean[3, 5]) == (220, 200, 40)


@given(st.integers(1, 9999), st.integers(1, 9999), st.integers(1, 300), st.integers(1, 99))
def test_a_picture_fits_into_the_cells_there_are(
    width_px: int, height_px: int, columns: int, rows: int
) -> None:
    across, down = fitted_cells(width_px, height_px, columns, rows)
    assert 1 <= across <= columns
    assert 1 <= down <= rows
    assert across == columns or down == rows


def test_the_shape_is_kept() -> None:
    assert fitted_cells(800, 400, 40, 40) == (40, 10)
    assert fitted_cells(400, 800, 40, 40) == (40, 40)


def test_real_pictures_gain_from_quadrants(shared_data: Path) -> None:
    with Image.open(shared_data / "cutlery" / "images" / "fork_1.jpg") as picture:
        rgb = np.asarray(picture.convert("RGB").resize((240, 80), Image.Resampling.BOX))
    half = rgb.reshape(80, 120, 2, 3).mean(axis=2).astype(np.uint8)
    assert error(drawn(quadrants(rgb)), rgb) < error(drawn(half_blocks(half)), rgb)
