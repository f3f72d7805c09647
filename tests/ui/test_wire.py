"""How graphics commands reach the terminal: in which order, how much at a time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tui_detect.ui.graphics import commands, wire
from tui_detect.ui.graphics.wire import Wire

PICTURE = bytes(range(256)) * 600
PUT = commands.command(a="p", i=99, p=1)
DELETE = commands.delete_placement(99, 1)


class Line:
    """A wire whose time passes by call."""

    def __init__(self, *, inside_tmux: bool = False) -> None:
        self.written: list[str] = []
        self.has_room = True
        self._later: list[Callable[[], None]] = []
        self.wire = Wire(
            self.written.append,
            lambda _wait_s, do: self._later.append(do),
            lambda: self.has_room,
            inside_tmux=inside_tmux,
        )

    def tick(self) -> list[str]:
        """Let one wait pass; what was written then."""
        before = len(self.written)
        waiting, self._later = self._later, []
        for do in waiting:
            do()
        return self.written[before:]

    def finish(self) -> None:
        while self._later:
            self.tick()


def test_a_picture_goes_in_pieces_that_leave_room_for_keys() -> None:
    line, done = Line(), list[bool]()
    line.wire.upload(PICTURE, done.append)
    (first,) = line.tick()
    assert len(first) < 40_000
    line.finish()
    assert done == [True]
    pieces = "".join(line.written).split("\x1b\\")[:-1]
    assert all(len(piece.partition(";")[2]) <= 4096 for piece in pieces)
    assert [("m=1" in piece) for piece in pieces] == [True] * (len(pieces) - 1) + [False]


def test_nothing_is_sent_while_the_link_is_full() -> None:
    line = Line()
    line.wire.upload(PICTURE, lambda _: None)
    line.has_room = False
    assert [line.tick() for _ in range(3)] == [[], [], []]
    line.has_room = True
    assert line.tick()


def test_a_placement_passes_a_picture_that_is_on_its_way() -> None:
    line = Line()
    line.wire.upload(PICTURE, lambda _: None)
    line.tick()
    line.wire.place(PUT)
    assert line.written[-1] == PUT


def test_what_would_tear_a_picture_waits_for_its_end_and_keeps_its_place() -> None:
    line = Line()
    line.wire.upload(PICTURE, lambda _: None)
    line.tick()
    line.wire.send(DELETE)
    line.wire.place(PUT)
    assert DELETE not in line.written
    line.finish()
    assert line.written[-2:] == [DELETE, PUT]


def test_a_patient_picture_gives_way_and_says_so() -> None:
    line, done = Line(), list[bool]()
    image_id = line.wire.upload(PICTURE, done.append, patient=True)
    line.tick()
    line.wire.send(DELETE)
    assert line.written[-2:] == [commands.abandon(image_id), DELETE]
    assert done == [False]
    assert line.tick() == []


def test_a_picture_that_nobody_wants_any_more_is_abandoned_only_when_it_began() -> None:
    line, done = Line(), list[bool]()
    first = line.wire.upload(PICTURE, done.append)
    second = line.wire.upload(PICTURE, done.append)
    line.tick()
    line.wire.free(second)
    line.wire.free(first)
    assert line.written[1:] == [commands.abandon(first)]
    assert done == [False, False]


def test_ids_are_used_again_only_after_all_others() -> None:
    line = Line()
    first = line.wire.send_image(b"x")
    line.wire.free(first)
    used = [line.wire.send_image(b"x") for _ in range(239)]
    assert first not in used
    assert line.wire.send_image(b"x") == first


def test_inside_tmux_every_piece_is_passed_on_by_itself() -> None:
    line = Line(inside_tmux=True)
    line.wire.upload(PICTURE, lambda _: None)
    (first,) = line.tick()
    assert first.count("\x1bPtmux;\x1b\x1b_G") == wire.CHUNKS_A_TICK
    line.wire.place(PUT)
    assert line.written[-1] == "\x1bPtmux;\x1b\x1b_Ga=p,i=99,p=1,q=2\x1b\x1b\\\x1b\\"


@pytest.mark.parametrize(("pane", "base"), [("%0", 1), ("%37", 38), ("%38", 1)])
def test_panes_have_image_ids_of_their_own(
    pane: str, base: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMUX_PANE", pane)
    assert wire._block_of_pane() == base
