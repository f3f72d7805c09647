"""Projects."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from tui_detect.core.ids import new_uuid
from tui_detect.core.model import Project
from tui_detect.store.connection import Database
from tui_detect.store.values import like, now, to_time


@dataclass(frozen=True, slots=True)
class ProjectCounts:
    """What a project holds."""

    images: int
    """In the workspace."""
    tagged: int
    tags: int
    regions: int
    iterations: int
    """Without those in the trash."""
    images_stored: int
    """In the workspace or in an iteration, in the trash or not."""
    size_bytes: int
    """Of all images stored."""


def _project(row: sqlite3.Row) -> Project:
    return Project(
        row["id"],
        row["uuid"],
        row["name"],
        row["description"],
        row["domain"],
        to_time(row["created_at"]),
    )


def create(db: Database, name: str, description: str, domain: str) -> Project:
    """Insert a project; the caller has checked that the name is free."""
    key = db.insert(
        "projects",
        {
            "uuid": new_uuid(),
            "name": name,
            "description": description,
            "domain": domain,
            "created_at": now(),
        },
    )
    return get(db, key)


def get(db: Database, project_id: int) -> Project:
    """The project with that key, which must exist."""
    row = db.row("SELECT * FROM projects WHERE id = ?", (project_id,))
    if row is None:
        raise LookupError(f"no project {project_id}")
    return _project(row)


def find(db: Database, name_or_uuid: str) -> Project | None:
    """A project by its name (letter case aside) or id."""
    row = db.row("SELECT * FROM projects WHERE name = ? OR uuid = ?", (name_or_uuid,) * 2)
    return None if row is None else _project(row)


def search(db: Database, text: str = "") -> list[Project]:
    """Projects whose name or description holds `text`, by name."""
    rows = db.rows(
        "SELECT * FROM projects WHERE name LIKE ? ESCAPE '\\' OR description LIKE ? ESCAPE '\\' "
        "ORDER BY name",
        (like(text), like(text)),
    )
    return [_project(row) for row in rows]


def update(db: Database, project: Project) -> None:
    """Store the name, description and domain of a project."""
    db.run(
        "UPDATE projects SET name = ?, description = ?, domain = ? WHERE id = ?",
        (project.name, project.description, project.domain, project.id),
    )


def delete(db: Database, project_id: int) -> None:
    """Delete a project and everything in it."""
    db.run("DELETE FROM projects WHERE id = ?", (project_id,))


def counts(db: Database, project_id: int) -> ProjectCounts:
    """How much a project holds."""
    row = db.row(
        """SELECT
            count(*) FILTER (WHERE removed_at IS NULL),
            count(*) FILTER (WHERE removed_at IS NULL AND reviewed),
            total(region_count) FILTER (WHERE removed_at IS NULL),
            count(*), total(size_bytes)
        FROM images WHERE project_id = ?""",
        (project_id,),
    )
    tags = db.value(
        "SELECT count(*) FROM tags WHERE project_id = ? AND deleted_at IS NULL", (project_id,)
    )
    iterations = db.value(
        "SELECT count(*) FROM iterations WHERE project_id = ? AND deleted_at IS NULL", (project_id,)
    )
    images, tagged, regions, stored, size = row or (0, 0, 0, 0, 0)
    return ProjectCounts(images, tagged, tags, int(regions), iterations, stored, int(size))
