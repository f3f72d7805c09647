"""Which detections found a region: greedy matching at one or several overlap thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tui_detect.core.errors import BadInput
from tui_detect.core.evaluation import average_precision
from tui_detect.core.evaluation.data import EvaluationData, Floats, Indices
from tui_detect.core.evaluation.overlapping import (
    Pairs,
    count_above,
    falling_order,
    pairs_of,
    rank_within,
    stable_order,
    take_greedily,
)

OverlapRange: TypeAlias = Literal["0.50:0.95"]
Overlap: TypeAlias = float | OverlapRange

OVERLAP_RANGE: Final[OverlapRange] = "0.50:0.95"
"""COCO's ten overlap thresholds 0.50, 0.55 … 0.95; every figure is the mean over them."""
OVERLAPS: Final[tuple[Overlap, ...]] = (0.30, 0.50, OVERLAP_RANGE)
"""Those that are offered."""
MAX_DETECTIONS: Final = 100
"""The most probable detections per image and tag that count, as in COCO."""


def overlap_thresholds(overlap: Overlap) -> Floats:
    """(T,): the overlap thresholds that `overlap` stands for.

    Raises:
        BadInput: it is not above 0 and at most 1.
    """
    if isinstance(overlap, str):
        return np.linspace(0.5, 0.95, 10)
    if not 0 < overlap <= 1:
        raise BadInput(
            f"overlap threshold {overlap} is not above 0 and at most 1",
            f"give a number such as 0.3, or {OVERLAP_RANGE}",
        )
    return np.array([overlap], dtype=np.float64)


def parse_overlap(text: str) -> Overlap:
    """The overlap threshold that a person typed: a number, or `0.50:0.95`.

    Raises:
        BadInput: it is neither.
    """
    text = text.strip()
    if text.replace("0.5:", "0.50:") == OVERLAP_RANGE:
        return OVERLAP_RANGE
    try:
        value = float(text)
    except ValueError:
        raise BadInput(
            f"overlap threshold {text!r} is not a number",
            f"give a number such as 0.3, or {OVERLAP_RANGE}",
        ) from None
    overlap_thresholds(value)
    return value


@dataclass(frozen=True, eq=False)
class Matched:
    """Every counted detection with the region it found; no probability threshold is applied yet.

    T overlap thresholds, N counted detections (at most `MAX_DETECTIONS` per image and tag), in
    order of falling probability.
    """

    data: EvaluationData
    overlap: Overlap
    order: Indices
    """(N,): index into `data.detection_…`."""
    region: NDArray[np.signedinteger]
    """(T, N): index of the region found, or -1."""

    @cached_property
    def hit(self) -> Floats:
        """(N,): share of the overlap thresholds at which the detection is correct."""
        return np.asarray((self.region >= 0).mean(axis=0), dtype=np.float64)

    @cached_property
    def probability(self) -> Floats:
        """(N,), falling."""
        return self.data.detection_probability[self.order]

    @cached_property
    def image(self) -> Indices:
        """(N,): index into `data.image_ids`."""
        return self.data.detection_image[self.order]

    @cached_property
    def tag(self) -> Indices:
        """(N,): index into `data.tags`."""
        return self.data.detection_tag[self.order]

    @cached_property
    def regions_by_image(self) -> Floats:
        """(I,): how many regions each image has."""
        return np.bincount(self.data.region_image, minlength=self.data.images).astype(np.float64)

    @cached_property
    def background(self) -> NDArray[np.bool_]:
        """(I,): whether the image has no region."""
        return np.asarray(self.regions_by_image == 0, dtype=np.bool_)

    @cached_property
    def regions_by_tag(self) -> Indices:
        """(K,): how many regions of each tag there are."""
        return np.bincount(self.data.region_tag, minlength=len(self.data.tags))

    @cached_property
    def images_by_tag(self) -> Indices:
        """(K,): how many images have a region of each tag."""
        tags = len(self.data.tags)
        shown_on = np.unique(self.data.region_image * tags + self.data.region_tag)
        return np.bincount(shown_on % max(tags, 1), minlength=tags)

    @cached_property
    def _by_tag(self) -> tuple[Indices, Indices]:
        """(N,): the detections by tag, each tag's by falling probability; (K + 1,): its bounds."""
        order = stable_order(self.tag, len(self.data.tags))
        counts = np.bincount(self.tag, minlength=len(self.data.tags))
        return order, np.concatenate(([0], np.cumsum(counts)))

    def of_tag(self, tag: int) -> Indices:
        """The detections of one tag, by falling probability: positions 0 to N - 1."""
        order, bounds = self._by_tag
        return order[bounds[tag] : bounds[tag + 1]]

    def count_above(self, threshold: float) -> int:
        """How many detections have a probability or more; they are the first so many."""
        return count_above(self.probability, threshold)

    @cached_property
    def precision_at_recall(self) -> Floats:
        """(K, 101): interpolated precision at recall 0, 0.01 … 1; NaN for tags without regions."""
        rows = np.full((len(self.data.tags), average_precision.LEVELS), np.nan)
        for k in np.flatnonzero(self.regions_by_tag):
            correct = self.region[:, self.of_tag(int(k))] >= 0
            rows[k] = average_precision.precision_at_recall(correct, int(self.regions_by_tag[k]))
        return rows

    @cached_property
    def ap(self) -> Floats:
        """(K,): average precision per tag; NaN for tags without regions."""
        return np.asarray(self.precision_at_recall.mean(axis=1), dtype=np.float64)


