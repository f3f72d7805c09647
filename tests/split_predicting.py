"""Predictions by several workers without a model: each picture's box tells its colour."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.library import add_pictures, draw_pictures, finished_iteration, tag_image, with_weights
from tui_detect.core.model import Iteration, Project
from tui_detect.workflows import split_prediction
from tui_detect.workflows.library import Library
from tui_detect.workflows.prediction import PicturePredictions
from tui_detect.workflows.tags import create_tag

MODEL = """
import json, sys
from PIL import Image
sys.stdin.readline()
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    red, green, blue = Image.open(json.loads(line)["picture"]).convert("RGB").getpixel((0, 0))
    items = [[0, 0.9, red / 255, green / 255, 0.1, 0.1]]
    print(json.dumps({"items": items}), flush=True)
"""
WORKER = f"""
import sys, time
from pathlib import Path
from tui_detect.vision import predictor
from tui_detect.workflows import predict_shard
predictor.COMMAND = (sys.executable, "-c", {MODEL!r})
find = predict_shard.find_boxes
def find_when_allowed(child, path):
    while path.with_suffix(".held").exists():
        time.sleep(0.02)
    return find(child, path)
predict_shard.find_boxes = find_when_allowed
sys.exit(predict_shard.main(sys.argv[1]))
"""
"""Waits before a picture that has a file `.held` beside it."""


def use_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have workers use the stand-in model from now on."""
    monkeypatch.setattr(split_prediction, "WORKER_COMMAND", (sys.executable, "-c", WORKER))


def predictable(library: Library, project: Project, folder: Path) -> Iteration:
    """A completed iteration with something in the place of weights."""
    tag = create_tag(library, project.id, "nut")
    for image in add_pictures(library, project, folder / "tagged", 4):
        tag_image(library, image, tag)
    return with_weights(library, finished_iteration(library, project))


def draw(folder: Path, count: int) -> list[Path]:
    """Pictures to predict on; the names sort as the colours do not."""
    return [path.absolute() for path in draw_pictures(folder, count)]


def colours_found(results: Iterable[object]) -> list[tuple[Path, int]]:
    """Each picture with the red that its box tells of."""
    found = []
    for result in results:
        assert isinstance(result, PicturePredictions), result
        (item,) = result.items
        found.append((result.path, round(item.box.left * 255)))
    return found


def expected(pictures: list[Path]) -> list[tuple[Path, int]]:
    """What `colours_found` must give."""
    return [(path, index * 37 % 256) for index, path in enumerate(pictures)]
