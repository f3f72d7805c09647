"""The exporter's child: the name of a format in, the model beside its weights in that format."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from tui_detect.core.errors import RunFailed
from tui_detect.vision.serving import Answering, serve

FLOOR = 0.01
"""Least probability of a box, as for predictions."""


def _load(order: dict[str, Any]) -> Answering:
    from tui_detect.vision.detector import NMS_OVERLAP, forbid_analytics, load_model
    from tui_detect.vision.failures import filled_the_disk

    forbid_analytics()
    model = load_model(Path(order["weights"]), copied_from=order["copied_from"])

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        # Some models give each object once by themselves; the others get the suppression that
        # predictions have, so that nobody must write it again.
        suppresses_itself = bool(getattr(model.model, "end2end", False))
        # Only the clean-up needs more packages, and only this format has one.
        options = {"simplify": False} if request["format"] == "onnx" else {}
        try:
            made = model.export(
                format=request["format"],
                imgsz=order["image_size_px"],
                device="cpu",
                nms=not suppresses_itself,
                conf=FLOOR,
                iou=NMS_OVERLAP,
                max_det=request["limit"],
                **options,
            )
        except Exception as error:  # each format raises what its own library does
            if filled_the_disk(error):
                raise RunFailed("the disk is full", "free some space and try again") from error
            first = (str(error).splitlines() or ["no message"])[0]
            raise RunFailed(
                f"the model cannot be written as {request['format']} "
                f"({type(error).__name__}: {first})",
                "choose another format",
            ) from error
        return {"made": str(made)}

    return answer


if __name__ == "__main__":
    sys.exit(serve(_load))
