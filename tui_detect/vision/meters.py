"""What the machine reads while a run trains on it: a thread of the worker that tells it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict

import psutil

from tui_detect.core.errors import RunFailed
from tui_detect.core.meters import DeviceMeter, Meters
from tui_detect.vision.events import EventWriter
from tui_detect.vision.gpus import Gpu, list_gpus, open_gauges

INTERVAL_S = 2.0


@contextmanager
def measuring(
    events: EventWriter, device_argument: str, interval_s: float = INTERVAL_S
) -> Iterator[None]:
    """Write `meters` events from a thread while the block runs.

    Args:
        device_argument: What the run trains on: `cpu`, or indices such as `0,1`.
    """
    indices = device_argument.split(",")
    gpus = [gpu for gpu in list_gpus() if str(gpu.index) in indices]
    over = threading.Event()
    thread = threading.Thread(
        target=_measure, args=(events, gpus, over, interval_s), name="meters", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _measure(
    events: EventWriter, gpus: Sequence[Gpu], over: threading.Event, interval_s: float
) -> None:
    if gpus:
        try:
            with open_gauges(gpus) as read:
                _write_until(over, interval_s, events, read)
        except RunFailed as error:
            # Its figures are no reason to end a training; the others go on.
            events.write("warning", message=f"no more figures of the GPU: {error.message}")
    _write_until(over, interval_s, events, tuple)


def _write_until(
    over: threading.Event,
    interval_s: float,
    events: EventWriter,
    read: Callable[[], tuple[DeviceMeter, ...]],
) -> None:
    # psutil gives the share since the call before.
    psutil.cpu_percent()
    while not over.wait(interval_s):
        events.write("meters", **asdict(read_meters(read())))


def read_meters(devices: tuple[DeviceMeter, ...] = ()) -> Meters:
    """One reading of the processor and the memory beside that of the GPUs."""
    memory = psutil.virtual_memory()
    return Meters(
        cpu=psutil.cpu_percent() / 100,
        memory_bytes=int(memory.total - memory.available),
        memory_total_bytes=int(memory.total),
        devices=devices,
    )
