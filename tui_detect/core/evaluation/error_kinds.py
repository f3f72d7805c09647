"""What is the matter with each wrong detection and each missed region, and what it costs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tui_detect.core.evaluation import average_precision
from tui_detect.core.evaluation.data import EvaluationData, Floats, Indices
from tui_detect.core.evaluation.finding import ERROR_KINDS, ErrorKind, Finding, FindingKind
from tui_detect.core.evaluation.listing import (
    BACKGROUND,
    BOTH,
    CLASS,
    CORRECT,
    DUPLICATE,
    KINDS,
    LOCATION,
    MISSED,
    Rows,
    listed,
    missed_rows,
)
from tui_detect.core.evaluation.matching import Matched, overlap_thresholds
from tui_detect.core.evaluation.overlapping import (
    BACKGROUND_OVERLAP,
    Pairs,
    count_above,
    overlaps,
    pairs_across_tags,
    stable_order,
)

# As tidecv has them. Ten of COCO's, such as 29 * 0.01, lie one rounding above, and the recall of a
# tag with 100 regions falls between the two: up to 0.2 mAP in the costs on sets of 60 regions.
_LEVELS: Final = np.arange(average_precision.LEVELS) / 100


@dataclass(frozen=True, eq=False)
class KindsOfError:
    """The kind of every counted detection, and when each region is missed.

    N counted detections by falling probability, as in `Matched`; R regions. A detection's kind
    does not depend on the probability threshold, since what was found before it does not.
    """

    data: EvaluationData
    overlap: float
    """At which a detection is correct; 0.50 for `0.50:0.95`."""
    background: float
    order: Indices
    """(N,): index into `data.detection_…`."""
    kind: Indices
    """(N,): index into `ERROR_KINDS`, or one more for a correct one."""
    region: Indices
    """(N,): index of the region it found, or should have found, or doubles, or touches; or -1."""
    region_overlap: Floats
    """(N,): overlap with that region."""
    found: Indices
    """(R,): the detection that found the region, as position in `order`, or -1."""
    explained: Indices
    """(R,): the first detection that has this region's box or tag wrong, likewise."""

    @cached_property
    def probability(self) -> Floats:
        """(N,), falling."""
        return self.data.detection_probability[self.order]

    @cached_property
    def reach(self) -> Floats:
        """(R,): above this probability threshold the region is missed; -1: it always is."""
        probability = np.append(self.probability, -1.0)
        return np.asarray(np.maximum(probability[self.found], probability[self.explained]))

    @cached_property
    def _tag(self) -> Indices:
        """(N,): index into `data.tags`."""
        return self.data.detection_tag[self.order]

    @cached_property
    def _code(self) -> Indices:
        """(N,): kind and tag in one number."""
        return self.kind * len(self.data.tags) + self._tag

    @cached_property
    def _of_kind(self) -> dict[FindingKind, Indices]:
        """The positions of each kind, ascending."""
        return {kind: np.flatnonzero(self.kind == i) for i, kind in enumerate(KINDS)}

    def counts(self, threshold: float) -> dict[ErrorKind, int]:
        """How many errors of each kind there are at a probability threshold."""
        totals = self.counts_by_tag(threshold).sum(axis=1).tolist()
        return dict(zip(ERROR_KINDS, totals, strict=True))

    def counts_by_tag(self, threshold: float) -> Indices:
        """(6, K): the same by tag: the model's of a detection, the person's of a missed region."""
        tags = len(self.data.tags)
        code = self._code[: self.count_above(threshold)]
        counts = np.bincount(code, minlength=len(KINDS) * tags).reshape(len(KINDS), tags)
        counts[MISSED] = np.bincount(self.data.region_tag[self.missed(threshold)], minlength=tags)
        return counts[:CORRECT]

    def costs(self) -> dict[ErrorKind, float | None]:
        """The mAP, 0 to 1, that would be won without the errors of each kind; `None`: no region.

        From all counted detections, whatever the probability threshold, as mAP itself. The first
        call takes a moment on a large set. The method is TIDE's: a wrong tag or box is put right
        if it is the most probable one for a region that nothing found, and taken away otherwise;
        other wrong detections are taken away; missed regions are no longer asked for.
        """
        return dict(self._costs)

    def findings(
        self,
        threshold: float,
        *,
        kinds: Collection[ErrorKind] | None = None,
        tag: int | None = None,
        limit: int | None = None,
    ) -> list[Finding]:
        """The errors at a probability threshold, worst first.

        A wrong detection is as bad as it is probable; a missed region as bad as the threshold at
        which it would have been found is low, larger ones first.

        Args:
            kinds: only these.
            tag: only of this one, index into `data.tags`.
            limit: no more than so many.
        """
        wanted = ERROR_KINDS if kinds is None else kinds
        worst = [self.positions(threshold, kind, tag)[:limit] for kind in wanted]
        positions = np.sort(np.concatenate([*worst, np.zeros(0, dtype=np.int64)]))
        rows = self.rows(positions)
        if "missed" in wanted:
            missed = missed_rows(self.data, self.missed(threshold, tag), self.reach)
            rows = rows.with_others(missed.first(limit))
        return listed(self.data, rows, limit)

    def positions(self, threshold: float, kind: FindingKind, tag: int | None = None) -> Indices:
        """The detections of one kind, as positions in `order`, most probable first.

        Args:
            tag: only those of this one, index into `data.tags`.
        """
        of_kind = self._of_kind[kind]
        above = of_kind[: np.searchsorted(of_kind, self.count_above(threshold))]
        if tag is None:
            return above
        return np.asarray(above[self._tag[above] == tag])

    def missed(self, threshold: float, tag: int | None = None) -> Indices:
        """The missed regions, of a tag or of all, as indices into `data.region_…`."""
        missed = self.reach < threshold
        if tag is not None:
            missed &= self.data.region_tag == tag
        return np.flatnonzero(missed)

    def count_above(self, threshold: float) -> int:
        """How many detections have a probability or more; they are the first so many."""
        return count_above(self.probability, threshold)

    def rows(self, positions: Indices) -> Rows:
        """Detections, by their position in `order`, each as bad as it is probable."""
        return Rows(
            self.kind[positions],
            self.probability[positions],
            self.region[positions],
            self.order[positions],
            self.region_overlap[positions],
        )

    @cached_property
    def _costs(self) -> dict[ErrorKind, float | None]:
        regions = np.bincount(self.data.region_tag, minlength=len(self.data.tags))
        tag, correct = self._tag, self.kind == CORRECT
        judged = regions > 0
        now = _mean_ap(tag, correct, regions, judged)
        costs: dict[ErrorKind, float | None] = {}
        for number, kind in enumerate(ERROR_KINDS):
            fixed_tag, fixed, left = tag, correct, regions
            keep = self.kind != number
            if number in (CLASS, LOCATION):
                mends = self.explained[(self.found < 0) & (self.explained >= 0)]
                mends = mends[self.kind[mends] == number]
                fixed_tag, fixed = tag.copy(), correct.copy()
                fixed_tag[mends] = self.data.region_tag[self.region[mends]]
                fixed[mends] = keep[mends] = True
            if number == MISSED:
                missed = self.data.region_tag[self.reach < 0]
                left = regions - np.bincount(missed, minlength=len(regions))
            then = _mean_ap(fixed_tag[keep], fixed[keep], left, judged)
            costs[kind] = None if now is None or then is None else max(then - now, 0.0)
        return costs


