"""Deleted iterations: what would go with them, and where their run folders belong."""

from __future__ import annotations

from tui_detect.core.model import Image
from tui_detect.store import images
from tui_detect.store.connection import Database
from tui_detect.store.runs import ITEM_BYTES

DELETED = "delete iteration "
"""What the journal calls a deletion, before the iteration's number."""


def highest_number(db: Database, project_id: int) -> int:
    """The highest number that an iteration of the project ever had; 0 when there was none.

    A number speaks of one iteration for ever, so those that are purged count: the journal knows.
    """
    kept = db.value("SELECT max(number) FROM iterations WHERE project_id = ?", (project_id,))
    gone = db.value(
        """SELECT max(CAST(substr(label, ?) AS INTEGER)) FROM edits
        WHERE image_id IS NULL AND project_id = ? AND label GLOB ? || '*'""",
        (len(DELETED) + 1, project_id, DELETED),
    )
    return max(kept or 0, gone or 0)


def folders(db: Database) -> dict[str, bool]:
    """By the id of each iteration: whether its run folder belongs into the trash."""
    return {row[0]: bool(row[1]) for row in db.rows("SELECT uuid, deleted_at FROM iterations")}


def only_here(db: Database, iteration_id: int, *, trash_counts: bool) -> list[Image]:
    """Images that nothing holds but this iteration: not the workspace, and no other iteration.

    Args:
        trash_counts: Whether iterations in the trash hold their images too.
    """
    rows = db.rows(
        """SELECT ii.image_id FROM iteration_images ii JOIN images i ON i.id = ii.image_id
        WHERE ii.iteration_id = ? AND i.removed_at IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM iteration_images other JOIN iterations o ON o.id = other.iteration_id
            WHERE other.image_id = ii.image_id AND o.id != ii.iteration_id
                AND (? OR o.deleted_at IS NULL))
        ORDER BY ii.image_id""",
        (iteration_id, trash_counts),
    )
    return images.get(db, [row[0] for row in rows])


def detections(db: Database, iteration_id: int) -> int:
    """How many detections are stored of an iteration."""
    total = db.value(
        "SELECT total(length(items)) FROM detections WHERE iteration_id = ?", (iteration_id,)
    )
    return int(total) // ITEM_BYTES
