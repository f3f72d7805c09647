"""Which device a worker process computes on. Imports torch: for worker processes only."""

from __future__ import annotations

import platform
from dataclasses import dataclass

import psutil
import torch

from tui_detect.core.errors import RunFailed
from tui_detect.vision.environment import usable_cores
from tui_detect.vision.recipes import DeviceKind


@dataclass(frozen=True, slots=True)
class Device:
    """A device that is there."""

    kind: DeviceKind
    argument: str
    """How Ultralytics wants it named: `cpu` or a CUDA index."""
    name: str
    """What to show: `NVIDIA A10`, `CPU, 2 cores`."""


def choose_device(wanted: str) -> Device:
    """The device for `auto`, `cpu` or a CUDA index.

    Raises:
        RunFailed: it is not there, or several are wanted.
    """
    wanted = wanted.strip().lower().removeprefix("cuda:")
    if wanted == "auto":
        wanted = "0" if torch.cuda.is_available() else "cpu"
    if wanted == "cpu":
        return Device("cpu", "cpu", f"CPU ({platform.machine()}, {usable_cores()} cores)")
    if "," in wanted:
        raise RunFailed(
            f"a run trains on one device, not on {wanted}",
            "name one of them, such as --device 0",
        )
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if not wanted.isdecimal() or int(wanted) >= count:
        there = f"GPUs 0 to {count - 1}" if count else "no GPU that torch can use"
        raise RunFailed(
            f"there is no device {wanted!r} on this machine: it has {there}",
            "train with --device auto, or run `tui-detect doctor`",
        )
    return Device("gpu", wanted, torch.cuda.get_device_name(int(wanted)))


def memory(device: Device) -> tuple[int | None, int | None]:
    """Bytes in use by this process and bytes in all, on the device."""
    if device.kind == "gpu":
        index = int(device.argument)
        total = torch.cuda.get_device_properties(index).total_memory
        return torch.cuda.memory_reserved(index), total
    return int(psutil.Process().memory_info().rss), int(psutil.virtual_memory().total)