def kinds_of(matched: Matched, *, background: float = BACKGROUND_OVERLAP) -> KindsOfError:
    """Tell the kinds of error apart, once per overlap threshold.

    The first that fits an incorrect detection: `location`, the box of a region of its tag, but
    overlapping it too little; `class`, the box of a region of another tag; `duplicate`, the box of
    a region that a more probable one has found; `background`, on nothing; `both`, near a region of
    another tag. A region is `missed` if no detection found it or has its box or its tag wrong.

    The method is TIDE's (Bolya et al., ECCV 2020), as in tidecv 1.0.1, on the detections that
    `matched` counts: up to 100 per image and tag, where tidecv takes 100 per image.

    Args:
        background: overlap up to which a detection is on background.
    """
    data = matched.data
    overlap = float(overlap_thresholds(matched.overlap)[0])
    taken = matched.region[0]
    pairs = pairs_across_tags(data, min(overlap, background))
    same = data.detection_tag[pairs.detection] == data.region_tag[pairs.region]
    own, own_overlap = _nearest(pairs, same, matched.order)
    other, other_overlap = _nearest(pairs, ~same, matched.order)
    nearest_overlap = np.maximum(own_overlap, other_overlap)
    kind = np.select(
        [
            taken >= 0,
            (background <= own_overlap) & (own_overlap <= overlap),
            other_overlap >= overlap,
            own_overlap >= overlap,
            nearest_overlap <= background,
        ],
        [CORRECT, LOCATION, CLASS, DUPLICATE, BACKGROUND],
        BOTH,
    )
    region = np.select(
        [kind == CORRECT, (kind == LOCATION) | (kind == DUPLICATE), kind != BACKGROUND],
        [taken, own, other],
        -1,
    )
    region_overlap = np.where(region == own, own_overlap, other_overlap)
    correct = np.flatnonzero(kind == CORRECT)
    region_overlap[correct] = overlaps(data, matched.order[correct], taken[correct])
    return KindsOfError(
        data=data,
        overlap=overlap,
        background=background,
        order=matched.order,
        kind=kind,
        region=region,
        region_overlap=region_overlap,
        found=_first_of(np.where(kind == CORRECT, region, -1), data.regions),
        explained=_first_of(
            np.where((kind == CLASS) | (kind == LOCATION), region, -1), data.regions
        ),
    )


