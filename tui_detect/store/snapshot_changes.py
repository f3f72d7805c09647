"""What differs between the snapshots of two iterations."""

from __future__ import annotations

from dataclasses import dataclass

from tui_detect.core.model import Split
from tui_detect.store.connection import Database


@dataclass(frozen=True, slots=True)
class RegionChanges:
    """Regions that differ on images of both snapshots, of tags that both know."""

    added: int
    removed: int
    retagged: int
    moved: int
    image_ids: tuple[int, ...]
    """On which images, ascending."""


def splits(db: Database, iteration_id: int) -> dict[int, Split]:
    """The split of each of an iteration's images, by image key."""
    rows = db.rows(
        "SELECT image_id, split FROM iteration_images WHERE iteration_id = ? ORDER BY image_id",
        (iteration_id,),
    )
    return {row[0]: row[1] for row in rows}


def region_changes(db: Database, first_id: int, second_id: int) -> RegionChanges:
    """Which regions the second snapshot has otherwise than the first; known by their UUID."""
    added = _only_in(db, second_id, first_id)
    removed = _only_in(db, first_id, second_id)
    changed = db.rows(
        """SELECT b.image_id, a.tag_id != b.tag_id AS retagged,
            (a.left, a.top, a.width, a.height) != (b.left, b.top, b.width, b.height) AS moved
        FROM iteration_regions a JOIN iteration_regions b
            ON b.image_id = a.image_id AND b.region_uuid = a.region_uuid
        WHERE a.iteration_id = ? AND b.iteration_id = ? AND (retagged OR moved)""",
        (first_id, second_id),
    )
    return RegionChanges(
        added=len(added),
        removed=len(removed),
        retagged=sum(row["retagged"] for row in changed),
        moved=sum(row["moved"] for row in changed),
        image_ids=tuple(sorted({*added, *removed, *(row["image_id"] for row in changed)})),
    )


def _only_in(db: Database, here_id: int, there_id: int) -> list[int]:
    """The image of each region that only one of the snapshots has, though it could be in both."""
    rows = db.rows(
        """SELECT a.image_id FROM iteration_regions a
        JOIN iteration_images i ON i.iteration_id = ? AND i.image_id = a.image_id
        WHERE a.iteration_id = ?
            AND a.tag_id IN (SELECT tag_id FROM iteration_tags WHERE iteration_id = ?)
            AND NOT EXISTS (SELECT 1 FROM iteration_regions b WHERE b.iteration_id = ?
                AND b.image_id = a.image_id AND b.region_uuid = a.region_uuid)""",
        (there_id, here_id, there_id, there_id),
    )
    return [row[0] for row in rows]
