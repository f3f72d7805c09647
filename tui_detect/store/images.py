"""Images of a project: in the workspace until removed, in the library while anything uses them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tui_detect.core.geometry import Box
from tui_detect.core.ids import new_uuid
from tui_detect.core.model import Image, Region, Split
from tui_detect.core.query import ImageQuery
from tui_detect.store.connection import Database
from tui_detect.store.values import like, now, to_time

PAGE = 500


@dataclass(frozen=True, slots=True)
class NewImage:
    """What is known of a picture before it has a row."""

    sha256: str
    name: str
    source: str
    """The path it was added from."""
    width_px: int
    height_px: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class ImageCounts:
    """How the workspace stands."""

    untagged: int
    tagged: int
    """Reviewed by a person, background included."""
    background: int

    @property
    def total(self) -> int:
        """All images in the workspace."""
        return self.untagged + self.tagged


def _image(row: sqlite3.Row) -> Image:
    return Image(
        id=row["id"],
        uuid=row["uuid"],
        project_id=row["project_id"],
        sha256=row["sha256"],
        name=row["name"],
        width_px=row["width_px"],
        height_px=row["height_px"],
        size_bytes=row["size_bytes"],
        reviewed=bool(row["reviewed"]),
        split=row["split"],
        added_at=to_time(row["added_at"]),
        region_count=row["region_count"],
        in_workspace=row["removed_at"] is None,
    )


def region_of(row: sqlite3.Row) -> Region:
    """A region from a row of `regions`."""
    box = Box(row["left"], row["top"], row["width"], row["height"])
    return Region(row["uuid"], row["tag_id"], box)


def insert(db: Database, project_id: int, new: NewImage) -> int:
    """Insert an untagged image; its key."""
    return db.insert(
        "images",
        {
            "uuid": new_uuid(),
            "project_id": project_id,
            "sha256": new.sha256,
            "name": new.name,
            "source": new.source,
            "width_px": new.width_px,
            "height_px": new.height_px,
            "size_bytes": new.size_bytes,
            "added_at": now(),
        },
    )


def find(db: Database, project_id: int, sha256: str) -> Image | None:
    """The project's image with these bytes, in the workspace or not."""
    row = db.row("SELECT * FROM images WHERE project_id = ? AND sha256 = ?", (project_id, sha256))
    return None if row is None else _image(row)


def get(db: Database, ids: Sequence[int]) -> list[Image]:
    """The images with these keys, in the order given; missing ones are left out."""
    rows = db.rows_for_ids("SELECT * FROM images WHERE id IN ({ids})", ids)
    by_id = {row["id"]: _image(row) for row in rows}
    return [by_id[key] for key in ids if key in by_id]


def by_uuid(db: Database, project_id: int, uuid: str) -> Image | None:
    """An image of the project by its id."""
    row = db.row("SELECT * FROM images WHERE project_id = ? AND uuid = ?", (project_id, uuid))
    return None if row is None else _image(row)


def regions(db: Database, ids: Sequence[int]) -> dict[int, tuple[Region, ...]]:
    """The regions of each image, in the order they were made."""
    found: dict[int, list[Region]] = {key: [] for key in ids}
    for row in db.rows_for_ids(
        "SELECT * FROM regions WHERE image_id IN ({ids}) ORDER BY uuid", ids
    ):
        found[row["image_id"]].append(region_of(row))
    return {key: tuple(value) for key, value in found.items()}


def _where(query: ImageQuery) -> tuple[str, list[Any]]:
    """The SQL that a query adds to `project_id = ? AND removed_at IS NULL`."""
    parts: list[str] = []
    values: list[Any] = []
    if query.state == "untagged":
        parts.append("reviewed = 0")
    elif query.state == "tagged":
        parts.append("reviewed = 1")
    elif query.state == "background":
        parts.append("reviewed = 1 AND region_count = 0")
    if query.suggested:
        parts.append(
            "EXISTS (SELECT 1 FROM suggestions s JOIN tags t ON t.id = s.tag_id "
            "WHERE s.image_id = images.id AND t.deleted_at IS NULL)"
        )
    if query.split is not None:
        parts.append("split = ?" if query.split != "none" else "split IS NULL")
        values += [query.split] if query.split != "none" else []
    for name in query.names:
        parts.append("name LIKE ? ESCAPE '\\'")
        values.append(like(name))
    if query.tags:
        marks = ", ".join("?" * len(query.tags))
        parts.append(
            "id IN (SELECT r.image_id FROM regions r JOIN tags t ON t.id = r.tag_id "
            f"WHERE t.project_id = images.project_id AND t.name IN ({marks}))"
        )
        values += query.tags
    return "".join(f" AND {part}" for part in parts), values


