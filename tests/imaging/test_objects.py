"""The bytes of a picture are kept once, under their hash, and the original is left alone."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from tui_detect.core.errors import PictureRefused, StorageFailed
from tui_detect.imaging.objects import ObjectStore


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return ObjectStore(tmp_path / "home" / "objects")


def leftovers(store: ObjectStore) -> list[Path]:
    return list((store.root / "incoming").iterdir())


def test_bytes_are_found_again_under_their_hash(store: ObjectStore, tmp_path: Path) -> None:
    original = tmp_path / "a 🦊\n.jpg"
    original.write_bytes(b"picture")
    sha256, size_bytes = store.add(original)
    assert sha256 == hashlib.sha256(b"picture").hexdigest()
    assert size_bytes == 7
    assert store.path(sha256) == store.root / sha256[:2] / sha256[2:]
    assert store.path(sha256).read_bytes() == b"picture"
    assert list(store.list()) == [sha256]
    assert leftovers(store) == []


def test_the_same_bytes_are_kept_once(store: ObjectStore, tmp_path: Path) -> None:
    first, second = tmp_path / "a.jpg", tmp_path / "b.jpg"
    first.write_bytes(b"same")
    second.write_bytes(b"same")
    assert store.add(first) == store.add(second) == store.add(first)
    assert len(list(store.list())) == 1
    assert leftovers(store) == []


def test_bytes_stay_when_the_original_is_deleted(store: ObjectStore, tmp_path: Path) -> None:
    original = tmp_path / "a.jpg"
    original.write_bytes(b"picture")
    sha256, _ = store.add(original)
    original.unlink()
    assert store.path(sha256).read_bytes() == b"picture"


def test_deleting_leaves_the_original(store: ObjectStore, tmp_path: Path) -> None:
    original = tmp_path / "a.jpg"
    original.write_bytes(b"picture")
    sha256, _ = store.add(original)
    store.delete(sha256)
    store.delete(sha256)
    assert list(store.list()) == []
    assert original.read_bytes() == b"picture"


def test_a_symbolic_link_keeps_the_bytes_it_points_to(store: ObjectStore, tmp_path: Path) -> None:
    original, link = tmp_path / "a.jpg", tmp_path / "link.jpg"
    original.write_bytes(b"picture")
    link.symlink_to(original)
    sha256, _ = store.add(link)
    original.unlink()
    assert store.path(sha256).read_bytes() == b"picture"
    assert not store.path(sha256).is_symlink()


def test_across_file_systems_the_bytes_are_copied(
    store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other_file_system(*_: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", other_file_system)
    original = tmp_path / "a.jpg"
    original.write_bytes(b"x" * 3_000_000)
    sha256, size_bytes = store.add(original)
    assert size_bytes == 3_000_000
    kept = store.path(sha256)
    assert kept.stat().st_ino != original.stat().st_ino
    assert kept.stat().st_size == 3_000_000


def test_a_full_disk_leaves_nothing_half_written(
    store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(os, "write", refuse)
    original = tmp_path / "a.jpg"
    original.write_bytes(b"picture")
    with pytest.raises(StorageFailed, match="No space left"):
        store.add(original)
    assert list(store.list()) == []
    assert leftovers(store) == []


@pytest.mark.parametrize("name", ["gone.jpg", "folder", "empty.jpg"])
def test_what_cannot_be_kept_is_refused(store: ObjectStore, tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.jpg").touch()
    with pytest.raises(PictureRefused):
        store.add(tmp_path / name)


def test_a_home_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "a.jpg").write_bytes(b"picture")
    with pytest.raises(StorageFailed, match="cannot write"):
        ObjectStore(tmp_path / "file" / "objects").add(tmp_path / "a.jpg")
