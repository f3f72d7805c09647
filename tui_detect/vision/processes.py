"""Which process is it, and does it still run: a pid alone says neither."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass

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
        return ProcessIdentity(pid, psutil.Process(pid).create_time(), this_host())
    except psutil.NoSuchProcess:
        return None
