"""The one way by which graphics commands reach the terminal."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any
from weakref import WeakKeyDictionary

from textual.app import App

from tui_detect.ui.graphics import commands

TICK_S = 0.01
SOON_S = 0.001
CHUNKS_A_TICK = 8
"""32 kB between two keys; more would hold their echo back on a slow link."""

FIRST_ID, LAST_ID = 16, 255
"""Below are the colours that themes may change, and a placeholder's colour is its image's id."""


@dataclass(slots=True, eq=False)
class Upload:
    """A picture on its way to the terminal."""

    image_id: int
    chunks: Iterator[str]
    done: Callable[[bool], None]
    patient: bool
    started: bool = False


class Wire:
    """Hands out image ids, writes commands at once and pictures piece by piece.

    While a picture is under way only placements may pass it: for Kitty and for Ghostty another
    image's data would be its next piece, and a deletion its end.
    """

    def __init__(
        self,
        write: Callable[[str], None],
        later: Callable[[float, Callable[[], None]], object],
        has_room: Callable[[], bool] = lambda: True,
        *,
        inside_tmux: bool = False,
        id_base: int = 0,
    ) -> None:
        self._write_raw = write
        self._later = later
        self._has_room = has_room
        self._inside_tmux = inside_tmux
        self._free_ids = deque(id_base + low for low in range(FIRST_ID, LAST_ID + 1))
        self._uploads: deque[Upload] = deque()
        self._waiting: list[str] = []
        self._ticking = False

    def place(self, placements: str) -> None:
        """Send placements; they may pass a picture that is on its way."""
        if self._waiting:
            self._waiting.append(placements)
        else:
            self._write(placements)

    def send(self, data: str) -> None:
        """Send any commands: a patient upload is given up for them, another one waited for."""
        upload = self._under_way
        if upload is not None and not upload.patient:
            self._waiting.append(data)
            return
        if upload is not None:
            self._give_up(upload)
        self._write(data)

    def send_image(self, png: bytes) -> int:
        """Send a small image at once; its id."""
        image_id = self._free_ids.popleft()
        self.send("".join(commands.transmit(image_id, png)))
        return image_id

    def upload(self, png: bytes, done: Callable[[bool], None], *, patient: bool = False) -> int:
        """Send a picture in the time between keys; its id.

        Args:
            done: told whether it is there, or was given up and is to be forgotten.
            patient: it can be given up as soon as anything but placements is to be sent.
        """
        image_id = self._free_ids.popleft()
        self._uploads.append(Upload(image_id, commands.transmit(image_id, png), done, patient))
        self._tick_in(SOON_S)
        return image_id

    def free(self, image_id: int) -> None:
        """Delete an image, sent or on its way; its id goes to another one, as late as possible."""
        for upload in self._uploads:
            if upload.image_id == image_id:
                self._give_up(upload)
                return
        self.send(commands.delete_image(image_id))
        self._free_ids.append(image_id)

    @property
    def _under_way(self) -> Upload | None:
        first = self._uploads[0] if self._uploads else None
        return first if first is not None and first.started else None

    def _give_up(self, upload: Upload) -> None:
        self._uploads.remove(upload)
        self._free_ids.append(upload.image_id)
        if upload.started:
            self._write(commands.abandon(upload.image_id))
            self._send_waiting()
        upload.done(False)

    def _tick(self) -> None:
        self._ticking = False
        if self._uploads and self._has_room():
            self._send_chunks(self._uploads[0])
        self._tick_in(TICK_S)

    def _tick_in(self, wait_s: float) -> None:
        if self._uploads and not self._ticking:
            self._ticking = True
            self._later(wait_s, self._tick)

    def _send_chunks(self, upload: Upload) -> None:
        upload.started = True
        chunks = list(islice(upload.chunks, CHUNKS_A_TICK))
        self._write_raw("".join(map(self._wrapped, chunks)))
        if len(chunks) < CHUNKS_A_TICK:
            self._uploads.popleft()
            self._send_waiting()
            upload.done(True)

    def _send_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for data in waiting:
            self._write(data)

    def _write(self, data: str) -> None:
        if data:
            self._write_raw(self._wrapped(data))

    def _wrapped(self, data: str) -> str:
        return commands.through_tmux(data) if self._inside_tmux else data


_WIRES: WeakKeyDictionary[App[Any], Wire] = WeakKeyDictionary()


def wire_of(app: App[Any], *, inside_tmux: bool, few_colours: bool) -> Wire:
    """The app's wire; all its canvases share it, because they share the terminal's image ids."""
    if app not in _WIRES:
        id_base = _block_of_pane() << (24 if few_colours else 8) if inside_tmux else 0
        _WIRES[app] = Wire(
            lambda data: write_to(app, data),
            app.set_timer,
            lambda: _has_room(app),
            inside_tmux=inside_tmux,
            id_base=id_base,
        )
    return _WIRES[app]


def _block_of_pane() -> int:
    """Panes of tmux share the terminal's image ids, so each has 256 of its own.

    A placeholder has 24 bits for an id, or in 256 colours 8 and another 8 in its last diacritic.
    Few blocks make short ids.
    """
    pane = os.environ.get("TMUX_PANE", "").removeprefix("%")
    return 1 + (int(pane) if pane.isdigit() else os.getpid()) % 38


def write_to(app: App[Any], data: str) -> None:
    """Write to the terminal, behind what Textual has written."""
    driver = app._driver
    # Without its thread a driver is suspended or stopped: the screen with our images is gone.
    if driver is not None and getattr(driver, "_writer_thread", driver) is not None:
        driver.write(data)


def _has_room(app: App[Any]) -> bool:
    """Whether the last piece went out: a full queue would stop the event loop."""
    thread = getattr(app._driver, "_writer_thread", None)
    return thread is None or bool(thread._queue.empty())
