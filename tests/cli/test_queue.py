"""`queue` from a script."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.vision.stand_in_nvml import Card, install
from tui_detect.core.queue import QueueEntry
from tui_detect.vision.queueing import Place, RunQueue


def enter(home: Path, name: str, project: str, *candidates: str) -> Place:
    entry = QueueEntry(name, f"{name} of {project}", "auto", candidates, needs_all=False)
    return RunQueue.of_this_host(home / "queue").enter(entry)


def test_an_empty_queue_says_so(run: Run) -> None:
    assert run("queue").out == "nothing trains here, and nothing waits\n"
    assert run("queue", "--json").json == {"paused": False, "runs": []}


def test_runs_of_all_projects_are_listed(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, Card("GPU-a"))
    places = [enter(home, "Iteration 1", "parts", "GPU-a")]
    assert places[0].take()
    places.append(enter(home, "Iteration 2", "cutlery", "GPU-a"))
    rows = [re.split(" {2,}", line) for line in run("queue").out.splitlines()[1:]]
    assert rows == [
        ["Iteration 1 of parts", "trains", "GPU 0"],
        ["Iteration 2 of cutlery", "waits", "wants auto"],
    ]
    assert run("queue", "--json").json["runs"] == [
        {
            "id": "Iteration 1",
            "what": "Iteration 1 of parts",
            "state": "running",
            "wanted": "auto",
            "devices": ["GPU-a"],
        },
        {
            "id": "Iteration 2",
            "what": "Iteration 2 of cutlery",
            "state": "waiting",
            "wanted": "auto",
            "devices": [],
        },
    ]
    for place in places:
        place.leave()
    assert run("queue", "--json").json["runs"] == []


def test_the_queue_is_paused_and_goes_on(run: Run, home: Path) -> None:
    assert run("queue", "--pause", "--json").json["paused"]
    place = enter(home, "Iteration 1", "parts", "cpu")
    assert not place.take()
    assert "paused" in run("queue").out
    assert not run("queue", "--go-on", "--json").json["paused"]
    assert place.take()
    place.leave()
