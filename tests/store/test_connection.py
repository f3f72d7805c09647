"""The database keeps what was acknowledged, whoever else is there and whatever the disk does."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tui_detect.core.errors import StorageFailed
from tui_detect.store import connection, migrations
from tui_detect.store.connection import Database
from tui_detect.store.schema import SCHEMA_VERSION


@pytest.fixture
def db(tmp_path: Path) -> Database:
    return Database(tmp_path / "library.db")


def insert_project(db: Database, name: str) -> int:
    values = {"uuid": name, "name": name, "description": "", "domain": "", "created_at": ""}
    return db.insert("projects", values)


def test_a_new_database_has_its_pragmas_and_the_current_schema(db: Database) -> None:
    assert db.value("PRAGMA journal_mode") == "wal"
    assert db.value("PRAGMA foreign_keys") == 1
    assert db.value("PRAGMA synchronous") == 2
    assert db.value("PRAGMA user_version") == SCHEMA_VERSION
    assert len(migrations.migrations._migrations) == SCHEMA_VERSION


def test_opening_a_current_database_does_not_load_the_migrations(db: Database) -> None:
    _ = db.connection
    script = (
        "import sys; from pathlib import Path; from tui_detect.store.connection import Database;"
        f"Database(Path({str(db.path)!r})).connection;"
        "assert 'sqlite_utils' not in sys.modules and 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_failed_transaction_leaves_nothing(db: Database) -> None:
    def fail_in_the_middle() -> None:
        with db.atomic():
            insert_project(db, "half")
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        fail_in_the_middle()
    assert db.value("SELECT count(*) FROM projects") == 0


def test_a_transaction_inside_another_belongs_to_it(db: Database) -> None:
    def fail_after_the_inner_one() -> None:
        with db.atomic():
            with db.atomic():
                insert_project(db, "inner")
            raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        fail_after_the_inner_one()
    assert db.value("SELECT count(*) FROM projects") == 0


def test_what_is_read_together_is_of_one_state(db: Database) -> None:
    other = Database(db.path)
    insert_project(db, "first")
    with db.reading():
        before = db.rows("SELECT name FROM projects")
        insert_project(other, "second")
        assert db.rows("SELECT name FROM projects") == before
    assert db.value("SELECT count(*) FROM projects") == 2
    other.close()


def test_each_thread_has_its_own_connection(db: Database) -> None:
    seen: list[sqlite3.Connection] = [db.connection]
    thread = threading.Thread(target=lambda: seen.append(db.connection))
    thread.start()
    thread.join()
    assert seen[0] is not seen[1]


def test_writers_of_several_processes_wait_for_each_other(db: Database) -> None:
    _ = db.connection
    script = (
        "import sys; from pathlib import Path; from tui_detect.store.connection import Database;"
        f"db = Database(Path({str(db.path)!r}))\n"
        "for n in range(30):\n"
        "    with db.atomic():\n"
        "        name = f'{sys.argv[1]} {n}'\n"
        "        db.insert('projects', {'uuid': name, 'name': name, 'description': '',"
        " 'domain': '', 'created_at': ''})\n"
    )
    processes = [subprocess.Popen([sys.executable, "-c", script, name]) for name in "ab"]
    assert [process.wait(60) for process in processes] == [0, 0]
    assert db.value("SELECT count(*) FROM projects") == 60


def test_a_newer_schema_is_refused(db: Database) -> None:
    db.run(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    db.close()
    with pytest.raises(StorageFailed, match="newer tui-detect"):
        _ = db.connection


def test_a_file_that_is_no_database_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "library.db"
    path.write_bytes(b"holiday pictures " * 100)
    with pytest.raises(StorageFailed, match="damaged"):
        _ = Database(path).connection
    assert path.read_bytes().startswith(b"holiday"), "it is left as it was"


def test_a_full_disk_is_said_so_and_loses_nothing(db: Database) -> None:
    insert_project(db, "kept")
    pages = db.value("PRAGMA page_count")
    db.run(f"PRAGMA max_page_count={pages}")

    def fill() -> None:
        with db.atomic():
            for number in range(10_000):
                insert_project(db, f"{number} {'x' * 500}")

    with pytest.raises(StorageFailed, match="full"):
        fill()
    assert [row["name"] for row in db.rows("SELECT name FROM projects")] == ["kept"]


def test_a_disk_that_fails_says_what_may_be_wrong_and_what_to_do(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path) -> sqlite3.Connection:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(connection, "connect", fail)
    with pytest.raises(StorageFailed, match=r"library\.db failed") as failed:
        _ = db.connection
    assert "may be full: free some space" in failed.value.hint


def only_to_read(path: Path) -> Database:
    """As if its folder could not be written, which root cannot be told."""
    db = Database(path)
    db.is_read_only = True
    return db


def test_a_library_in_a_read_only_folder_is_read_and_nothing_lies_beside_it(db: Database) -> None:
    insert_project(db, "theirs")
    db.close()
    reader = only_to_read(db.path)
    assert reader.value("SELECT name FROM projects") == "theirs"
    assert [path.name for path in db.path.parent.iterdir()] == ["library.db"]
    with pytest.raises(StorageFailed, match="read-only, and this would change it"), reader.atomic():
        pytest.fail("nothing is done before it is refused")
    with pytest.raises(StorageFailed, match="cannot be written"):
        insert_project(reader, "mine")


def test_what_somebody_else_writes_meanwhile_is_read_too(db: Database) -> None:
    insert_project(db, "first")
    reader = only_to_read(db.path)
    assert reader.value("SELECT count(*) FROM projects") == 1
    insert_project(db, "second")
    assert reader.value("SELECT count(*) FROM projects") == 2


def test_a_library_that_is_changed_and_closed_while_it_is_read_is_not_read_on(db: Database) -> None:
    insert_project(db, "first")
    db.close()
    reader = only_to_read(db.path)
    assert reader.value("SELECT count(*) FROM projects") == 1
    insert_project(db, "second")
    db.close()
    with pytest.raises(StorageFailed, match="was changed while it was read"):
        reader.value("SELECT count(*) FROM projects")
    reader.close()
    assert reader.value("SELECT count(*) FROM projects") == 2


def test_a_read_only_library_that_takes_writing_to_read_is_refused(
    db: Database, tmp_path: Path
) -> None:
    db.run(f"PRAGMA user_version={SCHEMA_VERSION - 1}")
    db.close()
    with pytest.raises(StorageFailed, match="older tui-detect") as failed:
        _ = only_to_read(db.path).connection
    assert "copy the home" in failed.value.hint
    (tmp_path / "library.db-wal").write_bytes(b"changes")
    with pytest.raises(StorageFailed, match="was not closed"):
        _ = only_to_read(db.path).connection


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anything")
def test_a_read_only_folder_is_said_so(tmp_path: Path) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(StorageFailed, match="cannot be written"):
        _ = Database(tmp_path / "library.db").connection
