"""A training by tui-detect against `yolo train` with the same arguments: time and weights.

    taskset -c 0 python -m tests.benchmarks.bench_training [--epochs 30] [--repeats 3] [--all-cores]

Both processes are timed from their start to their end, in turns. With one core and one thread the
weights must be the same bit for bit. Ours averages weights over a share of the run, which
`yolo train` cannot, so that is switched off. Needs the pictures in `../shared/data/cutlery`, or
`TUI_DETECT_DATA` naming their folder. The table it prints is kept in `README.md` here.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch

from tui_detect.core.model import TrainingSettings
from tui_detect.vision.environment import worker_environment
from tui_detect.vision.launchers.local import WORKER_COMMAND
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows.adding import add_images
from tui_detect.workflows.collecting import collect
from tui_detect.workflows.library import Library, open_library
from tui_detect.workflows.projects import create_project
from tui_detect.workflows.training import prepare_run

DATA = Path(os.environ.get("TUI_DETECT_DATA", Path(__file__).parents[3] / "shared" / "data"))
WANTED_RATIO = 1.03


def train_ours(library: Library, project_id: int, settings: TrainingSettings) -> tuple[float, Path]:
    """Seconds of one run, and its folder."""
    iteration, folder = prepare_run(library, project_id, settings)
    seconds = timed([*WORKER_COMMAND, str(folder.path)], folder.path)
    ended = collect(library, iteration.id)
    if ended.state != "completed":
        raise SystemExit(f"the run failed: {ended.message}")
    return seconds, folder.path


def train_theirs(run: Path, destination: Path) -> float:
    """Seconds of `yolo train` on the pictures and with the arguments of a run of ours."""
    for cache in (run / "dataset" / "labels").glob("*.cache"):
        cache.unlink()  # ours had to make them, too
    arguments = run / "parts" / "01" / "trainer" / "args.yaml"
    places = (f"project={destination.parent}", f"name={destination.name}")
    yolo = Path(sys.executable).with_name("yolo")
    command = [str(yolo), "train", f"cfg={arguments}", *places, f"save_dir={destination}"]
    return timed(command, run)


def timed(command: list[str], folder: Path) -> float:
    """Seconds from the start of a process to its end."""
    environment = worker_environment(folder / "ultralytics-settings") | {"YOLO_OFFLINE": "true"}
    with (folder / "bench.txt").open("wb") as log:
        started_s = time.monotonic()
        ended = subprocess.run(command, env=environment, stdout=log, stderr=log, cwd=folder)
        seconds = time.monotonic() - started_s
    if ended.returncode:
        raise SystemExit((folder / "bench.txt").read_text()[-2000:])
    return seconds


def tensors(file: Path) -> dict[str, torch.Tensor]:
    """The weights in a checkpoint: the averaged ones, which prediction uses."""
    content: dict[str, Any] = torch.load(file, map_location="cpu", weights_only=False)
    model = content.get("ema") or content["model"]
    state: dict[str, torch.Tensor] = model.half().state_dict()
    return state


def difference(ours: Path, theirs: Path) -> str:
    """How far two files' weights are apart."""
    one, other = tensors(ours), tensors(theirs)
    if one.keys() != other.keys():
        return "other layers"
    if all(torch.equal(one[key], other[key]) for key in one):
        return "none, bit for bit"
    return f"{max(float((one[k].float() - other[k].float()).abs().max()) for k in one):.3g}"


def main() -> int:
    """Measure and print the table; 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--image-size", type=int, default=160)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--all-cores", action="store_true", help="do not pin to one thread")
    options = parser.parse_args()
    if not options.all_cores:
        os.environ["OMP_NUM_THREADS"] = "1"
    settings = TrainingSettings(
        epochs=options.epochs,
        image_size_px=options.image_size,
        device="cpu",
        weights="none",
        overrides={"averaged_share": None},
    )
    ours_s, theirs_s, apart = [], [], {}
    with tempfile.TemporaryDirectory() as home:
        library = open_library(Path(home))
        project = create_project(library, "cutlery")
        add_images(library, project.id, [DATA / "cutlery" / "annotations.json"])
        known: Path | None = None
        for repeat in range(options.repeats):
            theirs = Path(home) / f"yolo-{repeat}"
            # In turns, for what runs beside us on the machine changes slowly.
            if repeat % 2 and known is not None:
                theirs_s.append(train_theirs(known, theirs))
            seconds, run = train_ours(library, project.id, settings)
            ours_s.append(seconds)
            if not repeat % 2 or known is None:
                theirs_s.append(train_theirs(run, theirs))
            part = RunFolder(run).part(1)
            apart = {
                "best": difference(part.weights, theirs / "weights" / "best.pt"),
                "last": difference(part.checkpoints[-1], theirs / "weights" / "last.pt"),
            }
            if known is not None:
                shutil.rmtree(known)
            known = run
    ratio = statistics.median(a / b for a, b in zip(ours_s, theirs_s, strict=True))
    sys.stdout.write(
        f"`python -m tests.benchmarks.bench_training {' '.join(sys.argv[1:])}`, "
        f"{len(os.sched_getaffinity(0))} cores\n\n| figure | value |\n|---|---|\n"
        f"| tui-detect, s | {', '.join(f'{s:.1f}' for s in ours_s)} |\n"
        f"| `yolo train`, s | {', '.join(f'{s:.1f}' for s in theirs_s)} |\n"
        f"| ratio, median | {ratio:.3f} |\n"
        f"| difference of the best weights | {apart['best']} |\n"
        f"| difference of the last weights | {apart['last']} |\n"
    )
    same = options.all_cores or all("bit for bit" in text for text in apart.values())
    return 0 if ratio <= WANTED_RATIO and same else 1


if __name__ == "__main__":
    sys.exit(main())
