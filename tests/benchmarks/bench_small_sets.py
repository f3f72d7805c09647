"""Few pictures, three minutes: our training against Ultralytics' defaults, on pictures apart.

    python -m tests.benchmarks.bench_small_sets RESULTS.jsonl [--seeds 3] [--way ours …]

Every run is a process of its own with one thread and the same computing time, counted in CPU
seconds, so that it may share the machine. 63 runs of 4.5 minutes; those in RESULTS already are not
run again, so that it can be interrupted. The table at the end is kept in `README.md` here.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SECONDS = 270.0
"""As much computing as three minutes on two cores give (1.5 times one core, measured)."""
IMAGE_SIZE_PX = 320
CELLS: tuple[tuple[str, int | None], ...] = (
    ("cutlery", 5),
    ("cutlery", 10),
    ("cutlery", None),
    ("bccd", 5),
    ("bccd", 10),
    ("bccd", 20),
    ("bccd", None),
)
"""Data set and pictures of each tag, `None` for all."""
WAYS = {"yolo": "Ultralytics' defaults", "ours": "ours", "warm": "ours, warm start"}
OTHER = {"cutlery": "bccd", "bccd": "cutlery"}
SHOWN = ("set", "per_tag", "seed", "way")


def specifications(ways: list[str], seeds: int, folder: Path) -> Iterator[dict[str, Any]]:
    """All runs, seed by seed; those that a warm start needs before it."""
    for seed in range(seeds):
        for way in ways:
            for name, per_tag in CELLS:
                spec: dict[str, Any] = {"set": name, "per_tag": per_tag, "seed": seed, "way": way}
                spec |= {"seconds": SECONDS, "image_size_px": IMAGE_SIZE_PX, "model": "yolo11n"}
                if way == "warm":
                    spec["weights"] = str(folder / f"{OTHER[name]}.pt")
                elif way == "ours" and seed == 0 and per_tag is None:
                    spec["keep"] = str(folder / f"{name}.pt")
                yield spec


def run(spec: dict[str, Any]) -> dict[str, Any]:
    """One run in a process of its own; what it printed."""
    command = [sys.executable, "-m", "tests.benchmarks.small_set_run", json.dumps(spec)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr[-2000:])
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def table(results: list[dict[str, Any]]) -> str:
    """Mean over the seeds, and each of them, for every cell and way."""
    lines = [
        "| pictures | train | " + " | ".join(WAYS.values()) + " |",
        "|---|---:|" + "---|" * len(WAYS),
    ]
    for name, per_tag in CELLS:
        of_cell = [r for r in results if (r["set"], r["per_tag"]) == (name, per_tag)]
        if not of_cell:
            continue
        sizes = sorted({r["train"] for r in of_cell})
        cells = []
        for way in WAYS:
            values = [r["best"] for r in of_cell if r["way"] == way]
            each = ", ".join(f"{value:.2f}" for value in values)
            cells.append(f"{statistics.fmean(values):.3f} ({each})" if values else "–")
        what = f"{name}, {per_tag or 'all'}" + (" of each tag" if per_tag else "")
        trained = f"{sizes[0]}–{sizes[-1]}" if len(sizes) > 1 else str(sizes[0])
        lines.append(f"| {what} | {trained} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Run what is missing, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--way", action="append", choices=list(WAYS))
    options = parser.parse_args()
    results = []
    if options.results.exists():
        results = [json.loads(line) for line in options.results.read_text().splitlines()]
    done = {tuple(result[key] for key in SHOWN) for result in results}
    folder = options.results.resolve().parent
    for spec in specifications(options.way or list(WAYS), options.seeds, folder):
        known = tuple(spec[key] for key in SHOWN) in done
        if known and Path(spec.get("keep", options.results)).exists():
            continue
        result = run(spec)
        if known:
            # Only its weights were missing, which a warm start needs.
            continue
        results.append(result)
        with options.results.open("a") as file:
            file.write(json.dumps(result) + "\n")
        sys.stderr.write(" ".join(f"{key}={result[key]}" for key in (*SHOWN, "epochs", "best")))
        sys.stderr.write("\n")
    sys.stdout.write(f"`python {' '.join(sys.argv)}`\n\n{table(results)}\n")


if __name__ == "__main__":
    main()
