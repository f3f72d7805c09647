"""Which detections and regions overlap, and which of them take each other greedily."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tui_detect.core.evaluation.data import EvaluationData, Floats, Indices

_PAIRS_AT_ONCE: Final = 250_000
"""Overlaps are computed in slices of so many pairs: about 50 MB, and faster than in larger ones."""


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
    size = np.tile(data.image_sizes_px[data.detection_image[detection]], 2)
    a, b = data.detection_box[detection] * size, data.region_box[region] * size
    shared = np.minimum(a[:, :2] + a[:, 2:], b[:, :2] + b[:, 2:]) - np.maximum(a[:, :2], b[:, :2])
    intersection = np.where((shared > 0).all(axis=1), shared[:, 0] * shared[:, 1], 0.0)
    union = a[:, 2] * a[:, 3] + b[:, 2] * b[:, 3] - intersection
    return np.divide(intersection, union, out=np.zeros_like(union), where=intersection > 0)


def take_greedily(
    pairs: Pairs,
    rank: Indices,
    threshold: float,
    regions: int,
    preferred: NDArray[np.bool_] | None = None,
) -> Indices:
    """The region that each detection takes: one round per rank, all groups at once.

    Each takes the region it overlaps most of those left. Of equal overlaps the preferred one wins,
    then the later one.

    Args:
        rank: (N,), of each detection within its group, from 0.
        regions: how many there are.
        preferred: (P,), of each pair.

    Returns:
        (N,), -1 where no region is left for it.
    """
    found = np.full(len(rank), -1, dtype=np.int64)
    near = np.flatnonzero(pairs.overlap >= reached(threshold))
    detection, region, overlap = pairs.detection[near], pairs.region[near], pairs.overlap[near]
    second = np.zeros(len(near), dtype=bool) if preferred is None else ~preferred[near]
    order = np.lexsort((-region, second, -overlap, detection, rank[detection]))
    detection, region = detection[order], region[order]
    bounds = np.searchsorted(rank[detection], np.arange(rank.max(initial=-1) + 2))
    free = np.ones(regions, dtype=bool)
    for start, end in pairwise(bounds.tolist()):
        if start == end:
            continue
        candidates = start + np.flatnonzero(free[region[start:end]])
        takers, first = np.unique(detection[candidates], return_index=True)
        taken = region[candidates[first]]
        found[takers] = taken
        free[taken] = False
    return found
