"""A run does not notice that the app is gone, and the next app knows all that happened."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal
from tests.waiting import wait_for
from tui_detect.core.model import Project
from tui_detect.store import runs
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows.demo import add_drawn_pictures
from tui_detect.workflows.iterations import list_iterations
from tui_detect.workflows.library import Library
from tui_detect.workflows.training import epochs

EPOCHS = 6


@pytest.mark.training
def test_a_killed_app_costs_neither_the_run_nor_an_event(
    library: Library, project: Project, home: Path
) -> None:
    add_drawn_pictures(library, project, 8)
    terminal = Terminal(120, 40, home)
    try:
        start_training(terminal)
        (iteration,) = list_iterations(library, project.id)
        folder = RunFolder(library.run_path(iteration.uuid))
        wait_for(lambda: epochs(library, iteration.id), "the app to have collected an epoch", 120)
        os.kill(terminal.process(), signal.SIGKILL)
        terminal.see("left with 137")
    finally:
        terminal.close()
    collected_before = runs.event_count(library.db, iteration.id)

    wait_for(lambda: folder.exit is not None, "the run to end without anybody watching", 300)
    assert folder.exit is not None
    assert folder.exit.state == "completed"
    lines = folder.events_file.read_bytes().count(b"\n")
    assert lines > collected_before

    again = Terminal(120, 40, home)
    try:
        again.see("parts")
        again.keys("Enter")
        again.see("parts · Images")
        again.keys("3")
        again.see("Iteration 1", "completed", "Precision")
        wait_for(lambda: runs.event_count(library.db, iteration.id) == lines, "every event", 30)
        again.keys("q")
        again.see("left with 0")
    finally:
        again.close()
    assert runs.event_count(library.db, iteration.id) == lines
    numbers = runs.sequence_numbers(library.db, iteration.id)
    assert len(set(numbers)) == len(numbers)
    assert [epoch.number for epoch in epochs(library, iteration.id)] == list(range(1, EPOCHS + 1))


def start_training(terminal: Terminal) -> None:
    terminal.see("parts")
    terminal.keys("Enter")
    terminal.see("parts · Images")
    terminal.keys("2")
    terminal.see("parts · Train", "t train")
    terminal.keys("e")
    terminal.see("Settings of the next run")
    for text in (str(EPOCHS), "64", "", "cpu", "none"):
        terminal.type(text)
        terminal.keys("Enter")
    terminal.keys("C-s")
    terminal.until(lambda screen: "Settings of the next run" not in screen, "the form to close")
    terminal.keys("t")
    terminal.see("Iteration 1", "training", timeout_s=120)
