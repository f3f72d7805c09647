"""What the doctor says of GPUs that this machine does not have."""

from __future__ import annotations

import pytest

from tests.vision.stand_in_nvml import GIB, Card, install
from tui_detect.core.queue import QueueEntry
from tui_detect.vision.gpus import ask_driver
from tui_detect.vision.queueing import RunQueue
from tui_detect.workflows.doctor import gpu_findings, holders
from tui_detect.workflows.library import Library


def test_each_gpu_with_its_memory_and_whose_run_has_it(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, Card("GPU-a", free_bytes=2 * GIB), Card("GPU-b", "NVIDIA L4"))
    entry = QueueEntry("id", "Iteration 3 of cutlery", "0", ("GPU-a",), needs_all=True)
    place = RunQueue.of_this_host(library.queue_path).enter(entry)
    place.take()
    first, second = gpu_findings(ask_driver(), ["A10", "L4"], holders(library.home))
    assert (first.name, first.state) == ("gpu 0", "ok")
    assert first.detail == (
        "NVIDIA A10, 2 of 24 GB free, driver 550.54.15; Iteration 3 of cutlery trains there"
    )
    assert second.detail == "NVIDIA L4, 20 of 24 GB free, driver 550.54.15"
    place.leave()
    assert holders(library.home) == {}


def test_a_torch_without_cuda_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, Card("GPU-a"))
    findings = gpu_findings(ask_driver(), [], {})
    assert [(f.name, f.state) for f in findings] == [("gpu 0", "ok"), ("cuda", "problem")]


def test_no_driver_is_no_problem_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, has_driver=False)
    (finding,) = gpu_findings(ask_driver(), [], {})
    assert (finding.name, finding.state) == ("gpu", "note")
    assert finding.detail.startswith("none (NVML Shared Library Not Found); training runs on")


def test_a_gpu_that_only_torch_knows_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, Card("GPU-a", is_divided=True))
    findings = gpu_findings(ask_driver(), ["A100 MIG 1g.10gb"], {})
    assert [(f.name, f.detail) for f in findings] == [
        ("gpu 0", "A100 MIG 1g.10gb"),
        ("gpus", "GPU 0 is divided by MIG: its parts are not managed"),
    ]
