"""Everybody who looks at a run folder can tell whether the run lives, ended or was lost."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from tests.vision.jobs import bare_folder, bare_job
from tests.waiting import wait_for
from tui_detect.core.errors import Conflict, RunFailed, StorageFailed
from tui_detect.vision.parts import Checkpoint
from tui_detect.vision.processes import ProcessIdentity, identify
from tui_detect.vision.run_folder import Exit, RunFolder

AN_HOUR_S = 3600.0


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return bare_folder(tmp_path)


def me() -> ProcessIdentity:
    identity = identify()
    assert identity is not None
    return identity


def silence(folder: RunFolder, seconds: float) -> None:
    """Let the heart have beaten that long ago."""
    then = time.time() - seconds
    os.utime(folder.heartbeat_file, (then, then))


def test_a_run_needs_a_folder_of_its_own(folder: RunFolder, tmp_path: Path) -> None:
    assert folder.read_job() == bare_job(tmp_path)
    with pytest.raises(Conflict):
        RunFolder.create(folder.path, bare_job(tmp_path))


def test_a_home_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageFailed):
        RunFolder.create(tmp_path / "file" / "run", bare_job(tmp_path))


def test_a_folder_without_a_job_is_told(tmp_path: Path) -> None:
    with pytest.raises(RunFailed):
        RunFolder(tmp_path).read_job()


def test_a_run_about_to_be_launched_is_not_lost(folder: RunFolder) -> None:
    assert folder.alive()
    assert not folder.alive(now=time.time() + AN_HOUR_S)


def test_a_beating_heart_means_alive(folder: RunFolder) -> None:
    with folder.beating(interval_s=0.01):
        silence(folder, AN_HOUR_S)
        old = folder.heartbeat_file.stat().st_mtime
        wait_for(lambda: folder.heartbeat_file.stat().st_mtime > old, "a heartbeat")
        assert folder.alive()
        assert folder.process == me()


def test_a_process_that_hangs_for_a_while_is_not_lost(folder: RunFolder) -> None:
    folder.record_process(me())
    silence(folder, AN_HOUR_S)
    assert folder.alive()


def test_a_dead_process_is_lost_once_its_heart_stood_still(folder: RunFolder) -> None:
    folder.record_process(replace(me(), pid=2**22 + 1))
    assert folder.alive(), "the last beat is fresh"
    silence(folder, 11)
    assert not folder.alive()


def test_a_reused_pid_does_not_keep_a_run_alive(folder: RunFolder) -> None:
    earlier = replace(me(), started_at=me().started_at - AN_HOUR_S, mark="boot:1")
    folder.record_process(earlier)
    silence(folder, 11)
    assert not folder.alive()


def test_a_stopped_process_is_not_lost(folder: RunFolder) -> None:
    """As by ctrl+z, a debugger or a machine that swaps: it will go on."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        identity = identify(child.pid)
        assert identity is not None
        folder.record_process(identity)
        silence(folder, AN_HOUR_S)
        os.kill(child.pid, signal.SIGSTOP)
        stopped = psutil.Process(child.pid)
        wait_for(lambda: stopped.status() == psutil.STATUS_STOPPED, "the process to stand still")
        assert folder.alive()
        child.kill()
        wait_for(lambda: not folder.alive(), "the killed process to be seen")


def test_setting_the_clock_loses_no_run(folder: RunFolder) -> None:
    folder.record_process(replace(me(), started_at=me().started_at - AN_HOUR_S))
    silence(folder, AN_HOUR_S)
    assert folder.alive()


def test_a_heartbeat_from_the_future_keeps_no_dead_run_alive(folder: RunFolder) -> None:
    """The clock was set back after the process had died."""
    folder.record_process(replace(me(), pid=2**22 + 1))
    silence(folder, -AN_HOUR_S)
    assert not folder.alive()


