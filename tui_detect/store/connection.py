"""The one way to the library's database: pragmas, threads, transactions, errors."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from tui_detect.core.errors import StorageFailed
from tui_detect.store.schema import SCHEMA_VERSION

BUSY_TIMEOUT_S = 10.0
NO_ROOM_BYTES = 64 * 1024
"""Less free space than this explains that the disk refuses."""
COPY_HINT = "copy the home to a folder of your own, and choose that with --home or TUI_DETECT_HOME"
MAX_PARAMETERS = 500
"""Ids in one `IN (…)`; older SQLite builds stop at 999 parameters."""


def _readable(error: sqlite3.Error, path: Path) -> StorageFailed:
    """SQLite's error in words a person can act on."""
    text = str(error)
    # A connection needs 32 kB for its index of the log: on a full disk not even reading works.
    io_failed = "disk I/O" in text
    if "full" in text or (io_failed and shutil.disk_usage(path.parent).free < NO_ROOM_BYTES):
        return StorageFailed(f"the disk that holds {path} is full", "free some space and try again")
    if io_failed:
        return StorageFailed(
            f"the disk that holds {path} failed ({getattr(error, 'sqlite_errorname', text)})",
            "it, or your share of it, may be full: free some space and try again; if that does "
            "not help, check the disk",
        )
    if "readonly" in text or "unable to open" in text or "attempt to write" in text:
        unreadable = path.exists() and not os.access(path, os.R_OK)
        return StorageFailed(
            f"{path} cannot be {'read' if unreadable else 'written'}",
            "check its permissions, or choose another folder with --home or TUI_DETECT_HOME",
        )
    if "locked" in text or "busy" in text:
        return StorageFailed(
            f"another process has been writing to {path} for {BUSY_TIMEOUT_S:.0f} s",
            "wait for it to finish and try again",
        )
    if "not a database" in text or "malformed" in text:
        return StorageFailed(
            f"{path} is damaged ({text})", "restore it from a backup, or choose another home"
        )
    return StorageFailed(f"{path}: {text}")


