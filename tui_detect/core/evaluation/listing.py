"""From rows of the evaluation's arrays to findings that a person can look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tui_detect.core.evaluation.data import EvaluationData, Floats, Indices
from tui_detect.core.evaluation.finding import ERROR_KINDS, Finding, FindingKind
from tui_detect.core.geometry import Box
from tui_detect.core.model import Detection, Region

KINDS: Final[tuple[FindingKind, ...]] = (*ERROR_KINDS, "correct")
CLASS, LOCATION, BOTH, DUPLICATE, BACKGROUND, MISSED, CORRECT = range(len(KINDS))


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """What a figure counts, of N detections by falling probability and R regions."""

    right: NDArray[np.bool_]
    """(N,)"""
    wrong: NDArray[np.bool_]
    """(N,)"""
    regions: NDArray[np.bool_]
    """(R,)"""
    found: Indices
    """(R,): the detection that found the region, 0 to N - 1, or -1."""
    region: Indices
    """(N,): the region that each right one found."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """F findings of one kind or several, worst first, not made into objects yet."""

    kind: Indices
    """(F,): index into `KINDS`."""
    score: Floats
    """(F,), falling."""
    region: Indices
    """(F,): index into `data.region_…`, or -1."""
    detection: Indices
    """(F,): index into `data.detection_…`, or -1."""
    overlap: Floats
    """(F,): of the two; not looked at unless there are both."""

    def first(self, limit: int | None) -> Rows:
        """The worst of them."""
        cut = slice(limit)
        return Rows(
            self.kind[cut],
            self.score[cut],
            self.region[cut],
            self.detection[cut],
            self.overlap[cut],
        )

    def with_others(self, other: Rows) -> Rows:
        """Both, worst first; of equally bad ones, those here first."""
        score = np.concatenate((self.score, other.score))
        order = np.argsort(-score, kind="stable")
        return Rows(
            np.concatenate((self.kind, other.kind))[order],
            score[order],
            np.concatenate((self.region, other.region))[order],
            np.concatenate((self.detection, other.detection))[order],
            np.concatenate((self.overlap, other.overlap))[order],
        )


def region_at(data: EvaluationData, index: int) -> Region:
    """One of the data's regions; without a UUID where the data knows none."""
    uuid = data.region_uuid[index] if data.region_uuid else ""
    return Region(uuid, data.tags[data.region_tag[index]].id, Box(*data.region_box[index].tolist()))


def detection_at(data: EvaluationData, index: int) -> Detection:
    """One of the data's detections."""
    return Detection(
        data.tags[data.detection_tag[index]].id,
        float(data.detection_probability[index]),
        Box(*data.detection_box[index].tolist()),
    )


def detection_numbers(data: EvaluationData, detections: Indices) -> Indices:
    """The position of each detection among those stored for its image, from 0.

    Args:
        detections: (N,), index into `data.detection_…`.

    Returns:
        (N,)
    """
    by_image = np.argsort(data.detection_image, kind="stable")
    place = np.empty_like(by_image)
    place[by_image] = np.arange(len(by_image))
    starts = np.searchsorted(data.detection_image[by_image], data.detection_image[detections])
    return place[detections] - starts


def missed_rows(data: EvaluationData, regions: Indices, reach: Floats) -> Rows:
    """Missed regions: first those that the iteration is furthest from finding, larger ones first.

    Args:
        regions: (M,), index into `data.region_…`.
        reach: (R,): probability threshold above which each region is missed; -1 if it always is.
    """
    sides_px = data.region_box[regions, 2:] * data.image_sizes_px[data.region_image[regions]]
    regions = regions[np.lexsort((-sides_px.prod(axis=1), reach[regions]))]
    none = np.full(len(regions), -1)
    return Rows(
        kind=np.full(len(regions), MISSED),
        score=1 - np.maximum(reach[regions], 0),
        region=regions,
        detection=none,
        overlap=np.zeros(len(regions)),
    )


def listed(data: EvaluationData, rows: Rows, limit: int | None = None) -> list[Finding]:
    """The worst of them as findings; no more objects are made than that."""
    rows = rows.first(limit)
    has_detection = rows.detection >= 0
    image = np.where(
        has_detection,
        _at(data.detection_image, rows.detection),
        _at(data.region_image, rows.region),
    )
    numbers = np.full(len(image), -1)
    numbers[has_detection] = detection_numbers(data, rows.detection[has_detection])
    return [
        Finding(
            kind=KINDS[kind],
            image_id=int(data.image_ids[at]),
            score=float(score),
            region=region_at(data, region) if region >= 0 else None,
            detection=detection_at(data, detection) if detection >= 0 else None,
            detection_number=number if detection >= 0 else None,
            overlap=overlap if region >= 0 and detection >= 0 else None,
        )
        for kind, at, score, region, detection, number, overlap in zip(
            rows.kind.tolist(),
            image.tolist(),
            rows.score.tolist(),
            rows.region.tolist(),
            rows.detection.tolist(),
            numbers.tolist(),
            rows.overlap.tolist(),
            strict=True,
        )
    ]


def _at(values: Indices, indices: Indices) -> Indices:
    """Where there is none, any value."""
    return values[np.maximum(indices, 0)] if len(values) else indices
