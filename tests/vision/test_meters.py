"""A run tells what its machine reads, and goes on when a gauge breaks."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tests.vision.stand_in_nvml import GIB, Card, install
from tests.waiting import wait_for
from tui_detect.core.meters import Meters
from tui_detect.vision.events import Event, EventWriter, read_events
from tui_detect.vision.meters import measuring, read_meters

OFTEN_S = 0.01


def told(path: Path, kind: str) -> list[Event]:
    return [event for event in read_events(path)[0] if event.kind == kind]


def readings(path: Path) -> list[Meters]:
    return [Meters.from_dict(event.data) for event in told(path, "meters")]


def test_processor_and_memory_are_read_as_shares_and_bytes() -> None:
    meters = read_meters()
    assert meters.cpu is not None
    assert 0 <= meters.cpu <= 1
    assert meters.memory_bytes is not None
    assert meters.memory_total_bytes is not None
    assert 0 < meters.memory_bytes < meters.memory_total_bytes


def test_a_run_shows_its_own_gpus_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, Card("GPU-a"), Card("GPU-b", free_bytes=GIB), Card("GPU-c"))
    path = tmp_path / "events.jsonl"
    events = EventWriter(path)
    with measuring(events, "1,2", OFTEN_S):
        wait_for(lambda: readings(path), "a reading")
    assert [(meter.index, meter.memory_bytes) for meter in readings(path)[0].devices] == [
        (1, 23 * GIB),
        (2, 4 * GIB),
    ]
    assert not [thread for thread in threading.enumerate() if thread.name == "meters"]
    events.close()


def test_on_the_cpu_no_gpu_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nvml = install(monkeypatch, Card("GPU-a"))
    path = tmp_path / "events.jsonl"
    with measuring(EventWriter(path), "cpu", OFTEN_S):
        wait_for(lambda: readings(path), "a reading")
    assert readings(path)[0].devices == ()
    assert nvml.users == 0


def test_a_gpu_that_stops_answering_is_told_once_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nvml = install(monkeypatch, Card("GPU-a"))
    path = tmp_path / "events.jsonl"
    with measuring(EventWriter(path), "0", OFTEN_S):
        wait_for(lambda: readings(path), "a reading")
        nvml.cards[0].is_lost = True
        wait_for(lambda: told(path, "warning"), "the warning")
        seen = len(readings(path))
        wait_for(lambda: len(readings(path)) > seen + 2, "more readings")
    assert readings(path)[0].devices
    assert not readings(path)[-1].devices
    (warning,) = told(path, "warning")
    assert "GPU is lost" in str(warning.data["message"])
