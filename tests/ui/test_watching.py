"""A run on the Train view, watched live: plots, meters, pictures, warnings, other runs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.geometry import Region
from textual.widget import Widget

from tests.launching import launch_with
from tests.library import finished_iteration, make_iteration
from tests.synthetic_run import SyntheticRun
from tests.ui.shell_library import (
    SIZES,
    make_app,
    sees,
    shown_text,
    tagged_project,
)
from tests.waiting import until
from tui_detect.core.model import Iteration, Project
from tui_detect.store import iterations
from tui_detect.vision.processes import ProcessIdentity
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows import training
from tui_detect.workflows.library import Library


def watched_run(library: Library, folder: Path) -> tuple[SyntheticRun, Project]:
    project = tagged_project(library, folder)
    run = SyntheticRun(library, make_iteration(library, project), epochs=10)
    run.start()
    for epoch in (1, 2, 3):
        run.epoch(epoch)
    run.batch(4, 7)
    run.meters(1)
    return run, project


@pytest.mark.parametrize("size", SIZES)
async def test_meters_are_shown_and_the_pictures_can_be_turned(
    library: Library, tmp_path: Path, size: tuple[int, int]
) -> None:
    run, project = watched_run(library, tmp_path / "pictures")
    app = make_app(library, project, "train")
    async with app.run_test(size=size) as pilot:
        await sees(pilot, app, "61 °C")
        assert "11/86 GB" in shown_text(app)
        await pilot.press("f")
        await sees(pilot, app, "after epoch 3, the newest")
        await pilot.press("comma")
        await sees(pilot, app, "after epoch 2, 2 of 3")
        run.epoch(4)
        await sees(pilot, app, "after epoch 2, 2 of 4")
        await pilot.press("full_stop", "full_stop")
        await sees(pilot, app, "after epoch 4, the newest")
        run.epoch(5)
        await sees(pilot, app, "after epoch 5, the newest")
        await pilot.press("right_square_bracket")
        await sees(pilot, app, "0.30 and more")


async def test_every_plot_is_reached_by_a_key_on_a_small_screen(
    library: Library, tmp_path: Path
) -> None:
    _, project = watched_run(library, tmp_path / "pictures")
    app = make_app(library, project, "train")
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, app, "p precision")
        for legend in ("b box", "learning rate by epoch", "0 GPU 0", "p precision"):
            await pilot.press("p")
            await sees(pilot, app, legend)


async def test_a_run_that_says_nothing_new_draws_nothing_anew(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, project = watched_run(library, tmp_path / "pictures")
    app = make_app(library, project, "train")
    async with app.run_test(size=(120, 40)) as pilot:
        await sees(pilot, app, "after epoch 3, the newest")
        looks: list[int] = []
        collect = app._collector.collect

        def look(should_stop: Callable[[], bool]) -> list[Iteration]:
            looks.append(len(looks))
            return collect(should_stop)

        monkeypatch.setattr(app._collector, "collect", look)
        await until(pilot, lambda: len(looks) > 2, "everything to be read")
        drawn: list[str] = []
        refresh = Widget.refresh

        def count(self: Widget, *regions: Region, **kind: bool) -> Widget:
            drawn.append(f"{self!r} {regions} {kind}")
            return refresh(self, *regions, **kind)

        monkeypatch.setattr(Widget, "refresh", count)
        seen = len(looks)
        await until(pilot, lambda: len(looks) > seen + 8, "several looks at the run")
        assert not drawn
        run.batch(4, 8)
        await until(pilot, lambda: drawn, "the batch to be drawn")
        assert all("RunProgress" in line for line in drawn), drawn


async def test_more_warnings_than_fit_are_counted_and_listed(
    library: Library, tmp_path: Path
) -> None:
    run, project = watched_run(library, tmp_path / "pictures")
    for number in range(5):
        run.events.write("warning", message=f"picture {number} skipped: unreadable")
    app = make_app(library, project, "train")
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, app, "and 3 more: w lists all")
        assert "picture 0 skipped" not in shown_text(app)
        await pilot.press("w")
        await sees(pilot, app, "picture 0 skipped")
        await pilot.press("w")
        await sees(pilot, app, "and 3 more: w lists all")


async def test_a_lost_run_is_shown_and_r_resumes_it(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, project = watched_run(library, tmp_path / "pictures")
    elsewhere = ProcessIdentity(1, 0.0, "elsewhere")
    run.folder.record_process(elsewhere)
    os.utime(run.folder.heartbeat_file, (0, 0))
    found = training.collect_running(library)
    iterations.set_state(library.db, found[0].id, "lost", "its process is gone")
    launched: list[RunFolder] = []
    launch_with(monkeypatch, launched.append)
    app = make_app(library, project, "train")
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, app, "was lost after 3 of 10 epochs: its process is gone")
        await sees(pilot, app, "r resumes from the last good checkpoint")
        await pilot.press("r")
        await until(pilot, lambda: launched, "the launch")
        await sees(pilot, app, "Iteration 1 · queued")


async def test_any_run_of_the_project_can_be_looked_at(library: Library, tmp_path: Path) -> None:
    project = tagged_project(library, tmp_path / "pictures")
    finished_iteration(library, project)
    finished_iteration(library, project)
    app = make_app(library, project, "train")
    async with app.run_test(size=(80, 24)) as pilot:
        await sees(pilot, app, "Iteration 2 · completed")
        await pilot.press("i", "down", "enter")
        await sees(pilot, app, "Iteration 1 is trained")
