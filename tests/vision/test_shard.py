"""Results of a shard: whole lines, once each, whatever ended the worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_detect.core.errors import PictureRefused, RunFailed
from tui_detect.core.geometry import Box
from tui_detect.vision.run_folder import RunFolder
from tui_detect.vision.shard import (
    RESULTS_FILE,
    ResultWriter,
    Shard,
    count_results,
    read_results,
)

FOUND = [(1, 0.75, Box(0.1, 0.2, 0.3, 0.4))]


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path)


def test_results_come_back_as_they_were_written(folder: RunFolder) -> None:
    writer = ResultWriter(folder)
    writer.write(640, 480, FOUND)
    writer.write_refusal(PictureRefused("a.txt is no picture", "give another", reason="no picture"))
    writer.close()
    first, second = read_results(folder)
    assert (first.picture, first.width_px, first.height_px) == (0, 640, 480)
    assert first.items == tuple(FOUND)
    assert second.refused is not None
    assert (second.refused.message, second.refused.reason) == ("a.txt is no picture", "no picture")


def test_a_torn_line_is_written_again(folder: RunFolder) -> None:
    writer = ResultWriter(folder)
    writer.write(640, 480, FOUND)
    writer.write(320, 240, [])
    writer.close()
    path = folder.path / RESULTS_FILE
    path.write_bytes(path.read_bytes()[:-5])
    assert len(list(read_results(folder))) == 1
    again = ResultWriter(folder)
    assert again.done == 1
    again.write(32, 24, [])
    again.close()
    assert [(r.picture, r.width_px) for r in read_results(folder)] == [(0, 640), (1, 32)]


def test_two_workers_by_mistake_double_nothing(folder: RunFolder) -> None:
    first, second = ResultWriter(folder), ResultWriter(folder)
    for writer in (first, second, first):
        writer.write(640, 480, FOUND)
    assert [result.picture for result in read_results(folder)] == [0, 1]


def test_counting_goes_on_where_it_was(folder: RunFolder) -> None:
    assert count_results(folder) == (0, 0)
    writer = ResultWriter(folder)
    writer.write(640, 480, FOUND)
    count, offset = count_results(folder)
    assert count == 1
    writer.write(640, 480, FOUND)
    writer.write(640, 480, FOUND)
    assert count_results(folder, offset)[0] == 2


def test_a_shard_that_cannot_be_read_says_where(folder: RunFolder) -> None:
    with pytest.raises(RunFailed, match=r"job\.json"):
        Shard.read(folder)
    folder.job_file.write_text('{"weights": "w.pt"}')
    with pytest.raises(RunFailed, match=r"job\.json"):
        Shard.read(folder)
