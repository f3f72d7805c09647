"""List, count and remove the images of a project's workspace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tui_detect.core.guidance import Advice, training_advice
from tui_detect.core.model import Image, Region, Tag
from tui_detect.core.query import ImageQuery, SplitChoice, parse_query
from tui_detect.store import images, iterations, tagging
from tui_detect.store.images import ImageCounts
from tui_detect.workflows.library import Library
from tui_detect.workflows.tags import list_tags

__all__ = [
    "ImageCard",
    "ImageCounts",
    "ImageQuery",
    "Removal",
    "count_images",
    "count_splits",
    "guidance",
    "image_cards",
    "image_ids",
    "image_names",
    "iter_images",
    "parse_query",
    "picture_path",
    "removal",
    "remove_images",
]


@dataclass(frozen=True, slots=True)
class ImageCard:
    """An image with its regions."""

    image: Image
    regions: tuple[Region, ...]


@dataclass(frozen=True, slots=True)
class Removal:
    """What removing images from the workspace does."""

    images: list[Image]
    kept: int
    """They stay in the iterations that hold them."""
    iteration_numbers: list[int]
    deleted: int
    """They belong to nothing else: image and regions go for good."""
    regions_deleted: int


def count_images(library: Library, project_id: int) -> ImageCounts:
    """How many images are untagged, tagged and background."""
    return images.counts(library.db, project_id)


def count_splits(library: Library, project_id: int) -> dict[SplitChoice, int]:
    """How many images are in each split, and in none yet."""
    found = images.split_counts(library.db, project_id)
    return {
        "train": found.get("train", 0),
        "validation": found.get("validation", 0),
        "none": found.get(None, 0),
    }


def image_ids(library: Library, project_id: int, query: ImageQuery) -> list[int]:
    """The keys of the images a query finds, oldest first."""
    return images.ids(library.db, project_id, query)


def image_cards(library: Library, ids: Sequence[int]) -> list[ImageCard]:
    """The images with these keys and their regions, in the order given; missing ones left out."""
    regions = images.regions(library.db, ids)
    return [ImageCard(image, regions[image.id]) for image in images.get(library.db, ids)]


def image_names(library: Library, ids: Sequence[int]) -> dict[int, str]:
    """The names of these images, by key; missing ones left out."""
    return {image.id: image.name for image in images.get(library.db, ids)}


def iter_images(library: Library, project_id: int, query: ImageQuery) -> Iterator[ImageCard]:
    """The images a query finds with their regions, oldest first, read a page at a time."""
    for page in images.pages(library.db, project_id, query):
        regions = images.regions(library.db, [image.id for image in page])
        for image in page:
            yield ImageCard(image, regions[image.id])


def picture_path(library: Library, image: Image) -> Path:
    """Where the image's bytes are."""
    return library.objects.path(image.sha256)


def removal(library: Library, image_ids: Sequence[int]) -> Removal:
    """What removing these images would do."""
    found = images.get(library.db, image_ids)
    held = images.in_iterations(library.db, image_ids)
    lost = [image for image in found if image.id not in held]
    return Removal(
        found,
        len(found) - len(lost),
        iterations.numbers_holding(library.db, held),
        len(lost),
        sum(image.region_count for image in lost),
    )


def remove_images(library: Library, image_ids: Sequence[int]) -> Removal:
    """Take images out of the workspace; those in no iteration are deleted.

    The person's own files are not touched.
    """
    with library.db.atomic():
        plan = removal(library, image_ids)
        held = images.in_iterations(library.db, image_ids)
        gone = [image for image in plan.images if image.id not in held]
        images.set_removed(library.db, sorted(held), removed=True)
        images.delete(library.db, [image.id for image in gone])
        for project_id in {image.project_id for image in plan.images}:
            tagging.record_act(
                library.db,
                project_id,
                "remove images",
                images=[image.name for image in plan.images if image.project_id == project_id],
            )
    library.delete_unused_objects({image.sha256 for image in gone})
    return plan


def guidance(library: Library, project_id: int, only: Sequence[Tag] = ()) -> list[Advice]:
    """What training still needs, most urgent first; with `only`, training on these tags."""
    wanted = {tag.id for tag in only}
    counts = [
        (count.tag.name, count.images)
        for count in list_tags(library, project_id)
        if not wanted or count.tag.id in wanted
    ]
    return training_advice(counts, count_images(library, project_id).untagged)
