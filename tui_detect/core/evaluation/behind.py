"""The boxes behind a figure: what keeps it from being perfect, or what it counts, worst first."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, TypeAlias

import numpy as np

from tui_detect.core.evaluation.box_sizes import counted_of_size
from tui_detect.core.evaluation.data import Indices
from tui_detect.core.evaluation.error_kinds import KindsOfError
from tui_detect.core.evaluation.finding import Finding
from tui_detect.core.evaluation.listing import (
    CORRECT,
    DUPLICATE,
    Counted,
    Rows,
    listed,
    missed_rows,
)
from tui_detect.core.evaluation.matching import Matched
from tui_detect.core.evaluation.overlapping import overlaps

Which: TypeAlias = Literal["errors", "wrong", "missed", "found", "regions", "detections"]
"""Of what a figure counts: wrong detections and regions without any box near them; the former;
regions not found; right detections; every region; every detection."""


def of_all(kinds: KindsOfError) -> Counted:
    """Everything."""
    right = kinds.kind == CORRECT
    every = np.ones(kinds.data.regions, dtype=np.bool_)
    return Counted(right, ~right, every, kinds.found, kinds.region)


def of_tag(kinds: KindsOfError, tag: int) -> Counted:
    """The detections and regions of one tag, index into `data.tags`."""
    mine = kinds.data.detection_tag[kinds.order] == tag
    right = kinds.kind == CORRECT
    regions = kinds.data.region_tag == tag
    return Counted(mine & right, mine & ~right, regions, kinds.found, kinds.region)


def of_background(kinds: KindsOfError) -> Counted:
    """The detections on images without any region."""
    data = kinds.data
    empty = np.bincount(data.region_image, minlength=data.images) == 0
    alarms = empty[data.detection_image[kinds.order]]
    none = np.zeros(data.regions, dtype=np.bool_)
    return Counted(np.zeros_like(alarms), alarms, none, kinds.found, kinds.region)


def of_probability(kinds: KindsOfError, low: float, high: float) -> Counted:
    """The detections from one probability up to another, which only 1 includes."""
    mine = (kinds.probability >= low) & ((kinds.probability < high) | (high >= 1))
    right = kinds.kind == CORRECT
    none = np.zeros(kinds.data.regions, dtype=np.bool_)
    return Counted(mine & right, mine & ~right, none, kinds.found, kinds.region)


def of_size(matched: Matched, name: str) -> Counted:
    """The boxes of one size as `by_size` counts them; of several overlap thresholds the first.

    Args:
        name: `small`, `medium` or `large`.
    """
    return counted_of_size(matched, name)


def boxes_behind(
    kinds: KindsOfError,
    counted: Counted,
    which: Which,
    threshold: float,
    limit: int | None = None,
) -> list[Finding]:
    """The boxes of a figure at a probability threshold, worst first.

    Wrong detections by falling probability, right ones the least sure first. Of regions not found
    those come first that have no box near them, then those with a wrong tag or box.

    Args:
        limit: no more than so many.
    """
    data, above = kinds.data, kinds.count_above(threshold)
    found = counted.regions & (counted.found >= 0) & (counted.found < above)
    explained = counted.regions & ~found & (kinds.explained >= 0) & (kinds.explained < above)
    missed = missed_rows(
        data, np.flatnonzero(counted.regions & ~found & ~explained), kinds.reach
    ).first(limit)
    wrong = _wrong(kinds, np.flatnonzero(counted.wrong[:above])[:limit])
    positions = np.flatnonzero(counted.right[:above])
    right = _least_sure(kinds, positions, counted.region[positions]).first(limit)
    parts: tuple[Rows, ...]
    match which:
        case "errors":
            parts = (wrong.with_others(missed),)
        case "wrong":
            parts = (wrong,)
        case "missed":
            parts = (missed, kinds.rows(np.sort(kinds.explained[explained])))
        case "found":
            parts = (right,)
        case "regions":
            known = _least_sure(kinds, counted.found[found], np.flatnonzero(found))
            parts = (missed, kinds.rows(np.sort(kinds.explained[explained])), known)
        case "detections":
            parts = (wrong, right)
    return [finding for rows in parts for finding in listed(data, rows, limit)][:limit]


def _wrong(kinds: KindsOfError, positions: Indices) -> Rows:
    """Among the boxes of one size another one may have the region that this one found among all."""
    rows = kinds.rows(positions)
    return replace(rows, kind=np.where(rows.kind == CORRECT, DUPLICATE, rows.kind))


def _least_sure(kinds: KindsOfError, positions: Indices, regions: Indices) -> Rows:
    """Right detections, each with the region that it found."""
    order = np.argsort(-positions)
    positions, regions = positions[order], regions[order]
    detections = kinds.order[positions]
    return Rows(
        kind=np.full(len(positions), CORRECT),
        score=1 - kinds.probability[positions],
        region=regions,
        detection=detections,
        overlap=overlaps(kinds.data, detections, regions),
    )
