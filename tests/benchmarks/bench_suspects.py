"""Fifty labels of BCCD made wrong on purpose: how many are among the first suspects?

    python -m tests.benchmarks.bench_suspects [--seed 2]

A copy of the data set gets ten errors of each of five kinds, is cross-validated from random weights
by the command line, and `suspects` lists what may be wrong. Seed 1 is the one that the rules were
made with; report another. BCCD has wrong labels of its own, which are counted as false alarms here.
Takes about half an hour of one CPU core. Needs the pictures in `../shared/data/bccd`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.planted_errors import PlantedError, plant_errors
from tui_detect.core.evaluation.finding import SUSPECT_KINDS, Finding
from tui_detect.core.geometry import Box
from tui_detect.core.model import Detection, Region

DATA = Path(__file__).parents[3] / "shared/data/bccd"
PER_KIND = 10
FIRST = (10, 50, 100)


def run(home: Path, *arguments: str) -> str:
    """One command; its standard output."""
    command = [sys.executable, "-m", "tui_detect", "--home", str(home), *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def train(home: Path, options: argparse.Namespace) -> None:
    """Cross-validate the copy."""
    run(home, "project", "create", "bccd")
    run(home, "add", "bccd", str(home / "copy" / "annotations.json"))
    shape = ("--folds", options.folds, "--epochs", options.epochs)
    size = ("--image-size", options.image_size, "--weights", "none", "--device", "cpu")
    run(home, "train", "bccd", *map(str, (*shape, *size)), "--set", "batch=8", "--wait")


def finding_of(row: dict[str, Any]) -> Finding:
    """As much of a finding as the JSON tells; tags do not matter here."""

    def box(part: dict[str, Any]) -> Box:
        return Box(part["left"], part["top"], part["width"], part["height"])

    region, other = (
        None if part is None else Region(part["id"], 0, box(part))
        for part in (row["region"], row["other"])
    )
    part = row["detection"]
    detection = None if part is None else Detection(0, part["probability"], box(part))
    return Finding(row["kind"], 0, row["score"], region, detection, other=other)


def places(rows: list[dict[str, Any]], planted: list[PlantedError]) -> Iterator[int | None]:
    """The place in the list at which each planted error is named first; 1 is the first."""
    for error in planted:
        yield next(
            (
                place
                for place, row in enumerate(rows, start=1)
                if row["image"] == error.picture and error.is_named_by(finding_of(row))
            ),
            None,
        )


def table(planted: list[PlantedError], found: list[int | None]) -> str:
    """How many of each kind are among the first."""
    lines = [
        "| planted | " + " | ".join(f"in the first {first}" for first in FIRST) + " |",
        "|---|" + "---:|" * len(FIRST),
    ]
    for kind in (*SUSPECT_KINDS, ""):
        at = [p for error, p in zip(planted, found, strict=True) if kind in ("", error.kind)]
        counts = [sum(p is not None and p <= first for p in at) for first in FIRST]
        name = f"{len(at)} {kind or 'in all'}"
        lines.append(f"| {name} | " + " | ".join(map(str, counts)) + " |")
    return "\n".join(lines)


def main() -> None:
    """Plant, train, list, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--folds", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=35)
    parser.add_argument("--image-size", type=int, default=160)
    options = parser.parse_args()
    if not DATA.is_dir():
        sys.exit(f"{DATA} is not there: the pictures of ../shared/data are needed")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        planted = plant_errors(
            DATA, home / "copy", SUSPECT_KINDS * PER_KIND, options.seed, longer_side_px=320
        )
        started_s = time.monotonic()
        train(home, options)
        minutes = (time.monotonic() - started_s) / 60
        figures = json.loads(run(home, "performance", "bccd", "--overlap", "0.5", "--json"))
        rows = json.loads(run(home, "suspects", "bccd", "--limit", str(FIRST[-1]), "--json"))
    sys.stdout.write(f"`python -m tests.benchmarks.bench_suspects {' '.join(sys.argv[1:])}`: ")
    sys.stdout.write(f"{minutes:.0f} minutes of training, mAP {figures['map']:.2f} ")
    sys.stdout.write(f"at overlap 0.50\n\n{table(planted, list(places(rows, planted)))}\n")


if __name__ == "__main__":
    main()
