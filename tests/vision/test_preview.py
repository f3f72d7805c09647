"""After each epoch the same few validation pictures are shown, with the surest boxes."""

from __future__ import annotations

from pathlib import Path

from tui_detect.core.geometry import Box
from tui_detect.vision.job import JobImage
from tui_detect.vision.preview import BOXES_MAX, PreviewBoxes, choose_pictures

BOX = Box(0.1, 0.1, 0.2, 0.2)


def pictures(*tags: tuple[int, ...]) -> dict[Path, JobImage]:
    """Validation pictures `0.png`, `1.png`… with one region for each of these tags."""
    return {
        Path(f"{n}.png"): JobImage(
            f"uuid-{n}", Path("object"), "validation", tuple((tag, BOX) for tag in shown)
        )
        for n, shown in enumerate(tags)
    }


def test_pictures_with_other_tags_come_first_then_those_with_most_regions() -> None:
    images = pictures((0,), (0, 0, 0), (), (1,), (0, 0))
    assert [path.name for path in choose_pictures(images)] == [
        "1.png",
        "3.png",
        "4.png",
        "0.png",
        "2.png",
    ]


def test_there_are_six_pictures_at_most() -> None:
    assert len(choose_pictures(pictures(*[(0,)] * 50))) == 6
    assert choose_pictures({}) == []


def test_boxes_become_fractions_of_the_picture_and_unsure_ones_are_left_out() -> None:
    boxes = PreviewBoxes(pictures((0,), (1,)))
    boxes.keep(
        "0.png", [[10, 20, 110, 70, 0.6, 1], [0, 0, 9, 9, 0.04, 0], [-5, 0, 300, 100, 0.9, 0]],
        (200, 100),
    )  # fmt: skip
    assert boxes.take() == [
        {
            "image": "uuid-0",
            "items": [(0, 0.9, 0.0, 0.0, 1.0, 1.0), (1, 0.6, 0.05, 0.2, 0.5, 0.5)],
        }
    ]
    assert boxes.take() == [], "what an epoch found is not told again for the next"


def test_a_picture_shows_the_surest_boxes_only() -> None:
    boxes = PreviewBoxes(pictures((0,)))
    boxes.keep("0.png", [[0, 0, 9, 9, 0.1 + n / 100, 0] for n in range(50)], (10, 10))
    (picture,) = boxes.take()
    items = picture["items"]
    assert isinstance(items, list)
    assert len(items) == BOXES_MAX
    assert items[0][1] == 0.59


def test_other_pictures_are_not_wanted() -> None:
    boxes = PreviewBoxes(pictures((0,)))
    assert boxes.wants("0.png")
    assert not boxes.wants("7.png")
