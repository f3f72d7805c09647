"""One Slurm for all tests here, and workers that need no model."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.slurm.cluster import Cluster, why_impossible
from tests.vision.jobs import bare_job
from tui_detect.vision.launchers import slurm
from tui_detect.vision.launchers.slurm_queue import QueueWatch
from tui_detect.vision.run_folder import RunFolder

WORKER = """
import os, sys, time
from pathlib import Path
from tui_detect.vision.run_folder import Exit, RunFolder
folder = RunFolder(Path(sys.argv[1]))
print("the worker's own words", flush=True)
with folder.beating(0.2):
    events = folder.open_events()
    events.write("stage", stage="preparing", job=os.environ["SLURM_JOB_ID"])
    (folder.path / "began").touch()
    while not (folder.stop_requested or (folder.path / "finish").exists()):
        time.sleep(0.05)
    state = "cancelled" if folder.stop_requested else "completed"
    events.write("cancelled" if folder.stop_requested else "finished", epochs=0)
    folder.write_exit(Exit(state))
"""
"""Works until it is told to finish, or to stop."""
COMMAND = (sys.executable, "-c", WORKER)

Submit = Callable[..., RunFolder]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests that use the one Slurm run in one process, after another."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("slurm"))


@pytest.fixture(scope="session")
def daemons(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A Slurm of its own, or a skip that says why there is none."""
    if reason := why_impossible():
        pytest.skip(reason)
    cluster = Cluster(tmp_path_factory.mktemp("slurm") / "cluster")
    try:
        cluster.start()
    except AssertionError as error:
        pytest.skip(f"Slurm does not start here: {error}")
    yield cluster
    cluster.stop()


@pytest.fixture
def cluster(daemons: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """The cluster as the programs of a person find it; idle again after the test."""
    for name, value in daemons.environment.items():
        monkeypatch.setenv(name, value)
    root = Path(__file__).parents[2]
    monkeypatch.setenv("PYTHONPATH", f"{root}:{os.environ.get('PYTHONPATH', '')}")
    monkeypatch.setattr(slurm, "_queue", QueueWatch())
    monkeypatch.setattr("tui_detect.vision.launchers.slurm_queue.FRESH_S", 0.2)
    yield daemons
    daemons.clear()


@pytest.fixture
def submit(cluster: Cluster, tmp_path: Path) -> Submit:
    """Hand a run with the stand-in worker to Slurm."""
    made: list[RunFolder] = []

    def submit(**options: str) -> RunFolder:
        folder = RunFolder.create(tmp_path / f"run {len(made)}", bare_job(tmp_path))
        made.append(folder)
        slurm.launch_array([folder], options, COMMAND)
        return folder

    return submit
