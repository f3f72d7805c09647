"""A model's child process: one JSON object a line in, one a line out, until its input ends.

The first line is the order that names the weights, and is answered by `{"ready": true}`; each
further one is a request that names a picture.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from typing import IO, Any

from tui_detect.core.errors import PictureRefused
from tui_detect.vision.failures import explain

Answering = Callable[[dict[str, Any]], dict[str, Any]]
"""From a request to its answer."""


def serve(load: Callable[[dict[str, Any]], Answering]) -> int:
    """Load the model that the order names and answer until the input ends; returns the exit code.

    Args:
        load: From the order to what answers; it may take the seconds that importing torch takes.
    """
    # Libraries print as they like: what they write to stdout must not end up between our answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with tempfile.TemporaryDirectory(prefix="tui-detect-") as settings:
        os.environ["YOLO_CONFIG_DIR"] = settings
        return _serve(load, sys.stdin.buffer, answers)


def _serve(
    load: Callable[[dict[str, Any]], Answering], requests: IO[bytes], answers: IO[str]
) -> int:
    order = requests.readline()
    if not order:
        return 0
    try:
        answering = load(json.loads(order))
    except Exception as error:
        _fail(answers, error)
        return 1
    _answer(answers, {"ready": True})
    for line in iter(requests.readline, b""):
        try:
            answer = answering(json.loads(line))
        except PictureRefused as refusal:
            _fail(answers, refusal, about="picture")
        except Exception as error:
            _fail(answers, error)
            return 1
        else:
            _answer(answers, answer)
    return 0


def _fail(answers: IO[str], error: Exception, about: str = "") -> None:
    traceback.print_exc()
    message, hint = explain(error)
    _answer(answers, {"error": message, "hint": hint, "about": about})


def _answer(answers: IO[str], message: object) -> None:
    answers.write(json.dumps(message) + "\n")
    answers.flush()
