"""The whole loop by keys in a real terminal: project, pictures, boxes, training, figures, test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal
from tui_detect.imaging.samples import draw_sample
from tui_detect.workflows import iterations
from tui_detect.workflows.images import ImageQuery, image_cards, image_ids
from tui_detect.workflows.library import Library
from tui_detect.workflows.projects import find_project
from tui_detect.workflows.training import collect

PICTURES = 3
BOX_KEYS = ("w", "s", "k", "f")
"""First corner in the cell of w, within it that of s; second corner in k, within it f."""


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder with a few drawn pictures."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for index in range(PICTURES):
        draw_sample(index, 0)[0].save(folder / f"parts_{index}.png")
    return folder


@pytest.mark.training
@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 40)])
def test_from_an_empty_home_to_a_prediction(
    library: Library, home: Path, pictures: Path, columns: int, rows: int
) -> None:
    terminal = Terminal(columns, rows, home)
    try:
        make_project(terminal)
        add_pictures(terminal, pictures)
        tag_all(terminal)
        train(terminal)
        look_at_performance(terminal)
        predict_on_a_picture(terminal, pictures / "parts_0.png")
        terminal.keys("q")
        terminal.see("left with 0")
    finally:
        terminal.close()
    check_what_is_stored(library)


def make_project(terminal: Terminal) -> None:
    terminal.see("There is none yet", "new project")
    terminal.keys("n")
    terminal.see("New project")
    terminal.type("parts")
    terminal.keys("C-s")
    terminal.see("parts", "none yet")
    terminal.keys("Enter")
    terminal.see("parts · Images", "add pictures to start")


def add_pictures(terminal: Terminal, folder: Path) -> None:
    terminal.keys("a")
    terminal.see("Add pictures")
    terminal.type(str(folder))
    terminal.keys("Enter")
    terminal.see(f"{PICTURES} pictures added")
    terminal.keys("Enter")
    terminal.see(f"Untagged {PICTURES}", "parts_0.png")


def tag_all(terminal: Terminal) -> None:
    terminal.keys("Enter")
    terminal.see("parts_0.png", f"1/{PICTURES}", "new box")
    terminal.keys("Space")
    terminal.see("first corner")
    terminal.keys(*BOX_KEYS)
    terminal.see("Tag of the new box")
    terminal.type("part")
    terminal.keys("Enter")
    terminal.see("a part", "1 region")
    for number in range(1, PICTURES):
        terminal.keys("n")
        terminal.see(f"parts_{number}.png", f"{number + 1}/{PICTURES}", "untagged")
        terminal.keys("Space")
        terminal.see("first corner")
        terminal.keys(*BOX_KEYS)
        terminal.see("a part", "1 region")
    # One box too many, taken back.
    terminal.keys("y")
    terminal.see("2 regions")
    terminal.keys("u")
    terminal.see("undone: duplicate")
    terminal.keys("q")
    terminal.see("parts · Images", f"Tagged {PICTURES}")


def train(terminal: Terminal) -> None:
    terminal.keys("2")
    terminal.see("parts · Train", "t train")
    terminal.keys("e")
    terminal.see("Settings of the next run")
    for text in ("2", "64", "", "cpu", "none"):
        terminal.type(text)
        terminal.keys("Enter")
    terminal.keys("C-s")
    terminal.until(lambda screen: "Settings of the next run" not in screen, "the form to close")
    terminal.keys("t")
    terminal.see("Iteration 1", "training")
    terminal.see("Iteration 1", "completed", timeout_s=300)


def look_at_performance(terminal: Terminal) -> None:
    terminal.keys("3")
    terminal.see("Iteration 1", "Precision", "probability", "0.50")
    terminal.keys("[")
    terminal.see("0.45")


def predict_on_a_picture(terminal: Terminal, picture: Path) -> None:
    terminal.keys("4")
    terminal.see("parts · Test")
    terminal.keys("p")
    # The empty field says much the same before it has the keys.
    terminal.until(lambda screen: "tab complete" in screen.splitlines()[-1], "the field's own keys")
    terminal.type(str(picture))
    terminal.keys("Enter")
    terminal.see("parts_0.png", "320 × 240", timeout_s=120)


def check_what_is_stored(library: Library) -> None:
    project = find_project(library, "parts")
    cards = image_cards(library, image_ids(library, project.id, ImageQuery()))
    assert [len(card.regions) for card in cards] == [1] * PICTURES
    boxes = {card.regions[0].box for card in cards}
    assert len(boxes) == 1, "the same keys place the same box"
    (box,) = boxes
    assert 0.1 < box.left < 0.2
    assert 0.7 < box.right < 0.8
    (iteration,) = iterations.list_iterations(library, project.id)
    assert collect(library, iteration.id).state == "completed"
    assert iteration.epochs_done == 2
