"""Which detections and regions overlap, and which of them take each other greedily."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tui_detect.core.evaluation.data import EvaluationData, Floats, Indices

_PAIRS_AT_ONCE: Final = 64_000
"""Overlaps are computed in slices of so many pairs: about 15 MB, and faster than in larger ones."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Detections and regions that overlap enough to be considered, by detection, then region."""

    detection: Indices
    """Position among the detections asked about."""
    region: Indices
    overlap: Floats


def pairs_of(
    data: EvaluationData,
    detections: Indices,
    detection_group: Indices,
    region_group: Indices,
    threshold: float,
) -> Pairs:
    """The detections and regions of equal group that overlap by `threshold` or more.

    Args:
        detections: (N,), index into `data.detection_…`.
        detection_group: (N,), of each of them.
        region_group: (R,), of each of the data's regions.
    """
    by_group = np.argsort(region_group, kind="stable")
    starts = np.searchsorted(region_group[by_group], detection_group, side="left")
    counts = np.searchsorted(region_group[by_group], detection_group, side="right") - starts
    ends = np.cumsum(counts)
    slices: list[Pairs] = []
    first = 0
    while first < len(detections):
        before = ends[first] - counts[first]
        last = int(np.searchsorted(ends, before + _PAIRS_AT_ONCE, side="right"))
        last = max(last, first + 1)
        part = slice(first, last)
        detection = np.repeat(np.arange(first, last), counts[part])
        within = np.arange(len(detection)) - np.repeat(
            ends[part] - counts[part] - before, counts[part]
        )
        region = by_group[np.repeat(starts[part], counts[part]) + within]
        overlap = overlaps(data, detections[detection], region)
        near = overlap >= reached(threshold)
        slices.append(Pairs(detection[near], region[near], overlap[near]))
        first = last
    return Pairs(
        np.concatenate([item.detection for item in slices] or [np.zeros(0, np.int64)]),
        np.concatenate([item.region for item in slices] or [np.zeros(0, np.int64)]),
        np.concatenate([item.overlap for item in slices] or [np.zeros(0)]),
    )


def reached(threshold: float) -> float:
    """The overlap at which a threshold counts as reached."""
    # pycocotools' own guard: an exact copy of a region may come out a hair below 1.
    return min(threshold, 1 - 1e-10)


def overlaps(data: EvaluationData, detection: Indices, region: Indices) -> Floats:
    """(P,): overlap (IoU) of each detection with the region beside it, both indices into `data`."""
    # In pixels and in the very order of operations of COCO's bbIou: on whole-pixel boxes an
    # overlap of exactly 0.5 is common, and rounding decides on which side it falls.
    # Columns, not rows: reducing rows of two numbers took four times as long as all the rest.
    size = data.image_sizes_px.take(data.detection_image.take(detection), axis=0).T
    a = data.detection_box.take(detection, axis=0).T.reshape(2, 2, -1) * size
    b = data.region_box.take(region, axis=0).T.reshape(2, 2, -1) * size
    shared = np.minimum(a[0] + a[1], b[0] + b[1]) - np.maximum(a[0], b[0])
    touching = (shared[0] > 0) & (shared[1] > 0)
    intersection = np.where(touching, shared[0] * shared[1], 0.0)
    union = a[1, 0] * a[1, 1] + b[1, 0] * b[1, 1] - intersection
    iou: Floats = np.divide(intersection, union, out=np.zeros_like(union), where=touching)
    return iou


def take_greedily(
    pairs: Pairs,
    rank: Indices,
    threshold: float,
    regions: int,
    preferred: NDArray[np.bool_] | None = None,
    ignored: NDArray[np.bool_] | None = None,
) -> Indices:
    """The region that each detection takes: one round per rank, all groups at once.

    Each takes the region it overlaps most of those left. Of equal overlaps the preferred one wins,
    then the later one.

    Args:
        rank: (N,), of each detection within its group, from 0.
        regions: how many there are.
        preferred: (P,), of each pair.
        ignored: (R,), regions that are taken only where no other overlaps enough.

    Returns:
        (N,), -1 where no region is left for it.
    """
    found = np.full(len(rank), -1, dtype=np.int64)
    near = np.flatnonzero(pairs.overlap >= reached(threshold))
    detection, region, overlap = pairs.detection[near], pairs.region[near], pairs.overlap[near]
    second = np.zeros(len(near), dtype=bool) if preferred is None else ~preferred[near]
    last = () if ignored is None else (ignored[region],)
    # Most detections are near one region only, and their pairs are in order already.
    many = np.flatnonzero(_beside_equal(detection))
    keys = (-region, second, -overlap, *last, detection)
    order = np.arange(len(near))
    order[many] = many[np.lexsort(tuple(key[many] for key in keys))]
    order = order[stable_order(rank[detection[order]], int(rank.max(initial=0)) + 1)]
    detection, region = detection[order], region[order]
    bounds = np.searchsorted(rank[detection], np.arange(rank.max(initial=-1) + 2))
    free = np.ones(regions, dtype=bool)
    for start, end in pairwise(bounds.tolist()):
        if start == end:
            continue
        candidates = start + np.flatnonzero(free[region[start:end]])
        takers = detection[candidates]
        first = np.flatnonzero(np.diff(takers, prepend=-1))
        taken = region[candidates[first]]
        found[takers[first]] = taken
        free[taken] = False
    return found


def stable_order(values: Indices, limit: int) -> Indices:
    """What sorts values of 0 to `limit` - 1 and keeps equal ones in order."""
    # Of 16 bits or fewer a stable sort is a radix sort, several times as fast.
    return np.argsort(values.astype(np.min_scalar_type(limit)), kind="stable")


def _beside_equal(values: Indices) -> NDArray[np.bool_]:
    same = values[1:] == values[:-1]
    return np.asarray(np.append(same, False) | np.append(False, same), dtype=np.bool_)
