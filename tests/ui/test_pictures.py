"""Decoded pictures are kept, and read once however many ask."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from PIL import Image

from tests.library import draw_pictures
from tui_detect.imaging import decode
from tui_detect.ui.graphics.pictures import PictureMemory


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The paths that were read, in their order."""
    read: list[Path] = []
    load = decode.load_upright

    def load_upright(path: Path, *, max_side_px: int) -> Image.Image:
        read.append(path)
        return load(path, max_side_px=max_side_px)

    monkeypatch.setattr(decode, "load_upright", load_upright)
    return read


def test_what_is_being_read_ahead_is_not_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = draw_pictures(tmp_path, 1)[0]
    started, goes_on = Event(), Event()
    read: list[Path] = []

    def load_upright(path: Path, *, max_side_px: int) -> Image.Image:
        read.append(path)
        started.set()
        assert goes_on.wait(20)
        return Image.new("RGB", (32, 24))

    monkeypatch.setattr(decode, "load_upright", load_upright)
    memory = PictureMemory()
    with ThreadPoolExecutor() as threads:
        ahead = threads.submit(memory.load, path, 20)
        assert started.wait(20)
        wanted = threads.submit(memory.load, path, 20)
        goes_on.set()
        assert ahead.result() is wanted.result()
    assert read == [path]


def test_the_last_few_are_kept_and_a_larger_one_is_read_anew(
    tmp_path: Path, reads: list[Path]
) -> None:
    first, second, third = draw_pictures(tmp_path, 3, (2400, 10))
    memory = PictureMemory(kept=2)
    for path in (first, second, first, third, first):
        memory.load(path, 100)
    assert reads == [first, second, third]
    assert memory.load(first, 1500).width == 2000
    assert memory.load(second, 100).width == 1000
    assert reads[3:] == [first, second]
