"""Runs wait for the devices of a machine; other processes are real ones, and some are killed."""

from __future__ import annotations

import errno
import fcntl
import multiprocessing
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from tests.vision.jobs import TINY, bare_job, drawn_job
from tests.vision.stand_in_nvml import GIB, Card, install
from tests.waiting import wait_for
from tui_detect.core.errors import BadInput, Conflict, StorageFailed
from tui_detect.vision import queueing
from tui_detect.vision.gpus import list_gpus
from tui_detect.vision.job import Job
from tui_detect.vision.launchers import local
from tui_detect.vision.queueing import Place, RunQueue, entry_for, wait_for_devices
from tui_detect.vision.run_folder import RunFolder
from tui_detect.vision.stopping import StopSwitch

FORK = multiprocessing.get_context("fork")


@pytest.fixture
def queue(tmp_path: Path) -> RunQueue:
    return RunQueue.of_this_host(tmp_path / "queue")


@pytest.fixture
def processes() -> Iterator[list[BaseProcess]]:
    """Processes of other runs; those that are left are ended."""
    started: list[BaseProcess] = []
    yield started
    for process in started:
        process.kill()
        process.join()


def job(tmp_path: Path, number: int, device: str = "cpu") -> Job:
    """The job of a run; a higher number came later."""
    return replace(
        bare_job(tmp_path, replace(TINY, device=device)),
        iteration=f"id-{number:02d}",
        name=f"Iteration {number}",
        project="parts",
        queue_folder=tmp_path / "queue",
    )


def enter(queue: RunQueue, tmp_path: Path, number: int, device: str = "cpu") -> Place:
    return queue.enter(entry_for(job(tmp_path, number, device), list_gpus()))


def begin(queue: RunQueue, tmp_path: Path, number: int) -> None:
    """Enter, and begin at once."""
    assert enter(queue, tmp_path, number).take()


def elsewhere(processes: list[BaseProcess], work: Callable[[], None]) -> int:
    """Have another process do something and stay; its pid."""

    def main() -> None:
        work()
        signal.pause()

    process = FORK.Process(target=main)
    process.start()
    processes.append(process)
    assert process.pid is not None
    return process.pid


def test_the_only_run_does_not_wait(queue: RunQueue, tmp_path: Path) -> None:
    assert queue.entries() == []
    assert enter(queue, tmp_path, 1).take() == ("cpu",)
    (entry,) = queue.entries()
    assert (entry.what, entry.wanted, entry.waits) == ("Iteration 1 of parts", "cpu", False)


def test_who_waits_is_told_for_whom(queue: RunQueue, tmp_path: Path) -> None:
    first, second, third = (enter(queue, tmp_path, number) for number in (1, 2, 3))
    assert third.take() == ()
    assert third.reason(()) == "Iteration 1 of parts, which came before, and 1 more before this one"
    first.take()
    assert second.reason(()) == "the CPU: Iteration 1 of parts trains there"
    first.leave()
    assert third.take() == ()
    assert second.take() == ("cpu",)


def test_a_paused_queue_starts_nothing_and_stops_nothing(queue: RunQueue, tmp_path: Path) -> None:
    running, waiting = enter(queue, tmp_path, 1), enter(queue, tmp_path, 2)
    running.take()
    queue.pause()
    assert not queue.entries()[0].waits
    running.leave()
    assert waiting.take() == ()
    assert waiting.reason(()) == "the queue to go on: it is paused"
    queue.go_on()
    assert waiting.take() == ("cpu",)


