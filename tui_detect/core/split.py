"""Which images train and which validate: fixed once, even over tags, the same on every machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from hashlib import sha256

from tui_detect.core.model import Split

VALIDATION_SHARE = 0.2
"""Custom Vision's own training : verification is 4 : 1."""


def assign_split(
    tags_by_image: Mapping[str, frozenset[int]], fixed: Mapping[str, Split]
) -> dict[str, Split]:
    """The split of every image that has none yet, so that each tag comes near one fifth validation.

    Rare tags choose first; an image without tags (background) counts as a tag of its own.
    The order within a tag is by a hash of the image's id: it looks random and never changes.

    Args:
        tags_by_image: for each image to train on, by its SHA-256, the tags on it.
        fixed: the images among them whose split is decided.

    Returns:
        The split of the images of `tags_by_image` that `fixed` lacks. With two images or more
        in all, both splits get at least one.
    """
    background = frozenset({-1})
    kinds = {image: tags or background for image, tags in tags_by_image.items()}
    total = Counter(tag for tags in kinds.values() for tag in tags)
    validating = Counter(
        tag for image, tags in kinds.items() if fixed.get(image) == "validation" for tag in tags
    )
    open_images = {image for image in kinds if image not in fixed}
    chosen: set[str] = set()
    for tag, count in sorted(total.items(), key=lambda item: (item[1], item[0])):
        wanted = round(count * VALIDATION_SHARE)
        candidates = sorted(
            (image for image in open_images - chosen if tag in kinds[image]), key=_shuffled
        )
        for image in candidates[: max(0, wanted - validating[tag])]:
            chosen.add(image)
            validating.update(kinds[image])
    result: dict[str, Split] = {
        image: "validation" if image in chosen else "train" for image in open_images
    }
    return _with_both(result, fixed, kinds)


def assign_folds(tags_by_image: Mapping[str, frozenset[int]], folds: int) -> dict[str, int]:
    """The fold of each image for a cross-validation, each tag spread evenly over the folds.

    Rare tags choose first, as in `assign_split`; each image goes to the fold that has the fewest
    images of the tag, and of those to the smallest. Iterative stratification after Sechidis,
    Tsoumakas and Vlahavas, "On the Stratification of Multi-Label Data", 2011.

    Args:
        tags_by_image: for each image, by an id that never changes, the tags on it.
        folds: how many there are, 2 or more.

    Returns:
        A number from 0 to `folds` - 1 for each image.
    """
    background = frozenset({-1})
    kinds = {image: tags or background for image, tags in tags_by_image.items()}
    total = Counter(tag for tags in kinds.values() for tag in tags)
    of_tag: Counter[tuple[int, int]] = Counter()
    size: Counter[int] = Counter()
    fold_of: dict[str, int] = {}
    for tag, _ in sorted(total.items(), key=lambda item: (item[1], item[0])):
        waiting = (image for image in kinds if image not in fold_of and tag in kinds[image])
        for image in sorted(waiting, key=_shuffled):
            fold = min(range(folds), key=lambda f: (of_tag[tag, f], size[f], f))
            fold_of[image] = fold
            size[fold] += 1
            of_tag.update((kind, fold) for kind in kinds[image])
    return fold_of


def _with_both(
    result: dict[str, Split], fixed: Mapping[str, Split], kinds: Mapping[str, frozenset[int]]
) -> dict[str, Split]:
    """Mend a very small set, where rounding left one side without any tagged object."""
    objects = sorted((image for image in kinds if -1 not in kinds[image]), key=_shuffled)
    for side in ("validation", "train"):
        splits = {image: result.get(image) or fixed.get(image) for image in objects}
        if side in splits.values():
            continue
        movable = [image for image in objects if image in result]
        if movable and len(objects) > 1:
            result[movable[0]] = "validation" if side == "validation" else "train"
    return result


def _shuffled(image: str) -> str:
    return sha256(f"split {image}".encode()).hexdigest()
