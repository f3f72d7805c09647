"""Labels made wrong on purpose, in a COCO data set of real pictures."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image as Pillow

from tui_detect.core.evaluation.finding import Finding, SuspectKind
from tui_detect.core.geometry import Box, overlap

TRIES = 1000
LOOSE = (0.35, 0.6)
"""How much a loose box overlaps the right one."""
DOUBLED = (0.85, 1.0)
"""How much the second box of a thing overlaps the first."""
APART = 0.05
"""A spurious box overlaps every label less."""


@dataclass(frozen=True, slots=True)
class PlantedError:
    """One wrong label, and where it is."""

    kind: SuspectKind
    picture: str
    """File name."""
    box: Box
    """The wrong box; of a missing one, the box that was taken away."""
    right: Box | None
    """The box that should be there instead; `None` where there should be none."""
    tag: str
    """The right one, or where there should be no box, that of the wrong one."""

    def is_named_by(self, finding: Finding) -> bool:
        """Whether a suspect label in the same picture is this one, whatever its kind.

        It must be about the very box; about a missing one, the model's must lie where it was.
        """
        if self.kind == "missing":
            return (
                finding.region is None
                and finding.detection is not None
                and overlap(finding.detection.box, self.box) >= 0.5
            )
        boxes = [region.box for region in (finding.region, finding.other) if region is not None]
        return any(overlap(box, self.box) > 0.99 for box in boxes)


def plant_errors(
    source: Path,
    folder: Path,
    kinds: Sequence[SuspectKind],
    seed: int,
    longer_side_px: int = 640,
) -> list[PlantedError]:
    """Write a copy of a COCO data set with errors of these kinds, each in a picture of its own.

    Args:
        source: Folder with `annotations.json` and `images/`.
        folder: The new one of the same form.
        kinds: One error of each.
        seed: Of what is chosen.
        longer_side_px: Of the copied pictures, at most; smaller ones are read faster.
    """
    coco = json.loads((source / "annotations.json").read_text())
    chance = random.Random(seed)
    planted: list[PlantedError] = []
    taken: set[int] = set()
    for kind in kinds:
        error = None
        while error is None:
            annotation = chance.choice(coco["annotations"])
            if annotation["image_id"] not in taken:
                error = _plant(coco, annotation, kind, chance)
        taken.add(annotation["image_id"])
        planted.append(error)
    (folder / "images").mkdir(parents=True)
    for image in coco["images"]:
        name = image["file_name"]
        with Pillow.open(source / "images" / name) as picture:
            picture.thumbnail((longer_side_px, longer_side_px))
            picture.save(folder / "images" / name, quality=95)
            _scale(coco, image, picture.size)
    (folder / "annotations.json").write_text(json.dumps(coco))
    return planted


def _scale(coco: dict[str, Any], image: dict[str, Any], size_px: tuple[int, int]) -> None:
    """Give a picture another size in the data set."""
    scale = [new / old for new, old in zip(size_px, (image["width"], image["height"]), strict=True)]
    for annotation in coco["annotations"]:
        if _on(annotation, image):
            annotation["bbox"] = [
                value * by for value, by in zip(annotation["bbox"], scale * 2, strict=True)
            ]
    image["width"], image["height"] = size_px


def _plant(
    coco: dict[str, Any], annotation: dict[str, Any], kind: SuspectKind, chance: random.Random
) -> PlantedError | None:
    """Make one label wrong, or one that should not be; `None` when there is no room for it."""
    image = next(image for image in coco["images"] if image["id"] == annotation["image_id"])
    names = {tag["id"]: str(tag["name"]) for tag in coco["categories"]}
    right, tag = _box(annotation, image), names[annotation["category_id"]]
    if kind == "missing":
        coco["annotations"].remove(annotation)
        return PlantedError(kind, image["file_name"], right, right, tag)
    if kind == "wrong tag":
        others = [other for other in names if other != annotation["category_id"]]
        annotation["category_id"] = chance.choice(others)
        return PlantedError(kind, image["file_name"], right, right, tag)
    if kind == "loose":
        wrong = _moved(right, LOOSE, 0.5, chance)
        annotation["bbox"] = _pixels(wrong, image)
        return PlantedError(kind, image["file_name"], wrong, right, tag)
    if kind == "doubled":
        wrong = _moved(right, DOUBLED, 0.05, chance)
    else:
        every = [_box(each, image) for each in coco["annotations"] if _on(each, image)]
        free = _free_place(right, every, chance)
        if free is None:
            return None
        wrong = free
    key = 1 + max(each["id"] for each in coco["annotations"])
    coco["annotations"].append({**annotation, "id": key, "bbox": _pixels(wrong, image)})
    return PlantedError(kind, image["file_name"], wrong, None, tag)


def _on(annotation: dict[str, Any], image: dict[str, Any]) -> bool:
    return bool(annotation["image_id"] == image["id"])


def _moved(box: Box, wanted: tuple[float, float], most: float, chance: random.Random) -> Box:
    """The box with every edge moved by up to a share of its size, until it overlaps as wanted."""
    for _ in range(TRIES):
        left, top, right, bottom = (
            edge + chance.uniform(-most, most) * size
            for edge, size in zip(box.edges, (box.width, box.height) * 2, strict=True)
        )
        moved = Box.from_edges(max(left, 0), max(top, 0), min(right, 1), min(bottom, 1))
        if wanted[0] <= overlap(moved, box) <= wanted[1]:
            return moved
    raise AssertionError(f"no box overlaps {box} by {wanted}")


def _free_place(box: Box, every: Sequence[Box], chance: random.Random) -> Box | None:
    """A place for a box of that size that no label is on; `None` in a crowded picture."""
    for _ in range(TRIES):
        left, top = chance.uniform(0, 1 - box.width), chance.uniform(0, 1 - box.height)
        placed = Box(left, top, box.width, box.height)
        if all(overlap(placed, other) < APART for other in every):
            return placed
    return None


def _box(annotation: dict[str, Any], image: dict[str, Any]) -> Box:
    left, top, width, height = annotation["bbox"]
    right, bottom = min(left + width, image["width"]), min(top + height, image["height"])
    return Box.from_edges(
        max(left, 0) / image["width"],
        max(top, 0) / image["height"],
        right / image["width"],
        bottom / image["height"],
    )


def _pixels(box: Box, image: dict[str, Any]) -> list[float]:
    width, height = image["width"], image["height"]
    return [box.left * width, box.top * height, box.width * width, box.height * height]
