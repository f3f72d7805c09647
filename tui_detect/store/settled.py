"""What persons said about the findings of an iteration."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui_detect.store.connection import Database

if TYPE_CHECKING:
    from tui_detect.core.settling import Verdict


@dataclass(frozen=True, slots=True)
class Settlement:
    """A verdict, and when it was given: the time of its edit, if it made one."""

    verdict: Verdict
    at: str
    """As stored, so that it can be compared with the journal's."""


def _settlement(row: sqlite3.Row) -> Settlement:
    return Settlement(row["verdict"], row["at"])


def of_iteration(db: Database, iteration_id: int) -> dict[tuple[int, str], Settlement]:
    """Every settlement by image key and finding."""
    rows = db.rows("SELECT * FROM settled WHERE iteration_id = ?", (iteration_id,))
    return {(row["image_id"], row["finding"]): _settlement(row) for row in rows}


def of_image(db: Database, iteration_id: int, image_id: int) -> dict[str, Settlement]:
    """The settlements on one image by finding."""
    rows = db.rows(
        "SELECT * FROM settled WHERE iteration_id = ? AND image_id = ?", (iteration_id, image_id)
    )
    return {row["finding"]: _settlement(row) for row in rows}


def put(
    db: Database, iteration_id: int, image_id: int, finding: str, settlement: Settlement
) -> None:
    """Store a settlement in place of one that there may be."""
    db.run(
        "INSERT OR REPLACE INTO settled VALUES (?, ?, ?, ?, ?)",
        (iteration_id, image_id, finding, settlement.verdict, settlement.at),
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
