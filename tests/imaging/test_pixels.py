"""Line images: the right pixels at the right places, and next to no bytes."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from tui_detect.imaging.pixels import Shape, mean_colours, pen_png

RED = (249, 65, 68)


def drawn(shape: Shape, size: tuple[int, int] = (60, 40), dash_px: int = 0) -> Image.Image:
    png = pen_png(shape, size, RED, thickness_px=2, rim_alpha=150, dash_px=dash_px)
    assert len(png) < 400
    return Image.open(BytesIO(png)).convert("RGBA")


@pytest.mark.parametrize(
    ("shape", "line", "clear"),
    [
        ("start", [(1, 20), (2, 20), (30, 1)], (30, 20)),
        ("end", [(58, 20), (57, 20), (30, 38)], (30, 20)),
    ],
)
def test_a_piece_is_two_edges_with_rims(
    shape: Shape, line: list[tuple[int, int]], clear: tuple[int, int]
) -> None:
    image = drawn(shape)
    assert {image.getpixel(at) for at in line} == {(*RED, 255)}
    assert image.getpixel(clear)[3] == 0  # type: ignore[index]
    rims = {(0, 20), (3, 20)} if shape == "start" else {(59, 20), (56, 20)}
    assert {image.getpixel(at) for at in rims} == {(0, 0, 0, 150)}


def test_a_line_is_as_thick_as_asked_for() -> None:
    across = drawn("across", (60, 4))
    assert [across.getpixel((30, y)) for y in range(4)] == [
        (0, 0, 0, 150),
        (*RED, 255),
        (*RED, 255),
        (0, 0, 0, 150),
    ]


def test_dashes_have_gaps_in_between() -> None:
    dashed = drawn("down", (4, 40), dash_px=5)
    inked = [dashed.getpixel((1, y))[3] == 255 for y in range(20)]  # type: ignore[index]
    assert inked == ([True] * 5 + [False] * 5) * 2


def test_every_cell_has_the_mean_of_its_pixels() -> None:
    picture = Image.new("RGB", (40, 20), (10, 20, 30))
    picture.paste((200, 100, 0), (20, 0, 40, 20))
    means = mean_colours(picture, (0.0, 0.0, 1.0, 1.0), (4, 2))
    assert means[0][0] == [10, 20, 30]
    assert means[1][3] == [200, 100, 0]
