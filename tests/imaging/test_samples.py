"""The demo's pictures are the same everywhere, and their boxes are tight."""

from __future__ import annotations

from collections import Counter

import pytest

from tui_detect.core.geometry import overlap
from tui_detect.imaging.samples import BACKGROUND_EVERY, TAGS, draw_sample


def test_the_same_number_gives_the_same_picture() -> None:
    first, second = draw_sample(3, seed=7), draw_sample(3, seed=7)
    assert first[0].tobytes() == second[0].tobytes()
    assert first[1] == second[1]
    assert draw_sample(4, seed=7)[0].tobytes() != first[0].tobytes()
    assert draw_sample(3, seed=8)[0].tobytes() != first[0].tobytes()


@pytest.mark.parametrize("index", range(0, 24, 4))
def test_a_picture_shows_what_its_regions_say(index: int) -> None:
    picture, regions = draw_sample(index)
    assert (picture.mode, picture.size) == ("RGB", (320, 240))
    assert 1 <= len(regions) <= 6
    for tag, box in regions:
        assert tag in TAGS
        assert 0 <= box.left < box.right <= 1
        assert 0 <= box.top < box.bottom <= 1
        assert box.width * 320 > 15
        assert box.height * 240 > 8
    boxes = [box for _, box in regions]
    for n, box in enumerate(boxes):
        assert all(overlap(box, other) < 0.6 for other in boxes[:n]), "parts stay recognisable"


def test_there_are_backgrounds_and_enough_of_every_part() -> None:
    drawn = [draw_sample(index)[1] for index in range(48)]
    assert sum(not regions for regions in drawn) == 48 // BACKGROUND_EVERY
    counts = Counter(tag for regions in drawn for tag, _ in regions)
    assert set(counts) == set(TAGS)
    assert min(counts.values()) >= 30
