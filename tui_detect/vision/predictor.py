"""Predictions from a child process, so that no torch is loaded here and a crash stays there."""

from __future__ import annotations

import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from tui_detect.core.geometry import Box
from tui_detect.vision.child import ModelChild

PICTURE_LIMIT_S = 120.0
LIMIT = 200
"""Boxes on one picture at most."""
COMMAND = (sys.executable, "-P", "-m", "tui_detect.vision.predict_worker")

Prediction = tuple[int, float, Box]
"""Index of the tag, probability, box as fractions of the picture."""


class Predictor:
    """A child process with one model in memory, which loads while the first picture is chosen."""

    def __init__(
        self, weights: Path, *, image_size_px: int | None = None, device: str = "auto"
    ) -> None:
        """Start the child.

        Args:
            weights: A run's best weights.
            image_size_px: Size the model sees; `None` for the size it was trained at.
            device: As in the training settings.

        Raises:
            RunFailed: the process could not be started.
        """
        order = {"weights": str(weights), "image_size_px": image_size_px, "device": device}
        self._child = ModelChild(COMMAND, order)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def predict(
        self, picture_path: Path, *, floor: float = 0.01, limit: int = LIMIT
    ) -> list[Prediction]:
        """The boxes on a picture, the most probable first.

        Args:
            picture_path: An upright 8-bit picture, as `imaging.decode.write_for_training` makes it.
            floor: Least probability.
            limit: Number of boxes at most, 200 or fewer.

        Raises:
            PictureRefused: the picture cannot be read.
            RunFailed: the child could not load the weights, or died; the next call starts another.
        """
        request = {"picture": str(picture_path), "floor": floor, "limit": min(limit, LIMIT)}
        answer = self._child.ask(request, PICTURE_LIMIT_S)
        return [(int(tag), float(p), Box(*box)) for tag, p, *box in answer["items"]]

    def interrupt(self) -> None:
        """End a prediction that another thread waits for: it raises `RunFailed` there."""
        self._child.interrupt()

    def close(self) -> None:
        """End the child; it leaves by itself when its input ends."""
        self._child.close()
