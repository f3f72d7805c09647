"""The folder of one run: the contract between its process and everything else."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from tui_detect.core.errors import Conflict, RunFailed, StorageFailed
from tui_detect.vision.events import READ_LIMIT_BYTES, Event, EventWriter, read_events
from tui_detect.vision.files import publish, write_atomically
from tui_detect.vision.job import Job
from tui_detect.vision.parts import PartFolder
from tui_detect.vision.processes import ProcessIdentity, identify

HEARTBEAT_S = 2.0
HEARTBEAT_LIMIT_HERE_S = 10.0
"""Silence after which a run on this host counts as gone, if its process is gone too."""
HEARTBEAT_LIMIT_ELSEWHERE_S = 60.0
"""The same for another host, whose processes cannot be seen and whose clock may differ."""
TERMINAL_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
"""Colours and line clearing, which Ultralytics prints into files too."""

Ending = Literal["completed", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class Exit:
    """How a run ended, as `exit.json` tells it."""

    state: Ending
    message: str = ""
    hint: str = ""


class RunFolder:
    """One run's folder; every file in it has one writer."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.job_file = path / "job.json"
        self.events_file = path / "events.jsonl"
        self.heartbeat_file = path / "heartbeat"
        self.exit_file = path / "exit.json"
        self.stop_file = path / "stop"
        self.log_file = path / "log.txt"
        self.start_weights_file = path / "start-weights.json"
        """What training started from, as `weights.remember_weights` wrote it."""
        self.start_weights = path / "weights" / "start"
        """Folder of the run's own copy of that file, under its name."""
        self.lock_file = path / "lock"
        """Locked by the process that works here, for as long as it lives."""
        self.dataset = path / "dataset"
        self.weights = path / "weights" / "best.pt"
        """The best weights so far; there once the first epoch is over."""

    @classmethod
    def create(cls, path: Path, job: Job) -> RunFolder:
        """Make the folder with its job.

        Raises:
            Conflict: a run lives there already.
            StorageFailed: it cannot be written.
        """
        folder = cls(path)
        if folder.job_file.exists():
            raise Conflict(f"{path} already holds a run")
        try:
            path.mkdir(parents=True, exist_ok=True)
            write_atomically(folder.job_file, job.to_json())
        except OSError as error:
            raise StorageFailed(
                f"the run folder {path} cannot be written ({error.strerror})",
                "free some space or choose another home",
            ) from error
        return folder

    def read_job(self) -> Job:
        """The job.

        Raises:
            RunFailed: there is none, or it cannot be used.
        """
        try:
            return Job.from_json(self.job_file.read_text(encoding="utf-8"))
        except OSError as error:
            raise RunFailed(f"{self.job_file} cannot be read ({error.strerror})") from error

    def read_events(
        self, offset: int = 0, limit_bytes: int = READ_LIMIT_BYTES
    ) -> tuple[list[Event], int]:
        """New events from a byte offset on, and the next offset; see `events.read_events`."""
        return read_events(self.events_file, offset, limit_bytes)

    def open_events(self) -> EventWriter:
        """For the worker: the writer of the events."""
        return EventWriter(self.events_file)

    def log_tail(self, lines: int = 200, limit_bytes: int = 256 * 1024) -> list[str]:
        """The last lines of the log; empty while there is none."""
        try:
            with self.log_file.open("rb") as file:
                file.seek(0, os.SEEK_END)
                file.seek(max(file.tell() - limit_bytes, 0))
                content = file.read()
        except FileNotFoundError:
            return []
        # A progress bar rewrites its line with carriage returns; only its last state is news.
        text = TERMINAL_CODES.sub("", content.decode("utf-8", "replace")).replace("\r\n", "\n")
        return [line.rsplit("\r", 1)[-1] for line in text.rstrip("\n").split("\n")][-lines:]

    def request_stop(self) -> None:
        """Ask the run to finish its batch, keep the best weights and end."""
        self.stop_file.touch()

    @property
    def stop_requested(self) -> bool:
        """Whether somebody asked it to stop."""
        return self.stop_file.exists()

    def part(self, number: int) -> PartFolder:
        """The folder of one of its trainings; 1 is the first."""
        return PartFolder(self.path, number)

    @property
    def exit(self) -> Exit | None:
        """How it ended; `None` while it has not, or when it died without a word."""
        try:
            data = json.loads(self.exit_file.read_text(encoding="utf-8"))
            return Exit(data["state"], data.get("message", ""), data.get("hint", ""))
        except FileNotFoundError:
            return None

    def write_exit(self, ending: Exit) -> None:
        """For the worker: the very last thing it writes."""
        write_atomically(self.exit_file, json.dumps(asdict(ending), ensure_ascii=False))

    def record_process(self, identity: ProcessIdentity) -> None:
        """Say which process works here; its heart beats from now on."""
        write_atomically(self.heartbeat_file, json.dumps(asdict(identity)))

    @property
    def process(self) -> ProcessIdentity | None:
        """The process that works here, or did; `None` before the launch."""
        try:
            return ProcessIdentity(**json.loads(self.heartbeat_file.read_text(encoding="utf-8")))
        except FileNotFoundError:
            return None

    def alive(self, now: float | None = None) -> bool:
        """Whether a process still works on the run.

        It does while its heart beats or its process is there; a run that has neither and wrote no
        `exit.json` is lost. A folder that was just made counts as alive until a launch is overdue.
        """
        if self.exit_file.exists():
            return False
        identity = self.process
        if identity is not None and identity.is_here and identity.is_running():
            return True  # also when its heart stands still: stopped, swapping, or the disk is slow
        source = self.job_file if identity is None else self.heartbeat_file
        here = identity is not None and identity.is_here
        limit_s = HEARTBEAT_LIMIT_HERE_S if here else HEARTBEAT_LIMIT_ELSEWHERE_S
        try:
            beat_at = source.stat().st_mtime
        except OSError:
            return False  # the folder is gone
        if now is None:
            now = time.time()
            if not here and abs(now - beat_at) >= limit_s:
                now = self._time_of_its_disk()
        return abs(now - beat_at) < limit_s

    def _time_of_its_disk(self) -> float:
        """What the file system takes for now: on a network folder the clock of its server."""
        probe = self.path / f".clock.{os.getpid()}.{threading.get_ident()}"
        try:
            probe.touch()
            return probe.stat().st_mtime
        except OSError:
            return time.time()
        finally:
            with suppress(OSError):
                probe.unlink()

    def prepare_resume(self) -> None:
        """Take away how it ended, so that a worker may go on; it counts as alive for a moment.

        Raises:
            StorageFailed: the folder cannot be written.
        """
        try:
            # Its heart first: without an ending nobody may find it standing still.
            source = self.heartbeat_file if self.heartbeat_file.exists() else self.job_file
            os.utime(source)
            self.stop_file.unlink(missing_ok=True)
            self.exit_file.unlink(missing_ok=True)
        except OSError as error:
            raise StorageFailed(
                f"the run folder {self.path} cannot be written ({error.strerror})",
                "free some space, or see whether its disk is there",
            ) from error

    @contextmanager
    def beating(self, interval_s: float = HEARTBEAT_S) -> Iterator[None]:
        """For the worker: have the folder alone and keep its heart beating while the block runs.

        Raises:
            Conflict: another process works here.
        """
        identity = identify()
        assert identity is not None, "a process knows itself"
        over = threading.Event()

        def beat() -> None:
            while not over.wait(interval_s):
                # A network folder may be away for a moment; the next beat tells.
                with suppress(OSError):
                    os.utime(self.heartbeat_file)
                    if self.process != identity:  # another one was started, and found it locked
                        self.record_process(identity)

        with self._locked():
            self.record_process(identity)
            thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
            thread.start()
            try:
                yield
            finally:
                over.set()
                thread.join()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock; the operating system lets go of it when the process dies."""
        with self.lock_file.open("w") as file:
            try:
                # Not flock, which the processes that load pictures would inherit and outlive us by.
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno in (errno.EACCES, errno.EAGAIN):
                    raise Conflict(f"another process works on {self.path}") from error
                if error.errno not in (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS):
                    raise
            yield

    def publish_weights(self, source: Path) -> None:
        """For the worker: replace the best weights."""
        publish(source, self.weights)
