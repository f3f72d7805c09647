"""The queue of runs on one machine: a folder of locked files, without a process that minds it.

Each run holds a lock on a file of its own for as long as its process lives. The kernel lets go of
it however the process ends, so that a killed run never blocks those behind it, and no pid is ever
compared. The files are read and changed by one process at a time, under a lock of the folder's.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from tui_detect.core.errors import Conflict, StorageFailed
from tui_detect.core.queue import CPU, QueueEntry, ahead_of, devices_for, in_order
from tui_detect.vision.events import EventWriter
from tui_detect.vision.gpus import Gpu, list_gpus, parse_device
from tui_detect.vision.job import Job
from tui_detect.vision.processes import this_host
from tui_detect.vision.stopping import StopSwitch

POLL_S = 0.5
SWITCH = "TUI_DETECT_QUEUE"
"""Environment variable that is `off` where something else gives out the devices, such as Slurm."""


class RunQueue:
    """The runs of one machine: those that have their devices, and those that wait."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._tickets = folder / "runs"
        self._pause_file = folder / "paused"

    @classmethod
    def of_this_host(cls, folder: Path) -> RunQueue:
        """The queue of this machine; `folder` may be shared with others."""
        return cls(folder / this_host())

    @property
    def paused(self) -> bool:
        """Whether nothing new begins; what runs goes on."""
        return self._pause_file.exists()

    def pause(self) -> None:
        """Let nothing new begin.

        Raises:
            StorageFailed: the queue's folder cannot be written.
        """
        with self._alone():
            self._pause_file.touch()

    def go_on(self) -> None:
        """Let runs begin again.

        Raises:
            StorageFailed: the queue's folder cannot be written.
        """
        with self._alone():
            self._pause_file.unlink(missing_ok=True)

    def entries(self) -> list[QueueEntry]:
        """Those that run, then those that wait, in their order.

        Raises:
            StorageFailed: the queue's folder cannot be used.
        """
        if not self._folder.exists():
            return []
        with self._alone():
            return in_order(self._read())

    def enter(self, entry: QueueEntry) -> Place:
        """Join the queue; this process keeps its place until it ends.

        Raises:
            Conflict: another process works on the same run.
            StorageFailed: the queue's folder cannot be used.
        """
        with self._alone():
            file = os.open(self._ticket(entry.iteration), os.O_RDWR | os.O_CREAT, 0o666)
            if not _lock(file):
                os.close(file)
                raise Conflict(f"another process works on {entry.what}", "stop that one first")
            try:
                _write(file, entry)
            except OSError:
                self._ticket(entry.iteration).unlink()
                os.close(file)
                raise
        return Place(self, entry, file)

    def take(self, place: Place) -> tuple[str, ...]:
        """Give the run its devices if it is its turn; none if it is not.

        Raises:
            StorageFailed: the queue's folder cannot be used.
        """
        with self._alone():
            if self.paused:
                return ()
            entries = self._read()
            devices = devices_for(entries, place.entry.iteration, _free_bytes)
            if devices:
                place.hold(devices)
        return devices

    def reason(self, place: Place, gpus: Sequence[Gpu]) -> str:
        """What a run waits for, in words."""
        if self.paused:
            return "the queue to go on: it is paused"
        ahead = ahead_of(self.entries(), place.entry.iteration)
        if not ahead:
            return "its turn"
        first, more = ahead[0], len(ahead) - 1
        if first.waits:
            text = f"{first.what}, which came before"
        else:
            text = f"{device_names(first.devices, gpus)}: {first.what} trains there"
        return f"{text}, and {more} more before this one" if more else text

    def _ticket(self, iteration: str) -> Path:
        return self._tickets / f"{iteration}.json"

    def _read(self) -> list[QueueEntry]:
        """The entries of living processes; what others left behind is swept away."""
        found = []
        for path in self._tickets.glob("*.json"):
            file = os.open(path, os.O_RDWR)
            try:
                if _lock(file):
                    path.unlink()
                else:
                    found.append(_entry(path.read_text(encoding="utf-8")))
            finally:
                os.close(file)
        return found

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Nobody else reads or changes the queue meanwhile."""
        try:
            self._tickets.mkdir(parents=True, exist_ok=True)
            file = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o666)
            try:
                fcntl.flock(file, fcntl.LOCK_EX)
                yield
            finally:
                os.close(file)
        except OSError as error:
            raise StorageFailed(
                f"the queue in {self._folder} cannot be used ({error.strerror or error})",
                f"choose a home on a disk that can lock files, or train with {SWITCH}=off "
                "in the environment",
            ) from error


class Place:
    """A run's place in the queue, held by this process."""

    def __init__(self, queue: RunQueue, entry: QueueEntry, file: int) -> None:
        self.entry = entry
        self._queue = queue
        self._file: int | None = file
        # A loader of pictures that outlives a killed run for a moment must not hold its devices.
        os.register_at_fork(after_in_child=self.leave)

    def take(self) -> tuple[str, ...]:
        """The devices, if it is the run's turn; none if it is not."""
        return self._queue.take(self)

    def reason(self, gpus: Sequence[Gpu]) -> str:
        """What the run waits for, in words."""
        return self._queue.reason(self, gpus)

    def hold(self, devices: tuple[str, ...]) -> None:
        """Write down that they are this run's now."""
        assert self._file is not None, "a place that was left holds nothing"
        self.entry = replace(self.entry, devices=devices)
        _write(self._file, self.entry)

    def leave(self) -> None:
        """Give the place and its devices away."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def wait_for_devices(job: Job, events: EventWriter, stop: StopSwitch) -> str | None:
    """Wait until the run's devices are free and take them until this process ends.

    Returns:
        What to train on, in the words of `--device`; `None` when a stop was asked for meanwhile.

    Raises:
        RunFailed: there is no such device.
        StorageFailed: the queue's folder cannot be used.
    """
    wanted = job.settings.device
    if job.queue_folder is None or os.environ.get(SWITCH, "").lower() == "off":
        return wanted
    gpus = list_gpus()
    queue, entry = RunQueue.of_this_host(job.queue_folder), entry_for(job, gpus)
    place: Place | None = None
    told = ""
    while not stop.requested():
        try:
            place = place or queue.enter(entry)
            if devices := place.take():
                return _device_argument(wanted, devices, gpus)
            reason = place.reason(gpus)
        except Conflict:
            # The run was resumed while its process before still tells somebody that it ended.
            reason = "its earlier process to end"
        if reason != told:
            events.write("stage", stage="waiting", waiting_for=reason)
            told = reason
        time.sleep(POLL_S)
    return None


def entry_for(job: Job, gpus: Sequence[Gpu]) -> QueueEntry:
    """The entry of a run that waits.

    Raises:
        BadInput: its settings name no device.
    """
    wanted = job.settings.device
    meant = parse_device(wanted)
    if meant == "cpu" or (meant == "auto" and not gpus):
        candidates: tuple[str, ...] = (CPU,)
    elif meant == "auto":
        candidates = tuple(gpu.uuid for gpu in gpus)
    else:
        # A number that is not there, or not NVIDIA's, is for torch to judge when its turn comes.
        uuids = {gpu.index: gpu.uuid for gpu in gpus}
        candidates = tuple(uuids.get(index, f"gpu-{index}") for index in meant)
    return QueueEntry(job.iteration, job.title, wanted, candidates, needs_all=meant != "auto")


def device_names(devices: Sequence[str], gpus: Sequence[Gpu]) -> str:
    """Devices of the queue for a person: `GPU 0, GPU 1`."""
    names = {CPU: "the CPU"} | {gpu.uuid: f"GPU {gpu.index}" for gpu in gpus}
    return ", ".join(names.get(device, device) for device in devices)


def _device_argument(wanted: str, devices: Sequence[str], gpus: Sequence[Gpu]) -> str:
    """The same choice for the trainer; without NVIDIA's driver `auto` is left to torch."""
    indices = {gpu.uuid: str(gpu.index) for gpu in gpus}
    if all(device in indices for device in devices):
        return ",".join(indices[device] for device in devices)
    return wanted


def _free_bytes() -> Mapping[str, int]:
    return {gpu.uuid: gpu.memory_free_bytes for gpu in list_gpus()}


def _lock(file: int) -> bool:
    """Take the lock of an open file; whether nobody else holds it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write(file: int, entry: QueueEntry) -> None:
    content = json.dumps(asdict(entry)).encode()
    os.pwrite(file, content, 0)
    os.ftruncate(file, len(content))


def _entry(text: str) -> QueueEntry:
    data = json.loads(text)
    lists = {name: tuple(data[name]) for name in ("candidates", "devices")}
    return QueueEntry(**{**data, **lists})
