"""Which device a worker process computes on. Imports torch: for worker processes only."""

from __future__ import annotations

import platform
from collections import Counter
from dataclasses import dataclass

import psutil
import torch

from tui_detect.core.errors import RunFailed
from tui_detect.vision.environment import usable_cores
from tui_detect.vision.gpus import parse_device
from tui_detect.vision.recipes import DeviceKind


@dataclass(frozen=True, slots=True)
class Device:
    """A device that is there, or several GPUs that train together."""

    kind: DeviceKind
    argument: str
    """How Ultralytics wants it named: `cpu`, or CUDA indices such as `0` or `0,1`."""
    name: str
    """What to show: `NVIDIA A10`, `CPU, 2 cores`."""

    @property
    def indices(self) -> tuple[int, ...]:
        """Of its GPUs, as CUDA numbers them; none for the CPU."""
        return tuple(map(int, self.argument.split(","))) if self.kind == "gpu" else ()

    @property
    def first(self) -> Device:
        """The one that works alone where several are of no use."""
        if len(self.indices) < 2:
            return self
        return _gpus(self.indices[:1])


def choose_device(wanted: str) -> Device:
    """The device for `auto`, `cpu`, a CUDA index, or several such as `0,1`.

    Raises:
        BadInput: it is none of these.
        RunFailed: it is not there.
    """
    meant = parse_device(wanted)
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if meant == "auto":
        meant = (0,) if count else "cpu"
    if meant == "cpu":
        return Device("cpu", "cpu", f"CPU ({platform.machine()}, {usable_cores()} cores)")
    if missing := [index for index in meant if index >= count]:
        there = f"GPUs 0 to {count - 1}" if count else "no GPU that torch can use"
        raise RunFailed(
            f"there is no device '{missing[0]}' on this machine: it has {there}",
            "train with --device auto, or run `tui-detect doctor`",
        )
    return _gpus(meant)


def _gpus(indices: tuple[int, ...]) -> Device:
    names = Counter(torch.cuda.get_device_name(index) for index in indices)
    parts = [f"{count} × {name}" if count > 1 else name for name, count in names.items()]
    return Device("gpu", ",".join(map(str, indices)), ", ".join(parts))


def memory(device: Device) -> tuple[int | None, int | None]:
    """Bytes in use by this process and bytes in all, on the device; on the first of several."""
    if device.kind == "gpu":
        index = device.indices[0]
        total = torch.cuda.get_device_properties(index).total_memory
        return torch.cuda.memory_reserved(index), total
    return int(psutil.Process().memory_info().rss), int(psutil.virtual_memory().total)
