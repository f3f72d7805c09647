"""Thumbnails of a library's pictures: from the cache, else drawn by processes of their own."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Generic, TypeVar

from tui_detect.core.errors import PictureRefused, StorageFailed, TuiDetectError
from tui_detect.imaging.thumbnails import read_answer, write_request
from tui_detect.store.thumbs import ThumbnailCache
from tui_detect.workflows.library import Library

T = TypeVar("T")

PROCESSES = 2
_LOOK_UP = 16
"""Thumbnails read from the cache at a time: few enough for the first to show at once."""
_CLOSING_S = 1.0


class ThumbnailClient(Generic[T]):
    """One view's wish for thumbnails; made by `ThumbnailService.client`."""

    def __init__(
        self,
        service: ThumbnailService,
        prepare: Callable[[bytes], T],
        on_ready: Callable[[str, T | Exception], object],
    ) -> None:
        self._service = service
        self._prepare = prepare
        self._on_ready = on_ready
        self.wanted: dict[str, None] = {}
        """SHA-256 values, most urgent first; changed only under the service's lock."""

    def want(self, hashes: Iterable[str]) -> None:
        """Wish for these and no others, most urgent first; each is answered once.

        What was wished for before and is not named again is dropped unless it is being drawn.
        """
        self._service._wish(self, dict.fromkeys(hashes))

    def close(self) -> None:
        """Wish for nothing any more."""
        self._service._forget(self)

    def answer(self, sha256: str, jpeg: bytes | TuiDetectError) -> None:
        """Prepare the thumbnail and hand it over, in the service's thread."""
        result: T | Exception
        if isinstance(jpeg, TuiDetectError):
            result = jpeg
        else:
            # The view shows what went wrong, be it a spoiled cache; the thread must go on.
            try:
                result = self._prepare(jpeg)
            except Exception as error:
                result = error
        self._on_ready(sha256, result)


class ThumbnailService:
    """Answers wishes in the order of their urgency; nothing runs before the first one.

    One thread reads the cache; `PROCESSES` threads have a drawing process each, for pictures that
    are not in it. The latest wish of any view comes first.
    """

    def __init__(self, library: Library, processes: int = PROCESSES) -> None:
        self._library = library
        self._processes = processes
        self._cache = ThumbnailCache(library.thumbs_path)
        self._changed = threading.Condition()
        self._clients: list[ThumbnailClient[object]] = []
        self._missing: set[str] = set()
        """Not in the cache, to be drawn."""
        self._in_hand: set[str] = set()
        """Being looked up or drawn."""
        self._threads: list[threading.Thread] = []
        self._painters: list[_Painter] = []
        self._closed = False

    def client(
        self, prepare: Callable[[bytes], T], on_ready: Callable[[str, T | Exception], object]
    ) -> ThumbnailClient[T]:
        """A view's access.

        Args:
            prepare: makes of the JPEG what the view needs, in a thread.
            on_ready: is given the SHA-256 and that, or the error, in a thread.
        """
        client = ThumbnailClient(self, prepare, on_ready)
        with self._changed:
            self._clients.append(client)  # type: ignore[arg-type]
        return client

    def close(self) -> None:
        """End threads and processes at once, whatever they are doing."""
        with self._changed:
            self._closed = True
            painters = list(self._painters)
            self._changed.notify_all()
        for painter in painters:
            painter.kill()
        for thread in self._threads:
            thread.join(_CLOSING_S)
        self._cache.close()

    def _wish(self, client: ThumbnailClient[T], wanted: dict[str, None]) -> None:
        with self._changed:
            if self._closed:
                return
            client.wanted = wanted
            self._clients.sort(key=lambda other: other is not client)
            everything = {sha256 for other in self._clients for sha256 in other.wanted}
            self._missing &= everything
            if wanted and not self._threads:
                self._start()
            self._changed.notify_all()

    def _forget(self, client: ThumbnailClient[T]) -> None:
        with self._changed:
            client.wanted = {}
            self._clients = [other for other in self._clients if other is not client]

    def _start(self) -> None:
        self._painters = [_Painter() for _ in range(self._processes)]
        jobs: list[Callable[[], None]] = [self._look_up]
        jobs += [lambda painter=painter: self._paint(painter) for painter in self._painters]  # type: ignore[misc]
        for number, job in enumerate(jobs):
            thread = threading.Thread(target=job, name=f"thumbnails {number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _look_up(self) -> None:
        """The cache's thread."""
        while hashes := self._take(_LOOK_UP, drawn=False):
            found = self._cache.get(hashes)
            with self._changed:
                self._in_hand.difference_update(set(hashes).difference(found))
                wanted = {sha256 for client in self._clients for sha256 in client.wanted}
                self._missing.update(wanted.intersection(hashes).difference(found))
                self._changed.notify_all()
            for sha256, jpeg in found.items():
                self._deliver(sha256, jpeg)

    def _paint(self, painter: _Painter) -> None:
        """The thread of one drawing process."""
        while hashes := self._take(1, drawn=True):
            [sha256] = hashes
            result: bytes | TuiDetectError
            try:
                result = painter.paint(str(self._library.objects.path(sha256)))
                self._cache.put(sha256, result)
            except TuiDetectError as error:
                result = error
            self._deliver(sha256, result)

    def _take(self, count: int, *, drawn: bool) -> list[str]:
        """The most urgent of what is to be looked up, or drawn; waits; empty means the end."""
        with self._changed:
            while not self._closed:
                free = (
                    sha256
                    for client in self._clients
                    for sha256 in client.wanted
                    if sha256 not in self._in_hand and (sha256 in self._missing) is drawn
                )
                if found := list(dict.fromkeys(islice(free, count))):
                    self._in_hand.update(found)
                    return found
                self._changed.wait()
        return []

    def _deliver(self, sha256: str, result: bytes | TuiDetectError) -> None:
        with self._changed:
            self._in_hand.discard(sha256)
            self._missing.discard(sha256)
            receivers = [client for client in self._clients if sha256 in client.wanted]
            for client in receivers:
                del client.wanted[sha256]
            if self._closed:
                return
        for client in receivers:
            client.answer(sha256, result)


class _Painter:
    """A drawing process, started when first needed and again after it died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._killed = False
        self._lock = threading.Lock()

    def paint(self, path: str) -> bytes:
        """The thumbnail of a picture.

        Raises:
            PictureRefused: it cannot be read, or the process died of it.
            StorageFailed: no process can be started.
        """
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            write_request(process.stdin, path)  # type: ignore[arg-type]
            return read_answer(process.stdout)  # type: ignore[arg-type]
        except (EOFError, OSError) as error:
            self._end()
            raise PictureRefused(
                f"{path}: its decoder crashed", "save it anew", reason="its decoder crashed"
            ) from error

    def kill(self) -> None:
        """End the process at once; it is not started again."""
        with self._lock:
            self._killed = True
        self._end()

    def _started(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._killed:
                raise StorageFailed("the thumbnails are closed")
            if self._process is None:
                try:
                    self._process = subprocess.Popen(
                        [sys.executable, "-m", "tui_detect.imaging.thumbnails"],
                        stdin=subprocess.PIPE,
                        stdout=subprocess.PIPE,
                        stderr=subprocess.DEVNULL,
                        start_new_session=True,
                    )
                except OSError as error:
                    raise StorageFailed(
                        f"no process for thumbnails can be started: {error.strerror}",
                        "free some memory",
                    ) from error
            return self._process

    def _end(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    _close(pipe)


def _close(pipe: object) -> None:
    try:
        pipe.close()  # type: ignore[attr-defined]
    # What was still to be written to a process that is gone.
    except OSError:
        return
