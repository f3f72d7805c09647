"""A stand-in for NVIDIA's `pynvml`: the real module's errors, with cards that a test invents."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pynvml
import pytest

GIB = 1024**3


@dataclass
class Card:
    """One GPU as its driver tells of it; a test may change it meanwhile."""

    uuid: str
    name: str | bytes = "NVIDIA A10"
    free_bytes: int = 20 * GIB
    total_bytes: int = 24 * GIB
    has_sensors: bool = True
    """Temperature and power; some cards of laptops and virtual machines have none."""
    is_divided: bool = False
    is_lost: bool = False


class StandInNvml:
    """What the package calls of `pynvml`, with its errors."""

    NVMLError = pynvml.NVMLError
    NVMLError_NotSupported = pynvml.NVMLError_NotSupported
    NVMLError_NoPermission = pynvml.NVMLError_NoPermission
    NVML_TEMPERATURE_GPU = pynvml.NVML_TEMPERATURE_GPU
    NVML_DEVICE_MIG_ENABLE = pynvml.NVML_DEVICE_MIG_ENABLE

    def __init__(self, cards: Sequence[Card], *, has_driver: bool = True) -> None:
        self.cards = list(cards)
        self.has_driver = has_driver
        self.users = 0

    def nvmlInit(self) -> None:
        if not self.has_driver:
            raise pynvml.NVMLError(pynvml.NVML_ERROR_LIBRARY_NOT_FOUND)
        self.users += 1

    def nvmlShutdown(self) -> None:
        self.users -= 1

    def nvmlSystemGetDriverVersion(self) -> str:
        return "550.54.15"

    def nvmlDeviceGetCount(self) -> int:
        return len(self.cards)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> Card:
        return self._there(self.cards[index])

    def nvmlDeviceGetHandleByUUID(self, uuid: str) -> Card:
        return self._there(next(card for card in self.cards if card.uuid == uuid))

    def nvmlDeviceGetUUID(self, card: Card) -> str:
        return card.uuid

    def nvmlDeviceGetName(self, card: Card) -> str | bytes:
        return card.name

    def nvmlDeviceGetMemoryInfo(self, card: Card) -> Any:  # noqa: ANN401
        self._there(card)
        used = card.total_bytes - card.free_bytes
        return SimpleNamespace(total=card.total_bytes, free=card.free_bytes, used=used)

    def nvmlDeviceGetUtilizationRates(self, card: Card) -> Any:  # noqa: ANN401
        return SimpleNamespace(gpu=87, memory=40)

    def nvmlDeviceGetTemperature(self, card: Card, sensor: int) -> int:
        assert sensor == pynvml.NVML_TEMPERATURE_GPU
        return int(self._sensor(card, 61))

    def nvmlDeviceGetPowerUsage(self, card: Card) -> int:
        return int(self._sensor(card, 148_250))

    def nvmlDeviceGetMigMode(self, card: Card) -> tuple[int, int]:
        if not card.is_divided:
            raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_SUPPORTED)
        return (pynvml.NVML_DEVICE_MIG_ENABLE, pynvml.NVML_DEVICE_MIG_ENABLE)

    @staticmethod
    def _there(card: Card) -> Card:
        if card.is_lost:
            raise pynvml.NVMLError(pynvml.NVML_ERROR_GPU_IS_LOST)
        return card

    @staticmethod
    def _sensor(card: Card, value: float) -> float:
        if not card.has_sensors:
            raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_SUPPORTED)
        return value


def install(monkeypatch: pytest.MonkeyPatch, *cards: Card, has_driver: bool = True) -> StandInNvml:
    """Have this machine show these cards until the test ends."""
    stand_in = StandInNvml(cards, has_driver=has_driver)
    monkeypatch.setitem(sys.modules, "pynvml", stand_in)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return stand_in
