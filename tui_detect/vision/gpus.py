"""The GPUs of this machine as NVIDIA's driver tells of them. Loads no torch.

GPUs are numbered as CUDA numbers them for this process: those that `CUDA_VISIBLE_DEVICES` leaves,
from 0. Workers are given `CUDA_DEVICE_ORDER=PCI_BUS_ID`, so that without that variable the numbers
are those of `nvidia-smi`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from tui_detect.core.errors import BadInput, RunFailed
from tui_detect.core.meters import DeviceMeter

# NVIDIA's module comes without types.
Nvml = Any
Handle = Any


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU that training can use."""

    index: int
    """What `--device` calls it."""
    uuid: str
    name: str
    memory_free_bytes: int
    memory_total_bytes: int


@dataclass(frozen=True, slots=True)
class GpuReport:
    """What the driver told."""

    gpus: tuple[Gpu, ...] = ()
    driver: str = ""
    """Its version; empty without a driver."""
    problem: str = ""
    """Why there is none, or one is missing."""


def list_gpus() -> tuple[Gpu, ...]:
    """The GPUs that this process may use; none where there is no driver."""
    return ask_driver().gpus


def ask_driver(environment: Mapping[str, str] = os.environ) -> GpuReport:
    """The GPUs that `environment` leaves to a process, or why there is none."""
    from pynvml import NVMLError

    problems: list[str] = []
    gpus: list[Gpu] = []
    try:
        with _driver() as nvml:
            driver = _text(nvml.nvmlSystemGetDriverVersion())
            handles = [nvml.nvmlDeviceGetHandleByIndex(n) for n in range(nvml.nvmlDeviceGetCount())]
            uuids = [_text(nvml.nvmlDeviceGetUUID(handle)) for handle in handles]
            shown = visible_gpus(uuids, environment.get("CUDA_VISIBLE_DEVICES"))
            for index, position in enumerate(shown):
                handle = handles[position]
                if _is_divided(nvml, handle):
                    problems.append(f"GPU {position} is divided by MIG: its parts are not managed")
                    continue
                memory = nvml.nvmlDeviceGetMemoryInfo(handle)
                name = _text(nvml.nvmlDeviceGetName(handle))
                gpus.append(Gpu(index, uuids[position], name, int(memory.free), int(memory.total)))
    except NVMLError as error:
        return GpuReport(problem=str(error))
    if handles and not shown:
        problems.append("CUDA_VISIBLE_DEVICES hides all GPUs")
    return GpuReport(tuple(gpus), driver, "; ".join(problems))


def visible_gpus(uuids: Sequence[str], chosen: str | None) -> list[int]:
    """Positions of the GPUs that CUDA shows to a process, in its order.

    Args:
        uuids: Of all GPUs, in the driver's order.
        chosen: `CUDA_VISIBLE_DEVICES`: positions or beginnings of UUIDs, separated by commas; what
            comes after an entry that is none of these is ignored, and a GPU named twice hides all,
            as the CUDA Programming Guide and `torch.cuda._parse_visible_devices` have it.
    """
    if chosen is None:
        return list(range(len(uuids)))
    shown: list[int] = []
    for entry in (part.strip() for part in chosen.split(",")):
        if entry.isdecimal():
            found = [int(entry)] if int(entry) < len(uuids) else []
        else:
            found = [n for n, uuid in enumerate(uuids) if entry and uuid.startswith(entry)]
        if len(found) != 1:
            break
        if found[0] in shown:
            return []
        shown += found
    return shown


def parse_device(wanted: str) -> Literal["auto", "cpu"] | tuple[int, ...]:
    """What a person means by `auto`, `cpu`, `0`, `cuda:1` or `0,1`.

    Raises:
        BadInput: it is none of these.
    """
    text = wanted.strip().lower().removeprefix("cuda:")
    if text == "auto":
        return "auto"
    if text == "cpu":
        return "cpu"
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() for part in parts) or len(set(parts)) < len(parts):
        raise BadInput(f"there is no device {wanted!r}", "give auto, cpu, 0, or several: 0,1")
    return tuple(int(part) for part in parts)


@contextmanager
def open_gauges(gpus: Sequence[Gpu]) -> Iterator[Callable[[], tuple[DeviceMeter, ...]]]:
    """Yields what reads the gauges of these GPUs; `None` stands for what a card does not measure.

    Raises:
        RunFailed: the driver does not answer, now or at a later reading.
    """
    from pynvml import NVMLError

    try:
        with _driver() as nvml:
            handles = [(gpu, nvml.nvmlDeviceGetHandleByUUID(gpu.uuid)) for gpu in gpus]
            yield lambda: tuple(_meter(nvml, gpu, handle) for gpu, handle in handles)
    except NVMLError as error:
        raise RunFailed(f"NVIDIA's driver does not answer any more ({error})") from error


def _meter(nvml: Nvml, gpu: Gpu, handle: Handle) -> DeviceMeter:
    memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    use = _measured(nvml, lambda: nvml.nvmlDeviceGetUtilizationRates(handle).gpu)
    sensor = nvml.NVML_TEMPERATURE_GPU
    temperature = _measured(nvml, lambda: nvml.nvmlDeviceGetTemperature(handle, sensor))
    milliwatts = _measured(nvml, lambda: nvml.nvmlDeviceGetPowerUsage(handle))
    return DeviceMeter(
        index=gpu.index,
        name=gpu.name,
        use=None if use is None else use / 100,
        memory_bytes=int(memory.used),
        memory_total_bytes=int(memory.total),
        temperature_c=temperature,
        power_w=None if milliwatts is None else milliwatts / 1000,
    )


def _measured(nvml: Nvml, read: Callable[[], float]) -> float | None:
    """The reading, or `None` where the card has no such gauge or hides it from this user."""
    try:
        return float(read())
    except (nvml.NVMLError_NotSupported, nvml.NVMLError_NoPermission):
        return None


def _is_divided(nvml: Nvml, handle: Handle) -> bool:
    try:
        current, _ = nvml.nvmlDeviceGetMigMode(handle)
    except nvml.NVMLError_NotSupported:
        return False
    return bool(current == nvml.NVML_DEVICE_MIG_ENABLE)


def _text(value: str | bytes) -> str:
    """Older releases of the module give bytes."""
    return value.decode() if isinstance(value, bytes) else value


@contextmanager
def _driver() -> Iterator[Nvml]:
    import pynvml

    pynvml.nvmlInit()
    try:
        yield pynvml
    finally:
        pynvml.nvmlShutdown()
