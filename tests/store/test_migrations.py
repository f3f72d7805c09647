"""Every migration, from the version before, with something in the database."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database as Plain

from tui_detect.core.geometry import Box
from tui_detect.core.model import Suggestion
from tui_detect.store import suggestions
from tui_detect.store.connection import Database
from tui_detect.store.migrations import migrations
from tui_detect.store.schema import SCHEMA_VERSION


@pytest.fixture
def version_1(tmp_path: Path) -> Path:
    """A database of version 1 with one image and one region."""
    path = tmp_path / "library.db"
    connection = sqlite3.connect(path)
    migrations.apply(Plain(connection), stop_before="m002_suggestions")
    connection.executescript("""
        PRAGMA user_version=1;
        INSERT INTO projects VALUES (1, 'p', 'parts', '', 'General', '2026-11-24');
        INSERT INTO tags VALUES (1, 't', 1, 'nut', '#f94144', NULL);
        INSERT INTO images (id, uuid, project_id, sha256, name, source, width_px, height_px,
            size_bytes, added_at) VALUES (1, 'i', 1, 'ab', 'a.png', 'a.png', 9, 9, 1, '');
        INSERT INTO regions (uuid, image_id, tag_id, left, top, width, height)
            VALUES ('r', 1, 1, 0.1, 0.1, 0.2, 0.2);
    """)
    connection.close()
    return path


def test_version_1_becomes_the_newest_and_loses_nothing(version_1: Path) -> None:
    db = Database(version_1)
    assert db.value("PRAGMA user_version") == SCHEMA_VERSION
    assert db.value("SELECT count(*) FROM regions") == 1
    made = Suggestion("s", 1, Box(0.1, 0.2, 0.3, 0.4), "Iteration 1", 0.5)
    suggestions.insert(db, 1, [made])
    assert suggestions.of_image(db, 1) == (made,)
    db.run("DELETE FROM images")
    assert db.value("SELECT count(*) FROM suggestions") == 0
