"""COCO object detection: one JSON file and its pictures.

Boxes refer to pixels of the size that the file gives for each picture; whether that is the
stored or the EXIF-turned picture is settled when the picture itself is read
(`SourceImage.on_picture`). A picture with a region counts as reviewed. One without any stays
untagged, because COCO has no word for "looked at, nothing there": our own exports add
`"reviewed": true` to such a picture, and that is honoured.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui_detect.core.errors import BadInput
from tui_detect.core.geometry import Box
from tui_detect.formats.json_file import Json, read_json
from tui_detect.formats.pictures import PictureFinder, header_size
from tui_detect.formats.source import SourceImage

FOLDER_NAMES = ("annotations.json", "_annotations.coco.json")
"""A folder that holds one of these is read by it, other pictures in it left out."""

_SPILL_PX = 1.0
"""Boxes may pass the border by rounding; more is worth a note."""


def detect(path: Path) -> bool:
    """A JSON file, or a folder that holds one under a usual name."""
    file = _json_file(path)
    return file.suffix.lower() == ".json" and file.is_file()


def read(path: Path) -> Iterator[SourceImage]:
    """Every picture the file lists, with its regions.

    A picture that is missing on disk comes with the path where it should be.

    Raises:
        BadInput: the file cannot be read, is no JSON, or its parts contradict each other.
    """
    file = _json_file(path)
    data = read_json(file)
    content = Content(file, data)
    return content.sources()


def _json_file(path: Path) -> Path:
    if path.is_dir():
        return next((path / name for name in FOLDER_NAMES if (path / name).is_file()), path)
    return path


@dataclass(frozen=True, slots=True)
class _Entry:
    """An item of the file's `images`."""

    key: object
    name: str
    width_px: int | None
    height_px: int | None
    reviewed: bool


