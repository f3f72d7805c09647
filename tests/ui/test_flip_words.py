"""How the pictures of a flip-book are arranged and what is drawn over them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.library import BOX, NOON
from tui_detect.core.model import Detection, Image, Region, Tag
from tui_detect.ui.flip_words import arrange, headline, overlay_of
from tui_detect.workflows.watching import FlipPage, FlipPicture

TAG = Tag(1, "t", 1, "fork", "#f94144")
IMAGE = Image(1, "i", 1, "0" * 64, "fork.png", 64, 48, 100, True, "validation", NOON)
PICTURE = FlipPicture(
    IMAGE,
    Path("fork.png"),
    (Region("r", 1, BOX),),
    (Detection(1, 0.8, BOX), Detection(9, 0.1, BOX)),
)


@pytest.mark.parametrize(
    ("pictures", "columns", "rows", "shown"),
    [
        (6, 78, 13, 2),
        (6, 118, 12, 4),
        (6, 118, 34, 6),
        (1, 118, 34, 1),
        (6, 20, 4, 1),
        (2, 78, 13, 2),
    ],
)
def test_as_many_pictures_are_shown_as_can_be_seen(
    pictures: int, columns: int, rows: int, shown: int
) -> None:
    assert arrange(pictures, columns, rows, 0.5)[0] == shown


def test_regions_are_solid_and_what_was_found_is_dashed_and_named() -> None:
    region, found = overlay_of(PICTURE, {1: TAG}, 0.25).boxes
    assert (region.look, region.label, region.colour) == ("normal", "", "#f94144")
    assert (found.look, found.label) == ("suggestion", "fork 0.80")
    assert len(overlay_of(PICTURE, {1: TAG}, 0.05).boxes) == 3, "also of a tag that is gone"


def test_the_line_says_which_epoch_and_what_the_lines_mean() -> None:
    page = FlipPage(2, 12, (PICTURE,))
    text = headline(page, 30, 29, 0.25, parts=5)
    assert "training 2, epoch 12, the newest" in text
    assert "region" in text
    assert "4 of 30" in headline(page, 30, 3, 0.25, parts=1)
