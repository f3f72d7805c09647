"""When a run has ended, the person's own command is told, and nothing waits for it for ever."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.vision.jobs import TINY, bare_job
from tests.waiting import wait_for
from tui_detect.vision.launchers import local
from tui_detect.vision.notifying import notify, notify_elsewhere
from tui_detect.vision.processes import this_host
from tui_detect.vision.run_folder import RunFolder


def folder_with(tmp_path: Path, command: str) -> RunFolder:
    settings = replace(TINY, on_end=command)
    job = replace(bare_job(tmp_path, settings), name="Iteration 3", project="cutlery")
    return RunFolder.create(tmp_path / "run", job)


def keep(tmp_path: Path) -> str:
    """A command that adds what it is told to a file."""
    return f"cat >> {shlex.quote(str(tmp_path / 'told'))}; echo >> {tmp_path / 'told'}"


def told(tmp_path: Path) -> list[dict[str, Any]]:
    path = tmp_path / "told"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_the_command_learns_how_the_run_ended(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, keep(tmp_path))
    events = folder.open_events()
    events.write("started", recipe={})
    for epoch, map50 in ((1, 0.5), (2, 0.75), (2, 0.7)):
        events.write("epoch", epoch=epoch, map50=map50)
    events.write("part", part=2, parts=2, name="larger")
    events.write("epoch", epoch=1, map50=0.25)
    events.write("finished", epochs=2, part=1)
    events.close()
    notify(folder, "completed", "")
    (facts,) = told(tmp_path)
    assert facts.pop("seconds") >= 0
    assert facts == {
        "project": "cutlery",
        "iteration": "it",
        "name": "Iteration 3",
        "state": "completed",
        "message": "",
        "map50": 0.7,
        "epochs": 2,
        "folder": str(folder.path),
        "host": this_host(),
    }


def test_without_a_command_nothing_happens(tmp_path: Path) -> None:
    notify(folder_with(tmp_path, ""), "completed", "")
    assert told(tmp_path) == []


def test_a_command_that_fails_is_a_line_in_the_log(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    notify(folder_with(tmp_path, "echo no network >&2; exit 3"), "failed", "out of memory")
    out, err = capfd.readouterr()
    assert "failed with exit code 3" in out
    assert "no network" in err


def test_a_command_that_hangs_is_ended_with_all_it_started(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "never").write_text("")
    command = f"tail -f {tmp_path / 'never'} | cat"
    notify(folder_with(tmp_path, command), "completed", "", limit_s=0.1)
    assert "took more than 0.1 s" in capfd.readouterr().out


def test_a_run_tells_its_end_once(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, keep(tmp_path))
    local.launch(folder)
    wait_for(lambda: told(tmp_path), "the command", 60)
    process = folder.process
    assert process is not None
    wait_for(lambda: not process.is_running(), "the end")
    (facts,) = told(tmp_path)
    assert facts["state"] == "failed"
    assert "no picture of the train split" in facts["message"]
    assert facts["seconds"] is None, "it never began"


def test_for_a_lost_run_another_process_does_it(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, keep(tmp_path))
    notify_elsewhere(folder, "lost", "its process is gone")
    wait_for(lambda: told(tmp_path), "the command", 60)
    assert told(tmp_path)[0]["state"] == "lost"
