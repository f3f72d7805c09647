"""How well small, medium and large things are found."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tui_detect.core.evaluation import average_precision
from tui_detect.core.evaluation.data import Floats
from tui_detect.core.evaluation.listing import Counted
from tui_detect.core.evaluation.matching import Matched, match

SIZES: Final = (("small", 0.0, 32.0**2), ("medium", 32.0**2, 96.0**2), ("large", 96.0**2, 1e10))
"""COCO's ranges of a box's area, in pixels of the upright image; both ends are included."""


@dataclass(frozen=True, slots=True)
class SizeFigures:
    """The figures of boxes of one size; `None` where nothing can be computed."""

    name: str
    """`small`, `medium` or `large`."""
    area_px: tuple[float, float]
    """Smallest and largest area of its boxes, in square pixels."""
    precision: float | None
    recall: float | None
    ap: float | None
    """Mean over the tags with regions of this size, as COCO's APs, APm and APl."""
    regions: int
    detections: float
    """With the probability threshold or more, not counting those that found a region of another
    size; a mean over ten at `0.50:0.95`."""
    true_positives: float


@dataclass(frozen=True, slots=True, eq=False)
class _Size:
    """All of one size that does not depend on the probability threshold."""

    name: str
    area_px: tuple[float, float]
    ap: float | None
    regions: int
    counted: Floats
    """(N + 1,): how many of the first detections count."""
    hits: Floats
    """(N + 1,): how many of them are correct."""
    boxes: Counted
    """Which these are, at the first overlap threshold."""


def by_size(matched: Matched, threshold: float) -> tuple[SizeFigures, ...]:
    """The figures of small, medium and large boxes at a probability threshold.

    As COCO does it: regions of another size are ignored, and so is a detection that finds one of
    them, or that finds none and has another size itself; a region of the size is preferred. The
    first call for `matched` matches once per size.
    """
    counted = matched.count_above(threshold)
    return tuple(_at(size, counted) for size in _sizes(matched))


def counted_of_size(matched: Matched, name: str) -> Counted:
    """Which boxes `by_size` counts of one size, at the first overlap threshold."""
    return next(size.boxes for size in _sizes(matched) if size.name == name)


def _at(size: _Size, counted: int) -> SizeFigures:
    detections, hits = round(float(size.counted[counted]), 6), round(float(size.hits[counted]), 6)
    return SizeFigures(
        name=size.name,
        area_px=size.area_px,
        precision=hits / detections if detections else None,
        recall=hits / size.regions if size.regions else None,
        ap=size.ap,
        regions=size.regions,
        detections=detections,
        true_positives=hits,
    )


@lru_cache(maxsize=2)
def _sizes(matched: Matched) -> tuple[_Size, ...]:
    data = matched.data
    regions = _areas_px(data.region_box, data.image_sizes_px[data.region_image])
    found = _areas_px(data.detection_box, data.image_sizes_px[data.detection_image])
    return tuple(
        _size(matched, name, (low, high), _outside(regions, low, high), _outside(found, low, high))
        for name, low, high in SIZES
    )


def _size(
    matched: Matched,
    name: str,
    area_px: tuple[float, float],
    region_outside: NDArray[np.bool_],
    detection_outside: NDArray[np.bool_],
) -> _Size:
    data = matched.data
    region = match(data, matched.overlap, ignored=region_outside).region
    correct = (region >= 0) & ~np.append(region_outside, True)[region]
    counts = correct | ((region < 0) & ~detection_outside[matched.order])
    regions = np.bincount(data.region_tag[~region_outside], minlength=len(data.tags))
    found = np.full(data.regions, -1, dtype=np.int64)
    taken = np.flatnonzero(region[0] >= 0)
    found[region[0, taken]] = taken
    ap = [_ap(matched, int(k), correct, counts, int(regions[k])) for k in np.flatnonzero(regions)]
    return _Size(
        name=name,
        area_px=area_px,
        ap=float(np.mean(ap)) if ap else None,
        regions=int(regions.sum()),
        counted=_running(counts),
        hits=_running(correct),
        boxes=Counted(
            right=correct[0],
            wrong=counts[0] & ~correct[0],
            regions=~region_outside,
            found=found,
            region=region[0].astype(np.int64),
        ),
    )


def _ap(
    matched: Matched,
    tag: int,
    correct: NDArray[np.bool_],
    counts: NDArray[np.bool_],
    regions: int,
) -> float:
    """Average precision of one tag; what counts differs between the overlap thresholds."""
    mine = matched.of_tag(tag)
    at_each_overlap = [
        average_precision.precision_at_recall(hits[None, mine[which[mine]]], regions).mean()
        for hits, which in zip(correct, counts, strict=True)
    ]
    return float(np.mean(at_each_overlap))


def _running(flags: NDArray[np.bool_]) -> Floats:
    return np.concatenate(([0.0], np.cumsum(flags.mean(axis=0, dtype=np.float64))))


def _areas_px(boxes: Floats, sizes_px: Floats) -> Floats:
    # As COCO's loadRes: width and height in pixels first, then their product.
    return np.asarray((boxes[:, 2] * sizes_px[:, 0]) * (boxes[:, 3] * sizes_px[:, 1]))


def _outside(areas_px: Floats, low: float, high: float) -> NDArray[np.bool_]:
    return (areas_px < low) | (areas_px > high)
