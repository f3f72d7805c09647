"""A run does not notice that the app is gone, and the next app knows all that happened."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.e2e.killing import (
    EPOCHS,
    SETTINGS,
    examine,
    finish,
    folder_of,
    kill_app,
    kill_worker,
    lose,
    start_in_app,
)
from tests.e2e.terminal import Terminal
from tests.waiting import wait_for
from tui_detect.core.model import Project
from tui_detect.store import runs
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows.collecting import collect
from tui_detect.workflows.demo import add_drawn_pictures
from tui_detect.workflows.iterations import list_iterations
from tui_detect.workflows.library import Library
from tui_detect.workflows.resuming import resume_training
from tui_detect.workflows.training import epochs, start_training


@pytest.mark.training
def test_a_killed_app_costs_neither_the_run_nor_an_event(
    library: Library, project: Project, home: Path
) -> None:
    add_drawn_pictures(library, project, 8)
    terminal = Terminal(120, 40, home)
    try:
        start_in_app(terminal)
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


@pytest.mark.training
def test_a_closed_terminal_costs_neither_the_run_nor_an_event(
    library: Library, project: Project
) -> None:
    add_drawn_pictures(library, project, 8)
    outcome = kill_app(library, "terminal closed", moment_s=0.5)
    assert outcome.good, outcome.complaints


@pytest.mark.training
def test_a_killed_worker_goes_on_from_its_last_checkpoint(
    library: Library, project: Project
) -> None:
    add_drawn_pictures(library, project, 8)
    iteration = start_training(library, project.id, SETTINGS)
    folder = folder_of(library, iteration)
    for epoch in (2, 4):
        # Between an epoch and its checkpoint is where most could go wrong.
        wait_for(lambda n=epoch: epochs_told(folder) >= n, f"epoch {epoch}", 120)  # type: ignore[misc]
        kill_worker(folder)
        lose(library, iteration)
        assert collect(library, iteration.id).state == "lost"
        resume_training(library, iteration.id)
    outcome = examine(library, finish(library, iteration), kills=2, killed_at="")
    assert outcome.good, outcome.complaints
    started = [event for event in folder.read_events()[0] if event.kind == "started"]
    assert [event.data.get("resumed_from_epoch", 0) for event in started[1:]] != [0, 0]
    stages = [
        e.data["total"] for e in folder.read_events()[0] if e.data.get("stage") == "preparing"
    ]
    assert sum(total != 0 for total in stages) == 1, "pictures are prepared once"


def epochs_told(folder: RunFolder) -> int:
    """The last epoch that the run has told."""
    numbers = [e.data["epoch"] for e in folder.read_events()[0] if e.kind == "epoch"]
    return int(str(numbers[-1])) if numbers else 0
