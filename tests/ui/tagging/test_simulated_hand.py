"""A hand that knows ten true boxes draws them with five keys each, most of them without more."""

from __future__ import annotations

import random
import statistics
from pathlib import Path

import numpy as np
import pytest

from tests.library import add_pictures
from tests.simulated_hand import OutOfReach, Starts, nudges, plan
from tests.ui.tagging.hand import Hand
from tests.ui.tagging.tagger import tagger
from tests.waiting import until
from tui_detect.core.geometry import Box
from tui_detect.core.model import Project, Tag
from tui_detect.core.view import WHOLE, Frame
from tui_detect.workflows.library import Library

FRAME = Frame(columns=90, rows=38, picture_width_px=640, picture_height_px=480)


def random_box(draw: random.Random) -> Box:
    width, height = draw.uniform(0.08, 0.5), draw.uniform(0.08, 0.5)
    return Box(draw.uniform(0, 1 - width), draw.uniform(0, 1 - height), width, height)


async def test_ten_boxes_take_five_keys_each_and_are_stored_with_their_tags(
    library: Library, project: Project, fork: Tag, spoon: Tag, tmp_path: Path
) -> None:
    draw = random.Random(3)
    images = add_pictures(library, project, tmp_path / "pictures", 2)
    async with tagger(library, project, images) as on:
        hand = Hand(on, 0.8)
        wanted = [(tag.name, random_box(draw)) for tag in (spoon, fork, spoon, fork, fork)]
        drawn = await hand.draw_all(wanted)
        await on.pilot.press("n")
        await until(on.pilot, lambda: on.screen.canvas.settled, "the picture")
        drawn += await hand.draw_all([(spoon.name, random_box(draw)) for _ in range(5)])
    assert statistics.median(each.keys for each in drawn) == 5
    assert all(each.overlap >= 0.8 for each in drawn)
    assert [each.tag_keys for each in drawn] == [1, 0, 0, 1, 0, 0, 0, 0, 0, 0]


async def test_a_closer_overlap_zooms_in_where_that_saves_keys_and_out_again(
    library: Library, project: Project, fork: Tag, tmp_path: Path
) -> None:
    images = add_pictures(library, project, tmp_path / "pictures", 1)
    async with tagger(library, project, images) as on:
        (drawn,) = await Hand(on, 0.97).draw_all([(fork.name, Box(0.333, 0.555, 0.08, 0.07))])
        assert drawn.overlap >= 0.97
        assert drawn.nudges > 2
        assert on.screen.state.view == WHOLE


@pytest.mark.parametrize(
    ("box", "keys"),
    [
        (Box(0.3, 0.3, 0.2, 0.2), ()),
        (Box(0.31, 0.3, 0.19, 0.2), ("a",)),
        (Box(0.3, 0.3, 0.2, 0.16), ("C",)),
        (Box(0.31, 0.31, 0.2, 0.2), ("h", "k")),
    ],
)
def test_the_hand_finds_the_fewest_keys(box: Box, keys: tuple[str, ...]) -> None:
    assert tuple(sorted(nudges(Box(0.3, 0.3, 0.2, 0.2), box, WHOLE, FRAME, 0.99))) == keys


def test_the_hand_knows_that_a_whole_box_stops_at_the_border() -> None:
    stored, truth = Box(0.05, 0, 0.18, 0.156), Box(0.053, 0.002, 0.17, 0.127)
    assert nudges(truth, stored, WHOLE, FRAME, 0.8) == ("X",)


def test_the_hand_says_what_it_cannot_reach() -> None:
    start = Starts(np.array([[0.105, 0.305]]), np.array([[0.1, 0.3]]))
    with pytest.raises(OutOfReach):
        plan(Box(0.1, 0.1, 0.2, 0.2), start, (0.01, 0.01), 0.99)
