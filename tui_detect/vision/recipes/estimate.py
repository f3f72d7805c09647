"""How long a training takes, before it has begun."""

from __future__ import annotations

import math
from collections.abc import Mapping

from tui_detect.vision.recipes.recipe import DeviceKind

GFLOPS_AT_640: Mapping[str, float] = {
    "yolo11n": 6.5,
    "yolo11s": 21.5,
    "yolo11m": 68.0,
    "yolo11l": 86.9,
    "yolo11x": 194.9,
    "yolo26n": 5.4,
    "yolo26s": 20.7,
    "yolo26m": 68.2,
    "yolo26l": 86.4,
    "yolo26x": 193.9,
}
"""Work of one look at a picture of 640 by 640 px, from Ultralytics' tables of its models."""

TRAINING_LOOKS = 3.0
"""A training step costs as much as three looks: forwards, and twice that backwards."""
TRAINING_GFLOPS_PER_S: Mapping[DeviceKind, float] = {"cpu": 50.0, "gpu": 3_000.0}
"""What is trained in a second when nothing was trained here yet.

Two cores did 36 in the demo (60 epochs of 120 pictures at 160 px in 210 s) and 71 on cutlery
(150 epochs of 40 pictures at 320 px in 5.9 min); for a GPU it is a cautious guess.
"""
START_S: Mapping[DeviceKind, float] = {"cpu": 10.0, "gpu": 20.0}
"""Before the first epoch and after the last one."""

BUDGET_QUICK_RUNS = 4
"""Quick runs that fit into the budget that is recommended for an advanced one."""
ROUND_MINUTES = (1, 2, 5, 10, 15, 20, 30, 45, 60)


def work_gflop(model: str, image_size_px: int, train: int, validation: int) -> float:
    """The work of one epoch.

    Args:
        model: Architecture; one that is not in the table counts as `yolo11s`.
        image_size_px: Longer side as the model sees it; pictures are padded to a square.
        train: Pictures that are trained on.
        validation: Pictures that are looked at once after the epoch.
    """
    look = GFLOPS_AT_640.get(model, GFLOPS_AT_640["yolo11s"]) * (image_size_px / 640) ** 2
    return look * (train * TRAINING_LOOKS + validation)


def training_s(model: str, image_size_px: int, train: int, device: DeviceKind) -> float:
    """How long one epoch takes, in seconds, when nothing was trained on this machine yet."""
    return work_gflop(model, image_size_px, max(train, 1), 0) / TRAINING_GFLOPS_PER_S[device]


def recommended_budget_minutes(quick_s: float) -> int:
    """A round number of minutes for an advanced training, given the length of a quick one."""
    minutes = BUDGET_QUICK_RUNS * quick_s / 60
    for candidate in ROUND_MINUTES:
        if minutes <= candidate:
            return candidate
    return math.ceil(minutes / 30) * 30