class Content:
    """A file whose parts were checked against each other."""

    def __init__(self, file: Path, data: Json) -> None:
        if not isinstance(data, dict) or not isinstance(data.get("images"), list):
            raise BadInput(
                f"{file} is not a COCO file: it has no list of images",
                "give the JSON file of a COCO data set, or the folder of the pictures",
            )
        self._file = file
        self._finder = PictureFinder(file.parent)
        self._names = self._read_categories(data.get("categories", []))
        self._entries = list(self._read_entries(data["images"]))
        annotations = data.get("annotations", [])
        if not isinstance(annotations, list):
            raise self._bad("its annotations are no list")
        self._by_image: dict[object, list[dict[str, Any]]] = defaultdict(list)
        for annotation in annotations:
            if isinstance(annotation, dict):
                self._by_image[_key(annotation.get("image_id"))].append(annotation)
        known = {entry.key for entry in self._entries}
        self._orphans = sum(len(items) for key, items in self._by_image.items() if key not in known)

    def sources(self) -> Iterator[SourceImage]:
        """The pictures in the file's order."""
        for index, entry in enumerate(self._entries):
            first_notes = []
            if index == 0 and self._orphans:
                first_notes.append(
                    f"{self._orphans} annotations in {self._file.name} belong to no picture of it"
                )
            yield self._source(entry, first_notes)

    def _source(self, entry: _Entry, notes: list[str]) -> SourceImage:
        path = self._finder.find(entry.name)
        annotations = self._by_image.get(entry.key, [])
        size = (entry.width_px, entry.height_px)
        if annotations and None in size:
            size = header_size(path) or (None, None)
        width_px, height_px = size
        regions: list[tuple[str, Box]] = []
        if width_px is not None and height_px is not None:
            counts: Counter[str] = Counter()
            regions = list(self._regions(annotations, width_px, height_px, counts))
            notes += [f"{count} region{'s' * (count > 1)} {text}" for text, count in counts.items()]
        elif annotations:
            notes.append("its regions are left out: its size is not known")
        return SourceImage(
            path,
            path.name,
            width_px,
            height_px,
            tuple(regions),
            bool(regions) or (entry.reviewed and not annotations),
            tuple(notes),
        )

    def _regions(
        self,
        annotations: Iterable[dict[str, Any]],
        width_px: int,
        height_px: int,
        counts: Counter[str],
    ) -> Iterator[tuple[str, Box]]:
        for annotation in annotations:
            category = _key(annotation.get("category_id"))
            if category not in self._names:
                counts[f"of unknown category {category} left out"] += 1
                continue
            if annotation.get("iscrowd") == 1:
                counts["marked as crowd left out"] += 1
                continue
            pixels = _pixels(annotation, counts)
            if pixels is None:
                continue
            left, top, width, height = pixels
            if left >= width_px or top >= height_px or left + width <= 0 or top + height <= 0:
                counts["outside the picture left out"] += 1
                continue
            spill = max(-left, -top, left + width - width_px, top + height - height_px)
            if spill > _SPILL_PX:
                counts["cut at the picture's border"] += 1
            box = Box(left / width_px, top / height_px, width / width_px, height / height_px)
            yield self._names[category], box.clamped()

    def _read_categories(self, items: Json) -> dict[object, str]:
        if not isinstance(items, list):
            raise self._bad("its categories are no list")
        names: dict[object, str] = {}
        for item in items:
            if not isinstance(item, dict) or "id" not in item:
                raise self._bad("a category has no id")
            key, name = _key(item["id"]), " ".join(str(item.get("name") or "").split())
            if not name:
                raise self._bad(f"category {key} has no name")
            if names.setdefault(key, name) != name:
                raise self._bad(f"category id {key} means both {names[key]} and {name}")
        return names

    def _read_entries(self, items: list[Json]) -> Iterator[_Entry]:
        seen: dict[object, str] = {}
        for item in items:
            if not isinstance(item, dict) or not isinstance(item.get("file_name"), str):
                raise self._bad("an image has no file_name")
            key, name = _key(item.get("id")), str(item["file_name"])
            if key is None:
                raise self._bad(f"the image {name} has no id")
            if key in seen:
                raise self._bad(f"image id {key} means both {seen[key]} and {name}")
            seen[key] = name
            size = _side(item.get("width")), _side(item.get("height"))
            yield _Entry(key, name, *size, item.get("reviewed") is True)

    def _bad(self, why: str) -> BadInput:
        return BadInput(
            f"{self._file} is not a usable COCO file: {why}", "correct it or export it again"
        )


def _pixels(
    annotation: dict[str, Any], counts: Counter[str]
) -> tuple[float, float, float, float] | None:
    """Left, top, width, height in pixels; from the outline where there is no box."""
    numbers = _numbers(annotation.get("bbox"))
    if len(numbers) == 4:
        if numbers[2] > 0 and numbers[3] > 0:
            return numbers[0], numbers[1], numbers[2], numbers[3]
        counts["without width or height left out"] += 1
        return None
    outline = annotation.get("segmentation")
    points = [_numbers(part) for part in outline] if isinstance(outline, list) else []
    across = [x for part in points for x in part[0::2]]
    down = [y for part in points for y in part[1::2]]
    if not across or not down or max(across) <= min(across) or max(down) <= min(down):
        counts["without a box left out"] += 1
        return None
    counts["boxed by the outline"] += 1
    return min(across), min(down), max(across) - min(across), max(down) - min(down)


def _numbers(value: Json) -> list[float]:
    """The list's numbers; nothing when one of them is not a finite number."""
    if not isinstance(value, list):
        return []
    if not all(isinstance(n, int | float) and not isinstance(n, bool) for n in value):
        return []
    try:
        numbers = [float(n) for n in value]
    except OverflowError:
        return []
    return numbers if all(math.isfinite(n) for n in numbers) else []


def _key(value: Json) -> object:
    """An id as the file means it: some tools write numbers as text on one side only."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int | str) and not isinstance(value, bool) else None


def _side(value: Json) -> int | None:
    if isinstance(value, int | float) and math.isfinite(value) and value >= 1:
        return int(value)
    return None
