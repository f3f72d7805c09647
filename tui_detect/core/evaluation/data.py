"""What an evaluation starts from: validation images, their regions, and stored detections."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class EvaluationTag:
    """A tag as the iteration knew it."""

    id: int
    name: str
    colour: str = ""
    """`#rrggbb`, for the screens; figures do not depend on it."""


def _no_floats() -> Floats:
    return np.zeros(0)


def _no_indices() -> Indices:
    return np.zeros(0, dtype=np.int64)


def _no_boxes() -> Floats:
    return np.zeros((0, 4))


@dataclass(frozen=True, slots=True, eq=False)
class EvaluationData:
    """One iteration's validation images, tags, regions and detections, as arrays.

    I images, K tags, R regions, D detections. Boxes are left, top, width, height as fractions
    of the upright image. Detections of equal probability rank by image, then by their order here,
    as pycocotools ranks them.

    Raises:
        ValueError: image ids are not ascending, shapes disagree, an index points nowhere, or a
            number is not finite.
    """

    tags: tuple[EvaluationTag, ...]
    image_ids: Indices
    """(I,), ascending."""
    image_sizes_px: Floats
    """(I, 2): width and height."""
    region_image: Indices = field(default_factory=_no_indices)
    """(R,): index into `image_ids`."""
    region_tag: Indices = field(default_factory=_no_indices)
    """(R,): index into `tags`."""
    region_box: Floats = field(default_factory=_no_boxes)
    """(R, 4)."""
    region_uuid: tuple[str, ...] = ()
    """(R,): whose region it is; may be empty where nobody asks."""
    detection_image: Indices = field(default_factory=_no_indices)
    """(D,): index into `image_ids`."""
    detection_tag: Indices = field(default_factory=_no_indices)
    """(D,): index into `tags`."""
    detection_probability: Floats = field(default_factory=_no_floats)
    """(D,), 0 to 1."""
    detection_box: Floats = field(default_factory=_no_boxes)
    """(D, 4)."""

    def __post_init__(self) -> None:
        images, regions, detections = self.images, self.regions, len(self.detection_probability)
        shapes = {
            "image_sizes_px": (self.image_sizes_px.shape, (images, 2)),
            "region_tag": (self.region_tag.shape, (regions,)),
            "region_box": (self.region_box.shape, (regions, 4)),
            "detection_image": (self.detection_image.shape, (detections,)),
            "detection_tag": (self.detection_tag.shape, (detections,)),
            "detection_box": (self.detection_box.shape, (detections, 4)),
        }
        for name, (found, wanted) in shapes.items():
            if found != wanted:
                raise ValueError(f"{name} has shape {found}, not {wanted}")
        if np.any(np.diff(self.image_ids) <= 0):
            raise ValueError("image ids must ascend: equal probabilities are ranked by them")
        if len(self.region_uuid) not in (0, regions):
            raise ValueError(f"region_uuid has {len(self.region_uuid)} entries, not {regions}")
        for name, indices, limit in (
            ("region_image", self.region_image, images),
            ("region_tag", self.region_tag, len(self.tags)),
            ("detection_image", self.detection_image, images),
            ("detection_tag", self.detection_tag, len(self.tags)),
        ):
            if len(indices) and (indices.min() < 0 or indices.max() >= limit):
                raise ValueError(f"{name} points outside 0 to {limit - 1}")
        for name, values in (
            ("image_sizes_px", self.image_sizes_px),
            ("region_box", self.region_box),
            ("detection_probability", self.detection_probability),
            ("detection_box", self.detection_box),
        ):
            if not np.all(np.isfinite(values)):
                raise ValueError(f"{name} holds a number that is not finite")

    @property
    def images(self) -> int:
        """How many validation images."""
        return len(self.image_ids)

    @property
    def regions(self) -> int:
        """How many regions on them."""
        return len(self.region_image)
