"""What a run of 100 batches a second costs the app that shows it.

The app runs under a pty of 120x40 with the Train view open, pictures and plots and all. This
process stands for the run: 100 `batch` events a second (a real one writes 4), the meters and an
epoch with its pictures every 2 s, after as many epochs as a long run has. Counted is the processor
time of the app, of all its threads and children; beside it the same app while the run is silent.

    python -m tests.benchmarks.bench_watching [SECONDS] [EPOCHS]
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from tests.benchmarks.pty_terminal import COLUMNS, LINES, PtyTerminal
from tests.synthetic_run import BATCHES, SyntheticRun
from tui_detect.core.edits import Edit, RegionChange
from tui_detect.core.ids import new_uuid
from tui_detect.core.model import Iteration, Region, TrainingSettings
from tui_detect.core.query import ImageQuery
from tui_detect.imaging.samples import TAGS, draw_sample
from tui_detect.workflows import training
from tui_detect.workflows.adding import add_images
from tui_detect.workflows.images import image_cards, image_ids
from tui_detect.workflows.library import Library, open_library
from tui_detect.workflows.projects import create_project
from tui_detect.workflows.tagging import save_edit
from tui_detect.workflows.tags import create_tag

TARGET_SHARE = 0.05
BATCHES_A_SECOND = 100
EPOCH_S = 2.0
WARM_UP_S = 8.0
PICTURES = 30


def make_run(library: Library, folder: Path) -> Iteration:
    """A project of drawn pictures, and an iteration that waits for its run."""
    project = create_project(library, "hardware")
    tags = {name: create_tag(library, project.id, name) for name in TAGS}
    boxes = {}
    for index in range(PICTURES):
        picture, found = draw_sample(index, seed=3)
        picture.save(folder / f"{index:03d}.png")
        boxes[f"{index:03d}.png"] = found
    add_images(library, project.id, [folder])
    for card in image_cards(library, image_ids(library, project.id, ImageQuery())):
        regions = [Region(new_uuid(), tags[tag].id, box) for tag, box in boxes[card.image.name]]
        changes = tuple(RegionChange(None, region) for region in regions)
        save_edit(library, card.image.id, Edit("add", changes, False, True))
    return training.prepare_run(library, project.id, TrainingSettings())[0]


def go_on(run: SyntheticRun, epochs_before: int, over: threading.Event) -> None:
    """Report batches at the full rate, and epochs and meters at theirs, until it is over."""
    started_s, batches = time.monotonic(), 0
    while not over.is_set():
        epoch = int(batches / BATCHES_A_SECOND / EPOCH_S)
        run.batch(epochs_before + epoch + 1, batches % BATCHES + 1)
        batches += 1
        if batches % round(BATCHES_A_SECOND * EPOCH_S) == 0:
            run.meters(batches)
            run.epoch(epochs_before + epoch + 1)
        time.sleep(max(0.0, started_s + batches / BATCHES_A_SECOND - time.monotonic()))


def used_s(process: psutil.Process) -> float:
    """Processor seconds of a process and its children, the system's part included."""
    family = [process, *process.children(recursive=True)]
    return float(sum(sum(each.cpu_times()[:2]) for each in family))


def read_for(terminal: PtyTerminal, seconds: float) -> int:
    """Take what the app writes, as a terminal does; how many bytes that was."""
    until_s, written = time.monotonic() + seconds, 0
    while (left_s := until_s - time.monotonic()) > 0:
        written += len(terminal.take(left_s))
    return written


def measure(terminal: PtyTerminal, seconds: float) -> tuple[float, float]:
    """Share of one core, and kilobytes a second that the app writes."""
    process = psutil.Process(terminal.pid)
    before_s, started_s = used_s(process), time.monotonic()
    written = read_for(terminal, seconds)
    passed_s = time.monotonic() - started_s
    return (used_s(process) - before_s) / passed_s, written / passed_s / 1000


def main() -> None:
    """Measure and print the table."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 20.0
    epochs = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as folder:
        library = open_library(Path(home))
        run = SyntheticRun(library, make_run(library, Path(folder)), epochs=epochs + 100)
        library.close()
        run.start()
        for number in range(1, epochs + 1):
            run.epoch(number)
        command = [sys.executable, "-m", "tui_detect", "--home", home]
        terminal = PtyTerminal(command, answers={b"\x1b[c": b"\x1b[?62;c"})
        over = threading.Event()
        writer = threading.Thread(target=go_on, args=(run, epochs, over))
        try:
            terminal.until(b"hardware")
            terminal.write(b"\r")
            terminal.until(b"bolt")
            terminal.write(b"2")
            terminal.until(b"after epoch")
            writer.start()
            read_for(terminal, WARM_UP_S)
            busy = measure(terminal, seconds)
            over.set()
            writer.join()
            read_for(terminal, EPOCH_S)
            silent = measure(terminal, seconds)
        finally:
            over.set()
            terminal.close()
    report(busy, silent, seconds, epochs)


def report(
    busy: tuple[float, float], silent: tuple[float, float], seconds: float, epochs: int
) -> None:
    """Print the shares and the verdict."""
    out = sys.stdout
    out.write(f"the app in a pty of {COLUMNS}x{LINES}, {seconds:g} s each, after {epochs} epochs\n")
    out.write(f"command: python -m tests.benchmarks.bench_watching {seconds:g} {epochs}\n\n")
    out.write(f"{'':34}{'of one core':>12}{'written':>12}\n")
    rows = ((f"{BATCHES_A_SECOND} batches a second", busy), ("the run is silent", silent))
    for name, (share, kilobytes) in rows:
        out.write(f"{name:34}{100 * share:10.1f} %{kilobytes:8.1f} kB/s\n")
    verdict = "within" if busy[0] <= TARGET_SHARE else "ABOVE"
    out.write(f"\n{verdict} the target of {100 * TARGET_SHARE:g} %\n")


if __name__ == "__main__":
    main()
