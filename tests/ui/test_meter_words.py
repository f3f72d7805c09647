"""Meters read as bars and words; what a machine does not tell is left out."""

from __future__ import annotations

from dataclasses import replace

from tui_detect.core.meters import DeviceMeter, Meters
from tui_detect.ui.meter_words import meter_line, meter_lines

GPU = DeviceMeter(0, "NVIDIA H100", 0.81, 3_100_000_000, 80_000_000_000, 61.0, 312.0)
METERS = Meters(0.34, 12_000_000_000, 128_000_000_000, (GPU,))
SILENT = DeviceMeter(1, "old GPU", None, None, None, None, None)


def texts(meters: Meters, width: int = 34, height: int = 9) -> list[str]:
    return [line.plain for line in meter_lines(meters, width, height)]


def test_a_device_has_bars_for_use_and_memory_and_its_heat() -> None:
    name, use, memory, heat, cpu, machine = texts(METERS)
    assert name == "GPU 0 NVIDIA H100"
    assert use.endswith(" 81 %")
    assert use.count("▇") == round(0.81 * (use.count("▇") + use.count("▁")))
    assert memory.endswith("3.1/80 GB")
    assert heat == "61 °C · 312 W"
    assert cpu.endswith("34 %")
    assert machine.endswith("12/128 GB")


def test_what_is_not_told_is_left_out() -> None:
    assert texts(Meters(None, None, None, (SILENT,))) == ["GPU 1 old GPU"]
    assert meter_line(Meters(None, None, None)) == ""
    assert "CPU" not in meter_line(replace(METERS, cpu=None))


def test_many_devices_get_a_line_each_where_blocks_do_not_fit() -> None:
    lines = texts(replace(METERS, devices=(GPU,) * 4), height=6)
    assert len(lines) == 6
    assert lines[0] == "GPU 0 81 % · 3.1/80 GB · 61 °C · 312 W"


def test_all_of_it_fits_on_one_line() -> None:
    assert meter_line(METERS) == (
        "GPU 81 % · 3.1/80 GB · 61 °C · 312 W · CPU 34 % · memory 12/128 GB"
    )
    hot = replace(GPU, use=0.41, temperature_c=70.0)
    assert meter_line(replace(METERS, devices=(GPU, hot))).startswith(
        "2 GPUs 61 % · 6.2/160 GB · 70 °C · 624 W"
    )
