"""Boxes on one picture from trained weights. Imports Ultralytics: for worker processes only."""

from __future__ import annotations

from pathlib import Path

import torch
from ultralytics import YOLO, settings
from ultralytics.utils.patches import imread

from tui_detect.core.errors import PictureRefused, RunFailed
from tui_detect.core.geometry import Box
from tui_detect.vision.devices import Device
from tui_detect.vision.environment import usable_cores

NMS_OVERLAP = 0.7
"""Of two boxes of one tag that overlap more than this, the less probable one is dropped."""

OTHER_ITERATION = "put the file back from a copy, or choose another iteration"

Found = tuple[int, float, Box]
"""Index of the tag, probability, box."""


def use_all_cores() -> None:
    """Undo Ultralytics' choice of one thread fewer than there are cores, which is 1 of 2."""
    torch.set_num_threads(usable_cores())


def forbid_analytics() -> None:
    """Switch off what Ultralytics would send home."""
    settings.update({"sync": False})


def load_model(weights: Path, if_broken: str = OTHER_ITERATION, *, copied_from: str = "") -> YOLO:
    """The model of these weights.

    Args:
        if_broken: What to do when they cannot be read.
        copied_from: The file to name then, where the weights are a copy of it.

    Raises:
        RunFailed: they cannot be read.
    """
    try:
        return YOLO(weights)
    except Exception as error:  # a broken archive raises whatever its reader met first
        why = f"the weights {copied_from or weights} cannot be used ({type(error).__name__})"
        raise RunFailed(why, if_broken) from error


class Detector:
    """A model in memory, on a device."""

    def __init__(
        self,
        weights: Path,
        device: Device,
        image_size_px: int | None = None,
        *,
        if_broken: str = OTHER_ITERATION,
    ) -> None:
        """Load the weights.

        Args:
            if_broken: What to do when they cannot be used.

        Raises:
            RunFailed: they cannot be read or are no detector.
        """
        self._model = load_model(weights, if_broken)
        if self._model.task != "detect":
            raise RunFailed(f"the weights {weights} are for another task: {self._model.task}")
        self._device = device
        self._image_size_px = image_size_px or int(self._model.overrides.get("imgsz", 640))

    @property
    def architecture(self) -> str:
        """What the model is built like, such as `yolo11n`, whatever its file is called."""
        return Path(str(self._model.model.yaml.get("yaml_file", "unknown"))).stem

    def detect(self, picture: Path, floor: float, limit: int) -> list[Found]:
        """The boxes with at least that probability, the most probable first.

        Args:
            picture: An upright picture that OpenCV reads.
            floor: Least probability.
            limit: Number of boxes at most.

        Raises:
            PictureRefused: it cannot be read.
        """
        pixels = imread(picture)
        if pixels is None:
            raise PictureRefused(f"{picture} cannot be read as a picture")
        results = self._model.predict(
            pixels,
            conf=floor,
            iou=NMS_OVERLAP,
            max_det=limit,
            imgsz=self._image_size_px,
            device=self._device.argument,
            save=False,
            verbose=False,
        )
        if self._device.kind == "cpu":
            use_all_cores()
        return [
            _found(*row)
            for row in torch.cat(
                (
                    results[0].boxes.xyxyn,
                    results[0].boxes.conf[:, None],
                    results[0].boxes.cls[:, None],
                ),
                dim=1,
            )
            .cpu()
            .tolist()
        ]


def _found(
    left: float, top: float, right: float, bottom: float, probability: float, tag: float
) -> Found:
    left, right = (min(max(x, 0.0), 1.0) for x in (left, right))
    top, bottom = (min(max(y, 0.0), 1.0) for y in (top, bottom))
    return int(tag), probability, Box(left, top, right - left, bottom - top)
