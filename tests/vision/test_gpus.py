"""What is known of the GPUs without torch: the driver is a stand-in, its errors are real."""

from __future__ import annotations

import pytest

from tests.vision.stand_in_nvml import GIB, Card, install
from tui_detect.core.errors import BadInput, RunFailed
from tui_detect.vision.gpus import ask_driver, list_gpus, open_gauges, parse_device, visible_gpus

UUIDS = ["GPU-aa11", "GPU-ab22", "GPU-cc33"]


def test_gpus_are_listed_with_their_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    nvml = install(monkeypatch, Card("GPU-a", b"NVIDIA A10"), Card("GPU-b", free_bytes=3 * GIB))
    first, second = list_gpus()
    assert (first.index, first.uuid, first.name) == (0, "GPU-a", "NVIDIA A10")
    assert (second.index, second.memory_free_bytes) == (1, 3 * GIB)
    assert ask_driver().driver == "550.54.15"
    assert nvml.users == 0, "the driver is left alone afterwards"


def test_a_machine_without_a_driver_has_none_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, has_driver=False)
    report = ask_driver()
    assert (report.gpus, report.driver) == ((), "")
    assert report.problem == "NVML Shared Library Not Found"


def test_a_lost_gpu_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    nvml = install(monkeypatch, Card("GPU-a", is_lost=True))
    assert ask_driver().problem == "GPU is lost"
    assert nvml.users == 0


def test_a_gpu_divided_by_mig_is_left_to_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, Card("GPU-a", is_divided=True), Card("GPU-b"))
    report = ask_driver()
    assert [gpu.uuid for gpu in report.gpus] == ["GPU-b"]
    assert "GPU 0 is divided by MIG" in report.problem


def test_gpus_have_the_numbers_that_cuda_gives_them(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, Card("GPU-a"), Card("GPU-b"), Card("GPU-c"))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2,0")
    assert [(gpu.index, gpu.uuid) for gpu in list_gpus()] == [(0, "GPU-c"), (1, "GPU-a")]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    assert ask_driver().problem == "CUDA_VISIBLE_DEVICES hides all GPUs"


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        (None, [0, 1, 2]),
        ("1", [1]),
        (" 2 , 0", [2, 0]),
        ("GPU-cc", [2]),
        ("GPU-cc33,GPU-aa", [2, 0]),
        ("GPU-a", []),
        ("0,7,1", [0]),
        ("0,-1,1", [0]),
        ("-1", []),
        ("NoDevFiles", []),
        ("1,1", []),
        ("", []),
    ],
)
def test_what_cuda_shows(chosen: str | None, shown: list[int]) -> None:
    assert visible_gpus(UUIDS, chosen) == shown


def test_gauges_are_read_and_absent_ones_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    nvml = install(monkeypatch, Card("GPU-a"), Card("GPU-b", has_sensors=False))
    with open_gauges(list_gpus()) as read:
        first, second = read()
        assert first.use == pytest.approx(0.87)
        assert first.power_w == pytest.approx(148.25)
        assert (first.memory_bytes, first.temperature_c) == (4 * GIB, 61)
        assert (second.index, second.temperature_c, second.power_w) == (1, None, None)
        assert second.memory_total_bytes == 24 * GIB
    assert nvml.users == 0


def test_a_gpu_lost_on_the_way_ends_the_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    nvml = install(monkeypatch, Card("GPU-a"))
    with open_gauges(list_gpus()) as read:
        assert len(read()) == 1

    def lose_it() -> None:
        with open_gauges(list_gpus()) as read:
            nvml.cards[0].is_lost = True
            read()

    with pytest.raises(RunFailed, match="does not answer any more"):
        lose_it()
    assert nvml.users == 0


@pytest.mark.parametrize(
    ("wanted", "meant"),
    [("auto", "auto"), ("CPU", "cpu"), ("cuda:1", (1,)), (" 0 ", (0,)), ("0,1", (0, 1))],
)
def test_a_device_is_named_in_several_ways(wanted: str, meant: object) -> None:
    assert parse_device(wanted) == meant


@pytest.mark.parametrize("wanted", ["", "gpu", "0,", "0,0", "-1", "1.5"])
def test_what_names_no_device_is_refused(wanted: str) -> None:
    with pytest.raises(BadInput, match="there is no device"):
        parse_device(wanted)
