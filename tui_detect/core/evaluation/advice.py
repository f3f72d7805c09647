"""What to do about each kind of error, in one sentence, from what the errors have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tui_detect.core.evaluation.data import Indices
from tui_detect.core.evaluation.error_kinds import KindsOfError
from tui_detect.core.evaluation.figures import format_threshold
from tui_detect.core.evaluation.finding import ERROR_KINDS, ErrorKind

SMALL_SIDE: Final = 0.05
"""Mean side of a small box, as a share of the picture's longer side: 32 px of 640, as COCO's."""
_LOWEST_THRESHOLD: Final = 0.05
"""Below it there is so much else that a lower threshold is no help."""
_MOST_LOST: Final = 0.05
"""Share of the correct boxes that a higher threshold may lose and still be advised."""
_ENOUGH_CORRECT: Final = 20
"""Correct boxes; fewer do not tell how sure the model usually is of them."""
_FEW: Final = 0.1
"""Share of the errors below which two tags are not what they have in common."""
_MUCH_LARGER: Final = 1.25
"""Ratio of areas at which the model's box looks larger than the person's."""


def advice(
    kinds: KindsOfError, threshold: float, otherwise: float | None = None
) -> dict[ErrorKind, str]:
    """One sentence for each kind of error that occurs at a probability threshold.

    Args:
        otherwise: a threshold for kinds without a box at the first, such as the one with the best
            F1: they may cost mAP all the same, which counts every probability.
    """
    about: dict[ErrorKind, Callable[[KindsOfError, float], str]] = {
        "class": _about_class,
        "location": _about_location,
        "both": _about_both,
        "duplicate": _about_duplicates,
        "background": _about_background,
        "missed": _about_missed,
    }
    counts = kinds.counts(threshold)
    found = {kind: sentence(kinds, threshold) for kind, sentence in about.items() if counts[kind]}
    if otherwise is not None:
        there = kinds.counts(otherwise)
        for kind, sentence in about.items():
            if kind not in found and there[kind]:
                found[kind] = f"At {format_threshold(otherwise)}: {sentence(kinds, otherwise)}"
    return found


def _about_class(kinds: KindsOfError, threshold: float) -> str:
    counts, total = _pairs(kinds, threshold, "class")
    person, model, count, back = _commonest_pair(kinds, counts)
    if count + back < _FEW * total:
        tag = int(np.argmax(counts.sum(axis=1)))
        times = _share(int(counts[tag].sum()), total, "wrong tag")
        others = int(np.count_nonzero(counts[tag]))
        return (
            f"Tag more pictures with {kinds.data.tags[tag].name}, which is taken for {others} "
            f"other tags ({times})."
        )
    if back:
        times = _share(count + back, total, "wrong tag")
        return (
            f"Check where {person} and {model} are taken for each other ({times}), then tag more "
            "pictures with both."
        )
    times = _share(count, total, "wrong tag")
    return (
        f"Check where {person} is taken for {model} ({times}), then tag more pictures with "
        f"{person}."
    )


def _about_location(kinds: KindsOfError, threshold: float) -> str:
    positions = kinds.positions(threshold, "location")
    tag, count = _commonest(kinds.data.detection_tag[kinds.order[positions]])
    name, times = kinds.data.tags[tag].name, _share(count, len(positions), "loose box")
    positions = kinds.positions(threshold, "location", tag)
    regions = kinds.region[positions]
    if _most(_small(kinds, regions)):
        return (
            f"Train with larger images: boxes of {name} are so small that each pixel counts "
            f"({times})."
        )
    ratio = kinds.data.detection_box[kinds.order[positions], 2:].prod(axis=1)
    ratio /= kinds.data.region_box[regions, 2:].prod(axis=1)
    for chosen, word in ((ratio > _MUCH_LARGER, "larger"), (ratio < 1 / _MUCH_LARGER, "smaller")):
        if _most(chosen):
            return (
                f"Check that your boxes of {name} all end where the object ends: the model's are "
                f"{word} ({times})."
            )
    return (
        f"Look where the model puts boxes of {name} ({times}): draw yours close around one whole "
        "object each."
    )


def _about_both(kinds: KindsOfError, threshold: float) -> str:
    counts, total = _pairs(kinds, threshold, "both")
    beside, model, count, _ = _commonest_pair(kinds, counts)
    if count < _FEW * total:
        tag = int(np.argmax(counts.sum(axis=0)))
        times = _share(int(counts[:, tag].sum()), total, "such box")
        return (
            f"Look for {kinds.data.tags[tag].name} without a box beside others ({times}), then tag "
            "more pictures on which they stand close."
        )
    times = _share(count, total, "such box")
    return (
        f"Look for {model} without a box beside {beside} ({times}), then tag more pictures with "
        "both."
    )


def _about_duplicates(kinds: KindsOfError, threshold: float) -> str:
    positions = kinds.positions(threshold, "duplicate")
    tag, count = _commonest(kinds.data.detection_tag[kinds.order[positions]])
    times = _share(count, len(positions), "doubled box")
    return _raise_threshold(kinds, threshold, positions, "doubled box") or (
        f"Look for two {kinds.data.tags[tag].name} in one box ({times}), then tag more pictures "
        "on which they touch."
    )


def _about_background(kinds: KindsOfError, threshold: float) -> str:
    positions = kinds.positions(threshold, "background")
    if raised := _raise_threshold(kinds, threshold, positions, "false alarm"):
        return raised
    data, detections = kinds.data, kinds.order[positions]
    with_regions = np.isin(data.detection_image[detections], data.region_image)
    if _most(~with_regions):
        tag, count = _commonest(data.detection_tag[detections[~with_regions]])
        seen = ~with_regions & (data.detection_tag[detections] == tag)
        pictures = len(np.unique(data.detection_image[detections[seen]]))
        return (
            f"Add more background pictures like the {_one(pictures)} on which the model sees "
            f"{data.tags[tag].name} ({_share(count, len(positions), 'false alarm')})."
        )
    tag, count = _commonest(data.detection_tag[detections])
    without = len(np.unique(data.region_image)) < data.images
    then = "with what is taken for it" if without else "too: the model was not tried on any"
    return (
        f"Look for {data.tags[tag].name} without a box "
        f"({_share(count, len(positions), 'false alarm')}), then add background pictures {then}."
    )


def _about_missed(kinds: KindsOfError, threshold: float) -> str:
    missed = kinds.missed(threshold)
    if lowered := _lower_threshold(kinds, threshold, missed):
        return lowered
    data = kinds.data
    tag, count = _commonest(data.region_tag[missed])
    times = _share(count, len(missed), "missed box")
    missed = kinds.missed(threshold, tag)
    name, pictures = data.tags[tag].name, len(np.unique(data.region_image[missed]))
    more = "1 more picture" if pictures == 1 else f"{pictures} more pictures"
    if _most(_small(kinds, missed)):
        return f"Tag {more} with small {name}, or train with larger images ({times})."
    return f"Tag {more} with {name} ({times})."


def _raise_threshold(
    kinds: KindsOfError, threshold: float, wrong: Indices, noun: str
) -> str | None:
    """A higher threshold, if it takes most of the wrong boxes away and few correct ones."""
    correct = kinds.probability[kinds.positions(threshold, "correct")]
    if len(correct) < _ENOUGH_CORRECT:
        return None
    higher = _hundredths(correct[::-1][int(_MOST_LOST * len(correct))])
    gone = kinds.probability[wrong] < higher
    if not _most(gone):
        return None
    lost = int(np.count_nonzero(correct < higher))
    return (
        f"Raise the threshold to {higher:.2f}: it takes away "
        f"{_share(int(gone.sum()), len(wrong), noun)} and loses {lost or 'none'} of "
        f"{len(correct)} correct ones."
    )


def _lower_threshold(kinds: KindsOfError, threshold: float, missed: Indices) -> str | None:
    """A lower threshold, if it finds most of the missed regions and not as many wrong boxes."""
    at = kinds.found[missed]
    probability = np.sort(kinds.probability[at[at >= 0]])[::-1]
    half = (len(missed) - 1) // 2
    if len(probability) <= half or probability[half] < _LOWEST_THRESHOLD:
        return None
    lower = _hundredths(probability[half])
    found = int(np.count_nonzero(probability >= lower))
    wrong = sum(
        len(kinds.positions(lower, kind)) - len(kinds.positions(threshold, kind))
        for kind in ERROR_KINDS
    )
    if wrong > found:
        return None
    return (
        f"Lower the threshold to {lower:.2f}: it finds "
        f"{_share(found, len(missed), 'missed box')}, with {_one(wrong)} more that "
        f"{'is' if wrong == 1 else 'are'} wrong."
    )


def _pairs(kinds: KindsOfError, threshold: float, kind: ErrorKind) -> tuple[Indices, int]:
    """(K, K): how often each of the person's tags meets each of the model's; how many there are."""
    data, tags = kinds.data, len(kinds.data.tags)
    positions = kinds.positions(threshold, kind)
    person = data.region_tag[kinds.region[positions]]
    model = data.detection_tag[kinds.order[positions]]
    counts = np.bincount(person * tags + model, minlength=tags * tags)
    return counts.reshape(tags, tags), len(positions)


def _commonest_pair(kinds: KindsOfError, counts: Indices) -> tuple[str, str, int, int]:
    """The person's tag and the model's that meet most often, how often, and the other way round."""
    row, column = divmod(int(np.argmax(counts)), len(counts))
    tags = kinds.data.tags
    return (
        tags[row].name,
        tags[column].name,
        int(counts[row, column]),
        int(counts[column, row]),
    )


def _commonest(tags: Indices) -> tuple[int, int]:
    """The tag that occurs most, and how often."""
    counts = np.bincount(tags)
    return int(np.argmax(counts)), int(counts.max())


def _small(kinds: KindsOfError, regions: Indices) -> NDArray[np.bool_]:
    data = kinds.data
    size_px = data.image_sizes_px[data.region_image[regions]]
    area_px = (data.region_box[regions, 2:] * size_px).prod(axis=1)
    return np.asarray(np.sqrt(area_px) < SMALL_SIDE * size_px.max(axis=1))


def _most(chosen: NDArray[np.bool_]) -> bool:
    return 2 * int(np.count_nonzero(chosen)) > len(chosen)


def _one(count: int) -> str:
    return "one" if count == 1 else str(count)


def _hundredths(probability: float) -> float:
    """Rounded down, so that a detection of this probability is still counted."""
    return float(np.floor(probability * 100 + 1e-9) / 100)


def _share(count: int, total: int, noun: str) -> str:
    """`9 of 12 loose boxes`, `all 12 loose boxes`, `the only loose box`."""
    if total == 1:
        return f"the only {noun}"
    nouns = f"{noun}es" if noun.endswith("x") else f"{noun}s"
    return f"all {total} {nouns}" if count == total > 2 else f"{count} of {total} {nouns}"
