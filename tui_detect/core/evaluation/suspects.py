"""Labels that may be wrong, ranked by what an iteration found on pictures it was not trained on."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tui_detect.core.evaluation.data import EvaluationData, Floats, Indices
from tui_detect.core.evaluation.finding import Finding, SuspectKind
from tui_detect.core.evaluation.listing import detection_at, detection_numbers, region_at
from tui_detect.core.evaluation.pairing import SAME_THING, Pairing, pair

WRONG_SHARE: Final = 0.01
"""Of labels, expected to be wrong in each way before anything is known of them."""
WRONG_AT_LEAST: Final = 3
"""The same as a number, for small sets."""
WITHIN_TAG: Final[frozenset[SuspectKind]] = frozenset({"missing", "spurious", "loose"})
"""Kinds that also come of a model that knows a tag badly: counted among labels of that tag, so
that a tag it hardly finds does not hide what is odd about one that it always finds."""
SURE: Final = 1.3
"""A model is quite sure at so many times the probability that is usual for the tag."""
FAR_OFF: Final = 4.0
"""A box is quite loose when its overlap is so many standard deviations below what is usual for the
tag; one of them is not odd at all."""
SPREAD_MIN: Final = 0.05
"""Of overlaps; people do not draw more evenly."""
EVIDENCE_MIN: Final = 0.1
"""Nothing is odd about a label with less."""


@dataclass(frozen=True, slots=True, eq=False)
class _Usual:
    """How a model is about labels of each of K tags that it agrees with."""

    probability: Floats
    """(K,): the mean; infinite where it agrees with none."""
    overlap: Floats
    """(K,): mean, weighted by probability."""
    spread: Floats
    """(K,): standard deviation of it."""

    @property
    def support(self) -> Floats:
        """(K,): probability times overlap."""
        return self.probability * self.overlap

    def sure(self, probability: Floats, tag: Indices) -> Floats:
        """How sure it is of some detections, 0 to 1, measured by what is usual for the tag."""
        return np.minimum(1.0, probability / (SURE * self.probability[tag]))


@dataclass(frozen=True, slots=True, eq=False)
class _Sights:
    """Evidence against labels, of one kind: indices into the data, and 0 to 1 for each."""

    kind: SuspectKind
    region: Indices
    """-1 where a label is missing."""
    detection: Indices
    """-1 where there is none."""
    evidence: Floats

    def tag(self, data: EvaluationData) -> Indices:
        """The label's, or where it is missing that of the detection."""
        of_region = np.append(data.region_tag, -1)[self.region]
        return np.where(
            self.region >= 0, of_region, np.append(data.detection_tag, -1)[self.detection]
        )


def suspects(
    data: EvaluationData, limit: int | None = None, trained_on: Set[int] = frozenset()
) -> list[Finding]:
    """Labels that may be wrong, the most suspicious first.

    The evidence for each kind says how far the label is from what the model says and how sure the
    model is, compared with what is usual for the tag: confident learning's threshold for each class
    (Northcutt et al., 2021). The kinds are those of ObjectLab (Tkachenko et al., arXiv 2309.00832),
    plus spurious and doubled ones. What makes them comparable is rarity: the score is the evidence
    times `w / (w + s)`, where `s` is the share of labels with as much evidence of that kind and `w`
    the share expected to be wrong; of the kinds in `WITHIN_TAG` among labels of the tag. What a
    third of all labels have is no mistake but the model's weakness, or the way this project is
    labelled. What is usual and what is rare is counted apart on pictures that the model was trained
    on: it is surer there than it can be elsewhere.

    Args:
        data: With the regions as they are now.
        limit: At most so many; `None` for all with any evidence.
        trained_on: Ids of images that the model was trained on.
    """
    found = [one for part in _parts(data, trained_on) for one in _suspects(part, limit)]
    # Sureness ends at 1, so that scores are often equal; there the probability decides.
    found.sort(key=lambda one: (-one.score, -one.detection.probability if one.detection else 0.0))
    return found[:limit]


def _parts(data: EvaluationData, trained_on: Set[int]) -> Iterator[EvaluationData]:
    """What is on images that were not trained on, then what is on those that were."""
    known = np.isin(data.image_ids, list(trained_on))
    for images in (~known, known):
        if images.all():
            yield data
        elif images.any():
            yield _only_on(data, images)


def _only_on(data: EvaluationData, images: NDArray[np.bool_]) -> EvaluationData:
    """The part on some images, (I,)."""
    place = np.cumsum(images) - 1
    regions = np.flatnonzero(images[data.region_image])
    found = np.flatnonzero(images[data.detection_image])
    return replace(
        data,
        image_ids=data.image_ids[images],
        image_sizes_px=data.image_sizes_px[images],
        region_image=place[data.region_image[regions]],
        region_tag=data.region_tag[regions],
        region_box=data.region_box[regions],
        region_uuid=tuple(data.region_uuid[i] for i in regions) if data.region_uuid else (),
        detection_image=place[data.detection_image[found]],
        detection_tag=data.detection_tag[found],
        detection_probability=data.detection_probability[found],
        detection_box=data.detection_box[found],
    )


