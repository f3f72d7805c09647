"""Boxes round a point by Segment Anything. Imports Ultralytics: for worker processes only."""

from __future__ import annotations

from pathlib import Path

from ultralytics import SAM
from ultralytics.utils.patches import imread

from tui_detect.core.errors import PictureRefused, RunFailed
from tui_detect.core.geometry import Box
from tui_detect.vision.detector import use_all_cores
from tui_detect.vision.devices import Device

IMAGE_SIZE_PX = 1024
"""What the published weights were trained at."""

Scored = tuple[float, Box]
"""The model's own estimate of its overlap, box as fractions of the picture."""


class Sam:
    """A model in memory that keeps what it saw of the last picture."""

    def __init__(self, weights: Path, device: Device) -> None:
        """Load the weights; the file's name tells the model's size, as Ultralytics names them.

        Raises:
            RunFailed: they cannot be read or are of another model.
        """
        try:
            model = SAM(str(weights))
        except Exception as error:  # a broken archive raises whatever its reader met first
            raise RunFailed(
                f"the weights {weights} cannot be used ({type(error).__name__})",
                "replace or remove the file",
            ) from error
        options = {
            "task": "segment",
            "mode": "predict",
            "imgsz": IMAGE_SIZE_PX,
            "conf": 0.0,
            "device": device.argument,
            "save": False,
            "verbose": False,
        }
        self._predictor = model.task_map["segment"]["predictor"](overrides=options)
        self._predictor.setup_model(model.model, verbose=False)
        if device.kind == "cpu":
            use_all_cores()
        self._picture: Path | None = None
        self._size_px = (0, 0)

    def boxes_at(self, picture: Path, x: float, y: float) -> list[Scored]:
        """What the point may mean (the whole, a part, a part of that), the surest first.

        Args:
            picture: An upright picture that OpenCV reads.
            x: Across, as a fraction of the picture.
            y: Down.

        Raises:
            PictureRefused: it cannot be read.
        """
        if picture != self._picture:
            self._see(picture)
        width_px, height_px = self._size_px
        masks = self._predictor(
            points=[[x * width_px, y * height_px]], labels=[1], multimask_output=True
        )
        found = [
            (float(score), Box.from_edges(*edges))
            for edges, score in zip(
                masks[0].boxes.xyxyn.tolist(), masks[0].boxes.conf.tolist(), strict=True
            )
        ]
        return sorted((item for item in found if item[1].area > 0), key=lambda item: -item[0])

    def _see(self, picture: Path) -> None:
        """Encode the picture: the seconds of it; the points that follow take a tenth of one."""
        self._picture = None
        pixels = imread(picture)
        if pixels is None:
            raise PictureRefused(f"{picture} cannot be read as a picture")
        self._predictor.set_image(pixels)
        self._size_px = pixels.shape[1], pixels.shape[0]
        self._picture = picture
