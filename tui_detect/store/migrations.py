"""The schema's history: append a function, raise `SCHEMA_VERSION`, never change an old one."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlite_utils import Database, Migrations

from tui_detect.store.schema import SCHEMA_VERSION

migrations = Migrations("library")


@migrations()
def m001_initial(db: Database) -> None:
    """Projects, tags, images, regions, the journal, iterations and their results."""
    for statement in _INITIAL.split(";;"):
        db.execute(statement)


@migrations()
def m002_suggestions(db: Database) -> None:
    """Boxes proposed for images and not answered yet."""
    for statement in _SUGGESTIONS.split(";;"):
        db.execute(statement)


@migrations()
def m003_parts(db: Database) -> None:
    """A run may train several times: every epoch belongs to one part of it."""
    for statement in _PARTS.split(";;"):
        db.execute(statement)


@migrations()
def m004_acting_on_performance(db: Database) -> None:
    """Iterations are published, deleted for a while, keep thresholds; findings are settled."""
    for statement in _ACTING.split(";;"):
        db.execute(statement)


@migrations()
def m005_what_became_of_it(db: Database) -> None:
    """A merged tag knows which one it became; a deleted iteration the name it answered to."""
    for statement in _BECAME.split(";;"):
        db.execute(statement)


@migrations()
def m006_what_verdicts_rest_on(db: Database) -> None:
    """A verdict knows the edit behind it, or the label that was kept."""
    for statement in _RESTS_ON.split(";;"):
        db.execute(statement)


_INITIAL = """
CREATE TABLE projects (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    description TEXT NOT NULL,
    domain TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;;
CREATE TABLE tags (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    project_id INTEGER NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
    name TEXT NOT NULL COLLATE NOCASE,
    colour TEXT NOT NULL,
    deleted_at TEXT
) STRICT;;
CREATE UNIQUE INDEX tags_by_name ON tags(project_id, name) WHERE deleted_at IS NULL;;
CREATE TABLE images (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    project_id INTEGER NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
    sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    width_px INTEGER NOT NULL,
    height_px INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    reviewed INTEGER NOT NULL DEFAULT 0,
    region_count INTEGER NOT NULL DEFAULT 0,
    split TEXT CHECK (split IN ('train', 'validation')),
    added_at TEXT NOT NULL,
    removed_at TEXT,
    UNIQUE (project_id, sha256)
) STRICT;;
CREATE INDEX images_in_workspace
    ON images(project_id, reviewed, region_count, id) WHERE removed_at IS NULL;;
CREATE INDEX images_by_project ON images(project_id, id) WHERE removed_at IS NULL;;
CREATE INDEX images_by_sha256 ON images(sha256);;
CREATE TABLE regions (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    image_id INTEGER NOT NULL REFERENCES images(id) ON DELETE CASCADE,
    tag_id INTEGER NOT NULL REFERENCES tags(id) ON DELETE CASCADE,
    left REAL NOT NULL,
    top REAL NOT NULL,
    width REAL NOT NULL,
    height REAL NOT NULL
) STRICT;;
CREATE INDEX regions_by_image ON regions(image_id, tag_id);;
CREATE INDEX regions_by_tag ON regions(tag_id, image_id);;
CREATE TRIGGER region_added AFTER INSERT ON regions BEGIN
    UPDATE images SET region_count = region_count + 1 WHERE id = new.image_id;
END;;
CREATE TRIGGER region_deleted AFTER DELETE ON regions BEGIN
    UPDATE images SET region_count = region_count - 1 WHERE id = old.image_id;
END;;
CREATE TABLE edits (
    id INTEGER PRIMARY KEY,
    project_id INTEGER NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
    image_id INTEGER REFERENCES images(id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    label TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('done', 'undone', 'abandoned'))
) STRICT;;
CREATE INDEX edits_by_image ON edits(image_id, state, id);;
CREATE TABLE iterations (
    id INTEGER PRIMARY KEY,
    uuid TEXT NOT NULL UNIQUE,
    project_id INTEGER NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    name TEXT NOT NULL COLLATE NOCASE,
    state TEXT NOT NULL,
    domain TEXT NOT NULL,
    settings TEXT NOT NULL,
    recipe TEXT NOT NULL DEFAULT '{}',
    progress TEXT NOT NULL DEFAULT '{}',
    warnings TEXT NOT NULL DEFAULT '[]',
    message TEXT NOT NULL DEFAULT '',
    created_at TEXT NOT NULL,
    started_at TEXT,
    finished_at TEXT,
    epochs_planned INTEGER,
    images_train INTEGER NOT NULL,
    images_validation INTEGER NOT NULL,
    map REAL,
    event_offset INTEGER NOT NULL DEFAULT 0,
    event_count INTEGER NOT NULL DEFAULT 0,
    UNIQUE (project_id, number),
    UNIQUE (project_id, name)
) STRICT;;
CREATE INDEX iterations_by_state ON iterations(state);;
CREATE TABLE iteration_tags (
    iteration_id INTEGER NOT NULL REFERENCES iterations(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    tag_id INTEGER NOT NULL REFERENCES tags(id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    PRIMARY KEY (iteration_id, position)
) STRICT, WITHOUT ROWID;;
CREATE TABLE iteration_images (
    iteration_id INTEGER NOT NULL REFERENCES iterations(id) ON DELETE CASCADE,
    image_id INTEGER NOT NULL REFERENCES images(id) ON DELETE CASCADE,
    split TEXT NOT NULL,
    PRIMARY KEY (iteration_id, image_id)
) STRICT, WITHOUT ROWID;;
CREATE INDEX iterations_by_image ON iteration_images(image_id);;
CREATE TABLE iteration_regions (
    iteration_id INTEGER NOT NULL REFERENCES iterations(id) ON DELETE CASCADE,
    image_id INTEGER NOT NULL REFERENCES images(id) ON DELETE CASCADE,
    region_uuid TEXT NOT NULL,
    tag_id INTEGER NOT NULL REFERENCES tags(id) ON DELETE CASCADE,
    left REAL NOT NULL,
    top REAL NOT NULL,
    width REAL NOT NULL,
    height REAL NOT NULL,
    PRIMARY KEY (iteration_id, image_id, region_uuid)
) STRICT, WITHOUT ROWID;;
CREATE INDEX iteration_regions_by_image ON iteration_regions(image_id);;
CREATE INDEX iteration_regions_by_tag ON iteration_regions(tag_id);;
CREATE TABLE events (
    iteration_id INTEGER NOT NULL REFERENCES iterations(id) ON DELETE CASCADE,
    seq INTEGER NOT NULL,
    type TEXT NOT NULL,
    at TEXT NOT NULL,
    payload TEXT NOT NULL,
    PRIMARY KEY (iteration_id, seq)
) STRICT, WITHOUT ROWID;;
CREATE TABLE epochs (
    iteration_id INTEGER NOT NULL REFERENCES iterations(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    at TEXT NOT NULL,
    payload TEXT NOT NULL,
    PRIMARY KEY (iteration_id, number)
) STRICT, WITHOUT ROWID;;
CREATE TABLE detections (
    iteration_id INTEGER NOT NULL REFERENCES iterations(id) ON DELETE CASCADE,
    image_id INTEGER NOT NULL REFERENCES images(id) ON DELETE CASCADE,
    items BLOB NOT NULL,
    PRIMARY KEY (iteration_id, image_id)
) STRICT, WITHOUT ROWID;;
CREATE INDEX detections_by_image ON detections(image_id)
"""


_SUGGESTIONS = """
CREATE TABLE suggestions (
    uuid TEXT PRIMARY KEY,
    image_id INTEGER NOT NULL REFERENCES images(id) ON DELETE CASCADE,
    tag_id INTEGER NOT NULL REFERENCES tags(id) ON DELETE CASCADE,
    left REAL NOT NULL,
    top REAL NOT NULL,
    width REAL NOT NULL,
    height REAL NOT NULL,
    source TEXT NOT NULL,
    probability REAL
) STRICT, WITHOUT ROWID;;
CREATE INDEX suggestions_by_image ON suggestions(image_id, uuid);;
CREATE INDEX suggestions_by_tag ON suggestions(tag_id)
"""


_PARTS = """
ALTER TABLE iterations ADD COLUMN part INTEGER NOT NULL DEFAULT 1;;
CREATE TABLE epochs_of_parts (
    iteration_id INTEGER NOT NULL REFERENCES iterations(id) ON DELETE CASCADE,
    part INTEGER NOT NULL,
    number INTEGER NOT NULL,
    at TEXT NOT NULL,
    payload TEXT NOT NULL,
    PRIMARY KEY (iteration_id, part, number)
) STRICT, WITHOUT ROWID;;
INSERT INTO epochs_of_parts SELECT iteration_id, 1, number, at, payload FROM epochs;;
DROP TABLE epochs;;
ALTER TABLE epochs_of_parts RENAME TO epochs
"""


_ACTING = """
ALTER TABLE iterations ADD COLUMN published_as TEXT NOT NULL DEFAULT '' COLLATE NOCASE;;
ALTER TABLE iterations ADD COLUMN deleted_at TEXT;;
ALTER TABLE iterations ADD COLUMN threshold REAL;;
ALTER TABLE iterations ADD COLUMN tag_thresholds TEXT NOT NULL DEFAULT '{}';;
CREATE UNIQUE INDEX iterations_by_published_name
    ON iterations(project_id, published_as) WHERE published_as != '';;
CREATE TABLE settled (
    iteration_id INTEGER NOT NULL REFERENCES iterations(id) ON DELETE CASCADE,
    image_id INTEGER NOT NULL REFERENCES images(id) ON DELETE CASCADE,
    finding TEXT NOT NULL,
    verdict TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (iteration_id, image_id, finding)
) STRICT, WITHOUT ROWID;;
CREATE INDEX settled_by_image ON settled(image_id)
"""


_BECAME = """
ALTER TABLE tags ADD COLUMN merged_into INTEGER REFERENCES tags(id) ON DELETE SET NULL;;
ALTER TABLE iterations ADD COLUMN published_before TEXT NOT NULL DEFAULT '' COLLATE NOCASE
"""


# What a label was like when it was kept was not stored: it counts as kept the way it is now.
_RESTS_ON = """
ALTER TABLE settled ADD COLUMN edit_id INTEGER;;
ALTER TABLE settled ADD COLUMN tag_id INTEGER;;
ALTER TABLE settled ADD COLUMN left REAL;;
ALTER TABLE settled ADD COLUMN top REAL;;
ALTER TABLE settled ADD COLUMN width REAL;;
ALTER TABLE settled ADD COLUMN height REAL;;
UPDATE settled SET edit_id = (
    SELECT max(id) FROM edits WHERE edits.image_id = settled.image_id AND edits.at = settled.at
) WHERE verdict IN ('taken', 'deleted');;
UPDATE settled SET (tag_id, left, top, width, height) = (
    SELECT tag_id, left, top, width, height FROM regions
    WHERE uuid = substr(finding, 1, instr(finding, '/') - 1)
) WHERE verdict = 'kept'
"""


def migrate(path: Path) -> None:
    """Bring the database at `path` to `SCHEMA_VERSION`; two processes at once are fine.

    Raises:
        sqlite3.Error: it cannot be written.
    """
    connection = sqlite3.connect(path, timeout=30, isolation_level=None)
    try:
        # Held over all migrations, so that a second process waits and then finds nothing to do.
        connection.execute("BEGIN IMMEDIATE")
        if connection.execute("PRAGMA user_version").fetchone()[0] < SCHEMA_VERSION:
            migrations.apply(Database(connection, recursive_triggers=False, execute_plugins=False))
            connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        connection.execute("COMMIT")
    finally:
        connection.close()