def match(
    data: EvaluationData, overlap: Overlap, *, ignored: NDArray[np.bool_] | None = None
) -> Matched:
    """Give each detection the region it finds, greedily by falling probability.

    Within one image and tag, the most probable detection takes the region it overlaps most (IoU)
    if that is `overlap` or more; then the next one among the regions left. What a detection finds
    never depends on less probable ones, so that any probability threshold may be applied later.

    The method is `evaluateImg` of pycocotools, also in its details: of equal overlaps the later
    region wins, and overlaps are those of boxes in pixels.

    Args:
        ignored: (R,), regions that are taken only where no other one is near enough.

    Raises:
        BadInput: the overlap threshold is not above 0 and at most 1.
    """
    thresholds = overlap_thresholds(overlap)
    ranking = ranked(data)
    pairs = _pairs(data, float(thresholds.min()))
    found = np.full((len(thresholds), len(ranking.order)), -1, dtype=np.int32)
    for row, threshold in zip(found, thresholds.tolist(), strict=True):
        row[ranking.position] = take_greedily(
            pairs, ranking.rank, threshold, data.regions, ignored=ignored
        )
    return Matched(data, overlap, ranking.falling, found)


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """The counted detections in two orders: by image, tag and falling probability; by the last."""

    order: Indices
    """(N,): index into `data.detection_…`, by image and tag."""
    rank: Indices
    """(N,): from 0 within its image and tag."""
    group: Indices
    """(N,): one number for each image and tag."""
    falling: Indices
    """(N,): index into `data.detection_…`, by falling probability."""
    position: Indices
    """(N,): where each of `order` is in `falling`."""


@lru_cache(maxsize=1)
def ranked(data: EvaluationData) -> Ranking:
    """Which detections count, and how they rank; remembered for the last data."""
    by_image = stable_order(data.detection_image, data.images)
    falling = by_image[falling_order(data.detection_probability[by_image])]
    by_tag = stable_order(data.detection_tag[falling], len(data.tags))
    grouped = by_tag[stable_order(data.detection_image[falling[by_tag]], data.images)]
    order = falling[grouped]
    group = data.detection_image[order] * len(data.tags) + data.detection_tag[order]
    rank = rank_within(group)
    counted = rank < MAX_DETECTIONS
    if not counted.all():
        kept = np.zeros(len(falling), dtype=np.bool_)
        kept[grouped[counted]] = True
        order, rank, group, falling = order[counted], rank[counted], group[counted], falling[kept]
        grouped = (np.cumsum(kept) - 1)[grouped[counted]]
    return Ranking(order, rank, group, falling, grouped)


@lru_cache(maxsize=1)
def _pairs(data: EvaluationData, threshold: float) -> Pairs:
    ranking = ranked(data)
    region_group = data.region_image * len(data.tags) + data.region_tag
    return pairs_of(data, ranking.order, ranking.group, region_group, threshold)
