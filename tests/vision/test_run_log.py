"""A log is read by pages and searched, whatever its length."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_detect.vision import run_log
from tui_detect.vision.run_log import find_line, lines_before, lines_from, size_bytes


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "log.txt"
    path.write_text("".join(f"line {number}\n" for number in range(1000)))
    return path


def test_a_log_that_is_not_there_yet_is_empty(tmp_path: Path) -> None:
    nowhere = tmp_path / "log.txt"
    assert size_bytes(nowhere) == 0
    assert lines_from(nowhere, 0, 5) == lines_before(nowhere, 100, 5) == []
    assert find_line(nowhere, "x", 0) is find_line(nowhere, "x", 9, backwards=True) is None


def test_pages_meet_in_both_directions(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_log, "LINE_LIMIT_BYTES", 50)
    forwards, offset = [], 0
    while page := lines_from(log, offset, 7):
        forwards += page
        offset = page[-1].end
    backwards, offset = list[run_log.LogLine](), size_bytes(log)
    while page := lines_before(log, offset, 7):
        backwards[:0] = page
        offset = page[0].start
    assert forwards == backwards
    assert [line.text for line in forwards] == [f"line {number}" for number in range(1000)]


def test_only_the_last_state_of_a_progress_bar_is_shown(log: Path) -> None:
    log.write_bytes(b"one\r\n 10%\r 50%\r\x1b[K100%\nhalf a li")
    texts = ["one", "100%", "half a li"]
    assert [line.text for line in lines_from(log, 0, 9)] == texts
    assert [line.text for line in lines_before(log, size_bytes(log), 9)] == texts


def test_a_line_without_an_end_is_shown_in_pieces(
    log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_log, "LINE_LIMIT_BYTES", 10)
    log.write_bytes(b"x" * 25)
    assert [len(line.text) for line in lines_from(log, 0, 9)] == [10, 10, 5]
    assert sum(len(line.text) for line in lines_before(log, 25, 9)) == 25


@pytest.mark.parametrize("block_bytes", [20, 64, 1 << 20])
def test_text_is_found_in_both_directions_whatever_its_case(
    log: Path, monkeypatch: pytest.MonkeyPatch, block_bytes: int
) -> None:
    monkeypatch.setattr(run_log, "SEARCH_BLOCK_BYTES", block_bytes)
    first = find_line(log, "LINE 77", 0)
    assert first is not None
    assert first.text == "line 77"
    following = find_line(log, "line 77", first.end)
    assert following is not None
    assert following.text == "line 770"
    assert find_line(log, "line 77", following.start, backwards=True) == first
    last = find_line(log, "line 77", size_bytes(log), backwards=True)
    assert last is not None
    assert last.text == "line 779"
    assert find_line(log, "line 77", last.end) is None
    assert find_line(log, "line 77", first.start, backwards=True) is None


def test_a_search_ends_when_nobody_wants_it_any_more(log: Path) -> None:
    assert find_line(log, "line 5", 0, should_stop=lambda: True) is None
