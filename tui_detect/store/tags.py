"""Tags. A deleted tag keeps its row: iterations and the journal still speak of it."""

from __future__ import annotations

import sqlite3

from tui_detect.core.ids import new_uuid
from tui_detect.core.model import Tag
from tui_detect.store.connection import Database
from tui_detect.store.values import now


def _tag(row: sqlite3.Row) -> Tag:
    return Tag(row["id"], row["uuid"], row["project_id"], row["name"], row["colour"])


def create(db: Database, project_id: int, name: str, colour: str) -> Tag:
    """Insert a tag; the caller has checked that the name is free."""
    key = db.insert(
        "tags", {"uuid": new_uuid(), "project_id": project_id, "name": name, "colour": colour}
    )
    return get(db, key)


def get(db: Database, tag_id: int) -> Tag:
    """The tag with that key, deleted or not."""
    row = db.row("SELECT * FROM tags WHERE id = ?", (tag_id,))
    if row is None:
        raise LookupError(f"no tag {tag_id}")
    return _tag(row)


def find(db: Database, project_id: int, name_or_uuid: str) -> Tag | None:
    """A tag of the project by its name (letter case aside) or id."""
    row = db.row(
        "SELECT * FROM tags WHERE project_id = ? AND deleted_at IS NULL AND (name = ? OR uuid = ?)",
        (project_id, name_or_uuid, name_or_uuid),
    )
    return None if row is None else _tag(row)


def of_project(db: Database, project_id: int) -> list[Tag]:
    """The project's tags in the order they were made."""
    rows = db.rows(
        "SELECT * FROM tags WHERE project_id = ? AND deleted_at IS NULL ORDER BY id", (project_id,)
    )
    return [_tag(row) for row in rows]


def counts(db: Database, project_id: int) -> dict[int, tuple[int, int]]:
    """For each tag with regions in the workspace: its images and its regions."""
    rows = db.rows(
        """SELECT r.tag_id, count(DISTINCT r.image_id), count(*)
        FROM regions r JOIN images i ON i.id = r.image_id
        WHERE i.project_id = ? AND i.removed_at IS NULL GROUP BY r.tag_id""",
        (project_id,),
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def number_made(db: Database, project_id: int) -> int:
    """How many tags the project ever had, for choosing the next colour."""
    return int(db.value("SELECT count(*) FROM tags WHERE project_id = ?", (project_id,)))


def rename(db: Database, tag_id: int, name: str) -> None:
    """Store a tag's name."""
    db.run("UPDATE tags SET name = ? WHERE id = ?", (name, tag_id))


def mark_deleted(db: Database, tag_id: int, merged_into: int | None) -> None:
    """Take a tag out of the project; the caller has taken its regions away, or given them on."""
    db.run(
        "UPDATE tags SET deleted_at = ?, merged_into = ? WHERE id = ?",
        (now(), merged_into, tag_id),
    )


def merged(db: Database, project_id: int) -> dict[int, Tag]:
    """For the key of each tag that was merged away: the tag that it is by now."""
    rows = db.rows("SELECT * FROM tags WHERE project_id = ?", (project_id,))
    every = {row["id"]: _tag(row) for row in rows}
    into = {row["id"]: row["merged_into"] for row in rows if row["merged_into"] is not None}
    found: dict[int, Tag] = {}
    for key, target in into.items():
        # Only tags that are there are merged, so that these chains end.
        while target in into:
            target = into[target]
        found[key] = every[target]
    return found


def revive(db: Database, tag_id: int) -> bool:
    """Bring a deleted tag back; `False` when its name has been given to another tag."""
    tag = get(db, tag_id)
    other = find(db, tag.project_id, tag.name)
    if other is not None and other.id != tag_id:
        return False
    db.run("UPDATE tags SET deleted_at = NULL, merged_into = NULL WHERE id = ?", (tag_id,))
    return True


def deleted_among(db: Database, tag_ids: set[int]) -> list[Tag]:
    """Those of the tags that are deleted."""
    rows = db.rows_for_ids(
        "SELECT * FROM tags WHERE deleted_at IS NOT NULL AND id IN ({ids})", sorted(tag_ids)
    )
    return [_tag(row) for row in rows]
