"""Which tag the model gives to what a person tagged, and the boxes behind each count."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from tui_detect.core.evaluation.data import EvaluationData, EvaluationTag, Floats, Indices
from tui_detect.core.evaluation.finding import Finding
from tui_detect.core.evaluation.listing import (
    BACKGROUND,
    CLASS,
    CORRECT,
    Rows,
    listed,
    missed_rows,
)
from tui_detect.core.evaluation.matching import Overlap, overlap_thresholds, ranked
from tui_detect.core.evaluation.overlapping import (
    BACKGROUND_OVERLAP,
    count_above,
    overlaps,
    pairs_across_tags,
    rank_within,
    stable_order,
    take_greedily,
)

ALL_TAGS: Final = 12
"""So many tags are shown whether they are confused or not."""


@dataclass(frozen=True, eq=False)
class AcrossTags:
    """Every counted detection with the region it found, whatever the tags of the two.

    N counted detections by falling probability, R regions; no probability threshold is applied yet.
    """

    data: EvaluationData
    overlap: float
    """At which a region counts as found; 0.50 for `0.50:0.95`."""
    order: Indices
    """(N,): index into `data.detection_…`."""
    region: Indices
    """(N,): index of the region found, or -1."""

    @cached_property
    def probability(self) -> Floats:
        """(N,), falling."""
        return self.data.detection_probability[self.order]

    @cached_property
    def reach(self) -> Floats:
        """(R,): above this probability threshold the region is missed; -1: it always is."""
        reach = np.full(self.data.regions, -1.0)
        found = self.region >= 0
        reach[self.region[found]] = self.probability[found]
        return reach

    @cached_property
    def cell(self) -> Indices:
        """(N,): row and column of the confusion matrix in one number."""
        background = len(self.data.tags)
        row = np.append(self.data.region_tag, background)[self.region]
        return np.asarray(row * (background + 1) + self.data.detection_tag[self.order])

    def count_above(self, threshold: float) -> int:
        """How many detections have a probability threshold or more."""
        return count_above(self.probability, threshold)


@dataclass(frozen=True, slots=True, eq=False)
class Confusion:
    """The confusion matrix at one probability threshold."""

    tags: tuple[EvaluationTag, ...]
    threshold: float
    overlap: float
    counts: Indices
    """(K + 1, K + 1): rows are what the person tagged, columns what the model found, the last of
    each background: its row holds false alarms, its column missed regions, their corner 0."""


def match_across_tags(data: EvaluationData, overlap: Overlap) -> AcrossTags:
    """Give each detection the region it finds, whatever its tag, greedily by falling probability.

    As `match`, but over all tags of an image at once; of regions that it overlaps equally, a
    detection takes one of its own tag. The range `0.50:0.95` is matched at 0.50.

    Raises:
        BadInput: the overlap threshold is not above 0 and at most 1.
    """
    needed = float(overlap_thresholds(overlap)[0])
    order = ranked(data).falling
    pairs = pairs_across_tags(data, min(needed, BACKGROUND_OVERLAP))
    same = data.detection_tag[pairs.detection] == data.region_tag[pairs.region]
    by_image = order[stable_order(data.detection_image[order], data.images)]
    counted = rank_within(data.detection_image[by_image])
    # What is not counted comes last, where it can take nothing from what is.
    rank = np.full(len(data.detection_image), counted.max(initial=-1) + 1)
    rank[by_image] = counted
    region = take_greedily(pairs, rank, needed, data.regions, preferred=same)[order]
    return AcrossTags(data, needed, order, region)


def tags_to_show(confusion: Confusion, most: int | None = None) -> list[int]:
    """Indices of the rows and columns worth a look: tags, the most confused first, then background.

    Of more than `ALL_TAGS` only those with a mistake; of those that are confused with no other tag
    the ones with the most misses and false alarms come first.

    Args:
        most: At most so many tags.
    """
    background = len(confusion.tags)
    if background <= ALL_TAGS:
        return list(range(background + 1))
    wrong = confusion.counts.copy()
    np.fill_diagonal(wrong, 0)
    alone = wrong[:-1, -1] + wrong[-1, :-1]
    confused = wrong[:-1, :-1].sum(axis=0) + wrong[:-1, :-1].sum(axis=1)
    order = np.lexsort((-alone, -confused))[:most]
    return [*(int(index) for index in order if confused[index] + alone[index]), background]


def confusion(across: AcrossTags, threshold: float) -> Confusion:
    """The confusion matrix at a probability threshold, from detections matched before."""
    data, side = across.data, len(across.data.tags) + 1
    cell = across.cell[: across.count_above(threshold)]
    counts = np.bincount(cell, minlength=side * side).reshape(side, side)
    missed = data.region_tag[across.reach < threshold]
    counts[:-1, -1] = np.bincount(missed, minlength=side - 1)
    return Confusion(data.tags, threshold, across.overlap, counts)


def findings(
    across: AcrossTags, threshold: float, row: int, column: int, limit: int | None = None
) -> list[Finding]:
    """The boxes behind one cell of the confusion matrix, worst first.

    Wrong ones by falling probability; correct ones the least sure first; missed regions first
    those that no detection finds at any threshold, larger ones first.

    Args:
        row: of the person's tag, index into `data.tags`; as many as there are tags: background.
        column: of the model's, likewise.
        limit: no more than so many.
    """
    data, tags = across.data, len(across.data.tags)
    if column == tags:
        missed = (across.reach < threshold) & (data.region_tag == row)
        return listed(data, missed_rows(data, np.flatnonzero(missed), across.reach), limit)
    cell = across.cell[: across.count_above(threshold)]
    positions = np.flatnonzero(cell == row * (tags + 1) + column)
    kind = BACKGROUND if row == tags else CORRECT if row == column else CLASS
    if kind == CORRECT:
        positions = positions[::-1]
    positions = positions[:limit]
    probability = across.probability[positions]
    found, detections = across.region[positions], across.order[positions]
    overlap = np.zeros(len(positions))
    overlap[found >= 0] = overlaps(data, detections[found >= 0], found[found >= 0])
    rows = Rows(
        kind=np.full(len(positions), kind),
        score=1 - probability if kind == CORRECT else probability,
        region=found,
        detection=detections,
        overlap=overlap,
    )
    return listed(data, rows)
