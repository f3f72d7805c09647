"""Thumbnails arrive for what is wished for, most urgent first, and end with the app at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from PIL import Image

from tests.waiting import wait_for
from tui_detect.core.errors import PictureRefused
from tui_detect.workflows.library import Library
from tui_detect.workflows.thumbnails import ThumbnailClient, ThumbnailService


@pytest.fixture
def service(library: Library) -> Iterator[ThumbnailService]:
    service = ThumbnailService(library)
    yield service
    service.close()


class Box:
    """What arrived, in order."""

    def __init__(self, service: ThumbnailService) -> None:
        self.items: list[tuple[str, bytes | Exception]] = []
        self.client: ThumbnailClient[bytes] = service.client(bytes, self._arrived)

    def _arrived(self, sha256: str, item: bytes | Exception) -> None:
        self.items.append((sha256, item))

    def names(self) -> list[str]:
        return [sha256 for sha256, _ in self.items]


def add(library: Library, folder: Path, count: int) -> list[str]:
    hashes = []
    for index in range(count):
        path = folder / f"{index}.png"
        Image.new("RGB", (40, 30), (index, 20, 99)).save(path)
        hashes.append(library.objects.add(path)[0])
    return hashes


def children() -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process().children()
        if "tui_detect.imaging.thumbnails" in child.cmdline()
    ]


def test_thumbnails_are_drawn_and_cached(
    library: Library, service: ThumbnailService, tmp_path: Path
) -> None:
    hashes = add(library, tmp_path, 3)
    box = Box(service)
    box.client.want(hashes)
    wait_for(lambda: len(box.items) == 3, "three thumbnails")
    assert all(isinstance(item, bytes) and item[:2] == b"\xff\xd8" for _, item in box.items)
    for sha256 in hashes:
        library.objects.delete(sha256)
    again = Box(service)
    again.client.want(hashes)
    wait_for(lambda: len(again.items) == 3, "three thumbnails from the cache")
    assert dict(again.items) == dict(box.items)


def test_nothing_runs_before_the_first_wish(service: ThumbnailService) -> None:
    Box(service)
    assert children() == []


def test_what_is_no_longer_wished_for_is_dropped(
    library: Library, service: ThumbnailService, tmp_path: Path
) -> None:
    hashes = add(library, tmp_path, 40)
    box = Box(service)
    box.client.want(hashes[:30])
    box.client.want(hashes[30:])
    wait_for(lambda: set(hashes[30:]) <= set(box.names()), "the last ten")
    dropped = set(hashes[:30]) - set(box.names())
    assert len(dropped) >= 10
    assert len(box.names()) == len(set(box.names()))


def test_the_latest_view_comes_first(
    service: ThumbnailService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "_start", lambda: None)
    Box(service).client.want(["a", "b"])
    Box(service).client.want(["c"])
    assert [service._take(1, drawn=False) for _ in range(3)] == [["c"], ["a"], ["b"]]


def test_two_views_of_one_picture_draw_it_once(
    library: Library, service: ThumbnailService, tmp_path: Path
) -> None:
    [sha256] = add(library, tmp_path, 1)
    first, second = Box(service), Box(service)
    first.client.want([sha256, sha256])
    second.client.want([sha256])
    wait_for(lambda: first.items and second.items, "both")
    assert first.names() == second.names() == [sha256]


def test_an_unreadable_picture_is_an_error_and_the_others_arrive(
    library: Library, service: ThumbnailService, tmp_path: Path
) -> None:
    (tmp_path / "bad.jpg").write_bytes(b"no picture")
    bad = library.objects.add(tmp_path / "bad.jpg")[0]
    gone = "0" * 64
    good = add(library, tmp_path, 2)
    box = Box(service)
    box.client.want([bad, gone, *good])
    wait_for(lambda: len(box.items) == 4, "four answers")
    found = dict(box.items)
    assert isinstance(found[bad], PictureRefused)
    assert isinstance(found[gone], PictureRefused)
    assert isinstance(found[good[0]], bytes)


def test_a_process_that_dies_is_replaced(
    library: Library, service: ThumbnailService, tmp_path: Path
) -> None:
    hashes = add(library, tmp_path, 12)
    box = Box(service)
    box.client.want(hashes[:6])
    wait_for(lambda: len(box.items) == 6, "the first six")
    for child in children():
        child.kill()
    box.client.want(hashes[6:])
    wait_for(lambda: len(box.items) == 12, "the others")
    failed = [item for _, item in box.items if isinstance(item, Exception)]
    assert len(failed) <= 2


def test_a_view_that_cannot_use_a_thumbnail_is_told_so(
    library: Library, service: ThumbnailService, tmp_path: Path
) -> None:
    [sha256] = add(library, tmp_path, 1)
    seen: list[object] = []

    def fail(_: bytes) -> bytes:
        raise ValueError("spoiled")

    service.client(fail, lambda _, item: seen.append(item)).want([sha256])
    wait_for(lambda: seen, "an answer")
    assert isinstance(seen[0], ValueError)


def test_closing_does_not_wait_for_a_picture_in_hand(library: Library, tmp_path: Path) -> None:
    Image.new("1", (14_000, 14_000)).save(tmp_path / "big.png", compress_level=1)
    sha256, _ = library.objects.add(tmp_path / "big.png")
    service = ThumbnailService(library)
    box = Box(service)
    box.client.want([sha256])
    wait_for(children, "a drawing process")
    started = time.monotonic()
    service.close()
    assert time.monotonic() - started < 1
    assert children() == []
    assert threading.active_count() < 8
    box.client.want([sha256])
    assert children() == []


def test_the_processes_leave_when_the_app_is_killed(home: Path, tmp_path: Path) -> None:
    program = (
        "import sys, time\n"
        "from tui_detect.workflows.library import open_library\n"
        "from tui_detect.workflows.thumbnails import ThumbnailService\n"
        "service = ThumbnailService(open_library())\n"
        "client = service.client(bytes, lambda *_: print('ready', flush=True))\n"
        "client.want(['0' * 64])\n"
        "time.sleep(60)\n"
    )
    app = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert app.stdout is not None
    assert app.stdout.readline() == b"ready\n"
    workers = psutil.Process(app.pid).children()
    assert workers
    os.kill(app.pid, signal.SIGKILL)
    app.wait()
    app.stdout.close()
    ended: Callable[[], bool] = lambda: all(not w.is_running() for w in workers)  # noqa: E731
    wait_for(ended, "the drawing processes to leave")
