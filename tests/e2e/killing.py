"""Runs that are killed at random moments, and what must be true of them in the end."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass

from tests.e2e.terminal import Terminal
from tests.waiting import wait_for
from tui_detect.core.model import Iteration, TrainingSettings
from tui_detect.store import runs
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows.collecting import collect
from tui_detect.workflows.iterations import list_iterations
from tui_detect.workflows.library import Library
from tui_detect.workflows.resuming import resume_training
from tui_detect.workflows.training import epochs, start_training

EPOCHS = 6
SETTINGS = TrainingSettings(epochs=EPOCHS, image_size_px=64, device="cpu", weights="none")
LIMIT_S = 300

WAYS_TO_END_THE_APP = ("SIGKILL", "SIGHUP", "terminal closed", "q")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one run."""

    state: str
    epochs_repeated: int
    killed_at: str
    complaints: tuple[str, ...]
    """Promises that were not kept."""

    @property
    def good(self) -> bool:
        """Whether it finished as if nothing had happened."""
        return self.state == "completed" and not self.complaints


def folder_of(library: Library, iteration: Iteration) -> RunFolder:
    """The run folder of an iteration."""
    return RunFolder(library.run_path(iteration.uuid))


def kill_worker(folder: RunFolder) -> None:
    """SIGKILL the worker, if it is there, and wait until it is gone."""
    process = folder.process
    if process is None:
        return
    with suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGKILL)
    wait_for(lambda: not process.is_running(), "the worker to be gone")


def finish(library: Library, iteration: Iteration) -> Iteration:
    """Collect a run until it has ended."""
    wait_for(lambda: collect(library, iteration.id).ended, "the run to end", LIMIT_S)
    return collect(library, iteration.id)


def lose(library: Library, iteration: Iteration) -> None:
    """Have a run whose worker is gone be seen as lost at once, not ten seconds later."""
    file = folder_of(library, iteration).heartbeat_file
    long_ago = time.time() - 3600
    os.utime(file, (long_ago, long_ago))
    collect(library, iteration.id)


def kill_and_resume(library: Library, project_id: int, moments_s: list[float]) -> Outcome:
    """Train; kill the worker so long after each of its starts; resume it each time."""
    iteration = start_training(library, project_id, SETTINGS)
    folder = folder_of(library, iteration)
    killed_at = []
    for moment_s in moments_s:
        time.sleep(moment_s)
        kill_worker(folder)
        events = folder.read_events()[0]
        killed_at.append(f"{moment_s:.1f} s, {events[-1].kind if events else 'no event yet'}")
        lose(library, iteration)
        if collect(library, iteration.id).state == "completed":
            break
        resume_training(library, iteration.id)
    ended = finish(library, iteration)
    return examine(library, ended, kills=len(killed_at), killed_at="; ".join(killed_at))


def kill_app(library: Library, way: str, moment_s: float) -> Outcome:
    """Start a run in the app, end the app so long after, and let the run finish alone."""
    terminal = Terminal(120, 40, library.home)
    try:
        start_in_app(terminal)
        time.sleep(moment_s)
        if way == "q":
            terminal.keys("q")
            terminal.see("left with 0")
        elif way != "terminal closed":
            os.kill(terminal.process(), getattr(signal, way))
            terminal.see("left with")
    finally:
        terminal.close()  # with the app in it, if nothing else has ended that
    (iteration,) = list_iterations(library, 1)
    folder = folder_of(library, iteration)
    wait_for(lambda: folder.exit is not None, "the run to end alone", LIMIT_S)
    killed_at = f"{way} after {moment_s:.1f} s"
    return examine(library, finish(library, iteration), kills=0, killed_at=killed_at)


def start_in_app(terminal: Terminal) -> None:
    """Open the only project and train with the fewest keys."""
    terminal.see("parts")
    terminal.keys("Enter")
    terminal.see("parts · Images")
    terminal.keys("2")
    terminal.see("parts · Train", "t train")
    terminal.keys("e")
    terminal.see("Settings of the next run")
    for text in (str(EPOCHS), "64", "", "cpu", "none"):
        terminal.type(text)
        terminal.keys("Enter")
    terminal.keys("C-s")
    terminal.until(lambda screen: "Settings of the next run" not in screen, "the form to close")
    terminal.keys("t")
    terminal.see("Iteration 1", "training", timeout_s=120)


def examine(library: Library, iteration: Iteration, kills: int, killed_at: str) -> Outcome:
    """Compare what a run wrote with what the library holds of it."""
    events = folder_of(library, iteration).read_events()[0]
    trained = Counter(e.data["epoch"] for e in events if e.kind == "epoch")
    repeated = sum(trained.values()) - len(trained)
    kept = runs.sequence_numbers(library.db, iteration.id)
    stored = [epoch.number for epoch in epochs(library, iteration.id)]
    promises = {
        "events are numbered without a gap": [e.seq for e in events]
        == list(range(1, len(events) + 1)),
        "every event was collected once": runs.event_count(library.db, iteration.id) == len(events)
        and len(set(kept)) == len(kept),
        "the library has every epoch": stored == list(range(1, EPOCHS + 1)),
        "at most one epoch is repeated by a kill": repeated <= kills,
        "every validation picture was evaluated": len(runs.detections(library.db, iteration.id))
        == iteration.images_validation,
        "there are weights": folder_of(library, iteration).weights.exists(),
    }
    complaints = tuple(f"not so: {promise}" for promise, kept_ in promises.items() if not kept_)
    if iteration.state != "completed":
        complaints += (iteration.message,)
    return Outcome(iteration.state, repeated, killed_at, complaints)


def random_moments(seed: int, count: int, longest_s: float) -> list[float]:
    """So many moments of a run that takes so long."""
    generator = random.Random(seed)
    return [generator.uniform(0, longest_s) for _ in range(count)]
