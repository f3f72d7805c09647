"""A full disk costs no checkpoint that was there, and is told where there is room for it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.vision.jobs import bare_job
from tui_detect.vision.events import EventWriter
from tui_detect.vision.parts import Checkpoint
from tui_detect.vision.run_folder import Exit, RunFolder
from tui_detect.workflows import run

SIZE = "1m"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a megabyte."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)]
    try:
        mounted = subprocess.run(command, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("a small disk cannot be mounted here: that takes root")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture
def folder(small_disk: Path) -> RunFolder:
    return RunFolder.create(small_disk / "run", bare_job(small_disk))


def fill(disk: Path) -> Path:
    """Leave no byte; the file to delete for room."""
    filler = disk / "filler"
    with filler.open("wb") as file:
        for size in (4096, 1):
            try:
                while True:
                    os.write(file.fileno(), b"x" * size)
            except OSError:
                continue
    return filler


def test_an_event_that_finds_no_room_leaves_no_half_line(
    small_disk: Path, folder: RunFolder
) -> None:
    events: EventWriter = folder.open_events()
    events.write("warning", message="there is room")
    filler = fill(small_disk)
    with pytest.raises(OSError, match="No space"):
        events.write("warning", message="x" * 10_000)
    filler.unlink()
    events.write("warning", message="there is room again")
    told, _ = folder.read_events()
    assert [(event.seq, event.data["message"]) for event in told] == [
        (1, "there is room"),
        (2, "there is room again"),
    ]


def test_a_checkpoint_that_finds_no_room_costs_none_that_is_there(
    small_disk: Path, folder: RunFolder
) -> None:
    part = folder.part(1)
    source = part.path / "last.pt"
    source.parent.mkdir(parents=True)
    source.write_text("epoch 1")
    first = part.publish_checkpoint(source, checkpoint(1))
    part.share_weights(first)
    source.write_text("epoch 2")
    filler = fill(small_disk)
    with pytest.raises(OSError, match="No space"):
        part.publish_checkpoint(source, checkpoint(2))
    assert part.checkpoints == [first]
    assert part.record(first).epoch == 1
    assert part.weights.read_text() == "epoch 1"
    filler.unlink()
    assert [p.name for p in part.checkpoints_folder.iterdir() if p.name.startswith(".")] == []


def checkpoint(epoch: int) -> Checkpoint:
    return Checkpoint(epoch, 9, epoch, 0.5, 8, 1.5, over=False)


@pytest.mark.parametrize("room", ["none", "for a word"])
def test_a_worker_on_a_full_disk_says_so_or_is_lost(
    small_disk: Path, folder: RunFolder, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def train(folder: RunFolder, events: EventWriter, stop: object) -> Exit:
        filler = fill(small_disk)
        try:
            events.write("warning", message="x" * 10_000)
        finally:
            if room == "for a word":
                os.truncate(filler, filler.stat().st_size - 64 * 1024)
        raise AssertionError("there was room")

    monkeypatch.setattr(run, "_run", train)
    monkeypatch.setattr("tui_detect.vision.stopping.StopSwitch.listen", lambda self: None)
    if room == "none":
        with pytest.raises(OSError, match="No space"):
            run.main(str(folder.path))
        assert folder.exit is None
        return
    assert run.main(str(folder.path)) == 1
    assert folder.exit is not None
    assert folder.exit.state == "failed"
    assert folder.exit.message == "the disk is full"
    assert "resume" in folder.exit.hint
    assert [event.kind for event in folder.read_events()[0]] == ["failed"]