def test_auto_takes_the_gpu_with_the_most_free_memory(
    queue: RunQueue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nvml = install(monkeypatch, Card("GPU-a", free_bytes=2 * GIB), Card("GPU-b"), Card("GPU-c"))
    nvml.cards[2].free_bytes = 22 * GIB
    places = [enter(queue, tmp_path, number, "auto") for number in (1, 2, 3, 4)]
    assert [place.take() for place in places] == [("GPU-c",), ("GPU-b",), ("GPU-a",), ()]
    gpus = list_gpus()
    assert places[3].reason(gpus).startswith("GPU 2: Iteration 1 of parts trains there")
    places[1].leave()
    assert places[3].take() == ("GPU-b",)


def test_a_gpu_is_one_device_whatever_number_it_has(
    queue: RunQueue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, Card("GPU-a"), Card("GPU-b"))
    enter(queue, tmp_path, 1, "1").take()
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    second = enter(queue, tmp_path, 2, "0")
    assert second.take() == ()
    assert second.reason(list_gpus()) == "GPU 0: Iteration 1 of parts trains there"


def test_two_processes_never_work_on_one_run(queue: RunQueue, tmp_path: Path) -> None:
    enter(queue, tmp_path, 1)
    with pytest.raises(Conflict, match="Iteration 1 of parts"):
        enter(queue, tmp_path, 1)


def test_a_killed_run_lets_the_next_one_in(
    queue: RunQueue, tmp_path: Path, processes: list[BaseProcess]
) -> None:
    pid = elsewhere(processes, lambda: begin(queue, tmp_path, 1))
    wait_for(lambda: any(not entry.waits for entry in queue.entries()), "the other run to begin")
    place = enter(queue, tmp_path, 2)
    assert place.take() == ()
    os.kill(pid, signal.SIGKILL)
    wait_for(place.take, "the device")
    assert [entry.iteration for entry in queue.entries()] == ["id-02"], "the dead one is swept away"


def test_a_loader_that_outlives_its_run_holds_no_device(
    queue: RunQueue, tmp_path: Path, processes: list[BaseProcess]
) -> None:
    def train_with_a_loader() -> None:
        begin(queue, tmp_path, 1)
        if (loader := os.fork()) == 0:
            signal.pause()
        (tmp_path / "loader.tmp").write_text(str(loader))
        (tmp_path / "loader.tmp").rename(tmp_path / "loader")

    pid = elsewhere(processes, train_with_a_loader)
    wait_for((tmp_path / "loader").exists, "the loader")
    place = enter(queue, tmp_path, 2)
    os.kill(pid, signal.SIGKILL)
    try:
        wait_for(place.take, "the device")
    finally:
        os.kill(int((tmp_path / "loader").read_text()), signal.SIGKILL)


def test_twenty_that_come_at_once_train_one_by_one_in_order(
    queue: RunQueue, tmp_path: Path, processes: list[BaseProcess]
) -> None:
    record = os.open(tmp_path / "record", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def train(number: int) -> None:
        place = enter(queue, tmp_path, number)
        while not place.take():
            time.sleep(0.01)
        os.write(record, f"begin {number}\n".encode())
        time.sleep(0.005)
        os.write(record, f"end {number}\n".encode())
        place.leave()

    holder = enter(queue, tmp_path, 0)
    holder.take()
    numbers = list(range(1, 21))
    for number in random.Random(4).sample(numbers, len(numbers)):
        elsewhere(processes, lambda number=number: train(number))  # type: ignore[misc]
    wait_for(lambda: len(queue.entries()) == 21, "all to come")
    holder.leave()
    wait_for(lambda: not queue.entries(), "all to end")
    os.close(record)
    wanted = [f"{word} {number}" for number in numbers for word in ("begin", "end")]
    assert (tmp_path / "record").read_text().splitlines() == wanted


def test_a_home_that_cannot_lock_is_told(
    queue: RunQueue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    with pytest.raises(StorageFailed, match="No locks available") as raised:
        enter(queue, tmp_path, 1)
    assert "TUI_DETECT_QUEUE=off" in raised.value.hint


# --- the worker that waits ------------------------------------------------------------------


class Waiting:
    """A worker's part that waits, in a thread of this process."""

    def __init__(self, tmp_path: Path, a_job: Job) -> None:
        self.folder = RunFolder.create(tmp_path / a_job.iteration, a_job)
        self.result: list[str | None] = []
        events = self.folder.open_events()
        stop = StopSwitch(self.folder)
        self.thread = threading.Thread(
            target=lambda: self.result.append(wait_for_devices(a_job, events, stop))
        )
        self.thread.start()

    def reasons(self) -> list[object]:
        return [event.data["waiting_for"] for event in self.folder.read_events()[0]]


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queueing, "POLL_S", 0.01)


@pytest.mark.usefixtures("quickly")
def test_a_run_tells_what_it_waits_for_and_what_it_got(
    queue: RunQueue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, Card("GPU-a"))
    holder = enter(queue, tmp_path, 1, "0")
    holder.take()
    waiting = Waiting(tmp_path, job(tmp_path, 2, "auto"))
    wait_for(waiting.reasons, "the reason")
    queue.pause()
    wait_for(lambda: len(waiting.reasons()) == 2, "another reason")
    holder.leave()
    queue.go_on()
    waiting.thread.join()
    assert waiting.result == ["0"]
    told = waiting.reasons()
    assert told[:2] == [
        "GPU 0: Iteration 1 of parts trains there",
        "the queue to go on: it is paused",
    ]


@pytest.mark.usefixtures("quickly")
def test_a_run_that_waits_can_be_stopped(queue: RunQueue, tmp_path: Path) -> None:
    enter(queue, tmp_path, 1).take()
    waiting = Waiting(tmp_path, job(tmp_path, 2))
    wait_for(waiting.reasons, "the reason")
    waiting.folder.request_stop()
    waiting.thread.join()
    assert waiting.result == [None]


@pytest.mark.usefixtures("quickly")
def test_a_resumed_run_waits_for_its_earlier_process(queue: RunQueue, tmp_path: Path) -> None:
    earlier = enter(queue, tmp_path, 1)
    earlier.take()
    waiting = Waiting(tmp_path, job(tmp_path, 1))
    wait_for(waiting.reasons, "the reason")
    assert waiting.reasons() == ["its earlier process to end"]
    earlier.leave()
    waiting.thread.join()
    assert waiting.result == ["cpu"]


@pytest.mark.parametrize(
    ("device", "argument"), [("auto", "1"), ("0,1", "0,1"), ("1,0", "1,0"), ("cuda:0", "0")]
)
def test_the_trainer_is_told_the_numbers_of_its_gpus(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, device: str, argument: str
) -> None:
    install(monkeypatch, Card("GPU-a", free_bytes=GIB), Card("GPU-b"))
    waiting = Waiting(tmp_path, job(tmp_path, 1, device))
    waiting.thread.join()
    assert waiting.result == [argument]


@pytest.mark.parametrize("device", ["auto", "cpu", "7"])
def test_without_nvidia_s_driver_the_choice_is_torch_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, device: str
) -> None:
    install(monkeypatch, has_driver=False)
    waiting = Waiting(tmp_path, job(tmp_path, 1, device))
    waiting.thread.join()
    assert waiting.result == [device]


def test_a_device_that_is_none_does_not_wait_for_ever(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="there is no device 'gpu'"):
        entry_for(job(tmp_path, 1, "gpu"), ())


def test_where_something_else_gives_out_the_devices_nothing_waits(
    queue: RunQueue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(queue, tmp_path, 1).take()
    monkeypatch.setenv("TUI_DETECT_QUEUE", "off")
    waiting = Waiting(tmp_path, job(tmp_path, 2))
    waiting.thread.join()
    assert waiting.result == ["cpu"]


def test_a_worker_waits_without_torch_and_ends_when_it_is_stopped(
    queue: RunQueue, tmp_path: Path
) -> None:
    enter(queue, tmp_path, 1).take()
    folder = RunFolder.create(tmp_path / "run", job(tmp_path, 2))
    local.launch(folder)
    wait_for(lambda: len(folder.read_events()[0]) > 1, "the reason", 60)
    assert folder.read_events()[0][1].data == {
        "stage": "waiting",
        "waiting_for": "the CPU: Iteration 1 of parts trains there",
    }
    assert folder.process is not None
    maps = Path(f"/proc/{folder.process.pid}/maps")
    if maps.exists():
        assert "libtorch" not in maps.read_text()
    folder.request_stop()
    wait_for(folder.exit_file.exists, "the end", 60)
    assert folder.exit is not None
    assert folder.exit.state == "cancelled"
    assert folder.read_events()[0][-1].kind == "cancelled"


@pytest.mark.training
def test_when_a_training_is_killed_the_next_one_begins(tmp_path: Path) -> None:
    folders = []
    for number in (1, 2):
        a_job = replace(
            drawn_job(tmp_path / "pictures", settings=replace(TINY, epochs=500)),
            iteration=f"id-{number}",
            name=f"Iteration {number}",
            project="parts",
            queue_folder=tmp_path / "queue",
        )
        folders.append(RunFolder.create(tmp_path / f"run-{number}", a_job))
    first, second = folders

    def told(folder: RunFolder, kind: str) -> bool:
        return any(event.kind == kind for event in folder.read_events()[0])

    try:
        local.launch(first)
        wait_for(lambda: told(first, "batch"), "the first training", 120)
        local.launch(second)
        wait_for(lambda: told(second, "stage"), "the second run", 60)
        assert second.read_events()[0][0].data["stage"] == "waiting"
        assert first.process is not None
        os.kill(first.process.pid, signal.SIGKILL)
        wait_for(lambda: told(second, "started"), "the second training", 120)
    finally:
        for folder in folders:
            if folder.process is not None and folder.process.is_running():
                os.kill(folder.process.pid, signal.SIGKILL)
