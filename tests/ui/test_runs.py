"""Collecting for the app: what says nothing new costs no query."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.library import make_iteration
from tests.ui.shell_library import LiveRun, tagged_project
from tui_detect.core.model import Iteration
from tui_detect.ui import runs
from tui_detect.ui.runs import RunCollector
from tui_detect.workflows import training
from tui_detect.workflows.library import Library


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The iterations that were collected one by one; looking everywhere comes once."""
    monkeypatch.setattr(runs, "LOOK_AROUND_S", 3600.0)
    collected: list[int] = []
    collect = training.collect

    def count(library: Library, iteration_id: int) -> Iteration:
        collected.append(iteration_id)
        return collect(library, iteration_id)

    monkeypatch.setattr(training, "collect", count)
    return collected


def look(collector: RunCollector) -> list[Iteration]:
    return collector.changed(collector.collect())


def test_a_run_is_collected_only_when_its_events_grew(
    library: Library, tmp_path: Path, asked: list[int]
) -> None:
    run = LiveRun(library, tagged_project(library, tmp_path / "pictures"))
    collector = RunCollector(library)
    assert [iteration.state for iteration in look(collector)] == ["training"]
    look(collector)
    asked.clear()
    assert look(collector) == []
    assert asked == []
    run.batch(1, 2)
    assert [iteration.progress.batch for iteration in look(collector)] == [2]
    assert asked == [run.iteration.id]
    run.end("failed", message="x", hint="")
    assert [iteration.state for iteration in look(collector)] == ["failed"]
    assert collector.live == ()


def test_without_live_runs_each_look_finds_new_ones(
    library: Library, tmp_path: Path, asked: list[int]
) -> None:
    project = tagged_project(library, tmp_path / "pictures")
    collector = RunCollector(library)
    assert look(collector) == []
    iteration = make_iteration(library, project)
    assert [found.id for found in look(collector)] == [iteration.id]


def test_a_run_that_was_started_here_is_found_at_once_beside_another(
    library: Library, tmp_path: Path, asked: list[int]
) -> None:
    project = tagged_project(library, tmp_path / "pictures")
    first = LiveRun(library, project)
    collector = RunCollector(library)
    look(collector)
    first.events.write("failed", message="x", hint="")
    training.collect(library, first.iteration.id)
    second = make_iteration(library, project)
    collector.look_everywhere()
    assert second.id in {found.id for found in look(collector)}
