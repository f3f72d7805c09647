"""A run's weights in the formats of other programs, made by a child process."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tui_detect.core.errors import NotFound, RunFailed, StorageFailed
from tui_detect.vision.child import ModelChild
from tui_detect.vision.predictor import LIMIT

EXPORT_LIMIT_S = 1800.0
"""The largest models take minutes on one slow core."""
COMMAND = (sys.executable, "-P", "-m", "tui_detect.vision.export_worker")


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One format that weights can be had in."""

    name: str
    words: str
    """What it is for."""
    suffix: str
    """Of the file's or the folder's name."""
    is_folder: bool = False
    package: str = ""
    """What must be installed for it, as Python imports it; empty for nothing."""
    requirement: str = ""
    """The same as `pip` installs it."""
    is_converted: bool = True
    """Whether it differs from what the run wrote."""

    @property
    def missing(self) -> str:
        """How to install what it needs; empty when all is there."""
        if not self.package or find_spec(self.package) is not None:
            return ""
        return f"{sys.executable} -m pip install '{self.requirement}'"


FORMATS = (
    ExportFormat("pt", "PyTorch, as Ultralytics loads it", ".pt", is_converted=False),
    ExportFormat("torchscript", "TorchScript, for PyTorch and libtorch", ".torchscript"),
    ExportFormat(
        "onnx",
        "ONNX, for ONNX Runtime and many others",
        ".onnx",
        package="onnx",
        requirement="onnx>=1.12,<2",
    ),
    ExportFormat(
        "openvino",
        "OpenVINO, for Intel processors",
        "_openvino_model",
        is_folder=True,
        package="openvino",
        requirement="openvino>=2024.0",
    ),
)


def get_format(name: str) -> ExportFormat:
    """The format of that name.

    Raises:
        NotFound: there is none.
    """
    for one in FORMATS:
        if one.name == name:
            return one
    names = ", ".join(one.name for one in FORMATS)
    raise NotFound(f"there is no format {name!r}", f"there are: {names}")


def export_weights(weights: Path, format_: ExportFormat, stem: Path, image_size_px: int) -> Path:
    """Write weights in a format; the file or folder that came of it.

    What is converted takes one picture, square and of that size, RGB from 0 to 1, and gives one
    row for each box: left, top, right, bottom in pixels of that picture, probability, tag. Rows
    beyond the last box have probability 0.

    Args:
        weights: A run's best weights.
        format_: What to write.
        stem: Where, without the format's suffix; nothing else may be there.
        image_size_px: The side of the square picture that the model sees.

    Raises:
        RunFailed: the format cannot be made, or what it needs is not installed.
        StorageFailed: the disk is full or read-only.
    """
    if format_.missing:
        raise RunFailed(
            f"the package that writes {format_.name} is not installed",
            f"install it with: {format_.missing}",
        )
    made = stem.with_name(stem.name + format_.suffix)
    # Ultralytics writes beside the weights and names the result after them.
    copy = stem.with_name(f"{stem.name}.pt")
    try:
        shutil.copyfile(weights, copy)
    except OSError as error:
        raise StorageFailed(
            f"{copy} cannot be written: {error.strerror or error}",
            "free some space, or choose another folder",
        ) from error
    if not format_.is_converted:
        return made
    order = {"weights": str(copy), "copied_from": str(weights), "image_size_px": image_size_px}
    child = ModelChild(COMMAND, order)
    try:
        child.ask({"format": format_.name, "limit": LIMIT}, EXPORT_LIMIT_S)
    finally:
        child.close()
        copy.unlink()
    if not made.exists():
        raise RunFailed(f"nothing came of writing {format_.name}")
    return made
