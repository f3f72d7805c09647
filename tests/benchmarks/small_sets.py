"""Small data sets cut out of real pictures: some to train on, a fixed part to test on."""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tui_detect.core.geometry import Box
from tui_detect.core.split import assign_split
from tui_detect.vision import dataset as datasets
from tui_detect.vision.dataset import Dataset
from tui_detect.vision.job import JobImage

DATA = Path(__file__).parents[3] / "shared/data"
TEST_EVERY = {"cutlery": 4, "bccd": 6}
"""One picture in so many is for the test, and never trained on nor validated with."""


@dataclass(frozen=True, slots=True)
class SmallSet:
    """What one run may see, and what it is judged on."""

    tags: tuple[str, ...]
    dataset: Dataset
    test: tuple[JobImage, ...]


def load(name: str) -> tuple[tuple[str, ...], list[JobImage]]:
    """Tags and pictures of a data set under `../shared/data`, in the order of their names."""
    folder = DATA / name
    if not folder.is_dir():
        sys.exit(f"{folder} is not there: the pictures of ../shared/data are needed")
    coco = json.loads((folder / "annotations.json").read_text())
    tags = tuple(tag["name"] for tag in coco["categories"])
    index = {tag["id"]: position for position, tag in enumerate(coco["categories"])}
    regions: dict[int, list[tuple[int, Box]]] = {}
    sizes = {image["id"]: (image["width"], image["height"]) for image in coco["images"]}
    for annotation in coco["annotations"]:
        width, height = sizes[annotation["image_id"]]
        x, y, w, h = annotation["bbox"]
        box = Box(x / width, y / height, w / width, h / height)
        regions.setdefault(annotation["image_id"], []).append(
            (index[annotation["category_id"]], box)
        )
    paths = {path.name: path for path in folder.rglob("*.jpg")}
    images = [
        JobImage(
            Path(image["file_name"]).stem,
            paths[Path(image["file_name"]).name],
            "train",
            tuple(regions.get(image["id"], ())),
            image["file_name"],
        )
        for image in sorted(coco["images"], key=lambda image: str(image["file_name"]))
    ]
    return tags, images


def pick(images: Sequence[JobImage], per_tag: int, tags: int, seed: int) -> list[JobImage]:
    """Pictures at random, until each tag is on so many of them."""
    order = list(images)
    random.Random(seed).shuffle(order)
    counts: Counter[int] = Counter()
    picked = []
    for image in order:
        kinds = {tag for tag, _ in image.regions}
        if any(counts[tag] < per_tag for tag in kinds):
            picked.append(image)
            counts.update(kinds)
        if all(counts[tag] >= per_tag for tag in range(tags)):
            break
    return picked


def small_set(name: str, per_tag: int | None, seed: int, folder: Path) -> SmallSet:
    """Write a data set with so many pictures of each tag; `None` for all that are not tested on."""
    tags, images = load(name)
    test = images[:: TEST_EVERY[name]]
    rest = [image for image in images if image not in test]
    picked = rest if per_tag is None else pick(rest, per_tag, len(tags), seed)
    splits = assign_split(
        {image.uuid: frozenset(tag for tag, _ in image.regions) for image in picked}, {}
    )
    datasets.make_folders(folder)
    written: dict[str, dict[Path, JobImage]] = {"train": {}, "validation": {}}
    for image in picked:
        placed = JobImage(image.uuid, image.object, splits[image.uuid], image.regions, image.name)
        path = datasets.picture_stem(folder, placed).with_suffix(".jpg")
        path.symlink_to(image.object.resolve())
        datasets.write_labels(folder, placed)
        written[placed.split][path] = placed
    description = datasets.write_description(folder, tags)
    dataset = Dataset(description, written["train"], written["validation"])
    return SmallSet(tags, dataset, tuple(test))
