"""One go at a training: all that a process needs to begin it, or to take it up again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tui_detect.vision.dataset import Dataset
from tui_detect.vision.parts import Checkpoint, PartFolder
from tui_detect.vision.recipes import Plan

if TYPE_CHECKING:
    from tui_detect.vision.devices import Device


@dataclass(frozen=True, slots=True)
class Attempt:
    """From the beginning or from a checkpoint to the end, unless memory runs out before."""

    part: PartFolder
    plan: Plan
    dataset: Dataset
    device: Device
    batch: int
    """Pictures in a batch to begin with; of all GPUs together."""
    checkpoint: Path | None
    """What it goes on from; `None` from the beginning."""
    start: Checkpoint | None
    """What the checkpoint says of itself."""