def ids(db: Database, project_id: int, query: ImageQuery) -> list[int]:
    """The keys of the workspace's images that a query finds, oldest first."""
    where, values = _where(query)
    sql = f"SELECT id FROM images WHERE project_id = ? AND removed_at IS NULL{where} ORDER BY id"
    return [row[0] for row in db.rows(sql, [project_id, *values])]


def pages(db: Database, project_id: int, query: ImageQuery) -> Iterator[list[Image]]:
    """The workspace's images that a query finds, oldest first, a page at a time."""
    where, values = _where(query)
    sql = (
        f"SELECT * FROM images WHERE project_id = ? AND removed_at IS NULL{where} "
        "AND id > ? ORDER BY id LIMIT ?"
    )
    last = 0
    while rows := db.rows(sql, [project_id, *values, last, PAGE]):
        yield [_image(row) for row in rows]
        last = rows[-1]["id"]


def counts(db: Database, project_id: int) -> ImageCounts:
    """How many images are untagged, tagged and background."""
    row = db.row(
        """SELECT count(*) FILTER (WHERE NOT reviewed), count(*) FILTER (WHERE reviewed),
            count(*) FILTER (WHERE reviewed AND region_count = 0)
        FROM images WHERE project_id = ? AND removed_at IS NULL""",
        (project_id,),
    )
    untagged, tagged, background = row or (0, 0, 0)
    return ImageCounts(untagged, tagged, background)


def split_counts(db: Database, project_id: int) -> dict[Split | None, int]:
    """How many images of the workspace are in each split; `None` counts those in none yet."""
    rows = db.rows(
        "SELECT split, count(*) FROM images WHERE project_id = ? AND removed_at IS NULL "
        "GROUP BY split",
        (project_id,),
    )
    return {row[0]: row[1] for row in rows}


def tag_sets(db: Database, project_id: int) -> dict[int, frozenset[int]]:
    """For each image of the workspace with regions: the tags on it."""
    found: dict[int, set[int]] = {}
    for image_id, tag_id in db.rows(
        """SELECT DISTINCT r.image_id, r.tag_id FROM regions r JOIN images i ON i.id = r.image_id
        WHERE i.project_id = ? AND i.removed_at IS NULL""",
        (project_id,),
    ):
        found.setdefault(image_id, set()).add(tag_id)
    return {key: frozenset(value) for key, value in found.items()}


def set_split(db: Database, split_by_id: dict[int, Split]) -> None:
    """Store the split of some images."""
    db.insert_many(
        "UPDATE images SET split = ? WHERE id = ?",
        [(split, key) for key, split in split_by_id.items()],
    )


def set_removed(db: Database, ids: Sequence[int], removed: bool) -> None:
    """Take images out of the workspace, or back in."""
    at = now() if removed else None
    db.insert_many("UPDATE images SET removed_at = ? WHERE id = ?", [(at, key) for key in ids])


def in_iterations(db: Database, ids: Sequence[int]) -> set[int]:
    """Those of the images that some iteration holds."""
    sql = "SELECT DISTINCT image_id FROM iteration_images WHERE image_id IN ({ids})"
    return {row[0] for row in db.rows_for_ids(sql, ids)}


def delete(db: Database, ids: Sequence[int]) -> None:
    """Delete image rows, with their regions and journal."""
    db.insert_many("DELETE FROM images WHERE id = ?", [(key,) for key in ids])


def unused_hashes(db: Database, hashes: set[str]) -> set[str]:
    """Those of the SHA-256 values that no image of any project has."""
    ordered = sorted(hashes)
    used: set[str] = set()
    for start in range(0, len(ordered), PAGE):
        part = ordered[start : start + PAGE]
        marks = ", ".join("?" * len(part))
        used |= {
            row[0] for row in db.rows(f"SELECT sha256 FROM images WHERE sha256 IN ({marks})", part)
        }
    return hashes - used


def hashes_of_project(db: Database, project_id: int) -> set[str]:
    """The SHA-256 values of all images a project has stored."""
    return {
        row[0] for row in db.rows("SELECT sha256 FROM images WHERE project_id = ?", (project_id,))
    }
