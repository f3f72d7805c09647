"""Every migration, from the version before, with something in the database."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database as Plain

from tui_detect.core.geometry import Box
from tui_detect.core.model import Region, Suggestion
from tui_detect.store import iterations, runs, settled, suggestions, tagging, tags
from tui_detect.store.connection import Database
from tui_detect.store.migrations import migrations
from tui_detect.store.schema import SCHEMA_VERSION
from tui_detect.store.settled import Settlement


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


@pytest.fixture
def version_2(tmp_path: Path) -> Path:
    """A database of version 2 with an iteration of two epochs."""
    path = tmp_path / "library.db"
    connection = sqlite3.connect(path)
    migrations.apply(Plain(connection), stop_before="m003_parts")
    connection.executescript("""
        PRAGMA user_version=2;
        INSERT INTO projects VALUES (1, 'p', 'parts', '', 'General', '2026-11-24');
        INSERT INTO iterations (id, uuid, project_id, number, name, state, domain, settings,
            created_at, images_train, images_validation)
            VALUES (1, 'i', 1, 1, 'Iteration 1', 'completed', 'General', '{"epochs":2}',
            '2026-11-24', 3, 1);
    """)
    payload = (
        '{"losses":{},"validation_losses":{},"precision":null,"recall":null,"map50":0.5,'
        '"map50_95":null,"learning_rate":null,"seconds":1.0}'
    )
    for number in (1, 2):
        connection.execute("INSERT INTO epochs VALUES (1, ?, '2026-11-24', ?)", (number, payload))
    connection.commit()
    connection.close()
    return path


def test_epochs_of_version_2_become_those_of_the_only_part(version_2: Path) -> None:
    db = Database(version_2)
    assert [(e.part, e.number, e.map50) for e in runs.epochs(db, 1)] == [(1, 1, 0.5), (1, 2, 0.5)]
    assert iterations.get(db, 1).epochs_done == 2
    db.run("DELETE FROM projects")
    assert db.value("SELECT count(*) FROM epochs") == 0


@pytest.fixture
def version_4(tmp_path: Path) -> Path:
    """A database of version 4 with a deleted tag and a published iteration."""
    path = tmp_path / "library.db"
    connection = sqlite3.connect(path)
    migrations.apply(Plain(connection), stop_before="m005_what_became_of_it")
    connection.executescript("""
        PRAGMA user_version=4;
        INSERT INTO projects VALUES (1, 'p', 'parts', '', 'General', '2026-11-24');
        INSERT INTO tags VALUES (1, 't', 1, 'nut', '#f94144', '2026-11-25');
        INSERT INTO tags VALUES (2, 'u', 1, 'bolt', '#f94144', NULL);
        INSERT INTO iterations (id, uuid, project_id, number, name, state, domain, settings,
            created_at, images_train, images_validation, published_as)
            VALUES (1, 'i', 1, 1, 'Iteration 1', 'completed', 'General', '{"epochs":2}',
            '2026-11-24', 3, 1, 'detector');
    """)
    connection.close()
    return path


def test_tags_and_iterations_of_version_4_stay_as_they_were(version_4: Path) -> None:
    db = Database(version_4)
    assert db.value("PRAGMA user_version") == SCHEMA_VERSION
    assert [tag.name for tag in tags.of_project(db, 1)] == ["bolt"]
    assert tags.merged(db, 1) == {}
    assert iterations.get(db, 1).published_as == "detector"
    db.run("UPDATE tags SET merged_into = 2 WHERE id = 1")
    db.run("DELETE FROM projects")
    assert db.value("SELECT count(*) FROM tags") == 0


@pytest.fixture
def version_5(tmp_path: Path) -> Path:
    """A database of version 5 with a verdict of each kind on its image."""
    path = tmp_path / "library.db"
    connection = sqlite3.connect(path)
    migrations.apply(Plain(connection), stop_before="m006_what_verdicts_rest_on")
    connection.executescript("""
        PRAGMA user_version=5;
        INSERT INTO projects VALUES (1, 'p', 'parts', '', 'General', '2026-11-24');
        INSERT INTO tags (id, uuid, project_id, name, colour) VALUES (1, 't', 1, 'nut', '#f94144');
        INSERT INTO images (id, uuid, project_id, sha256, name, source, width_px, height_px,
            size_bytes, added_at) VALUES (1, 'i', 1, 'ab', 'a.png', 'a.png', 9, 9, 1, '');
        INSERT INTO regions (uuid, image_id, tag_id, left, top, width, height)
            VALUES ('r', 1, 1, 0.1, 0.12345678901234567, 0.2, 0.3);
        INSERT INTO iterations (id, uuid, project_id, number, name, state, domain, settings,
            created_at, images_train, images_validation)
            VALUES (1, 'i', 1, 1, 'Iteration 1', 'completed', 'General', '{"epochs":2}',
            '2026-11-24', 3, 1);
        INSERT INTO edits (id, project_id, image_id, at, label, payload, state) VALUES
            (1, 1, 1, '2026-11-24T10', 'add', '{}', 'done'),
            (2, 1, 1, '2026-11-24T11', 'tag nut', '{}', 'done');
        INSERT INTO settled VALUES
            (1, 1, 'r/0', 'kept', '2026-11-24T12'), (1, 1, '/1', 'kept', '2026-11-24T12'),
            (1, 1, 's/2', 'taken', '2026-11-24T11'), (1, 1, 'u/3', 'edited', '2026-11-24T11');
    """)
    connection.close()
    return path


def test_verdicts_of_version_5_hold_until_their_edit_is_undone(version_5: Path) -> None:
    db = Database(version_5)
    label = Region("r", 1, Box(0.1, 0.12345678901234567, 0.2, 0.3))
    found = {
        "r/0": Settlement("kept", "2026-11-24T12", label=label),
        "/1": Settlement("kept", "2026-11-24T12"),
        "s/2": Settlement("taken", "2026-11-24T11", 2),
        "u/3": Settlement("edited", "2026-11-24T11"),
    }
    assert settled.of_image(db, 1, 1) == found
    tagging.mark(db, 2, undone=True)
    del found["s/2"]
    assert settled.of_image(db, 1, 1) == found
