"""Which detection is about which region, whatever their tags: what a model says of every label."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tui_detect.core.evaluation.data import EvaluationData, Floats, Indices
from tui_detect.core.evaluation.overlapping import Pairs, pairs_of

PROBABILITY_FLOOR: Final = 0.01
"""Less probable detections say nothing of a label."""
THING_FLOOR: Final = 0.04
"""Less probable ones are about no thing; they may still support a label."""
SAME_THING: Final = 0.5
"""Overlap from which two boxes are about one thing."""
TOUCHING: Final = 0.1
"""Overlap from which a detection may be about a region of its own tag."""
DOUBLED: Final = 0.7
"""Overlap from which two regions are one thing labelled twice."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairing:
    """What the detections say of R regions, and the U detections that are about none of them."""

    detection: Indices
    """(R,): index of the detection that is about the region, or -1."""
    overlap: Floats
    """(R,): of the two, 0 where there is none."""
    agreement: Floats
    """(R,): highest probability of its own tag on the same thing, 0 to 1."""
    support: Floats
    """(R,): highest product of probability and overlap of its own tag, 0 to 1."""
    twin: Indices
    """(R,): index of the region that it doubles, or -1; of two, the one that less speaks for."""
    twin_overlap: Floats
    """(R,)"""
    unpaired: Indices
    """(U,): index into `data.detection_…`."""
    crowding: Floats
    """(U,): largest overlap with a region."""


def pair(data: EvaluationData) -> Pairing:
    """Pair detections with regions one to one, the most probable and nearest first.

    A detection that overlaps a more probable one on its image by `SAME_THING` is about the same
    thing, whichever its tag, and takes no part. Those of a region's tag need an overlap of
    `TOUCHING` to be about it, those of another tag `SAME_THING`.
    """
    asked = np.flatnonzero(data.detection_probability >= PROBABILITY_FLOOR)
    near = pairs_of(data, asked, data.detection_image[asked], data.region_image, TOUCHING)
    probability = data.detection_probability[asked[near.detection]]
    same_tag = data.detection_tag[asked[near.detection]] == data.region_tag[near.region]
    same_thing = near.overlap >= SAME_THING
    agreement, support = np.zeros(data.regions), np.zeros(data.regions)
    np.maximum.at(agreement, near.region, probability * (same_tag & same_thing))
    np.maximum.at(support, near.region, probability * near.overlap * same_tag)
    twin, twin_overlap = _twins(data, support)

    first = _most_probable(data, asked)
    usable = first[near.detection] & (same_tag | same_thing) & (twin[near.region] < 0)
    region_of = _greedy(near, np.where(usable, probability * near.overlap, 0.0), len(asked))
    paired = np.flatnonzero(region_of >= 0)
    detection, overlap = np.full(data.regions, -1), np.zeros(data.regions)
    detection[region_of[paired]] = asked[paired]
    is_pair = region_of[near.detection] == near.region
    overlap[near.region[is_pair]] = near.overlap[is_pair]
    crowding = np.zeros(len(asked))
    np.maximum.at(crowding, near.detection, near.overlap)
    left = np.flatnonzero(first & (region_of < 0))
    return Pairing(
        detection, overlap, agreement, support, twin, twin_overlap, asked[left], crowding[left]
    )


def _greedy(pairs: Pairs, weight: Floats, detections: int) -> Indices:
    """(N,): the region each detection gets, heaviest pairs first; -1 for none.

    A pair that is the heaviest one left for both is what going through them one by one would take,
    so each round takes all of these at once.
    """
    region_of = np.full(detections, -1)
    left = np.argsort(-weight, kind="stable")
    left = left[weight[left] > 0]
    while len(left):
        detection, region = pairs.detection[left], pairs.region[left]
        best = np.zeros(len(left), dtype=np.int64)
        for ends in (detection, region):
            best[np.unique(ends, return_index=True)[1]] += 1
        taken = best == 2
        region_of[detection[taken]] = region[taken]
        left = left[~np.isin(detection, detection[taken]) & ~np.isin(region, region[taken])]
    return region_of


def _most_probable(data: EvaluationData, asked: Indices) -> NDArray[np.bool_]:
    """(N,): whether it is about a thing, and no more probable one of any tag is about the same."""
    likely = data.detection_probability[asked] >= THING_FLOOR
    asked = asked[likely]
    as_regions = replace(
        data,
        region_image=data.detection_image[asked],
        region_tag=data.detection_tag[asked],
        region_box=data.detection_box[asked],
        region_uuid=(),
    )
    image, probability = as_regions.region_image, data.detection_probability[asked]
    pairs = pairs_of(as_regions, asked, image, image, SAME_THING)
    rank = np.empty(len(asked), dtype=np.int64)
    rank[np.argsort(-probability, kind="stable")] = np.arange(len(asked))
    first = likely.copy()
    second = pairs.detection[rank[pairs.region] < rank[pairs.detection]]
    first[np.flatnonzero(likely)[second]] = False
    return first


def _twins(data: EvaluationData, support: Floats) -> tuple[Indices, Floats]:
    """(R,) each: the region that each one doubles, or -1, and how much they overlap."""
    every = np.arange(data.regions)
    as_detections = replace(
        data,
        detection_image=data.region_image,
        detection_tag=data.region_tag,
        detection_probability=support,
        detection_box=data.region_box,
    )
    pairs = pairs_of(as_detections, every, data.region_image, data.region_image, DOUBLED)
    rank = np.empty(data.regions, dtype=np.int64)
    rank[np.argsort(-support, kind="stable")] = every
    worse = rank[pairs.detection] > rank[pairs.region]
    second, kept, overlap = pairs.detection[worse], pairs.region[worse], pairs.overlap[worse]
    order = np.argsort(overlap, kind="stable")
    twin, twin_overlap = np.full(data.regions, -1), np.zeros(data.regions)
    twin[second[order]] = kept[order]
    twin_overlap[second[order]] = overlap[order]
    return twin, twin_overlap
