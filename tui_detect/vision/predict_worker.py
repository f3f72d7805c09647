"""The predictor's child: one JSON object a line in, one a line out, until its input ends.

The first line names weights, image size and device, and is answered by `{"ready": true}`; each
further one names a picture, a probability floor and a limit, and is answered by its boxes.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import IO, Any

from tui_detect.core.errors import PictureRefused
from tui_detect.vision.failures import explain


def main() -> int:
    """Serve until the input ends; returns the exit code."""
    # Libraries print as they like: what they write to stdout must not end up between our answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with tempfile.TemporaryDirectory(prefix="tui-detect-") as settings:
        os.environ["YOLO_CONFIG_DIR"] = settings
        return _serve(sys.stdin.buffer, answers)


def _serve(requests: IO[bytes], answers: IO[str]) -> int:
    order = requests.readline()
    if not order:
        return 0
    try:
        detect = _load(json.loads(order))
    except Exception as error:
        _fail(answers, error)
        return 1
    _answer(answers, {"ready": True})
    for line in iter(requests.readline, b""):
        try:
            request = json.loads(line)
            found = detect(Path(request["picture"]), request["floor"], request["limit"])
        except PictureRefused as refusal:
            _fail(answers, refusal, about="picture")
        except Exception as error:
            _fail(answers, error)
            return 1
        else:
            items = [[tag, p, b.left, b.top, b.width, b.height] for tag, p, b in found]
            _answer(answers, {"items": items})
    return 0


def _load(order: dict[str, Any]) -> Any:  # noqa: ANN401
    """The model's `detect`, after the seconds that importing torch takes."""
    from tui_detect.vision.detector import Detector, forbid_analytics
    from tui_detect.vision.devices import choose_device

    forbid_analytics()
    device = choose_device(order["device"])
    return Detector(Path(order["weights"]), device, order["image_size_px"]).detect


def _fail(answers: IO[str], error: Exception, about: str = "") -> None:
    traceback.print_exc()
    message, hint = explain(error)
    _answer(answers, {"error": message, "hint": hint, "about": about})


def _answer(answers: IO[str], message: object) -> None:
    answers.write(json.dumps(message) + "\n")
    answers.flush()


if __name__ == "__main__":
    sys.exit(main())