def test_the_clock_of_a_network_folder_counts_not_ours(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.record_process(replace(me(), host="elsewhere"))
    an_hour_on = time.time() + AN_HOUR_S
    monkeypatch.setattr("time.time", lambda: an_hour_on)
    assert folder.alive(), "the folder's own clock says that the heart beat just now"
    assert [path.name for path in folder.path.iterdir() if path.name.startswith(".")] == []


def test_a_folder_that_vanished_is_a_lost_run(folder: RunFolder) -> None:
    folder.record_process(replace(me(), host="elsewhere"))
    shutil.rmtree(folder.path)
    assert not folder.alive()
    assert folder.exit is None


def test_two_processes_never_work_in_one_folder(folder: RunFolder) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from tui_detect.vision.run_folder import RunFolder\n"
        "with RunFolder(Path(sys.argv[1])).beating(): print('works', flush=True); input()\n"
    )
    command = [sys.executable, "-c", script, str(folder.path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "works\n"
        with pytest.raises(Conflict), folder.beating():
            pass
        assert folder.process is not None
        assert folder.process.pid == first.pid
        first.kill()
        first.wait()
        with folder.beating():
            assert folder.process == me()


def test_a_resumed_run_is_not_lost_before_its_worker_is_there(folder: RunFolder) -> None:
    folder.record_process(replace(me(), pid=2**22 + 1))
    silence(folder, AN_HOUR_S)
    folder.request_stop()
    folder.write_exit(Exit("cancelled"))
    folder.prepare_resume()
    assert folder.alive()
    assert not folder.stop_requested


def test_a_run_on_another_host_lives_by_its_heartbeat_alone(folder: RunFolder) -> None:
    folder.record_process(replace(me(), host="elsewhere"))
    silence(folder, 30)
    assert folder.alive()
    silence(folder, 90)
    assert not folder.alive()


def test_a_run_that_said_how_it_ended_is_over(folder: RunFolder) -> None:
    folder.record_process(me())
    folder.write_exit(Exit("failed", "the disk is full", "free some space"))
    assert not folder.alive()
    assert folder.exit == Exit("failed", "the disk is full", "free some space")


def test_a_run_that_has_not_ended_has_no_exit(folder: RunFolder) -> None:
    assert folder.exit is None


def test_a_stop_is_asked_for_with_a_file(folder: RunFolder) -> None:
    assert not folder.stop_requested
    folder.request_stop()
    folder.request_stop()
    assert folder.stop_requested


def test_the_last_two_checkpoints_are_kept(folder: RunFolder, tmp_path: Path) -> None:
    source = tmp_path / "last.pt"
    for epoch in (1, 2, 3, 10):
        source.write_text(f"epoch {epoch}")
        folder.part(1).publish_checkpoint(source, checkpoint(epoch))
    assert [path.read_text() for path in folder.part(1).checkpoints] == ["epoch 3", "epoch 10"]
    assert len(list(folder.part(1).checkpoints_folder.iterdir())) == 4, "no half-written file stays"
    assert folder.part(1).epochs_done == 10


def checkpoint(epoch: int) -> Checkpoint:
    return Checkpoint(epoch, 20, epoch, 0.5, 8, 1.5, over=False)


def test_published_weights_do_not_change_under_a_reader(folder: RunFolder, tmp_path: Path) -> None:
    source = tmp_path / "best.pt"
    source.write_text("first")
    folder.publish_weights(source)
    with folder.weights.open() as reader:
        source.write_text("second")
        folder.publish_weights(source)
        assert reader.read() == "first"
    assert folder.weights.read_text() == "second"


def test_the_log_shows_the_last_state_of_a_progress_bar(folder: RunFolder) -> None:
    assert folder.log_tail() == []
    folder.log_file.write_bytes(
        b"one\r\n\x1b[K10%\r\x1b[K55%\r\x1b[K100% \x1b[32mdone\x1b[0m\nlast\n"
    )
    assert folder.log_tail() == ["one", "100% done", "last"]
    assert folder.log_tail(lines=1) == ["last"]
