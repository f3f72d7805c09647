"""Which detections and regions overlap, and which of them take each other greedily."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tui_detect.core.evaluation.data import EvaluationData, Floats, Indices

BACKGROUND_OVERLAP: Final = 0.1
"""A detection that overlaps no region by more than this is on background."""
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
    groups = max(detection_group.max(initial=-1), region_group.max(initial=-1)) + 1
    bounds = np.concatenate(([0], np.cumsum(np.bincount(region_group, minlength=groups))))
    starts = bounds[detection_group]
    counts = bounds[detection_group + 1] - starts
    # Of many tags most detections are on an image without a region of theirs.
    asked = np.flatnonzero(counts)
    starts, counts = starts[asked], counts[asked]
    ends = np.cumsum(counts)
    found_px, true_px = _detections_px(data, detections[asked]), _regions_px(data, slice(None))
    slices: list[Pairs] = []
    first = 0
    while first < len(asked):
        before = ends[first] - counts[first]
        last = int(np.searchsorted(ends, before + _PAIRS_AT_ONCE, side="right"))
        last = max(last, first + 1)
        part = slice(first, last)
        detection = np.repeat(np.arange(first, last), counts[part])
        within = np.arange(len(detection)) - np.repeat(
            ends[part] - counts[part] - before, counts[part]
        )
        region = by_group[np.repeat(starts[part], counts[part]) + within]
        overlap = _overlaps(found_px, detection, true_px, region)
        near = overlap >= reached(threshold)
        slices.append(Pairs(asked[detection[near]], region[near], overlap[near]))
        first = last
    return Pairs(
        np.concatenate([item.detection for item in slices] or [np.zeros(0, np.int64)]),
        np.concatenate([item.region for item in slices] or [np.zeros(0, np.int64)]),
        np.concatenate([item.overlap for item in slices] or [np.zeros(0)]),
    )


@lru_cache(maxsize=1)
def pairs_across_tags(data: EvaluationData, threshold: float) -> Pairs:
    """All detections and regions of an image that overlap so much, whatever their tags.

    Remembered for the last data: kinds of error and confusions, at any overlap threshold, start
    from the same. A detection is an index into `data.detection_…` here.
    """
    everything = np.arange(len(data.detection_image))
    return pairs_of(data, everything, data.detection_image, data.region_image, threshold)


def reached(threshold: float) -> float:
    """The overlap at which a threshold counts as reached."""
    # pycocotools' own guard: an exact copy of a region may come out a hair below 1.
    return min(threshold, 1 - 1e-10)


def overlaps(data: EvaluationData, detection: Indices, region: Indices) -> Floats:
    """(P,): overlap (IoU) of each detection with the region beside it, both indices into `data`."""
    beside = np.arange(len(detection))
    return _overlaps(_detections_px(data, detection), beside, _regions_px(data, region), beside)


def _detections_px(data: EvaluationData, which: Indices) -> Floats:
    # `take` of whole rows is several times as fast as an index.
    image = data.detection_image[which]
    return _in_px(data.detection_box.take(which, axis=0), data.image_sizes_px.take(image, axis=0))


def _regions_px(data: EvaluationData, which: Indices | slice) -> Floats:
    return _in_px(data.region_box[which], data.image_sizes_px[data.region_image[which]])


def _in_px(boxes: Floats, sizes_px: Floats) -> Floats:
    """(5, N): left, top, right, bottom, area."""
    px = np.empty((5, len(boxes)))
    px[:2], (width, height) = (boxes[:, :2] * sizes_px).T, (boxes[:, 2:] * sizes_px).T
    px[2], px[3], px[4] = px[0] + width, px[1] + height, width * height
    return px


def _overlaps(a: Floats, of_a: Indices, b: Floats, of_b: Indices) -> Floats:
    # In pixels and in the very order of operations of COCO's bbIou: on whole-pixel boxes an
    # overlap of exactly 0.5 is common, and rounding decides on which side it falls.
    overlap = np.zeros(len(of_a))
    pair, shared_px = np.arange(len(of_a)), np.ones(len(of_a))
    for low, high in ((0, 2), (1, 3)):
        side_px = np.minimum(a[high][of_a], b[high][of_b]) - np.maximum(a[low][of_a], b[low][of_b])
        touch = np.flatnonzero(side_px > 0)
        of_a, of_b, pair = of_a[touch], of_b[touch], pair[touch]
        shared_px = shared_px[touch] * side_px[touch]
    overlap[pair] = shared_px / (a[4][of_a] + b[4][of_b] - shared_px)
    return overlap


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


def rank_within(groups: Indices) -> Indices:
    """(N,): how many of its group stand before each; those of one group stand together."""
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    return np.arange(len(groups)) - np.repeat(starts, np.diff(starts, append=len(groups)))


def stable_order(values: Indices, limit: int) -> Indices:
    """What sorts values of 0 to `limit` - 1 and keeps equal ones in order."""
    # Of 16 bits or fewer a stable sort is a radix sort, several times as fast.
    return np.argsort(values.astype(np.min_scalar_type(limit)), kind="stable")


def count_above(falling: Floats, threshold: float) -> int:
    """How many probabilities are a threshold or more; they are the first so many.

    Args:
        falling: (N,)
    """
    return len(falling) - int(np.searchsorted(falling[::-1], threshold, side="left"))


def falling_order(values: Floats) -> Indices:
    """What sorts values of 0 to 1 so that they fall, and keeps equal ones in order."""
    # Sorting numbers is several times as fast as sorting indices by them: each gets the upper
    # bits, where it came from the lower ones.
    bits = len(values).bit_length()
    scale = 2.0 ** (62 - bits)
    keys = ((1 - values) * scale).astype(np.int64) << bits | np.arange(len(values))
    keys.sort()
    order = keys & ((1 << bits) - 1)
    if np.all(np.diff(values[order]) <= 0):
        return order
    # Values so near each other that they fell into one key, or not from 0 to 1.
    return np.argsort(-values, kind="stable")


def _beside_equal(values: Indices) -> NDArray[np.bool_]:
    same = values[1:] == values[:-1]
    return np.asarray(np.append(same, False) | np.append(False, same), dtype=np.bool_)
