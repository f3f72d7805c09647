"""The segmenter's child: a picture and a point in, the boxes of what may be meant out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from tui_detect.vision.serving import Answering, serve


def _load(order: dict[str, Any]) -> Answering:
    from tui_detect.vision.detector import forbid_analytics
    from tui_detect.vision.devices import choose_device
    from tui_detect.vision.sam import Sam

    forbid_analytics()
    sam = Sam(Path(order["weights"]), choose_device(order["device"]))

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        found = sam.boxes_at(Path(request["picture"]), request["x"], request["y"])
        return {"items": [[score, b.left, b.top, b.width, b.height] for score, b in found]}

    return answer


if __name__ == "__main__":
    sys.exit(serve(_load))
