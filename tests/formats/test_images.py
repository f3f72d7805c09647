"""A path becomes a list of pictures in the order a person expects, or one clear line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_detect.core.errors import BadInput
from tui_detect.formats import format_names, read_source
from tui_detect.formats.images import natural_key


def touch(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def names(source: Path | str) -> list[str]:
    return [image.name for image in read_source(source)]


def test_a_folder_gives_its_pictures_and_those_below_in_natural_order(tmp_path: Path) -> None:
    touch(tmp_path, "a10.jpg", "a9.JPG", "b/c.png", "b2.tif", "notes.txt", "photo.heic")
    assert names(tmp_path) == ["a9.JPG", "a10.jpg", "b2.tif", "photo.heic", "c.png"]


def test_hidden_files_and_folders_are_left_out(tmp_path: Path) -> None:
    touch(tmp_path, ".a.jpg", ".thumbs/b.jpg", "c.jpg")
    assert names(tmp_path) == ["c.jpg"]


def test_a_single_file_is_taken_whatever_its_ending(tmp_path: Path) -> None:
    touch(tmp_path, "a.dat")
    assert names(tmp_path / "a.dat") == ["a.dat"]


def test_names_with_emoji_newline_and_brackets_are_files_like_others(tmp_path: Path) -> None:
    touch(tmp_path, "fo\nrk.jpg", "🦊.jpg", "a[1].jpg")
    assert sorted(names(tmp_path)) == sorted(["fo\nrk.jpg", "🦊.jpg", "a[1].jpg"])
    assert names(tmp_path / "a[1].jpg") == ["a[1].jpg"]


def test_globs_find_pictures_once(tmp_path: Path) -> None:
    touch(tmp_path, "a2.jpg", "a1.jpg", "b.png", "notes.txt", "deep/er/c.jpg")
    assert names(tmp_path / "a*.jpg") == ["a1.jpg", "a2.jpg"]
    assert names(tmp_path / "**" / "*.jpg") == ["a1.jpg", "a2.jpg", "c.jpg"]
    assert names(tmp_path / "**") == ["a1.jpg", "a2.jpg", "b.png", "c.jpg"]
    assert names(tmp_path / "*") == ["a1.jpg", "a2.jpg", "b.png", "c.jpg"]
    assert names(tmp_path / "*.txt") == ["notes.txt"]


def test_the_home_folder_may_be_written_as_a_tilde(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    touch(tmp_path, "pictures/a.jpg")
    assert names("~/pictures") == ["a.jpg"]


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    touch(tmp_path, "a/x.jpg")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    assert names(tmp_path) == ["x.jpg"]


@pytest.mark.parametrize(
    ("path", "why"),
    [("gone", "there is nothing"), ("*.jpg", "nothing matches"), ("", "no pictures")],
)
def test_nothing_there_is_one_clear_line(tmp_path: Path, path: str, why: str) -> None:
    with pytest.raises(BadInput, match=why) as caught:
        read_source(tmp_path / path)
    assert caught.value.hint


def test_a_folder_that_cannot_be_listed_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbid(path: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", forbid)
    with pytest.raises(BadInput, match="cannot be listed: Permission denied"):
        read_source(tmp_path)


def test_an_unknown_format_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no format 'tarot'") as caught:
        read_source(tmp_path, "tarot")
    for name in format_names():
        assert name in caught.value.hint


@given(st.text(), st.text())
def test_any_two_names_can_be_ordered(first: str, second: str) -> None:
    assert (natural_key(first) < natural_key(second)) in (True, False)
