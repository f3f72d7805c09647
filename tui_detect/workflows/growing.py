"""Point and grow: one point inside an object, and its box is proposed."""

from __future__ import annotations

import threading
from pathlib import Path
from tempfile import TemporaryDirectory

from tui_detect.core.errors import Conflict
from tui_detect.core.geometry import Box
from tui_detect.imaging.decode import load_upright, write_for_training
from tui_detect.imaging.grow import SIDE_PX, grow_box
from tui_detect.vision.segmenter import Segmenter, find_sam_weights
from tui_detect.workflows.library import Library


class Grower:
    """Proposes boxes from points, one library long.

    With weights of Segment Anything in the library's `weights/` they are used, in a child process
    that starts with the first point and remembers the last picture; else the picture's edges are,
    in the calling thread, which takes some 30 ms once the picture is decoded. Safe to call from
    several threads: they wait for each other.
    """

    def __init__(self, library: Library, device: str = "auto") -> None:
        """Look for weights; nothing is loaded or started yet."""
        self._weights = find_sam_weights(library.weights_path)
        self._device = device
        self._lock = threading.Lock()
        self._segmenter: Segmenter | None = None
        self._folder: TemporaryDirectory[str] | None = None
        self._prepared: tuple[Path, Path] | None = None
        """The last picture, and the upright copy of it that the child reads."""
        self._closed = False

    @property
    def method(self) -> str:
        """How boxes are found, to show: `SAM (mobile_sam.pt)` or `edges`."""
        return "edges" if self._weights is None else f"SAM ({self._weights.name})"

    def grow(
        self,
        image_path: Path,
        point: tuple[float, float],
        typical: tuple[float, float] | None = None,
    ) -> Box | None:
        """The box of the object at a point; `None` when nothing stands out there.

        Call it from a thread: the first call with weights waits until the model is loaded, and
        each new picture is encoded, which takes a second or more without a GPU.

        Args:
            image_path: The picture as it is stored; it is turned upright here.
            point: Across and down, as fractions of the upright picture, near the object's middle.
            typical: Median width and height, as fractions, of the boxes that the tag has already.
                It tells touching things apart; without it they may be taken for one.

        Raises:
            PictureRefused: the picture cannot be read.
            RunFailed: the weights cannot be used, or the child died; the next call tries again.
            StorageFailed: there is no room for the copy that the child reads.
            Conflict: the grower was closed.
        """
        with self._lock:
            self._check_open()
            if self._weights is None:
                picture = load_upright(image_path, max_side_px=2 * SIDE_PX)
                return grow_box(picture, point, typical)
            if self._segmenter is None:
                self._segmenter = Segmenter(self._weights, self._device)
                # A `close` before this line saw no child to interrupt.
                self._check_open()
            return self._segmenter.grow(self._upright(image_path), point, typical)

    def _check_open(self) -> None:
        if self._closed:
            raise Conflict("growing boxes has ended", "open the image again")

    def _upright(self, image_path: Path) -> Path:
        if self._prepared is None or self._prepared[0] != image_path:
            if self._folder is not None:
                self._folder.cleanup()
            self._folder = TemporaryDirectory(prefix="tui-detect-")
            copy = write_for_training(image_path, Path(self._folder.name) / "picture")
            self._prepared = image_path, copy
        return self._prepared[1]

    def close(self) -> None:
        """End the child; a call that another thread waits for raises `RunFailed` there."""
        self._closed = True
        segmenter = self._segmenter
        if segmenter is not None:
            segmenter.interrupt()
        with self._lock:
            if self._segmenter is not None:
                self._segmenter.close()
            if self._folder is not None:
                self._folder.cleanup()
