"""What a Slurm job does on its node: run one worker, and understand Slurm's signals for it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from tui_detect.vision.environment import worker_environment
from tui_detect.vision.launchers.slurm_queue import SlurmSilent, ask_slurm
from tui_detect.vision.queueing import SWITCH
from tui_detect.vision.run_folder import RunFolder

POLL_S = 0.5
TIME_IS_UP = signal.SIGUSR2
"""Sent some time before the job's time limit."""
END = signal.SIGTERM
"""Sent before Slurm kills the job, whatever the reason."""


class SlurmJob:
    """Starts the worker, the first time and every time that Slurm starts the job again.

    A worker of which Slurm wants the node back, for others or because its time is up, is killed:
    its last checkpoint is in the folder, and the job waits in the queue to go on from there. A job
    that somebody cancels asks its worker to stop, which keeps the best weights.
    """

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        """What to run: the command gets the folder as its last argument."""
        self._command = list(command)
        self._path = folder

    def __call__(self) -> None:
        """Run the worker to its end; called by submitit on the node."""
        folder = RunFolder(self._path)
        if folder.exit_file.exists():
            return
        heard: set[int] = set()
        for number in (END, TIME_IS_UP):
            signal.signal(number, lambda number, _: heard.add(number))
        worker = self._start(folder)
        while (code := _wait(worker)) is None:
            if TIME_IS_UP in heard:
                _kill(worker)
                ask_slurm("scontrol", "requeue", job_id())
                # The end of a job that leaves by itself was taken for that of its next start.
                while END not in heard:
                    time.sleep(POLL_S)
                raise SystemExit(0)
            if END in heard:
                heard.clear()
                if will_start_again():
                    _kill(worker)
                    raise SystemExit(0)
                folder.request_stop()
        if code != 0:
            raise SystemExit(1)

    def _start(self, folder: RunFolder) -> subprocess.Popen[bytes]:
        # Slurm signals every process of a job. Blocked while the worker is made, the signals stay
        # so in it and in all that it starts, such as the processes that load its pictures.
        signal.pthread_sigmask(signal.SIG_BLOCK, (END, TIME_IS_UP))
        try:
            with folder.log_file.open("ab") as log:
                return subprocess.Popen(
                    [*self._command, str(folder.path)],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    # Slurm has given it its devices; the queue of the machine is not for it.
                    env=worker_environment(folder.path / "ultralytics-settings") | {SWITCH: "off"},
                    cwd=folder.path,
                )
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, (END, TIME_IS_UP))


def _wait(worker: subprocess.Popen[bytes]) -> int | None:
    try:
        return worker.wait(POLL_S)
    except subprocess.TimeoutExpired:
        return None


def _kill(worker: subprocess.Popen[bytes]) -> None:
    worker.kill()
    worker.wait()


def job_id() -> str:
    """The id of the job that this process belongs to, as Slurm's programs take it."""
    if array := os.environ.get("SLURM_ARRAY_JOB_ID"):
        return f"{array}_{os.environ['SLURM_ARRAY_TASK_ID']}"
    return os.environ["SLURM_JOB_ID"]


def will_start_again() -> bool:
    """Whether Slurm ends this job only to start it again later: requeued, or preempted.

    The state says COMPLETING then, as it does for a cancelled job (seen in Slurm 22.05); but a
    requeue has counted the next start already.
    """
    try:
        facts = ask_slurm("scontrol", "--oneliner", "show", "job", job_id())
    except SlurmSilent:
        return False
    restarts = re.search(r"\bRestarts=(\d+)", facts)
    starts_before = int(os.environ.get("SLURM_RESTART_COUNT", "0"))
    preempted = re.search(r"\bPreemptTime=\d", facts)
    return preempted is not None or (restarts is not None and int(restarts[1]) > starts_before)
