"""What an iteration is judged by, read as arrays: its validation images, regions and detections."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui_detect.store.connection import Database
from tui_detect.store.runs import ITEM

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_IMAGES_AT_ONCE = 500


@dataclass(frozen=True, slots=True, eq=False)
class StoredDetections:
    """I images that were evaluated, by key, and D detections on them."""

    image_ids: list[int]
    sizes_px: list[tuple[int, int]]
    """Width and height of each image."""
    counts: list[int]
    """How many detections each image has."""
    items: NDArray[np.void]
    """(D,), of the fields of `ITEM`, image by image."""


@dataclass(frozen=True, slots=True, eq=False)
class StoredRegions:
    """R regions, by image."""

    image_id: NDArray[np.int64]
    """(R,), ascending."""
    tag_id: NDArray[np.int64]
    """(R,)"""
    uuid: tuple[str, ...]
    """(R,)"""
    box: NDArray[np.float64]
    """(R, 4): left, top, width, height."""


def evaluated_images(db: Database, iteration_id: int, *, only_validation: bool) -> int:
    """How many images have detections."""
    return int(
        db.value(
            f"SELECT count(*) {_FROM} WHERE d.iteration_id = ?{_split(only_validation)}",
            (iteration_id,),
        )
    )


def detections(
    db: Database,
    iteration_id: int,
    *,
    only_validation: bool,
    on_progress: Callable[[int], None] | None = None,
) -> StoredDetections:
    """Everything found on the images that were evaluated, also on those where nothing was.

    Args:
        only_validation: leave out images of the training split, whoever stored detections on them.
        on_progress: gets the images read so far, now and then.
    """
    import numpy as np

    sql = f"""SELECT d.image_id, i.width_px, i.height_px, d.items {_FROM}
        JOIN images i ON i.id = d.image_id
        WHERE d.iteration_id = ?{_split(only_validation)} AND d.image_id > ?
        ORDER BY d.image_id LIMIT ?"""
    ids: list[int] = []
    sizes: list[tuple[int, int]] = []
    packed: list[bytes] = []
    while rows := db.rows(sql, (iteration_id, ids[-1] if ids else 0, _IMAGES_AT_ONCE)):
        for image_id, width_px, height_px, items in rows:
            ids.append(image_id)
            sizes.append((width_px, height_px))
            packed.append(items)
        if on_progress is not None:
            on_progress(len(ids))
    item = np.dtype(ITEM)
    counts = [len(items) // item.itemsize for items in packed]
    return StoredDetections(ids, sizes, counts, np.frombuffer(b"".join(packed), dtype=item))


def regions(db: Database, iteration_id: int, *, only_validation: bool) -> StoredRegions:
    """The regions of the iteration's snapshot, by image; maybe also on images not evaluated."""
    import numpy as np

    # With a join SQLite takes the index by image, which is three times as slow.
    columns = db.columns(
        f"""SELECT image_id, tag_id, region_uuid, left, top, width, height FROM iteration_regions
        WHERE iteration_id = ?1 AND image_id IN (
            SELECT ii.image_id FROM iteration_images ii
            WHERE ii.iteration_id = ?1{_split(only_validation)})
        ORDER BY image_id, region_uuid""",
        (iteration_id,),
    )
    image_id, tag_id, uuid, *box = columns or ((),) * 7
    return StoredRegions(
        np.array(image_id, dtype=np.int64),
        np.array(tag_id, dtype=np.int64),
        uuid,
        np.array(box, dtype=np.float64).reshape(4, -1).T,
    )


_FROM = """FROM detections d JOIN iteration_images ii
    ON ii.iteration_id = d.iteration_id AND ii.image_id = d.image_id"""


def _split(only_validation: bool) -> str:
    return " AND ii.split = 'validation'" if only_validation else ""
