"""What a worker trains on: torch is told to have GPUs where there are none."""

from __future__ import annotations

import pytest
import torch

from tui_detect.core.errors import RunFailed
from tui_detect.vision.devices import choose_device, memory

NAMES = ["NVIDIA A10", "NVIDIA A10", "NVIDIA L4"]


@pytest.fixture
def three_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: len(NAMES))
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda index: NAMES[index])


def test_without_a_gpu_it_is_the_cpu() -> None:
    device = choose_device("auto")
    assert (device.kind, device.argument, device.indices) == ("cpu", "cpu", ())
    assert device.first is device
    in_use, total = memory(device)
    assert in_use is not None
    assert total is not None
    assert 0 < in_use < total


@pytest.mark.usefixtures("three_gpus")
@pytest.mark.parametrize(
    ("wanted", "argument", "name"),
    [
        ("auto", "0", "NVIDIA A10"),
        ("cuda:2", "2", "NVIDIA L4"),
        ("0,1", "0,1", "2 × NVIDIA A10"),
        ("2,0", "2,0", "NVIDIA L4, NVIDIA A10"),
    ],
)
def test_one_gpu_or_several(wanted: str, argument: str, name: str) -> None:
    device = choose_device(wanted)
    assert (device.kind, device.argument, device.name) == ("gpu", argument, name)


@pytest.mark.usefixtures("three_gpus")
def test_the_first_of_several_works_alone() -> None:
    first = choose_device("2,0").first
    assert (first.argument, first.name) == ("2", "NVIDIA L4")


@pytest.mark.usefixtures("three_gpus")
def test_a_gpu_that_is_not_there_is_named() -> None:
    with pytest.raises(RunFailed, match=r"no device '3' .* GPUs 0 to 2"):
        choose_device("0,3")
