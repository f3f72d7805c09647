"""The same few validation pictures after each epoch, with the boxes found so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from tui_detect.vision.job import JobImage

PICTURES_MAX = 6
BOXES_MAX = 30
"""On one picture."""
PROBABILITY_FLOOR = 0.05

Item = tuple[int, float, float, float, float, float]
"""Index of the tag, probability, left, top, width, height."""


class PreviewBoxes:
    """What the last validation found on the chosen pictures."""

    def __init__(self, images: Mapping[Path, JobImage]) -> None:
        self._uuids = {str(path): images[path].uuid for path in choose_pictures(images)}
        self._found: dict[str, list[Item]] = {}

    def wants(self, path: str) -> bool:
        """Whether that picture is one of them."""
        return path in self._uuids

    def keep(self, path: str, found: Iterable[Sequence[float]], size_px: tuple[int, int]) -> None:
        """Remember the most probable of the boxes found on a picture.

        Args:
            path: Its file.
            found: For each box left, top, right and bottom in pixels, probability, tag's index.
            size_px: Width and height of the picture.
        """
        sure = sorted(
            (row for row in found if row[4] >= PROBABILITY_FLOOR),
            key=lambda row: row[4],
            reverse=True,
        )
        self._found[path] = [_item(row, size_px) for row in sure[:BOXES_MAX]]

    def take(self) -> list[dict[str, object]]:
        """The pictures of the event, in their usual order; what was found is then forgotten."""
        found, self._found = self._found, {}
        return [
            {"image": uuid, "items": found[path]}
            for path, uuid in self._uuids.items()
            if path in found
        ]


def _item(row: Sequence[float], size_px: tuple[int, int]) -> Item:
    left, top, right, bottom = (
        min(max(edge / side, 0.0), 1.0) for edge, side in zip(row[:4], size_px * 2, strict=True)
    )
    probability, tag = row[4:6]
    rounded = (round(value, 5) for value in (probability, left, top, right - left, bottom - top))
    return (int(tag), *rounded)  # type: ignore[return-value]


def choose_pictures(images: Mapping[Path, JobImage]) -> list[Path]:
    """Up to `PICTURES_MAX` of them: those that show most tags not shown yet, then most regions."""
    return [path for path, _ in zip(_by_variety(images), range(PICTURES_MAX), strict=False)]


def _by_variety(images: Mapping[Path, JobImage]) -> Iterator[Path]:
    tags = {path: {tag for tag, _ in image.regions} for path, image in images.items()}
    new = dict(tags)
    while new:
        best = max(new, key=lambda path: (len(new[path]), len(images[path].regions)))
        yield best
        del new[best]
        new = {path: of_picture - tags[best] for path, of_picture in new.items()}
