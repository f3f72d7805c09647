"""What a run's machine reads, in words and bars; what it does not tell is left out."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from tui_detect.core.meters import DeviceMeter, Meters
from tui_detect.ui.wording import percent, printable, size

NARROWEST_BAR = 4
LABEL_WIDTH = 7
VALUE_WIDTH = 13


def meter_lines(meters: Meters, width: int, height: int) -> list[Content]:
    """Bars and figures of each device and of the machine, in at most `height` lines.

    With too many devices for a block each, every device gets one line.
    """
    machine = [
        *_bar("CPU", meters.cpu, percent(meters.cpu), width),
        *_memory(meters.memory_bytes, meters.memory_total_bytes, width),
    ]
    in_blocks = [line for device in meters.devices for line in _block(device, width)]
    if len(in_blocks) + len(machine) <= height:
        return [*in_blocks, *machine]
    each = [Content(f"GPU {device.index} {_figures(device)}") for device in meters.devices]
    return [*each, *machine][:height]


def meter_line(meters: Meters) -> str:
    """All meters on one line; several devices together: mean use, sums, the hottest."""
    parts = []
    if meters.devices:
        devices = meters.devices
        name = "GPU" if len(devices) == 1 else f"{len(devices)} GPUs"
        parts.append(f"{name} {_figures(_together(devices))}")
    if meters.cpu is not None:
        parts.append(f"CPU {percent(meters.cpu)}")
    if meters.memory_bytes is not None:
        parts.append(f"memory {_share(meters.memory_bytes, meters.memory_total_bytes)}")
    return " · ".join(parts)


def _block(device: DeviceMeter, width: int) -> list[Content]:
    heat = " · ".join(_heat(device))
    name = Content.assemble((f"GPU {device.index} ", "bold"), printable(device.name))
    return [
        name.truncate(width, ellipsis=True),
        *_bar("use", device.use, percent(device.use), width),
        *_memory(device.memory_bytes, device.memory_total_bytes, width),
        *([Content(heat)] if heat else []),
    ]


def _bar(label: str, share: float | None, value: str, width: int) -> list[Content]:
    if share is None:
        return []
    room = width - LABEL_WIDTH - VALUE_WIDTH - 1
    bar = ""
    if room >= NARROWEST_BAR:
        filled = round(min(max(share, 0.0), 1.0) * room)
        bar = "▇" * filled + "▁" * (room - filled)
    return [Content.assemble(f"{label:<{LABEL_WIDTH}}", (bar, "$primary"), f" {value}")]


def _memory(used: int | None, total: int | None, width: int) -> list[Content]:
    if used is None:
        return []
    if not total:
        return [Content(f"{'memory':<{LABEL_WIDTH}}{size(used)}")]
    return _bar("memory", used / total, _share(used, total), width)


def _share(used: int, total: int | None) -> str:
    """`3.1/80 GB`: the unit once where both have the same."""
    if not total:
        return size(used)
    part, unit = size(used).split(" ")
    whole, whole_unit = size(total).split(" ")
    return f"{part}/{whole} {unit}" if unit == whole_unit else f"{part} {unit}/{whole} {whole_unit}"


def _figures(device: DeviceMeter) -> str:
    parts = [percent(device.use)] if device.use is not None else []
    if device.memory_bytes is not None:
        parts.append(_share(device.memory_bytes, device.memory_total_bytes))
    return " · ".join([*parts, *_heat(device)])


def _heat(device: DeviceMeter) -> list[str]:
    parts = []
    if device.temperature_c is not None:
        parts.append(f"{device.temperature_c:.0f} °C")
    if device.power_w is not None:
        parts.append(f"{device.power_w:.0f} W")
    return parts


def _together(devices: Sequence[DeviceMeter]) -> DeviceMeter:
    uses = [device.use for device in devices if device.use is not None]
    heats = [device.temperature_c for device in devices if device.temperature_c is not None]
    powers = [device.power_w for device in devices if device.power_w is not None]
    used = [device.memory_bytes for device in devices if device.memory_bytes is not None]
    totals = [d.memory_total_bytes for d in devices if d.memory_total_bytes is not None]
    return DeviceMeter(
        index=devices[0].index,
        name="",
        use=sum(uses) / len(uses) if uses else None,
        memory_bytes=sum(used) if used else None,
        memory_total_bytes=sum(totals) if totals else None,
        temperature_c=max(heats, default=None),
        power_w=sum(powers) if powers else None,
    )