def _nearest(pairs: Pairs, chosen: NDArray[np.bool_], order: Indices) -> tuple[Indices, Floats]:
    """(N,) each: the region that a detection overlaps most, the first of equals; by how much."""
    detections = max(order.max(initial=-1), pairs.detection.max(initial=-1)) + 1
    region, most = np.full(detections, -1, dtype=np.int64), np.zeros(detections)
    detection, overlap = pairs.detection[chosen], pairs.overlap[chosen]
    if len(detection):
        starts = np.flatnonzero(np.diff(detection, prepend=-1))
        most[detection[starts]] = np.maximum.reduceat(overlap, starts)
        # Backwards, so that of equal overlaps the first region is written last.
        best = np.flatnonzero(overlap == most[detection])[::-1]
        region[detection[best]] = pairs.region[chosen][best]
    return region[order], most[order]


def _first_of(region: Indices, regions: int) -> Indices:
    """(R,): the first position at which each region occurs, or -1."""
    first = np.full(regions, -1, dtype=np.int64)
    occurring, at = np.unique(region, return_index=True)
    first[occurring[occurring >= 0]] = at[occurring >= 0]
    return first


def _mean_ap(
    tag: Indices, correct: NDArray[np.bool_], regions: Indices, judged: NDArray[np.bool_]
) -> float | None:
    """Mean average precision over the judged tags that have a detection or a region left."""
    by_tag = stable_order(tag, len(regions))
    bounds = np.searchsorted(tag[by_tag], np.arange(len(regions) + 1))
    aps: list[float] = []
    for k in np.flatnonzero(judged):
        mine = correct[by_tag[bounds[k] : bounds[k + 1]]]
        if regions[k]:
            at = average_precision.precision_at_recall(mine[None], int(regions[k]), _LEVELS)
            aps.append(float(at.mean()))
        elif len(mine):
            aps.append(0.0)
    return sum(aps) / len(aps) if aps else None
