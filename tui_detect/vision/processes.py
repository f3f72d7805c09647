"""Which process is it, and does it still run: a pid alone says neither."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path

import psutil

START_TOLERANCE_S = 2.0
"""The start time is computed from the boot time, which moves a little when the clock is set."""


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """A process that no other one can be taken for."""

    pid: int
    started_at: float
    """Seconds since the epoch, as the operating system tells it."""
    host: str
    mark: str = ""
    """The boot and the tick of its start, which no setting of the clock changes; empty where the
    operating system does not tell."""

    @property
    def is_here(self) -> bool:
        """Whether it belongs to this host."""
        return self.host == this_host()

    def is_running(self) -> bool:
        """Whether it runs on this host now; a zombie does not, nor does a newcomer with its pid."""
        if not self.is_here:
            return False
        try:
            process = psutil.Process(self.pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return False
            if self.mark and (mark := _mark(self.pid)):
                return mark == self.mark
            return bool(abs(process.create_time() - self.started_at) <= START_TOLERANCE_S)
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied:
            return True


def this_host() -> str:
    """The name of this host."""
    return socket.gethostname()


def identify(pid: int | None = None) -> ProcessIdentity | None:
    """The process with that pid (this one when left out); `None` when it is gone already."""
    pid = os.getpid() if pid is None else pid
    try:
        return ProcessIdentity(pid, psutil.Process(pid).create_time(), this_host(), _mark(pid))
    except psutil.NoSuchProcess:
        return None


def _mark(pid: int) -> str:
    """When the process started, by Linux's count of ticks since a boot that has a name."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        # The name of the program comes second, in brackets, and may hold anything.
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        return f"{boot}:{int(fields[19])}"
    except (OSError, ValueError, IndexError):
        return ""
