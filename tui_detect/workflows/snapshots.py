"""What a training learns from: the tagged images as they are now, with a split for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tui_detect.core.errors import BadInput, NotFound, TrainingImpossible
from tui_detect.core.model import Image, Region, Split, Tag, TrainingSettings
from tui_detect.core.query import ImageQuery
from tui_detect.core.split import assign_split
from tui_detect.store import images, tags
from tui_detect.store.iterations import Snapshot
from tui_detect.workflows.images import guidance
from tui_detect.workflows.library import Library
from tui_detect.workflows.warm_starting import trained_before

VALIDATION_MIN = 10
"""Images to check on, below which a single one moves the figures by more than a tenth."""
FOLDS_ADVISED = 5


@dataclass(frozen=True, slots=True)
class TrainingCheck:
    """What a training started now would work on."""

    images: int
    train: int
    validation: int
    background: int
    tags: int
    regions: int
    warnings: list[str]


def take_snapshot(
    library: Library, project_id: int, settings: TrainingSettings
) -> tuple[Snapshot, dict[int, Split]]:
    """All tagged images with regions and split, and the splits that are new; stores nothing.

    Raises:
        BadInput: folds start from weights that have seen the images.
        NotFound: the settings name a tag that is not there.
        TrainingImpossible: the workspace cannot be trained on.
    """
    db = library.db
    tagged: list[Image] = []
    regions: dict[int, tuple[Region, ...]] = {}
    for page in images.pages(db, project_id, ImageQuery(state="tagged")):
        tagged += page
        regions |= images.regions(db, [image.id for image in page])
    fixed: Mapping[str, Split] = {image.sha256: image.split for image in tagged if image.split}
    # By all tags, also those that are left out this time: an image's split is for ever.
    sets = {image.sha256: frozenset(r.tag_id for r in regions[image.id]) for image in tagged}
    chosen_tags = _chosen(tags.of_project(db, project_id), settings.tags)
    wanted = {tag.id for tag in chosen_tags}
    regions = {
        image: tuple(region for region in found if region.tag_id in wanted)
        for image, found in regions.items()
    }
    _check_trainable(tagged, regions, chosen_tags)
    new = assign_split(sets, fixed)
    splits = {**new, **fixed}
    snapshot = Snapshot(
        tuple(chosen_tags),
        tuple((image, splits[image.sha256], regions[image.id]) for image in tagged),
    )
    _check_sides(snapshot)
    if settings.folds:
        _check_folds(snapshot, settings.folds)
        _check_unseen(library, snapshot, settings)
    return snapshot, {image.id: new[image.sha256] for image in tagged if image.sha256 in new}


def check_snapshot(
    library: Library, project_id: int, snapshot: Snapshot, settings: TrainingSettings
) -> TrainingCheck:
    """What there is to learn from, and what would help."""
    splits = [split for _, split, _ in snapshot.images]
    found = guidance(library, project_id, snapshot.tags)
    advice = [item.text for item in found if item.level != "ok"]
    if not settings.folds:
        advice += _validation_advice(snapshot)
        advice += _seen_advice(library, snapshot, settings)
    return TrainingCheck(
        len(splits),
        splits.count("train"),
        splits.count("validation"),
        sum(not regions for _, _, regions in snapshot.images),
        len(snapshot.tags),
        sum(len(regions) for _, _, regions in snapshot.images),
        advice,
    )


def _validation_advice(snapshot: Snapshot) -> Iterable[str]:
    checked = [regions for _, split, regions in snapshot.images if split == "validation"]
    seen = {region.tag_id for regions in checked for region in regions}
    unseen = [tag.name for tag in snapshot.tags if tag.id not in seen]
    if unseen:
        yield (
            f"no image to check on has {', '.join(unseen)}: its figures will be empty; move one to "
            f"the validation split, or cross-validate (--folds {FOLDS_ADVISED})"
        )
    if len(checked) < VALIDATION_MIN:
        word = "image" if len(checked) == 1 else "images"
        yield (
            f"only {len(checked)} {word} to check on: figures will be rough; --folds "
            f"{FOLDS_ADVISED} checks on all of them"
        )


def _seen_advice(library: Library, snapshot: Snapshot, settings: TrainingSettings) -> Iterable[str]:
    unseen = {image.sha256 for image, split, _ in snapshot.images if split == "validation"}
    for source, learnt in trained_before(library, settings.weights):
        if seen := unseen & learnt:
            words = "image was" if len(seen) == 1 else "images were"
            yield (
                f"{len(seen)} validation {words} trained on by {source.name}: figures may be too "
                "good"
            )
        unseen -= learnt


def _chosen(every: Sequence[Tag], names: Sequence[str]) -> list[Tag]:
    """The tags of those names, all of them without names.

    Raises:
        NotFound: there is no such tag; the hint names those that there are.
    """
    wanted = {name.casefold() for name in names}
    unknown = [n for n in names if n.casefold() not in {tag.name.casefold() for tag in every}]
    if unknown:
        there = ", ".join(tag.name for tag in every)
        raise NotFound(f"there is no tag {unknown[0]!r} to train on", f"there are: {there}")
    return [tag for tag in every if not wanted or tag.name.casefold() in wanted]


def _check_trainable(
    tagged: list[Image], regions: Mapping[int, tuple[Region, ...]], project_tags: list[Tag]
) -> None:
    if not tagged:
        raise TrainingImpossible("no image is tagged yet", "draw boxes on some images first")
    with_regions = [image for image in tagged if regions[image.id]]
    if not with_regions:
        raise TrainingImpossible(
            "all tagged images are background: there is no region to learn from",
            "draw boxes on some images first",
        )
    if len(with_regions) < 2:
        raise TrainingImpossible(
            "only one image has regions, but training needs one to learn from and one to check on",
            "tag at least one more (15 for each tag is the usual minimum)",
        )
    used = {region.tag_id for image in with_regions for region in regions[image.id]}
    unused = [tag.name for tag in project_tags if tag.id not in used]
    if unused:
        names = ", ".join(repr(name) for name in unused)
        plural = "s have" if len(unused) > 1 else " has"
        raise TrainingImpossible(
            f"the tag{plural} no region: {names}", "tag images with it, or delete it"
        )


def _check_sides(snapshot: Snapshot) -> None:
    """Both splits need an object; they always get one unless a person has moved all away."""
    for side in ("train", "validation"):
        if not any(split == side and regions for _, split, regions in snapshot.images):
            raise TrainingImpossible(
                f"no image of the {side} split has a region",
                f"move some there: tui-detect images PROJECT tagged --set-split {side}",
            )


def _check_folds(snapshot: Snapshot, folds: int) -> None:
    objects = sum(bool(regions) for _, _, regions in snapshot.images)
    if folds > objects:
        raise TrainingImpossible(
            f"{folds} folds need as many images with regions, but there are {objects}",
            f"ask for {objects} folds or fewer" if objects > 1 else "tag more images",
        )


def _check_unseen(library: Library, snapshot: Snapshot, settings: TrainingSettings) -> None:
    """Each fold is to be judged on images that no weights before it have learnt from."""
    every = {image.sha256 for image, _, _ in snapshot.images}
    for source, learnt in trained_before(library, settings.weights):
        if seen := every & learnt:
            raise BadInput(
                f"folds cannot start from the weights of {source.name}: it was trained on "
                f"{len(seen)} of the {len(every)} images, which the folds would count as unseen",
                "cross-validate without these weights, or train on from them without folds",
            )
