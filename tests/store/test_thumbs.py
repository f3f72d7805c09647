"""The thumbnail cache keeps thumbnails, and never stands in the way."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tui_detect.store.thumbs import ThumbnailCache


def test_thumbnails_are_there_again_after_a_restart(tmp_path: Path) -> None:
    first = ThumbnailCache(tmp_path / "thumbs.db")
    first.put("a" * 64, b"jpeg a")
    first.put("b" * 64, b"jpeg b")
    first.close()
    second = ThumbnailCache(tmp_path / "thumbs.db")
    assert second.get(["a" * 64, "c" * 64]) == {"a" * 64: b"jpeg a"}
    assert len(second.get([f"{n:064x}" for n in range(2000)] + ["b" * 64])) == 1
    second.close()


def test_two_processes_may_use_it_together(tmp_path: Path) -> None:
    first, second = (ThumbnailCache(tmp_path / "thumbs.db") for _ in range(2))
    first.put("a", b"1")
    second.put("a", b"2")
    assert first.get(["a"]) == second.get(["a"]) == {"a": b"2"}


@pytest.mark.parametrize("spoil", [b"no database at all" * 999, b""])
def test_a_damaged_file_is_made_anew(tmp_path: Path, spoil: bytes) -> None:
    path = tmp_path / "thumbs.db"
    path.write_bytes(spoil)
    cache = ThumbnailCache(path)
    assert cache.get(["a"]) == {}
    cache.put("a", b"1")
    assert cache.get(["a"]) == {"a": b"1"}
    assert cache.problem == ""


def test_a_file_of_another_version_is_made_anew(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "thumbs.db") as connection:
        connection.execute("PRAGMA user_version=99")
        connection.execute("CREATE TABLE thumbs (something TEXT)")
    connection.close()
    cache = ThumbnailCache(tmp_path / "thumbs.db")
    cache.put("a", b"1")
    assert cache.get(["a"]) == {"a": b"1"}


def test_a_file_damaged_while_open_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "thumbs.db"
    cache = ThumbnailCache(path)
    for number in range(200):
        cache.put(f"{number:064x}", b"x" * 20_000)
    cache.close()
    with path.open("r+b") as file:
        file.seek(16384)
        file.write(b"\xff" * 800_000)
    again = ThumbnailCache(path)
    hashes = [f"{number:064x}" for number in range(200)]
    again.get(hashes)
    again.put("a", b"1")
    assert again.get(["a"]) == {"a": b"1"}


def test_where_nothing_can_be_written_nothing_is_cached(tmp_path: Path) -> None:
    cache = ThumbnailCache(tmp_path / "missing" / "thumbs.db")
    cache.put("a", b"1")
    assert cache.get(["a"]) == {}
    assert "not cached" in cache.problem


def test_the_file_may_be_deleted_while_it_is_used(tmp_path: Path) -> None:
    cache = ThumbnailCache(tmp_path / "thumbs.db")
    cache.put("a", b"1")
    for path in tmp_path.iterdir():
        path.unlink()
    cache.put("b", b"2")
    assert cache.get(["b"]) in ({}, {"b": b"2"})
    cache.close()
