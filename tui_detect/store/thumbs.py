"""The thumbnail cache's file: a convenience, never a reason to fail."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

_VERSION = 1
_PAGE_BYTES = 16384
"""Measured: a third faster than SQLite's 4096 for blobs of thumbnail size."""
_MAX_PARAMETERS = 500


class ThumbnailCache:
    """Small JPEGs by the SHA-256 of their picture; safe for several threads and processes.

    The file may be deleted at any time. When it is damaged, it is made anew; when it cannot be
    written at all, nothing is cached, and `problem` says why.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self.problem = ""

    def get(self, hashes: Sequence[str]) -> dict[str, bytes]:
        """Those of the thumbnails that are here."""

        def read(connection: sqlite3.Connection) -> dict[str, bytes]:
            found: dict[str, bytes] = {}
            for start in range(0, len(hashes), _MAX_PARAMETERS):
                part = hashes[start : start + _MAX_PARAMETERS]
                marks = ", ".join("?" * len(part))
                sql = f"SELECT sha256, jpeg FROM thumbs WHERE sha256 IN ({marks})"
                found.update(connection.execute(sql, part).fetchall())
            return found

        return self._try(read) or {}

    def put(self, sha256: str, jpeg: bytes) -> None:
        """Keep a thumbnail."""

        def write(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO thumbs VALUES (?, ?)", (sha256, jpeg))

        self._try(write)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._drop_connection()

    def _try(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        with self._lock:
            for attempt in (1, 2):
                try:
                    result = work(self._opened())
                    self.problem = ""
                    return result
                except sqlite3.Error as error:
                    self._drop_connection()
                    self.problem = f"thumbnails are not cached in {self._path}: {error}"
                    if attempt == 2 or not self._is_damaged(error):
                        return None
                    self._delete_file()
        return None

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            connection = sqlite3.connect(
                self._path, timeout=2, isolation_level=None, check_same_thread=False
            )
            self._connection = connection
            connection.execute(f"PRAGMA page_size={_PAGE_BYTES}")
            connection.execute("PRAGMA journal_mode=WAL")
            # What a power cut takes is drawn again.
            connection.execute("PRAGMA synchronous=OFF")
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, _VERSION):
                raise sqlite3.DatabaseError(f"malformed: version {version}")
            connection.execute(
                "CREATE TABLE IF NOT EXISTS thumbs (sha256 TEXT PRIMARY KEY, jpeg BLOB NOT NULL)"
            )
            connection.execute(f"PRAGMA user_version={_VERSION}")
        return self._connection

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _is_damaged(self, error: sqlite3.Error) -> bool:
        words = ("malformed", "not a database", "no such table", "no such column", "disk i/o")
        gone = not self._path.exists() and self._path.parent.exists()
        return gone or any(word in str(error).lower() for word in words)

    def _delete_file(self) -> None:
        try:
            for ending in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
        except OSError as error:
            self.problem = f"the damaged {self._path} cannot be deleted: {error.strerror}"
