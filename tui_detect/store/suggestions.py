"""Suggestions: boxes proposed for images, until a person answers them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from tui_detect.core.geometry import Box
from tui_detect.core.model import Suggestion
from tui_detect.store.connection import Database


def of_image(db: Database, image_id: int) -> tuple[Suggestion, ...]:
    """The suggestions for an image, in the order they were made; none of a deleted tag."""
    rows = db.rows(
        "SELECT s.* FROM suggestions s JOIN tags t ON t.id = s.tag_id "
        "WHERE s.image_id = ? AND t.deleted_at IS NULL ORDER BY s.uuid",
        (image_id,),
    )
    return tuple(_suggestion(row) for row in rows)


def insert(db: Database, image_id: int, suggestions: Iterable[Suggestion]) -> None:
    """Store suggestions for an image."""
    db.insert_many(
        "INSERT INTO suggestions "
        "(uuid, image_id, tag_id, left, top, width, height, source, probability) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(each.uuid, image_id, each.tag_id),
                *(each.box.left, each.box.top, each.box.width, each.box.height),
                *(each.source, each.probability),
            )
            for each in suggestions
        ],
    )


def delete(db: Database, uuids: Sequence[str]) -> None:
    """Drop suggestions that were answered."""
    for uuid in uuids:
        db.run("DELETE FROM suggestions WHERE uuid = ?", (uuid,))


def clear(db: Database, image_id: int) -> None:
    """Drop all suggestions for an image, to make room for better ones."""
    db.run("DELETE FROM suggestions WHERE image_id = ?", (image_id,))


def move_to_tag(db: Database, tag_id: int, target_id: int) -> None:
    """Suggestions of one tag become those of another, as its regions do."""
    db.run("UPDATE suggestions SET tag_id = ? WHERE tag_id = ?", (target_id, tag_id))


def _suggestion(row: sqlite3.Row) -> Suggestion:
    box = Box(row["left"], row["top"], row["width"], row["height"])
    return Suggestion(row["uuid"], row["tag_id"], box, row["source"], row["probability"])
