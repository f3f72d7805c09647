"""One point inside an object gives its box, whatever lies round it."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tui_detect.core.geometry import Box, overlap
from tui_detect.imaging.grow import MARGIN, grow_box

WIDTH_PX, HEIGHT_PX = 400, 300


def table() -> Image.Image:
    """A grey table that is lighter on its right side."""
    shade = np.linspace(150, 210, WIDTH_PX)[None, :, None]
    noise = np.random.default_rng(0).normal(0, 2, (HEIGHT_PX, WIDTH_PX, 3))
    return Image.fromarray(np.clip(shade + noise, 0, 255).astype(np.uint8))


def of_pixels(left: float, top: float, right: float, bottom: float) -> Box:
    return Box.from_edges(
        left / WIDTH_PX, top / HEIGHT_PX, right / WIDTH_PX, bottom / HEIGHT_PX
    ).clamped()


def disc(picture: Image.Image, x: int, y: int, radius: int, colour: tuple[int, int, int]) -> Box:
    corners = (x - radius, y - radius, x + radius, y + radius)
    ImageDraw.Draw(picture).ellipse(corners, fill=colour)
    return of_pixels(*corners)


def test_a_thin_slanting_thing_on_an_uneven_table_is_boxed_whole() -> None:
    picture = table()
    ImageDraw.Draw(picture).line((80, 60, 320, 250), fill=(40, 40, 45), width=8)
    found = grow_box(picture, (0.5, 155 / HEIGHT_PX))
    assert found is not None
    assert overlap(found, of_pixels(77, 57, 323, 253)) > 0.9


def test_a_hole_in_the_middle_is_part_of_the_thing() -> None:
    picture = table()
    truth = disc(picture, 200, 150, 70, (30, 60, 160))
    disc(picture, 200, 150, 40, (180, 180, 180))
    found = grow_box(picture, (0.5, 0.5))
    assert found is not None
    assert overlap(found, truth) > 0.85


@pytest.mark.parametrize("usual", [0.85, 1.0, 1.2])
def test_things_that_touch_are_told_apart_when_their_size_is_roughly_known(usual: float) -> None:
    picture = table()
    red = (190, 90, 100)
    discs = [disc(picture, x, y, 30, red) for x, y in ((140, 150), (198, 150), (256, 150))]
    width, height = 68 / WIDTH_PX, 68 / HEIGHT_PX
    for truth in discs:
        centre = truth.left + truth.width / 2 + 0.008, truth.top + truth.height / 2 - 0.01
        found = grow_box(picture, centre, (width * usual, height * usual))
        assert found is not None
        drawn = Box(truth.left - 0.01, truth.top - 0.0133, width, height)
        assert overlap(found, drawn) > 0.8


def test_another_size_than_the_usual_one_is_seen() -> None:
    picture = table()
    truth = disc(picture, 200, 150, 60, (190, 90, 100))
    usual = 90 / WIDTH_PX, 90 / HEIGHT_PX
    found = grow_box(picture, (0.505, 0.49), usual)
    assert found is not None
    assert overlap(found, truth) > 0.8


def test_a_thing_at_the_border_stays_inside_the_picture() -> None:
    picture = table()
    disc(picture, 10, 150, 60, (190, 90, 100))
    found = grow_box(picture, (35 / WIDTH_PX, 0.5), (70 / WIDTH_PX, 120 / HEIGHT_PX))
    assert found is not None
    assert found.left == 0.0
    assert overlap(found, of_pixels(0, 90, 70, 210)) > 0.7


def test_the_box_leaves_the_margin_that_people_leave() -> None:
    picture = table()
    truth = disc(picture, 200, 150, 70, (30, 60, 160))
    found = grow_box(picture, (0.5, 0.5))
    assert found is not None
    margins = (truth.left - found.left, found.right - truth.right)
    assert all(0 < margin < 2.5 * MARGIN for margin in margins)


@pytest.mark.parametrize("typical", [None, (0.2, 0.2), (1.0, 1.0)])
def test_where_nothing_is_nothing_is_proposed(typical: tuple[float, float] | None) -> None:
    assert grow_box(table(), (0.5, 0.5), typical) is None


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (3000, 20), (7, 5)])
@pytest.mark.parametrize("point", [(0.0, 0.0), (1.0, 1.0), (0.3, 0.9)])
@pytest.mark.parametrize("typical", [None, (0.1, 1.0)])
def test_pictures_of_any_shape_are_taken(
    size: tuple[int, int], point: tuple[float, float], typical: tuple[float, float] | None
) -> None:
    width_px, height_px = size
    noise = np.random.default_rng(1).integers(0, 256, (height_px, width_px, 3), np.uint8)
    found = grow_box(Image.fromarray(noise), point, typical)
    if found is not None:
        assert found == found.clamped()


def test_the_module_loads_opencv_only_when_a_box_is_grown() -> None:
    code = "import sys, tui_detect.imaging.grow; assert 'cv2' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
