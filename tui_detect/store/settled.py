"""What persons said about the findings of an iteration."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui_detect.core.geometry import Box
from tui_detect.core.model import Region
from tui_detect.store.connection import Database

if TYPE_CHECKING:
    from tui_detect.core.settling import Verdict


@dataclass(frozen=True, slots=True)
class Settlement:
    """A verdict, when it was given, and what it rests on."""

    verdict: Verdict
    at: str
    edit_id: int | None = None
    """The key of the edit behind it."""
    label: Region | None = None
    """The label that was kept, as it was then; `None` when there was none."""


# The journal loses a row only with its picture, and so do the verdicts.
_SELECT = """SELECT settled.* FROM settled LEFT JOIN edits ON edits.id = settled.edit_id
    WHERE (settled.edit_id IS NULL OR edits.state = 'done') AND iteration_id = ?"""


def _settlement(row: sqlite3.Row) -> Settlement:
    label = None
    if row["tag_id"] is not None:
        uuid = row["finding"].partition("/")[0]
        box = Box(row["left"], row["top"], row["width"], row["height"])
        label = Region(uuid, row["tag_id"], box)
    return Settlement(row["verdict"], row["at"], row["edit_id"], label)


def of_iteration(db: Database, iteration_id: int) -> dict[tuple[int, str], Settlement]:
    """By image key and finding, every settlement whose edit is not undone."""
    rows = db.rows(_SELECT, (iteration_id,))
    return {(row["image_id"], row["finding"]): _settlement(row) for row in rows}


def of_image(db: Database, iteration_id: int, image_id: int) -> dict[str, Settlement]:
    """Those on one image by finding."""
    rows = db.rows(f"{_SELECT} AND settled.image_id = ?", (iteration_id, image_id))
    return {row["finding"]: _settlement(row) for row in rows}


def put(
    db: Database, iteration_id: int, image_id: int, finding: str, settlement: Settlement
) -> None:
    """Store a settlement in place of one that there may be."""
    label = settlement.label
    kept: tuple[float | None, ...] = (None,) * 5
    if label is not None:
        box = label.box
        kept = (label.tag_id, box.left, box.top, box.width, box.height)
    db.run(
        "INSERT OR REPLACE INTO settled (iteration_id, image_id, finding, verdict, at, edit_id, "
        "tag_id, left, top, width, height) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(iteration_id, image_id, finding),
            *(settlement.verdict, settlement.at, settlement.edit_id),
            *kept,
        ),
    )


def forget_detections(db: Database, iteration_id: int, image_id: int) -> None:
    """Make what was said about an image's detections open again; what is about labels alone stays.

    A finding is known by its detection's number, which the next ones get too.
    """
    db.run(
        "DELETE FROM settled WHERE iteration_id = ? AND image_id = ? AND finding NOT LIKE '%/'",
        (iteration_id, image_id),
    )


def delete(db: Database, iteration_id: int, image_id: int, finding: str) -> None:
    """Make a finding open again."""
    db.run(
        "DELETE FROM settled WHERE iteration_id = ? AND image_id = ? AND finding = ?",
        (iteration_id, image_id, finding),
    )
