"""What a run's machine reads while it trains: its devices, processor and memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class DeviceMeter:
    """One GPU; `None` where its driver does not tell."""

    index: int
    name: str
    use: float | None
    """Share of the time that it computed, 0 to 1."""
    memory_bytes: int | None
    """In use by all processes."""
    memory_total_bytes: int | None
    temperature_c: float | None
    power_w: float | None


@dataclass(frozen=True, slots=True)
class Meters:
    """One reading of the machine that a run is on."""

    cpu: float | None
    """Share of all cores that were busy, 0 to 1."""
    memory_bytes: int | None
    """In use by all processes."""
    memory_total_bytes: int | None
    devices: tuple[DeviceMeter, ...] = ()
    """The run's own GPUs; none when it trains on the CPU."""

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The reading that `dataclasses.asdict` and JSON made of it."""
        devices = tuple(DeviceMeter(**device) for device in data.get("devices", ()))
        return cls(**{**data, "devices": devices})
