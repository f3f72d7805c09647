"""Completing paths as a shell does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_detect.ui.path_completion import complete, read_path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("fork_1.jpg", "fork_2.jpg", "spoon.jpg", ".hidden", "with space.png"):
        (tmp_path / name).touch()
    (tmp_path / "more").mkdir()
    return tmp_path


def test_one_possibility_is_taken_whole(folder: Path) -> None:
    assert complete(f"{folder}/sp").text == f"{folder}/spoon.jpg"
    assert complete(f"{folder}/with").text == f"{folder}/with space.png"


def test_a_folder_gets_its_slash_to_go_on(folder: Path) -> None:
    assert complete(f"{folder}/mo").text == f"{folder}/more/"


def test_several_are_completed_as_far_as_certain_and_named(folder: Path) -> None:
    completion = complete(f"{folder}/f")
    assert completion.text == f"{folder}/fork_"
    assert completion.candidates == ("fork_1.jpg", "fork_2.jpg")


def test_hidden_files_come_only_when_asked_for(folder: Path) -> None:
    assert ".hidden" not in complete(f"{folder}/").candidates
    assert complete(f"{folder}/.h").text == f"{folder}/.hidden"


@pytest.mark.parametrize("text", ["", "/no/such/folder/x", "~nobody-here/x", "\0", "\0/x"])
def test_nonsense_stays_as_it_is(text: str, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.chdir(folder / "more")
    assert complete(text).text == text


def test_relative_paths_and_home_are_understood(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(folder))
    assert complete("spo").text == "spoon.jpg"
    assert complete("~/spo").text == "~/spoon.jpg"
    assert read_path(" '~/spoon.jpg' ") == folder / "spoon.jpg"