def _suspects(data: EvaluationData, limit: int | None) -> list[Finding]:
    """Those of one part."""
    pairing = pair(data)
    sights = [sight for sight in _sights(data, pairing) if len(sight.evidence)]
    if not sights:
        return []
    score = np.concatenate([_scores(sight, data) for sight in sights])
    kind = np.repeat(np.arange(len(sights)), [len(sight.evidence) for sight in sights])
    region = np.concatenate([sight.region for sight in sights])
    detection = np.concatenate([sight.detection for sight in sights])
    likely = np.append(data.detection_probability, 0.0)[detection]
    worst_first = np.lexsort((-likely, -score))
    worst_first = worst_first[score[worst_first] > 0]
    # What is most suspicious about a label is enough; a missing one is each its own.
    label = np.where(region < 0, data.regions + np.arange(len(region)), region)[worst_first]
    chosen = worst_first[np.sort(np.unique(label, return_index=True)[1])][:limit]
    numbers = np.full(len(chosen), -1)
    with_box = detection[chosen] >= 0
    numbers[with_box] = detection_numbers(data, detection[chosen][with_box])
    return [
        _finding(
            data, pairing, sights[kind[i]].kind, int(region[i]), int(detection[i]), number, score[i]
        )
        for i, number in zip(chosen.tolist(), numbers.tolist(), strict=True)
    ]


def _sights(data: EvaluationData, pairing: Pairing) -> list[_Sights]:
    """The evidence of each kind, against every label and for every detection without one."""
    usual = _usual(data, pairing)
    tag = data.region_tag
    knows = np.isfinite(usual.probability[tag]) & (pairing.twin < 0)
    paired = np.flatnonzero(knows & (pairing.detection >= 0))
    detection = pairing.detection[paired]
    probability = data.detection_probability[detection]
    sure = usual.sure(probability, data.detection_tag[detection])
    same = data.detection_tag[detection] == tag[paired]

    nearness = pairing.overlap[paired]
    off = (usual.overlap[tag[paired]] - nearness) / usual.spread[tag[paired]]
    odd = np.clip((off - 1) / (FAR_OFF - 1), 0.0, 1.0)
    loose = _Sights("loose", paired[same], detection[same], (sure * odd)[same])

    disagrees = np.maximum(0.0, 1 - pairing.agreement[paired] / probability)
    wrong_tag = _Sights("wrong tag", paired[~same], detection[~same], (sure * disagrees)[~same])

    lonely = np.where(knows, np.maximum(0.0, 1 - pairing.support / usual.support[tag]), 0.0)
    # With a detection that is surely about it, something is there: its box or tag is the question.
    lonely[paired] *= 1 - sure
    alone = np.flatnonzero(knows)
    spurious = _Sights("spurious", alone, np.full(len(alone), -1), lonely[alone])

    found = pairing.unpaired
    seen = usual.sure(data.detection_probability[found], data.detection_tag[found])
    missing = _Sights("missing", np.full(len(found), -1), found, seen * (1 - pairing.crowding))

    twins = np.flatnonzero(pairing.twin >= 0)
    doubled = _Sights("doubled", twins, np.full(len(twins), -1), pairing.twin_overlap[twins] ** 2)
    return [missing, spurious, wrong_tag, loose, doubled]


def _usual(data: EvaluationData, pairing: Pairing) -> _Usual:
    """How the model is about the labels that it agrees with."""
    agreed = np.flatnonzero((pairing.detection >= 0) & (pairing.overlap >= SAME_THING))
    agreed = agreed[data.detection_tag[pairing.detection[agreed]] == data.region_tag[agreed]]
    tag, overlap = data.region_tag[agreed], pairing.overlap[agreed]
    probability = data.detection_probability[pairing.detection[agreed]]
    count, weight, total = (
        np.bincount(tag, values, len(data.tags))
        for values in (np.ones(len(agreed)), probability, probability * overlap)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(count > 0, total / weight, 1.0)
        away = np.bincount(tag, probability * (overlap - mean[tag]) ** 2, len(data.tags))
        spread = np.where(count > 0, np.sqrt(away / weight), 1.0)
        usual = np.where(count > 0, weight / count, np.inf)
    return _Usual(usual, mean, np.maximum(spread, SPREAD_MIN))


def _scores(sights: _Sights, data: EvaluationData) -> Floats:
    """(N,): evidence, less for what many labels have; 0 where there is hardly any."""
    evidence, rare = sights.evidence, np.zeros(len(sights.evidence))
    if sights.kind in WITHIN_TAG:
        group, labels = sights.tag(data), np.bincount(data.region_tag, minlength=len(data.tags))
    else:
        group, labels = np.zeros(len(evidence), dtype=np.int64), np.array([data.regions])
    for k in np.unique(group):
        mine = group == k
        rising = np.sort(evidence[mine])
        as_much = len(rising) - np.searchsorted(rising, evidence[mine], side="left")
        expected = max(WRONG_SHARE * int(labels[k]), WRONG_AT_LEAST)
        rare[mine] = expected / (expected + as_much)
    return np.where(evidence >= EVIDENCE_MIN, evidence * rare, 0.0)


def _finding(
    data: EvaluationData,
    pairing: Pairing,
    kind: SuspectKind,
    region: int,
    detection: int,
    number: int,
    score: float,
) -> Finding:
    image = data.region_image[region] if region >= 0 else data.detection_image[detection]
    twin = int(pairing.twin[region]) if kind == "doubled" else -1
    overlap = float(pairing.overlap[region]) if region >= 0 <= detection else None
    return Finding(
        kind=kind,
        image_id=int(data.image_ids[image]),
        score=float(score),
        region=region_at(data, region) if region >= 0 else None,
        detection=detection_at(data, detection) if detection >= 0 else None,
        detection_number=number if detection >= 0 else None,
        overlap=float(pairing.twin_overlap[region]) if twin >= 0 else overlap,
        other=region_at(data, twin) if twin >= 0 else None,
    )
