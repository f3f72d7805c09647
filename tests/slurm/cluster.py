"""A real Slurm on this machine: controller, node and munge in a folder of their own.

`python -m tests.slurm.cluster FOLDER` starts one and stops it when its input ends.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil

from tests.waiting import wait_for
from tui_detect.vision.processes import identify

CPUS = 2
NEEDED = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol")
START_LIMIT_S = 30
STOP_LIMIT_S = 10

SLURM_CONF = """\
ClusterName=tests
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,sched_min_interval=0,batch_sched_delay=0,defer_batch
ReturnToService=2
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
KillWait=10
MinJobAge=2
MailProg=/bin/true
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory_mb}
PartitionName=tests Nodes={host} Default=YES MaxTime=60 State=UP
PartitionName=closed Nodes={host} MaxTime=60 State=DOWN
"""


def why_impossible() -> str:
    """Why no Slurm can be started here; empty when one can."""
    missing = [name for name in NEEDED if _program(name) is None]
    if missing:
        return f"no {', '.join(missing)} here (Debian: apt install slurm-wlm munge)"
    return "" if os.geteuid() == 0 else "starting Slurm's daemons needs root"


class Cluster:
    """Started with `start`, and gone, with all of its jobs, after `stop`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config_file = folder / "slurm.conf"
        self._pid_files = [folder / f"{name}.pid" for name in ("slurmd", "slurmctld", "munged")]

    @property
    def environment(self) -> dict[str, str]:
        """Where Slurm's programs find this cluster."""
        return {"SLURM_CONF": str(self.config_file)}

    def start(self) -> None:
        """Start the daemons and wait until the node takes jobs.

        Raises:
            AssertionError: it did not come up; the message ends with the daemons' logs.
        """
        for name in ("state", "spool"):
            (self.folder / name).mkdir(parents=True)
        self.config_file.write_text(
            SLURM_CONF.format(
                folder=self.folder,
                host=socket.gethostname().split(".")[0],
                controller_port=_free_port(),
                node_port=_free_port(),
                cpus=CPUS,
                memory_mb=psutil.virtual_memory().total // 2**20 // 2,
            )
        )
        self._start_munge()
        self._daemon("slurmctld", "-i")
        self._daemon("slurmd")
        try:
            wait_for(self._is_idle, "Slurm's node to be idle", START_LIMIT_S)
        except AssertionError as error:
            logs = [path.read_text()[-2000:] for path in self.folder.glob("*.log")]
            self.stop()
            raise AssertionError("\n".join([str(error), *logs])) from error

    def stop(self) -> None:
        """Cancel every job and end the daemons."""
        self.clear()
        for pid_file in self._pid_files:
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                _end(int(pid_file.read_text()))

    def clear(self) -> None:
        """Cancel every job, and wait until the node is free again."""
        self.ask("scancel", "--user=root", "--signal=KILL", "--full", check=False)
        self.ask("scancel", "--user=root", check=False)
        wait_for(lambda: not self.ask("squeue", "-h"), "Slurm's queue to be empty")

    def start_now(self, job: str) -> None:
        """Spare a job that was queued again the two minutes that Slurm lets it wait."""
        wait_for(
            lambda: self.ask("squeue", "-h", "-r", "-j", job, "-o", "%T %r") == "PENDING BeginTime",
            "Slurm to be done with the job's last start",
        )
        self.ask("scontrol", "update", f"JobId={job}", "StartTime=now")

    def ask(self, *command: str, check: bool = True) -> str:
        """What one of Slurm's programs prints."""
        done = subprocess.run(
            command,
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert not check or done.returncode == 0, (command, done.stdout, done.stderr)
        return done.stdout.strip()

    def _start_munge(self) -> None:
        key = self.folder / "munge.key"
        key.write_bytes(secrets.token_bytes(1024))
        key.chmod(0o400)
        names = {
            "socket": "munge.socket",
            "pid-file": "munged.pid",
            "log-file": "munged.log",
            "seed-file": "munge.seed",
        }
        files = [f"--{option}={self.folder / name}" for option, name in names.items()]
        # Forced: the folder above, such as /tmp, may be one that everybody writes to.
        self._daemon("munged", "--force", f"--key-file={key}", *files)

    def _daemon(self, name: str, *arguments: str) -> None:
        program = _program(name)
        assert program is not None, why_impossible()
        done = subprocess.run(
            [program, *arguments],
            env=os.environ | self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=START_LIMIT_S,
        )
        assert done.returncode == 0, (name, done.stderr)

    def _is_idle(self) -> bool:
        return self.ask("sinfo", "-h", "-o", "%T", "-p", "tests", check=False) == "idle"


def _end(pid: int) -> None:
    daemon = identify(pid)
    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: daemon is None or not daemon.is_running(), "a daemon to end", STOP_LIMIT_S)


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    cluster = Cluster(Path(sys.argv[1]).absolute())
    begun_s = time.monotonic()
    cluster.start()
    print(f"up after {time.monotonic() - begun_s:.1f} s; export SLURM_CONF={cluster.config_file}")  # noqa: T201
    sys.stdin.read()
    cluster.stop()
