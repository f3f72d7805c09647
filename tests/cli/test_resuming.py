"""`resume` from a script, without torch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.launching import launch_with
from tests.library import add_pictures, make_iteration, report_run, tag_image
from tui_detect.core.model import Iteration, Project
from tui_detect.vision.run_folder import Exit, RunFolder
from tui_detect.workflows import training
from tui_detect.workflows.library import Library
from tui_detect.workflows.tags import create_tag


@pytest.fixture
def stopped(library: Library, project: Project, tmp_path: Path) -> Iteration:
    """An iteration whose run was stopped after three epochs."""
    tag = create_tag(library, project.id, "nut")
    for image in add_pictures(library, project, tmp_path / "p", 4):
        tag_image(library, image, tag)
    iteration = make_iteration(library, project)
    report_run(library, iteration, ending="cancelled")
    RunFolder(library.run_path(iteration.uuid)).write_exit(Exit("cancelled"))
    return training.collect(library, iteration.id)


def test_a_stopped_run_can_be_resumed_and_waited_for(
    library: Library, stopped: Iteration, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    launch_with(monkeypatch, lambda folder: report_run(library, stopped, epochs=5))
    ran = run("resume", "parts", "--wait")
    assert ran.code == 0, ran.err
    assert "Iteration 1 completed after 5 epochs" in ran.out


def test_resume_says_how_to_follow_it(
    stopped: Iteration, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    launch_with(monkeypatch, lambda folder: None)
    ran = run("resume", "parts", "1")
    assert ran.out == (
        "Iteration 1 goes on after 3 epochs; follow it with: tui-detect watch parts 1\n"
    )


def test_nothing_to_resume_is_told(project: Project, refused: Callable[..., str]) -> None:
    assert "no run of this project was lost" in refused("resume", "parts")
