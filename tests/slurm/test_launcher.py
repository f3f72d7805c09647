"""A run under a real Slurm: queued, running, stopped, started again, cancelled, gone."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psutil
import pytest

from tests.slurm.cluster import CPUS, Cluster
from tests.slurm.conftest import Submit
from tests.waiting import wait_for
from tui_detect.core.errors import BadInput, RunFailed
from tui_detect.vision.launchers import slurm
from tui_detect.vision.launchers.launcher import LauncherState
from tui_detect.vision.launchers.slurm import submitted_job
from tui_detect.vision.launchers.slurm_queue import QueueWatch
from tui_detect.vision.run_folder import RunFolder


def job_of(folder: RunFolder) -> str:
    job = submitted_job(folder)
    assert job is not None
    return job


def begin(folder: RunFolder) -> None:
    """Wait until the worker works, and forget that it began, so that it can be seen again."""
    wait_for((folder.path / "began").exists, "the worker to begin")
    (folder.path / "began").unlink()


def jobs_seen(folder: RunFolder) -> list[object]:
    """The job of every start of the worker."""
    return [event.data["job"] for event in folder.read_events()[0] if event.kind == "stage"]


def finish(folder: RunFolder) -> None:
    (folder.path / "finish").touch()
    wait_for(folder.exit_file.exists, "the run to end")


def test_a_run_works_in_its_folder_and_ends(submit: Submit) -> None:
    folder = submit(cpus="1", time="10", memory="100M", extra="--comment=tests")
    begin(folder)
    wait_for(lambda: slurm.state(folder) == LauncherState(True), "Slurm to say it runs")
    finish(folder)
    assert folder.exit is not None
    assert folder.exit.state == "completed"
    assert jobs_seen(folder) == [job_of(folder)]
    assert "the worker's own words" in folder.log_tail()
    assert not slurm.state(folder).alive


def test_a_run_that_waits_says_for_what(submit: Submit, cluster: Cluster) -> None:
    first = submit(cpus=str(CPUS))
    begin(first)
    submit(cpus="1")
    third = submit(cpus="1")
    wait_for(lambda: slurm.state(third).waiting_for, "the reason")
    wait_for(lambda: "1 job ahead" in slurm.state(third).waiting_for, "its place in the queue")
    assert slurm.state(third).alive
    assert slurm.state(third).waiting_for.startswith("Slurm: ")
    finish(first)
    begin(third)


def test_a_held_run_says_how_to_release_it(submit: Submit) -> None:
    folder = submit(extra="--hold")
    wait_for(lambda: "scontrol release" in slurm.state(folder).waiting_for, "the reason")
    an_hour_ago = folder.job_file.stat().st_mtime - 3600
    os.utime(folder.job_file, (an_hour_ago, an_hour_ago))
    assert slurm.state(folder).alive, "however long it waits, it is not lost"


def test_a_run_that_has_not_begun_is_taken_away(submit: Submit, cluster: Cluster) -> None:
    folder = submit(extra="--hold")
    slurm.cancel(folder)
    assert folder.exit is not None
    assert folder.exit.state == "cancelled"
    assert "before it began" in folder.exit.message
    assert not slurm.state(folder).alive
    assert cluster.ask("squeue", "-h") == ""


@pytest.mark.parametrize("how", ["stop", "scancel"])
def test_a_run_that_works_is_stopped_in_order(submit: Submit, cluster: Cluster, how: str) -> None:
    folder = submit()
    begin(folder)
    if how == "stop":
        slurm.cancel(folder)
    else:
        cluster.ask("scancel", job_of(folder))
    wait_for(folder.exit_file.exists, "the run to end")
    assert folder.exit is not None
    assert folder.exit.state == "cancelled"
    assert folder.read_events()[0][-1].kind == "cancelled"


@pytest.mark.parametrize("why", ["requeue", "time"])
def test_a_run_goes_on_under_the_same_id(submit: Submit, cluster: Cluster, why: str) -> None:
    folder = submit()
    begin(folder)
    job = job_of(folder)
    if why == "requeue":
        cluster.ask("scontrol", "requeue", job)
    else:
        cluster.ask("scancel", "--signal=USR2", "--batch", job)
    wait_for(lambda: slurm.state(folder).waiting_for, "the job to be queued again")
    assert slurm.state(folder).alive
    assert not folder.exit_file.exists()
    cluster.start_now(job)
    begin(folder)
    assert jobs_seen(folder) == [job, job]
    assert [event.seq for event in folder.read_events()[0]] == [1, 2], "one file goes on"
    finish(folder)


def test_a_job_killed_without_a_word_is_lost_once_its_heart_is_silent(
    submit: Submit, cluster: Cluster
) -> None:
    folder = submit()
    begin(folder)
    assert folder.process is not None
    worker = psutil.Process(folder.process.pid)
    for process in (worker.parent(), worker):
        assert process is not None
        process.kill()
    wait_for(lambda: not cluster.ask("squeue", "-h"), "the job to be gone")
    a_minute_ago = folder.heartbeat_file.stat().st_mtime - 60
    os.utime(folder.heartbeat_file, (a_minute_ago, a_minute_ago))
    wait_for(lambda: not slurm.state(folder).alive, "the run to be lost")
    assert folder.exit is None
    assert not folder.stop_requested


def test_a_silent_slurm_is_no_lost_run(
    submit: Submit, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = submit(extra="--hold")
    monkeypatch.setattr(slurm, "_queue", QueueWatch())
    with monkeypatch.context() as patch:
        patch.setenv("PATH", str(tmp_path))
        assert slurm.state(folder) == LauncherState(True, "Slurm, which does not answer")
        with pytest.raises(RunFailed, match="did not take the job away"):
            slurm.cancel(folder)
    assert folder.stop_requested


def test_what_slurm_refuses_is_said(submit: Submit) -> None:
    with pytest.raises(RunFailed, match="refused the job: Invalid partition"):
        submit(partition="nowhere")
    with pytest.raises(BadInput, match="-n1"):
        submit(extra="-n1")


def test_a_job_of_a_job_is_a_job_of_its_own(
    submit: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    inherited = {"SLURM_ARRAY_JOB_ID": "7", "SLURM_ARRAY_TASK_ID": "3", "SLURM_JOB_ID": "9"}
    for name, value in inherited.items():
        monkeypatch.setenv(name, value)
    folder = submit()
    begin(folder)
    assert jobs_seen(folder) == [job_of(folder)]
    assert os.environ["SLURM_ARRAY_JOB_ID"] == "7"


def test_slurms_signals_do_not_reach_what_the_worker_starts(submit: Submit) -> None:
    folder = submit()
    begin(folder)
    assert folder.process is not None
    status = Path(f"/proc/{folder.process.pid}/status").read_text()
    blocked = int(next(line.split()[1] for line in status.splitlines() if "SigBlk" in line), 16)
    for number in (signal.SIGTERM, signal.SIGUSR2):
        assert blocked >> (number - 1) & 1, number
