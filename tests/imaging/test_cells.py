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
from tui_detect.imaging.blocks import CELL_PIXELS, Blocks, characters
from tui_detect.imaging.cells import (
    Cells,
    Depth,
    block_cells,
    dithered,
    fitted_cells,
    half_blocks,
    picture_cells,
    quantise,
)

FITTED: list[Blocks] = ["quadrant", "sextant", "octant"]
ALL: list[Blocks] = ["half", *FITTED]
Pixels = npt.NDArray[np.uint8]


def drawn(cells: Cells, blocks: Blocks) -> Pixels:
    """What a terminal shows: each character's pixels in its two colours."""
    across, down = CELL_PIXELS[blocks]
    patterns = {ord(glyph): pattern for pattern, glyph in enumerate(characters(blocks))}
    out = np.empty((cells.rows * down, cells.columns * across, 3), dtype=np.uint8)
    for row, column in itertools.product(range(cells.rows), range(cells.columns)):
        pattern = patterns[cells.glyph[row, column]]
        for index in range(across * down):
            source = cells.fg if pattern >> index & 1 else cells.bg
            y, x = divmod(index, across)
            out[row * down + y, column * across + x] = source[row, column]
    return out


def shown_by(blocks: Blocks, picture: Image.Image) -> Pixels:
    """The picture as those characters show it on 60×20 cells, 2×12 pixels a cell."""
    shown = Image.fromarray(drawn(picture_cells(picture, 60, 20, blocks), blocks))
    return np.asarray(shown.resize((120, 240), Image.Resampling.NEAREST))


def error(a: Pixels, b: Pixels) -> float:
    return float(((a.astype(float) - b.astype(float)) ** 2).sum())


def pixels(rows: int, columns: int) -> st.SearchStrategy[Pixels]:
    return arrays.arrays(np.uint8, (rows, columns, 3))


@given(pixels(4, 3))
def test_half_blocks_show_every_pixel(rgb: Pixels) -> None:
    assert (drawn(half_blocks(rgb), "half") == rgb).all()


@pytest.mark.parametrize("blocks", FITTED)
@settings(max_examples=20)
@given(data=st.data())
def test_no_pattern_of_two_colours_is_nearer_than_the_one_chosen(
    blocks: Blocks, data: st.DataObject
) -> None:
    across, down = CELL_PIXELS[blocks]
    size = across * down
    rgb = data.draw(pixels(down, across))
    found = error(drawn(block_cells(rgb, blocks), blocks), rgb)
    cell = rgb.reshape(size, 3).astype(float)
    for bits in range(1, 2**size - 1):
        mask = np.array([bits >> index & 1 for index in range(size)], dtype=bool)
        best = np.where(mask[:, None], cell[mask].mean(axis=0), cell[~mask].mean(axis=0))
        # Colours are whole numbers: each value may be half a step away.
        assert found <= ((best - cell) ** 2).sum() + 3 * size * 0.25 + 1e-3


@pytest.mark.parametrize(
    ("blocks", "glyph"), [("quadrant", "▀"), ("sextant", "▌"), ("octant", "▀")]
)
def test_flat_cells_are_plain_blocks_of_one_colour(blocks: Blocks, glyph: str) -> None:
    across, down = CELL_PIXELS[blocks]
    cells = block_cells(np.full((down, across, 3), 77, dtype=np.uint8), blocks)
    assert chr(cells.glyph[0, 0]) == glyph
    assert (cells.fg == 77).all()
    assert (cells.bg == 77).all()
    assert (cells.mean == 77).all()


@pytest.mark.parametrize("blocks", ALL)
def test_a_picture_that_does_not_divide_into_cells_is_an_error(blocks: Blocks) -> None:
    with pytest.raises(ValueError, match="does not divide"):
        block_cells(np.zeros((5, 2, 3), dtype=np.uint8), blocks)


@pytest.mark.parametrize(("depth", "system"), [("256", "EIGHT_BIT"), ("16", "STANDARD")])
@pytest.mark.parametrize("blocks", ["half", "octant"])
def test_colours_are_those_the_terminal_gets(depth: Depth, system: str, blocks: Blocks) -> None:
    rgb = np.random.default_rng(0).integers(0, 256, (40, 40, 3), np.uint8)
    cells = quantise(block_cells(rgb, blocks), depth)
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
    for blocks in ALL:
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


def test_real_pictures_gain_from_finer_characters(shared_data: Path) -> None:
    with Image.open(shared_data / "cutlery" / "images" / "fork_1.jpg") as picture:
        photo = picture.convert("RGB").resize((480, 480), Image.Resampling.BOX)
    wanted = np.asarray(photo.resize((120, 240), Image.Resampling.BOX))
    half, quadrant, sextant, octant = (error(shown_by(blocks, photo), wanted) for blocks in ALL)
    assert half > quadrant > sextant > octant
