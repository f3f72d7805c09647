"""The sizes of pictures and objects, from which a plan chooses how large pictures are shown."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tui_detect.core.geometry import Box
from tui_detect.core.model import Image, Region
from tui_detect.core.sizes import Sizes, measure_sizes


def image(width_px: int, height_px: int) -> Image:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return Image(1, "u", 1, "s", "n", width_px, height_px, 1, True, None, moment)


def region(width: float, height: float) -> Region:
    return Region("r", 1, Box(0, 0, width, height))


def test_without_pictures_nothing_is_known() -> None:
    assert measure_sizes([]) == Sizes(None, None)
    assert measure_sizes([(image(100, 50), ())]) == Sizes(100, None)


def test_an_object_is_as_small_as_its_shorter_side_in_pixels() -> None:
    sizes = measure_sizes([(image(1000, 500), [region(0.1, 0.1)])])
    assert sizes == Sizes(1000, pytest.approx(0.05))  # type: ignore[arg-type]


def test_nine_tenths_of_the_objects_are_larger_than_a_small_one() -> None:
    regions = [region(n / 100, 1) for n in range(1, 101)]
    assert measure_sizes([(image(100, 100), regions)]).small_object == pytest.approx(0.11)


def test_one_tiny_picture_does_not_make_all_small() -> None:
    sizes = measure_sizes([(image(side, 10), ()) for side in (20, 800, 900)])
    assert sizes.longer_side_px == 800
