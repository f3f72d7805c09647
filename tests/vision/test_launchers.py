"""A launched worker stands on its own feet: no terminal, no pipes, no parent it depends on."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import pytest

from tests.vision.jobs import bare_folder
from tests.waiting import wait_for
from tui_detect.core.errors import NotFound, RunFailed
from tui_detect.vision.launchers import get_launcher, list_launchers, local
from tui_detect.vision.run_folder import RunFolder

REPORT = """
import json, os, pathlib, sys
folder = pathlib.Path(sys.argv[1])
print("hello from the worker", flush=True)
facts = {
    "pid": os.getpid(), "session": os.getsid(0), "stdin": os.readlink("/proc/self/fd/0"),
    "open": sorted(os.listdir("/proc/self/fd")), "config": os.environ["YOLO_CONFIG_DIR"],
    "offline": os.environ.get("YOLO_OFFLINE"), "tty": os.isatty(1),
}
(folder / "facts.tmp").write_text(json.dumps(facts))
(folder / "facts.tmp").rename(folder / "facts")
"""
SLEEP = "import signal; signal.pause()"


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return bare_folder(tmp_path)


def launch(folder: RunFolder, script: str) -> None:
    local.launch(folder, {}, (sys.executable, "-c", script))


def test_launchers_are_found_by_name() -> None:
    assert list_launchers() == ("local", "slurm")
    assert get_launcher("local") is local.LAUNCHER
    with pytest.raises(NotFound) as caught:
        get_launcher("cloud")
    assert "local" in caught.value.hint


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_worker_has_its_own_session_log_and_settings(folder: RunFolder) -> None:
    launch(folder, REPORT)
    wait_for((folder.path / "facts").exists, "the worker's report")
    facts = json.loads((folder.path / "facts").read_text())
    assert facts["session"] == facts["pid"], "it leads a session of its own"
    assert facts["stdin"] == "/dev/null"
    assert not facts["tty"]
    assert Path(facts["config"]).is_relative_to(folder.path)
    assert facts["offline"] == "true"
    assert folder.log_tail() == ["hello from the worker"]


def test_from_the_first_moment_it_is_known_who_works_there(folder: RunFolder) -> None:
    launch(folder, SLEEP)
    process = folder.process
    assert process is not None
    assert process.is_running()
    assert folder.alive()
    os.kill(process.pid, signal.SIGKILL)
    wait_for(lambda: not process.is_running(), "the worker to be gone")
    old = folder.heartbeat_file.stat().st_mtime - 60
    os.utime(folder.heartbeat_file, (old, old))
    assert not folder.alive(), "killed without a word: lost"


def test_a_worker_that_cannot_start_is_told(folder: RunFolder) -> None:
    with pytest.raises(RunFailed):
        local.launch(folder, {}, ("/nowhere/python",))
