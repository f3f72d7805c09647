"""Crops show the boxes with room around them, and say so where the picture is gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workflows.report.reading import Page
from tui_detect.core.evaluation.finding import Finding
from tui_detect.core.geometry import Box
from tui_detect.core.model import Detection, Project, Region
from tui_detect.core.query import ImageQuery
from tui_detect.imaging.samples import draw_sample
from tui_detect.workflows.adding import add_images
from tui_detect.workflows.images import image_cards, image_ids
from tui_detect.workflows.library import Library
from tui_detect.workflows.report.crops import crop_window, worst_errors


@pytest.mark.parametrize(
    "box",
    [
        Box(0.4, 0.4, 0.2, 0.2),
        Box(0.0, 0.0, 0.02, 0.02),
        Box(0.95, 0.9, 0.05, 0.1),
        Box(0.0, 0.0, 1.0, 1.0),
        Box(0.0, 0.45, 1.0, 0.1),
    ],
)
def test_a_window_holds_its_boxes_and_stays_inside(box: Box) -> None:
    window = crop_window([box], (640, 480))
    assert window.left <= box.left + 1e-9
    assert window.top <= box.top + 1e-9
    assert window.right >= box.right - 1e-9
    assert window.bottom >= box.bottom - 1e-9
    assert window.left >= 0
    assert window.right <= 1 + 1e-9
    assert window.top >= 0
    assert window.bottom <= 1 + 1e-9


def test_a_tiny_box_is_shown_with_its_surroundings() -> None:
    window = crop_window([Box(0.5, 0.5, 0.005, 0.005)], (2000, 1500))
    assert window.width * 2000 >= 96
    assert window.width * 2000 / (window.height * 1500) == pytest.approx(4 / 3)


def test_two_boxes_are_shown_together() -> None:
    window = crop_window([Box(0.1, 0.1, 0.1, 0.1), Box(0.6, 0.6, 0.1, 0.1)], (640, 480))
    assert window.left < 0.1
    assert window.right > 0.7


def test_the_persons_box_is_solid_and_the_models_dashed(
    library: Library, project: Project, tmp_path: Path
) -> None:
    picture, boxes = draw_sample(0)
    picture.save(tmp_path / "drawn.png")
    add_images(library, project.id, [str(tmp_path / "drawn.png")])
    (card,) = image_cards(library, image_ids(library, project.id, ImageQuery()))
    _, box = boxes[0]
    finding = Finding(
        "class",
        card.image.id,
        0.9,
        Region("r", 1, box),
        Detection(2, 0.91, box),
        detection_number=0,
        overlap=1.0,
    )
    names = {1: "bolt <A>", 2: "nut"}
    (shown,) = worst_errors(library, [finding], {card.image.id: card.image}, names)
    page = Page(shown)
    assert page.count("rect", "person") == page.count("rect", "model") == 2
    (address,) = page.addresses
    assert address.startswith("data:image/jpeg;base64,/9j/")
    assert page.texts["strong"] == ["Class"]
    assert page.texts["span"] == ["tagged bolt <A> · found nut 0.91", "overlap 1.00 · drawn.png"]

    library.objects.delete(card.image.sha256)
    (gone,) = worst_errors(library, [finding], {card.image.id: card.image}, names)
    assert Page(gone).texts["p"][0].startswith("No picture: ")
