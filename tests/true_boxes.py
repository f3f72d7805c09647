"""The real boxes that the simulated hand draws again: all of cutlery, 400 of BCCD."""

from __future__ import annotations

import json
import os
import random
from dataclasses import dataclass
from pathlib import Path

from tui_detect.core.geometry import Box

DATA = Path(os.environ.get("TUI_DETECT_DATA", Path(__file__).parents[2] / "shared" / "data"))
FOLDERS = {"cutlery": DATA / "cutlery" / "images", "BCCD": DATA / "bccd" / "images"}
"""Where the pictures lie, by the name of the data set."""
SAMPLE = 400
SEED = 3


@dataclass(frozen=True, slots=True)
class TrueBox:
    """A box that a person drew, on its picture."""

    picture: str
    width_px: int
    height_px: int
    tag: str
    box: Box


def true_boxes(name: str) -> list[TrueBox]:
    """All boxes of `cutlery`, in the file's order, or of `bccd`."""
    known = json.loads((DATA / name / "annotations.json").read_text(encoding="utf-8"))
    pictures = {picture["id"]: picture for picture in known["images"]}
    tags = {category["id"]: category["name"] for category in known["categories"]}
    found = []
    for region in known["annotations"]:
        picture = pictures[region["image_id"]]
        width_px, height_px = picture["width"], picture["height"]
        left, top, width, height = region["bbox"]
        box = Box(left / width_px, top / height_px, width / width_px, height / height_px)
        tag = tags[region["category_id"]]
        found.append(TrueBox(picture["file_name"], width_px, height_px, tag, box))
    return found


def measured_boxes() -> dict[str, list[TrueBox]]:
    """What the benchmarks measure, by the name of the data set."""
    return {
        "cutlery": true_boxes("cutlery"),
        "BCCD": random.Random(SEED).sample(true_boxes("bccd"), SAMPLE),
    }
