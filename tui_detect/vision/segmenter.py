"""Segment Anything in a child process: a point in, a box out."""

from __future__ import annotations

import math
import sys
from pathlib import Path

from tui_detect.core.geometry import Box
from tui_detect.vision.child import ModelChild

POINT_LIMIT_S = 120.0
COMMAND = (sys.executable, "-P", "-m", "tui_detect.vision.sam_worker")
WEIGHTS = (
    "sam2.1_b.pt",
    "sam2.1_s.pt",
    "sam2.1_t.pt",
    "sam2_b.pt",
    "sam2_s.pt",
    "sam2_t.pt",
    "sam_b.pt",
    "mobile_sam.pt",
    "sam2.1_l.pt",
    "sam2_l.pt",
    "sam_l.pt",
    "sam_h.pt",
)
"""Names that Ultralytics gives them; the large ones, slow without a GPU, come last."""


def find_sam_weights(folder: Path) -> Path | None:
    """The first of `WEIGHTS` that is there; nothing is downloaded."""
    return next((folder / name for name in WEIGHTS if (folder / name).is_file()), None)


class Segmenter:
    """A child process with the model in memory, which remembers the last picture."""

    def __init__(self, weights: Path, device: str = "auto") -> None:
        """Start the child; it loads the model meanwhile.

        Raises:
            RunFailed: the process could not be started.
        """
        self._child = ModelChild(COMMAND, {"weights": str(weights), "device": device})

    def grow(
        self,
        picture_path: Path,
        point: tuple[float, float],
        typical: tuple[float, float] | None = None,
    ) -> Box | None:
        """The box of what lies at a point; `None` when the model sees nothing there.

        Args:
            picture_path: An upright 8-bit picture, as `imaging.decode.write_for_training` makes it.
            point: Across and down, as fractions of the picture.
            typical: Width and height that boxes of the tag usually have: of the whole and its
                parts, the one nearest in size is meant. Without it the surest one.

        Raises:
            PictureRefused: the picture cannot be read.
            RunFailed: the child could not load the weights, or died; the next call starts another.
        """
        request = {"picture": str(picture_path), "x": point[0], "y": point[1]}
        boxes = [Box(*box) for _, *box in self._child.ask(request, POINT_LIMIT_S)["items"]]
        if not boxes:
            return None
        if typical is None:
            return boxes[0]
        return min(boxes, key=lambda box: _size_distance(box, typical))

    def interrupt(self) -> None:
        """End a request that another thread waits for: it raises `RunFailed` there."""
        self._child.interrupt()

    def close(self) -> None:
        """End the child."""
        self._child.close()


def _size_distance(box: Box, typical: tuple[float, float]) -> float:
    return math.hypot(math.log(box.width / typical[0]), math.log(box.height / typical[1]))
