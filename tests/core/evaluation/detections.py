"""Made-up evaluations: small ones by hand, large ones at random."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from hypothesis import strategies as st

from tui_detect.core.evaluation import EvaluationData, EvaluationTag
from tui_detect.core.evaluation.confusion import Confusion
from tui_detect.core.evaluation.data import Floats, Indices
from tui_detect.core.geometry import Box
from tui_detect.core.model import Detection, Region

FORK = EvaluationTag(11, "fork")
SCISSORS = EvaluationTag(12, "scissors")

LEFT = Box(0.0, 0.0, 0.2, 0.5)
RIGHT = Box(0.8, 0.5, 0.2, 0.5)


@dataclass(frozen=True, slots=True)
class EvaluationImage:
    """One validation image with what a person and the iteration found on it."""

    id: int
    width_px: int
    height_px: int
    regions: Sequence[Region] = ()
    detections: Sequence[Detection] = ()


def evaluation_of(
    tags: Sequence[EvaluationTag], images: Iterable[EvaluationImage]
) -> EvaluationData:
    """What is evaluated, from core objects; images in any order."""
    images = sorted(images, key=lambda image: image.id)
    index = {tag.id: position for position, tag in enumerate(tags)}
    regions = [(i, region) for i, image in enumerate(images) for region in image.regions]
    found = [(i, item) for i, image in enumerate(images) for item in image.detections]
    return EvaluationData(
        tags=tuple(tags),
        image_ids=_indices([image.id for image in images]),
        image_sizes_px=np.array(
            [(image.width_px, image.height_px) for image in images], dtype=np.float64
        ).reshape(-1, 2),
        region_image=_indices([i for i, _ in regions]),
        region_tag=_indices([index[region.tag_id] for _, region in regions]),
        region_box=_rows([region.box for _, region in regions]),
        region_uuid=tuple(region.uuid for _, region in regions),
        detection_image=_indices([i for i, _ in found]),
        detection_tag=_indices([index[item.tag_id] for _, item in found]),
        detection_probability=np.array([item.probability for _, item in found], np.float64),
        detection_box=_rows([item.box for _, item in found]),
    )


def _indices(values: list[int]) -> Indices:
    return np.array(values, dtype=np.int64)


def _rows(boxes: list[Box]) -> Floats:
    rows = [(box.left, box.top, box.width, box.height) for box in boxes]
    return np.array(rows, dtype=np.float64).reshape(-1, 4)


def image(
    id_: int,
    regions: Sequence[tuple[EvaluationTag, Box]] = (),
    detections: Sequence[tuple[EvaluationTag, float, Box]] = (),
) -> EvaluationImage:
    """A 200 × 100 px image."""
    return EvaluationImage(
        id_,
        200,
        100,
        tuple(Region(f"{id_}-{i}", tag.id, box) for i, (tag, box) in enumerate(regions)),
        tuple(Detection(tag.id, probability, box) for tag, probability, box in detections),
    )


def data(*images: EvaluationImage) -> EvaluationData:
    """An evaluation of forks and scissors on these images."""
    return evaluation_of((FORK, SCISSORS), images)


def confused(tags: int, *cells: tuple[int, int, int]) -> Confusion:
    """A matrix with ten correct boxes of each tag, and these counts by row and column."""
    counts = np.zeros((tags + 1, tags + 1), dtype=np.int64)
    counts[np.arange(tags), np.arange(tags)] = 10
    for row, column, count in cells:
        counts[row, column] = count
    names = tuple(EvaluationTag(k + 1, f"tag {k + 1}") for k in range(tags))
    return Confusion(names, 0.5, 0.3, counts)


def random_data(
    seed: int,
    *,
    images: int = 12,
    tags: int = 3,
    regions: int = 40,
    detections: int = 200,
    whole_px: bool = True,
) -> EvaluationData:
    """Detections near regions and anywhere, with many ties of probability and of overlap.

    The last tag never has a region, and some images have nothing on them.
    """
    random = np.random.default_rng(seed)
    size = random.integers(30, 200, (images, 2)).astype(np.float64)
    region_image = random.integers(0, images, regions)
    region_tag = random.integers(0, max(1, tags - 1), regions)
    region_box = _boxes(random, regions)
    near = detections // 2 if regions else 0
    source = random.integers(0, max(1, regions), near)
    detection_image = np.concatenate(
        (region_image[source], random.integers(0, images, detections - near))
    )
    detection_tag = np.concatenate(
        (region_tag[source], random.integers(0, tags, detections - near))
    )
    detection_box = np.concatenate(
        (
            region_box[source] * (1 + random.normal(0, 0.08, (near, 4))),
            _boxes(random, detections - near),
        )
    )
    if whole_px:
        region_box = _whole_px(region_box, size[region_image])
        detection_box = _whole_px(detection_box, size[detection_image])
    return EvaluationData(
        tags=tuple(EvaluationTag(i + 1, f"tag {i}") for i in range(tags)),
        image_ids=np.cumsum(random.integers(1, 4, images)),
        image_sizes_px=size,
        region_image=region_image,
        region_tag=region_tag,
        region_box=region_box,
        detection_image=detection_image,
        detection_tag=detection_tag,
        detection_probability=np.round(random.uniform(0, 1, detections), 2),
        detection_box=detection_box,
    )


anything = st.builds(
    random_data,
    st.integers(0, 10**6),
    images=st.integers(1, 8),
    tags=st.integers(1, 4),
    regions=st.integers(0, 30),
    detections=st.integers(0, 300),
)
"""Any small evaluation, also without regions or without detections."""


def above(data: EvaluationData, threshold: float) -> EvaluationData:
    """The same without the detections below a probability threshold."""
    kept = data.detection_probability >= threshold
    return replace(
        data,
        detection_image=data.detection_image[kept],
        detection_tag=data.detection_tag[kept],
        detection_probability=data.detection_probability[kept],
        detection_box=data.detection_box[kept],
    )


def _boxes(random: np.random.Generator, count: int) -> Floats:
    return np.concatenate(
        (random.uniform(0, 0.6, (count, 2)), random.uniform(0.1, 0.4, (count, 2))), axis=1
    )


def _whole_px(
    boxes: Floats,
    size: Floats,
) -> Floats:
    size = np.tile(size, 2)
    return np.maximum(np.round(boxes * size), 1) / size
