"""Which detections found a region: greedy matching at one or several overlap thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tui_detect.core.errors import BadInput
from tui_detect.core.evaluation import average_precision
from tui_detect.core.evaluation.data import EvaluationData, Floats, Indices
from tui_detect.core.evaluation.overlapping import pairs_of, take_greedily

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
    region: Indices
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
    def background(self) -> NDArray[np.bool_]:
        """(I,): whether the image has no region."""
        regions = np.bincount(self.data.region_image, minlength=self.data.images)
        return np.asarray(regions == 0, dtype=np.bool_)

    @cached_property
    def precision_at_recall(self) -> Floats:
        """(K, 101): interpolated precision at recall 0, 0.01 … 1; NaN for tags without regions."""
        regions = np.bincount(self.data.region_tag, minlength=len(self.data.tags))
        rows = np.full((len(self.data.tags), average_precision.LEVELS), np.nan)
        for k in np.flatnonzero(regions):
            correct = self.region[:, self.tag == k] >= 0
            rows[k] = average_precision.precision_at_recall(correct, int(regions[k]))
        return rows

    @cached_property
    def ap(self) -> Floats:
        """(K,): average precision per tag; NaN for tags without regions."""
        return np.asarray(self.precision_at_recall.mean(axis=1), dtype=np.float64)


def match(data: EvaluationData, overlap: Overlap) -> Matched:
    """Give each detection the region it finds, greedily by falling probability.

    Within one image and tag, the most probable detection takes the region it overlaps most (IoU)
    if that is `overlap` or more; then the next one among the regions left. What a detection finds
    never depends on less probable ones, so that any probability threshold may be applied later.

    The method is `evaluateImg` of pycocotools, also in its details: of equal overlaps the later
    region wins, and overlaps are those of boxes in pixels.

    Raises:
        BadInput: the overlap threshold is not above 0 and at most 1.
    """
    thresholds = overlap_thresholds(overlap)
    ranked, rank, group = ranked_detections(data)
    region_group = data.region_image * len(data.tags) + data.region_tag
    pairs = pairs_of(data, ranked, group, region_group, float(thresholds.min()))
    found = np.stack(
        [take_greedily(pairs, rank, float(threshold), data.regions) for threshold in thresholds]
    )
    falling = np.argsort(-data.detection_probability[ranked], kind="stable")
    return Matched(data, overlap, ranked[falling], found[:, falling])


def ranked_detections(data: EvaluationData) -> tuple[Indices, Indices, Indices]:
    """(N,) each: counted detections by image, tag, falling probability; their rank; their group."""
    group = data.detection_image * len(data.tags) + data.detection_tag
    order = np.lexsort((-data.detection_probability, group))
    group = group[order]
    rank = np.arange(len(group)) - np.searchsorted(group, group)
    counted = rank < MAX_DETECTIONS
    return order[counted], rank[counted], group[counted]
