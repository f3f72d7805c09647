"""The predictor's child: a picture, a probability floor and a limit in, its boxes out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from tui_detect.vision.serving import Answering, serve


def _load(order: dict[str, Any]) -> Answering:
    from tui_detect.vision.detector import Detector, forbid_analytics
    from tui_detect.vision.devices import choose_device

    forbid_analytics()
    device = choose_device(order["device"])
    detector = Detector(Path(order["weights"]), device, order["image_size_px"])

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        found = detector.detect(Path(request["picture"]), request["floor"], request["limit"])
        return {"items": [[tag, p, b.left, b.top, b.width, b.height] for tag, p, b in found]}

    return answer


if __name__ == "__main__":
    sys.exit(serve(_load))
