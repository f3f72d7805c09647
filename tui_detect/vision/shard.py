"""One share of a large prediction: its pictures, and a file with what was found on them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Self

from tui_detect.core.errors import PictureRefused, RunFailed
from tui_detect.core.geometry import Box
from tui_detect.vision.predictor import Prediction
from tui_detect.vision.run_folder import RunFolder

RESULTS_FILE = "results.jsonl"


@dataclass(frozen=True, slots=True)
class Shard:
    """What one worker is asked to predict on, as `job.json` of its folder tells it."""

    pictures: tuple[str, ...]
    """Absolute paths."""
    weights: str
    image_size_px: int | None
    """Size the model sees; `None` for the size it was trained at."""
    device: str = "auto"

    def to_json(self) -> str:
        """The text of `job.json`."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def read(cls, folder: RunFolder) -> Self:
        """The shard of a folder.

        Raises:
            RunFailed: its `job.json` cannot be used.
        """
        try:
            data = json.loads(folder.job_file.read_text(encoding="utf-8"))
            return cls(**{**data, "pictures": tuple(data["pictures"])})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunFailed(
                f"{folder.job_file} cannot be used ({error})", "start the prediction again"
            ) from error


@dataclass(frozen=True, slots=True)
class ShardResult:
    """What came of one picture."""

    picture: int
    """Its place in the shard; 0 is the first."""
    width_px: int
    height_px: int
    items: tuple[Prediction, ...]
    refused: PictureRefused | None = None


class ResultWriter:
    """Appends results, whole lines only; a worker that starts again goes on behind the last."""

    def __init__(self, folder: RunFolder) -> None:
        """Open the file, and drop a torn last line that a killed worker left."""
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
        self._file = os.open(folder.path / RESULTS_FILE, flags, 0o644)
        with open(self._file, "rb", closefd=False) as file:
            content = file.read()
        whole = content.rfind(b"\n") + 1
        os.ftruncate(self._file, whole)
        self.done = content.count(b"\n")
        """How many pictures have a result; the next one's place."""

    def write(self, width_px: int, height_px: int, items: list[Prediction]) -> None:
        """Append what was found on the next picture."""
        boxes = [[tag, p, b.left, b.top, b.width, b.height] for tag, p, b in items]
        self._append({"width_px": width_px, "height_px": height_px, "items": boxes})

    def write_refusal(self, error: PictureRefused) -> None:
        """Append that the next picture is no usable one."""
        self._append({"refused": [error.message, error.hint, error.reason]})

    def _append(self, result: dict[str, Any]) -> None:
        line = json.dumps({"picture": self.done, **result}, ensure_ascii=False)
        content = memoryview(line.encode("utf-8", "replace") + b"\n")
        while content:
            content = content[os.write(self._file, content) :]
        self.done += 1

    def close(self) -> None:
        """Close the file; nothing is pending."""
        os.close(self._file)


def read_results(folder: RunFolder) -> Iterator[ShardResult]:
    """The results so far, in the order of the pictures, each once."""
    following = 0
    try:
        with (folder.path / RESULTS_FILE).open("rb") as file:
            for line in file:
                if not line.endswith(b"\n"):
                    return
                data = json.loads(line)
                if data["picture"] == following:
                    following += 1
                    yield _result(data)
    except FileNotFoundError:
        return


def _result(data: dict[str, Any]) -> ShardResult:
    if "refused" in data:
        message, hint, reason = data["refused"]
        refusal = PictureRefused(message, hint, reason=reason)
        return ShardResult(data["picture"], 0, 0, (), refusal)
    items = tuple((int(tag), float(p), Box(*box)) for tag, p, *box in data["items"])
    return ShardResult(data["picture"], data["width_px"], data["height_px"], items)


def count_results(folder: RunFolder, offset: int = 0) -> tuple[int, int]:
    """How many results lie behind a byte offset, and the offset to go on from."""
    try:
        with (folder.path / RESULTS_FILE).open("rb") as file:
            file.seek(offset)
            content = file.read()
    except FileNotFoundError:
        return 0, offset
    return content.count(b"\n"), offset + content.rfind(b"\n") + 1
