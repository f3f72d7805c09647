"""A run as a job of a Slurm cluster, by submitit; every node sees the home at the same place."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tui_detect.core.errors import BadInput, RunFailed
from tui_detect.vision.files import write_atomically
from tui_detect.vision.launchers.launcher import (
    WORKER_COMMAND,
    Launcher,
    LauncherState,
    split_words,
)
from tui_detect.vision.launchers.slurm_job import SlurmJob
from tui_detect.vision.launchers.slurm_queue import QueueWatch, SlurmSilent, ask_for, ask_slurm
from tui_detect.vision.run_folder import Exit, RunFolder

WARNING_TIME_S = 60
"""How long before its time limit a job is told; Slurm may be a minute early."""

OPTIONS = {
    "partition": "the partition to queue in",
    "gpus": "GPUs for one job, such as 1 or a100:2",
    "cpus": "CPUs for one job",
    "memory": "memory for one job, such as 16G",
    "time": "time limit, such as 4:00:00; a run that is not done by then queues again and goes on",
    "account": "the account to charge",
    "qos": "the quality of service",
    "extra": "more options of sbatch, such as '--constraint=a100 --exclusive'",
}

_queue = QueueWatch()


def check(options: Mapping[str, str]) -> None:
    """Refuse what could not be put into a queue.

    Raises:
        BadInput: an option cannot be used.
        RunFailed: there is no Slurm.
    """
    _more_options(options)
    for program in ("sbatch", "srun"):
        if shutil.which(program) is None:
            raise RunFailed(
                f"there is no Slurm on this machine: {program} is not found",
                "start tui-detect where you would call sbatch, or use --launcher local",
            )


def launch(folder: RunFolder, options: Mapping[str, str]) -> None:
    """Put a training into Slurm's queue.

    Raises:
        BadInput: an option cannot be used.
        RunFailed: there is no Slurm, or it refused the job.
    """
    launch_array([folder], options, WORKER_COMMAND)


def launch_array(
    folders: Sequence[RunFolder], options: Mapping[str, str], command: Sequence[str]
) -> None:
    """Put one job for each folder into the queue, several as one array.

    Raises:
        BadInput: an option cannot be used.
        RunFailed: there is no Slurm, or it refused the job.
    """
    check(options)
    # Not before it is needed: it loads numpy.
    import submitit
    from submitit.core.utils import FailedJobError, FailedSubmissionError

    try:
        # With exec, Slurm's signals to the batch shell arrive at the job itself.
        executor = submitit.SlurmExecutor(
            folders[0].path / "slurm", python=f"exec {shlex.quote(sys.executable)} -P"
        )
        executor.update_parameters(**_parameters(folders, options))
        with _as_from_outside(), contextlib.redirect_stderr(io.StringIO()):
            jobs = executor.submit_array([SlurmJob(command, folder.path) for folder in folders])
    except (FailedJobError, FailedSubmissionError) as error:
        lines = str(error).strip().splitlines() or ["it gave no reason"]
        reason = lines[-1].removeprefix("sbatch: error: ").rpartition("submission failed: ")[2]
        raise RunFailed(f"Slurm refused the job: {reason}", "correct its options") from error
    except OSError as error:
        raise RunFailed(f"the job could not be handed to Slurm ({error.strerror})") from error
    for folder, job in zip(folders, jobs, strict=True):
        record = {"launcher": "slurm", "job": str(job.job_id)}
        write_atomically(_record_file(folder), json.dumps(record))


def _parameters(folders: Sequence[RunFolder], options: Mapping[str, str]) -> dict[str, Any]:
    """The options in submitit's words; `None` leaves the choice to the cluster."""
    more: dict[str, Any] = {
        "chdir": folders[0].path,
        "requeue": True,
        "signal": f"B:USR2@{WARNING_TIME_S}",
    }
    if len(folders) == 1:
        # Slurm's last words about a job belong into the log, too.
        more["output"] = folders[0].log_file
    more |= _more_options(options)
    return {
        "job_name": "tui-detect",
        "wckey": None,
        "partition": options.get("partition"),
        "gpus_per_node": options.get("gpus"),
        "cpus_per_task": options.get("cpus"),
        "mem": options.get("memory"),
        "time": options.get("time"),
        "account": options.get("account"),
        "qos": options.get("qos"),
        "use_srun": False,
        "stderr_to_stdout": True,
        "additional_parameters": more,
    }


def _more_options(options: Mapping[str, str]) -> dict[str, str | bool]:
    """What the option extra holds, by the names of sbatch."""
    more: dict[str, str | bool] = {}
    for word in split_words(options.get("extra", "")):
        name, given, value = word.removeprefix("--").partition("=")
        if not word.startswith("--") or not name:
            raise BadInput(
                f"{word!r} in the option extra is no option of sbatch",
                "write --name=value or --name",
            )
        more[name] = value if given else True
    return more


@contextlib.contextmanager
def _as_from_outside() -> Iterator[None]:
    """Hide that this process may belong to a job itself, whose place the new one would take.

    submitit's `clean_env` hides where the cluster's configuration is, too (its issue 1814).
    """
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name.startswith(("SLURM_", "SLURMD_", "SRUN_", "SUBMITIT_")) and name != "SLURM_CONF"
    }
    for name in inherited:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(inherited)


def state(folder: RunFolder) -> LauncherState:
    """Whether the run is in the queue or works; Slurm's silence is no sign of its death."""
    job = submitted_job(folder)
    if job is None or folder.exit_file.exists():
        return LauncherState(folder.alive())
    known = _queue.state(job)
    if known.phase == "gone":
        return LauncherState(folder.alive())
    process = folder.process
    if process is None:
        silence = "Slurm, which does not answer" if known.phase == "silent" else ""
        return LauncherState(True, known.waiting_for or silence)
    # A worker that began after Slurm was asked waits no more.
    return LauncherState(True, known.waiting_for if process.started_at < known.asked_at else "")


def cancel(folder: RunFolder) -> None:
    """Take the job out of the queue if it has not begun; one that has is asked to stop.

    Raises:
        RunFailed: Slurm does not answer; the run ends as soon as it begins.
    """
    folder.request_stop()
    job = submitted_job(folder)
    # One that waits to go on starts once more, to evaluate the best weights.
    if job is None or folder.process is not None:
        return
    try:
        ask_slurm("scancel", "--state=PENDING", job)
    except SlurmSilent as error:
        raise RunFailed(
            f"Slurm did not take the job away: {error}", "it will end as soon as it begins"
        ) from error
    _queue.forget(job)
    if ask_for(job).phase == "gone" and folder.process is None:
        folder.write_exit(Exit("cancelled", "taken out of Slurm's queue before it began"))


def submitted_job(folder: RunFolder) -> str | None:
    """The id of the Slurm job that works on the folder, or waits to; `None` before the launch."""
    try:
        record = json.loads(_record_file(folder).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return str(record["job"])


def _record_file(folder: RunFolder) -> Path:
    return folder.path / "launch.json"


def gives_gpus(options: Mapping[str, str]) -> bool:
    """Whether a job with these options asks for a GPU; the machine that it queues from tells not.

    `gpus` is a number, a type, or both as in `a100:2`.
    """
    extra = options.get("extra", "")
    if "--gpus" in extra or "--gres=gpu" in extra:
        return True
    return options.get("gpus", "").rpartition(":")[2].strip() not in ("", "0")


LAUNCHER = Launcher(launch, launch_array, state, cancel, OPTIONS, gives_gpus, check)
