"""The runs of this machine, over all projects: what trains, what waits, and the pause between."""

from __future__ import annotations

from dataclasses import dataclass

from tui_detect.core.queue import QueueEntry
from tui_detect.vision.gpus import list_gpus
from tui_detect.vision.queueing import RunQueue, device_names
from tui_detect.workflows.library import Library


@dataclass(frozen=True, slots=True)
class QueuedRun:
    """A run of the queue as a person is shown it."""

    entry: QueueEntry
    devices: str
    """What it trains on, in words; empty while it waits."""


@dataclass(frozen=True, slots=True)
class QueueView:
    """The queue of this machine."""

    paused: bool
    runs: tuple[QueuedRun, ...]
    """Those that train, then those that wait, in their order."""


def look_at_queue(library: Library) -> QueueView:
    """What trains and what waits on this machine.

    Raises:
        StorageFailed: the queue's folder cannot be used.
    """
    queue = _queue(library)
    entries = queue.entries()
    gpus = list_gpus() if entries else ()
    runs = tuple(QueuedRun(entry, device_names(entry.devices, gpus)) for entry in entries)
    return QueueView(queue.paused, runs)


def queue_is_paused(library: Library) -> bool:
    """Whether nothing new begins on this machine."""
    return _queue(library).paused


def pause_queue(library: Library) -> None:
    """Let nothing new begin on this machine; what trains goes on.

    Raises:
        StorageFailed: the queue's folder cannot be written.
    """
    _queue(library).pause()


def let_queue_go_on(library: Library) -> None:
    """Let runs begin again.

    Raises:
        StorageFailed: the queue's folder cannot be written.
    """
    _queue(library).go_on()


def _queue(library: Library) -> RunQueue:
    return RunQueue.of_this_host(library.queue_path)