class Database:
    """A library's `library.db`, with one connection per thread."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._lock = threading.Lock()

    @cached_property
    def is_read_only(self) -> bool:
        """Whether it is there, in a folder that can only be read, such as a colleague's."""
        return self.path.exists() and not os.access(self.path.parent, os.W_OK)

    def check_writable(self) -> None:
        """Make sure that something can be changed.

        Raises:
            StorageFailed: it can only be read.
        """
        if self.is_read_only:
            raise StorageFailed(
                f"the home {self.path.parent} is read-only, and this would change it", COPY_HINT
            )

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection, opened and brought up to date when first needed."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            with self._translated():
                if self.is_read_only and not _log(self.path).exists():
                    self._local.as_opened = _state(self.path)
                connection = (connect_to_read if self.is_read_only else connect)(self.path)
            self._local.connection = connection
            with self._lock:
                self._all.append(connection)
        return connection

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._lock:
            for connection in self._all:
                connection.close()
            self._all.clear()
        self._local = threading.local()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.OperationalError, sqlite3.DatabaseError) as error:
            if isinstance(error, sqlite3.IntegrityError):
                raise
            self._check_unchanged()
            raise _readable(error, self.path) from error
        self._check_unchanged()

    def _check_unchanged(self) -> None:
        """Where SQLite was told that nobody writes, make sure that nobody has."""
        as_opened: tuple[int, int] | None = getattr(self._local, "as_opened", None)
        if as_opened is not None and _state(self.path) != as_opened:
            raise StorageFailed(f"{self.path} was changed while it was read", "try again")

    def atomic(self) -> AbstractContextManager[None]:
        """One transaction, taken for writing from the start; joins one that is open already."""
        # SQLite would begin, and refuse only the first change.
        self.check_writable()
        return self._transaction("BEGIN IMMEDIATE")

    def reading(self) -> AbstractContextManager[None]:
        """Several reads of one state, whatever others write meanwhile; nothing is written here."""
        return self._transaction("BEGIN")

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        connection = self.connection
        nested: bool = connection.in_transaction
        if nested:
            yield
            return
        with self._translated():
            connection.execute(begin)
        try:
            yield
            with self._translated():
                connection.execute("COMMIT")
        except BaseException:
            # A full disk may have rolled back already.
            if bool(connection.in_transaction):
                connection.execute("ROLLBACK")
            raise

    def run(self, sql: str, parameters: Sequence[Any] = ()) -> int:
        """Execute one statement; the number of rows it changed."""
        with self._translated():
            return self.connection.execute(sql, parameters).rowcount

    def insert(self, table: str, values: dict[str, Any]) -> int:
        """Insert one row; its integer key."""
        columns = ", ".join(values)
        marks = ", ".join("?" * len(values))
        with self._translated():
            cursor = self.connection.execute(
                f"INSERT INTO {table} ({columns}) VALUES ({marks})", tuple(values.values())
            )
        return int(cursor.lastrowid or 0)

    def insert_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Execute one statement for many rows."""
        with self._translated():
            self.connection.executemany(sql, rows)

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[sqlite3.Row]:
        """All rows of a query."""
        with self._translated():
            return self.connection.execute(sql, parameters).fetchall()

    def columns(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The columns of a query with many rows, each as one tuple; empty without any row."""
        with self._translated():
            cursor = self.connection.cursor()
            # Rows that know their columns' names take twice as long to make.
            cursor.row_factory = None
            return list(zip(*cursor.execute(sql, parameters), strict=True))

    def row(self, sql: str, parameters: Sequence[Any] = ()) -> sqlite3.Row | None:
        """The first row of a query, if there is one."""
        with self._translated():
            row: sqlite3.Row | None = self.connection.execute(sql, parameters).fetchone()
        return row

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:  # noqa: ANN401
        """The first column of the first row, `None` without one."""
        row = self.row(sql, parameters)
        return None if row is None else row[0]

    def rows_for_ids(self, sql: str, ids: Sequence[int]) -> list[sqlite3.Row]:
        """All rows of a query whose `{ids}` stands for a list of any length."""
        found: list[sqlite3.Row] = []
        for start in range(0, len(ids), MAX_PARAMETERS):
            part = ids[start : start + MAX_PARAMETERS]
            found += self.rows(sql.format(ids=", ".join("?" * len(part))), part)
        return found


def connect(path: Path) -> sqlite3.Connection:
    """Open the database with its pragmas set and its schema current.

    Raises:
        StorageFailed: a newer tui-detect wrote it.
        sqlite3.Error: it cannot be opened or written.
    """
    connection = sqlite3.connect(
        path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
    )
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    if _version(connection, path) < SCHEMA_VERSION:
        # sqlite-utils costs 0.1 s to import; a library that is current does not pay for it.
        from tui_detect.store.migrations import migrate

        migrate(path)
    return connection


def _state(path: Path) -> tuple[int, int]:
    """What differs once somebody has changed the file."""
    now = path.stat()
    return now.st_mtime_ns, now.st_size


def _log(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Open a database in a folder that cannot be written.

    Raises:
        StorageFailed: its schema is not this one's, or reading it takes writing.
        sqlite3.Error: it cannot be opened.
    """
    log = _log(path)
    if log.exists() and not path.with_name(f"{path.name}-shm").exists():
        raise StorageFailed(f"{path} was not closed, and its folder is read-only", COPY_HINT)
    # Without a log nobody has it open; SQLite would still want to make one in order to read.
    how = "mode=ro" if log.exists() else "mode=ro&immutable=1"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{how}",
        uri=True,
        timeout=BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.row_factory = sqlite3.Row
    if _version(connection, path) < SCHEMA_VERSION:
        connection.close()
        raise StorageFailed(
            f"{path} was written by an older tui-detect, and cannot be brought up to date, as its "
            "folder is read-only",
            COPY_HINT,
        )
    return connection


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """The schema's; a newer one than this program knows is refused."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA_VERSION:
        connection.close()
        raise StorageFailed(
            f"{path} was written by a newer tui-detect (schema {version}, this one knows "
            f"{SCHEMA_VERSION})",
            "upgrade tui-detect, or choose another home with --home",
        )
    return version
