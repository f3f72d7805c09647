"""Regions and the journal of edits: each edit is one transaction, undone and redone by another."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tui_detect.core.edits import Edit, RegionChange, SuggestionChange, Tagging
from tui_detect.core.geometry import Box
from tui_detect.core.model import Region, Suggestion
from tui_detect.store import suggestions
from tui_detect.store.connection import Database
from tui_detect.store.images import region_of
from tui_detect.store.values import now, to_json


def load(db: Database, image_id: int) -> Tagging:
    """What has been said about an image; it must exist."""
    reviewed = db.value("SELECT reviewed FROM images WHERE id = ?", (image_id,))
    rows = db.rows("SELECT * FROM regions WHERE image_id = ? ORDER BY uuid", (image_id,))
    regions = tuple(region_of(row) for row in rows)
    return Tagging(bool(reviewed), regions, suggestions.of_image(db, image_id))


def write(db: Database, image_id: int, edit: Edit) -> None:
    """Bring the regions from before `edit` to after it; the caller holds the transaction."""
    for change in edit.changes:
        if change.after is None and change.before is not None:
            db.run("DELETE FROM regions WHERE uuid = ?", (change.before.uuid,))
        elif change.before is not None and change.after is not None:
            box = change.after.box
            db.run(
                "UPDATE regions SET tag_id = ?, left = ?, top = ?, width = ?, height = ? "
                "WHERE uuid = ?",
                (
                    change.after.tag_id,
                    box.left,
                    box.top,
                    box.width,
                    box.height,
                    change.after.uuid,
                ),
            )
        elif change.after is not None:
            insert_regions(db, image_id, [change.after])
    for answered in edit.suggestions:
        if answered.before is not None:
            suggestions.delete(db, [answered.before.uuid])
        if answered.after is not None:
            suggestions.insert(db, image_id, [answered.after])
    if edit.reviewed_before != edit.reviewed_after:
        db.run("UPDATE images SET reviewed = ? WHERE id = ?", (edit.reviewed_after, image_id))


def insert_regions(db: Database, image_id: int, regions: Iterable[Region]) -> None:
    """Insert regions at the end of an image's list."""
    db.insert_many(
        "INSERT INTO regions (uuid, image_id, tag_id, left, top, width, height) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (r.uuid, image_id, r.tag_id, r.box.left, r.box.top, r.box.width, r.box.height)
            for r in regions
        ],
    )


def record(db: Database, project_id: int, image_id: int, edit: Edit) -> None:
    """Write an edit to the journal; what had been undone can no longer be redone."""
    db.run(
        "UPDATE edits SET state = 'abandoned' WHERE image_id = ? AND state = 'undone'", (image_id,)
    )
    _insert(db, project_id, image_id, edit.label, _to_payload(edit))


def record_act(db: Database, project_id: int, label: str, **details: object) -> None:
    """Write an act on the project itself (rename a tag, remove images) to the journal."""
    _insert(db, project_id, None, label, details)


def _insert(
    db: Database, project_id: int, image_id: int | None, label: str, payload: dict[str, Any]
) -> None:
    db.insert(
        "edits",
        {
            "project_id": project_id,
            "image_id": image_id,
            "at": now(),
            "label": label,
            "payload": to_json(payload),
            "state": "done",
        },
    )


def depth(db: Database, image_id: int) -> tuple[int, int]:
    """How many edits of an image can be undone and redone."""
    row = db.row(
        "SELECT count(*) FILTER (WHERE state = 'done'), count(*) FILTER (WHERE state = 'undone') "
        "FROM edits WHERE image_id = ?",
        (image_id,),
    )
    return (row[0], row[1]) if row else (0, 0)


def last_done(db: Database, image_id: int) -> tuple[int, Edit] | None:
    """The edit that undo takes back, with its key."""
    return _first(db, image_id, "done", "DESC")


def last_done_id(db: Database, image_id: int) -> int | None:
    """The key of the edit that undo takes back."""
    edit_id: int | None = db.value(
        "SELECT max(id) FROM edits WHERE image_id = ? AND state = 'done'", (image_id,)
    )
    return edit_id


def first_undone(db: Database, image_id: int) -> tuple[int, Edit] | None:
    """The edit that redo brings back, with its key."""
    return _first(db, image_id, "undone", "ASC")


def _first(db: Database, image_id: int, state: str, order: str) -> tuple[int, Edit] | None:
    row = db.row(
        "SELECT id, label, payload FROM edits WHERE image_id = ? AND state = ? "
        f"ORDER BY id {order} LIMIT 1",
        (image_id, state),
    )
    return None if row is None else (row["id"], _from_payload(row["label"], row["payload"]))


def mark(db: Database, edit_id: int, *, undone: bool) -> None:
    """Store whether an edit is undone."""
    db.run("UPDATE edits SET state = ? WHERE id = ?", ("undone" if undone else "done", edit_id))


def _region_payload(region: Region | None) -> list[Any] | None:
    if region is None:
        return None
    box = region.box
    return [region.uuid, region.tag_id, box.left, box.top, box.width, box.height]


def _region(payload: list[Any] | None) -> Region | None:
    return None if payload is None else Region(payload[0], payload[1], Box(*payload[2:]))


def _suggestion_payload(suggestion: Suggestion | None) -> list[Any] | None:
    if suggestion is None:
        return None
    box = suggestion.box
    return [
        *(suggestion.uuid, suggestion.tag_id, suggestion.source, suggestion.probability),
        *(box.left, box.top, box.width, box.height),
    ]


def _suggestion(payload: list[Any] | None) -> Suggestion | None:
    if payload is None:
        return None
    uuid, tag_id, source, probability, *box = payload
    return Suggestion(uuid, tag_id, Box(*box), source, probability)


def _to_payload(edit: Edit) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "changes": [[_region_payload(c.before), _region_payload(c.after)] for c in edit.changes],
        "reviewed": [edit.reviewed_before, edit.reviewed_after],
    }
    if edit.suggestions:
        payload["suggestions"] = [
            [_suggestion_payload(c.before), _suggestion_payload(c.after)] for c in edit.suggestions
        ]
    return payload


def _from_payload(label: str, text: str) -> Edit:
    payload = json.loads(text)
    changes = tuple(RegionChange(_region(b), _region(a)) for b, a in payload["changes"])
    answered = tuple(
        SuggestionChange(_suggestion(b), _suggestion(a)) for b, a in payload.get("suggestions", ())
    )
    reviewed_before, reviewed_after = payload["reviewed"]
    return Edit(label, changes, reviewed_before, reviewed_after, answered)


def newest_boxes(db: Database, tag_id: int, most: int) -> list[Box]:
    """Boxes of a tag's regions, those on the images that were added last first."""
    # In the order of the index, so that no more rows are read than wanted.
    sql = "SELECT * FROM regions WHERE tag_id = ? ORDER BY image_id DESC LIMIT ?"
    rows = db.rows(sql, (tag_id, most))
    return [region_of(row).box for row in rows]


def with_tag(db: Database, tag_id: int) -> dict[int, list[Region]]:
    """The regions that carry a tag, by image key."""
    found: dict[int, list[Region]] = {}
    for row in db.rows("SELECT * FROM regions WHERE tag_id = ? ORDER BY uuid", (tag_id,)):
        found.setdefault(row["image_id"], []).append(region_of(row))
    return found
