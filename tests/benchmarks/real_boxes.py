"""The boxes that people drew on real pictures, for benchmarks."""

from __future__ import annotations

import json
import random
import statistics
import sys
from dataclasses import dataclass
from pathlib import Path

from tui_detect.core.geometry import Box

DATA = Path(__file__).parents[3] / "shared/data"
SETS: tuple[tuple[str, int | None], ...] = (("cutlery", None), ("bccd", 400))
"""Folder and number of boxes drawn at random, `None` for all."""
SEED = 3


@dataclass(frozen=True, slots=True)
class RealBox:
    """One box, its picture, and the usual size of its tag on all other pictures."""

    picture: Path
    tag: str
    box: Box
    typical: tuple[float, float]
    """Median width and height, as fractions."""


def real_boxes(name: str, count: int | None) -> list[RealBox]:
    """The boxes of a data set under `../shared/data`, or so many of them at random."""
    folder = DATA / name
    if not folder.is_dir():
        sys.exit(f"{folder} is not there: the pictures of ../shared/data are needed")
    coco = json.loads((folder / "annotations.json").read_text())
    images = {image["id"]: image for image in coco["images"]}
    tags = {tag["id"]: tag["name"] for tag in coco["categories"]}
    every = []
    for annotation in coco["annotations"]:
        image = images[annotation["image_id"]]
        left, top, width, height = annotation["bbox"]
        box = Box.from_edges(
            left / image["width"],
            top / image["height"],
            (left + width) / image["width"],
            (top + height) / image["height"],
        ).clamped()
        path = folder / "images" / image["file_name"]
        every.append((path, tags[annotation["category_id"]], box))
    chosen = every if count is None else random.Random(SEED).sample(every, count)
    found = []
    for path, tag, box in chosen:
        others = [b for other, t, b in every if t == tag and other != path]
        typical = (
            statistics.median(b.width for b in others),
            statistics.median(b.height for b in others),
        )
        found.append(RealBox(path, tag, box, typical))
    return found


def cell_middle(value: float, cells: int) -> float:
    """The middle of the cell that contains a value, of so many cells between 0 and 1."""
    return (min(int(value * cells), cells - 1) + 0.5) / cells
