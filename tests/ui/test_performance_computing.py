"""The figures on the screen are those of the iteration on the screen, as it is now."""

from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Any

import pytest

from tests.ui.evaluated import (
    end_run,
    evaluated_iteration,
    running_iteration,
    tagged_project,
    write_detections,
)
from tests.ui.shell_library import shown_text
from tests.ui.test_performance import View
from tests.waiting import until
from tui_detect.core.errors import StorageFailed
from tui_detect.core.evaluation import EvaluationData
from tui_detect.core.model import Project
from tui_detect.ui.screens import performance_lists as lists
from tui_detect.ui.screens.errors import ErrorsScreen
from tui_detect.ui.widgets.dialogs import ErrorDialog
from tui_detect.ui.widgets.figures import Headline
from tui_detect.ui.widgets.header import TitleLine
from tui_detect.workflows import performance, resuming, training
from tui_detect.workflows.library import Library


async def test_figures_wait_for_the_last_detection(
    library: Library, project: Project, tmp_path: Path
) -> None:
    tagged_project(library, project, tmp_path / "pictures")
    running = running_iteration(library, project)
    write_detections(library, running, skill=0.8, images=slice(3))
    training.collect(library, running.id)
    view = View(library, project)
    async with view.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: view.ready, "the epochs")
        assert "Figures come when" in view.text("#note")
        assert not view.headline
        write_detections(library, running, skill=0.8, images=slice(3, None))
        end_run(library, running)
        view.app.watch_runs()
        await until(pilot, lambda: view.complete and view.headline, "the figures")
        shown = view.screen.performance
        assert shown is not None
        assert shown.images == performance.performance(library, running.id).images > 3


async def test_what_went_on_since_is_computed_anew(
    library: Library, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tagged_project(library, project, tmp_path / "pictures")
    running = running_iteration(library, project)
    write_detections(library, running, skill=0.2)
    end_run(library, running, "cancelled")
    training.collect(library, running.id)
    monkeypatch.setattr(resuming, "launch_run", lambda *_: None)
    view = View(library, project)
    async with view.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: view.complete, "the figures")
        before = view.screen.performance
        await pilot.press("2")
        resuming.resume_training(library, running.id)
        write_detections(library, running, skill=1.0)
        end_run(library, running, "cancelled")
        training.collect(library, running.id)
        truth = performance.performance(library, running.id).map.value
        await pilot.press("3")
        assert before is not None
        assert before.map.value != truth

        def shown() -> float | None:
            now = view.screen.performance
            return None if now is None else now.map.value

        await until(pilot, lambda: shown() == truth, "the new figures")


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Boxes are collected when it is set, as those of a large iteration take their time."""
    gate, collect = Event(), lists.of_figure

    def slowly(*arguments: Any) -> lists.BoxList:  # noqa: ANN401
        gate.wait(10)
        return collect(*arguments)

    monkeypatch.setattr(lists, "of_figure", slowly)
    return gate


async def test_boxes_never_open_for_another_iteration(
    library: Library, project: Project, tmp_path: Path, gate: Event
) -> None:
    tagged_project(library, project, tmp_path / "pictures")
    evaluated_iteration(library, project, skill=0.5, seed=4)
    evaluated_iteration(library, project)
    view = View(library, project)
    async with view.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: view.complete, "the figures")
        view.screen.query_one(Headline).focus()
        await pilot.press("enter")
        view.screen.table.focus()
        await pilot.press("down")
        gate.set()
        await view.app.workers.wait_for_complete()
        await pilot.pause()
        assert view.app.screen is view.screen


async def test_boxes_are_those_at_the_threshold_of_their_key(
    library: Library, project: Project, tmp_path: Path, gate: Event
) -> None:
    tagged_project(library, project, tmp_path / "pictures")
    iteration = evaluated_iteration(library, project, skill=0.5, seed=4)
    wrong = performance.performance(library, iteration.id, 0.5).false_positives
    view = View(library, project)
    async with view.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: view.complete, "the figures")
        view.screen.query_one(Headline).focus()
        await pilot.press("enter", *"[[[")
        gate.set()
        await until(pilot, lambda: isinstance(view.app.screen, ErrorsScreen), "the boxes")
        title = view.app.screen.query_one(TitleLine)
        assert str(title.where) == f"Wrong detections · 1 of {wrong:.0f}"
        assert "threshold 0.50, overlap 0.30" in shown_text(view.app)


async def test_figures_that_could_not_be_read_are_read_when_the_view_opens_again(
    library: Library, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tagged_project(library, project, tmp_path / "pictures")
    evaluated_iteration(library, project)
    read, tries = performance.load_evaluation, []

    def once_not(*arguments: Any) -> EvaluationData:  # noqa: ANN401
        tries.append(arguments)
        if len(tries) == 1:
            raise StorageFailed("another process has been writing for 10 s", "wait")
        return read(*arguments)

    monkeypatch.setattr(performance, "load_evaluation", once_not)
    view = View(library, project)
    async with view.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: isinstance(view.app.screen, ErrorDialog), "what went wrong")
        await pilot.press("enter")
        await until(pilot, lambda: view.app.screen is view.screen, "the view")
        await pilot.pause()
        assert len(tries) == 1, "closing the dialog does not open the next one"
        news = view.screen.query_one(TitleLine)
        await until(pilot, lambda: "could not be computed" in str(news.news), "why there are none")
        view.screen._dim_what_is_old()
        assert "could not be computed" in str(news.news)
        assert not view.screen.query_one("#main").has_class("-waiting")
        await pilot.press("2", "3")
        await until(pilot, lambda: view.complete, "the figures")
