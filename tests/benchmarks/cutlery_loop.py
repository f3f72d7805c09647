"""The whole loop on the real cutlery pictures, through the command line, in a home of its own.

    python tests/benchmarks/cutlery_loop.py [--epochs 150] [--image-size 320]

Takes about ten minutes on two CPU cores. Needs the pictures in `../shared/data/cutlery`, or
`TUI_DETECT_DATA` naming their folder. The table it prints is kept in `README.md` here.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

DATA = Path(os.environ.get("TUI_DETECT_DATA", Path(__file__).parents[3] / "shared" / "data"))
WANTED_MAP = 0.8


def run(home: str, *arguments: str) -> str:
    """One command; its standard output."""
    command = [sys.executable, "-m", "tui_detect", "--home", home, *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def main() -> int:
    """Run the loop and print the table; 1 when the target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", default="150")
    parser.add_argument("--image-size", default="320")
    options = parser.parse_args()
    cutlery = DATA / "cutlery"
    with tempfile.TemporaryDirectory() as home:
        run(home, "project", "create", "cutlery")
        run(home, "add", "cutlery", str(cutlery / "annotations.json"))
        started_s = time.monotonic()
        training = ("--epochs", options.epochs, "--image-size", options.image_size)
        run(home, "train", "cutlery", *training, "--weights", "none", "--wait")
        minutes = (time.monotonic() - started_s) / 60
        figures: dict[str, Any] = json.loads(
            run(home, "performance", "cutlery", "--overlap", "0.5", "--json")
        )
        (picture,) = json.loads(
            run(home, "predict", "cutlery", str(cutlery / "test" / "test_od_image.jpg"), "--json")
        )
    found = ", ".join(f"{p['tag']} {p['probability']:.2f}" for p in picture["predictions"])
    low, high = figures["intervals"]["map"]
    rows = [
        ("training, minutes", f"{minutes:.1f}"),
        ("mAP at overlap 0.50", f"{figures['map']:.3f} [{low:.2f}–{high:.2f}]"),
        ("precision, recall at probability 0.50", f"{figures['precision']}, {figures['recall']}"),
        ("validation images", str(figures["images"])),
        ("found on test_od_image.jpg", found or "nothing"),
    ]
    sys.stdout.write(f"`python {' '.join(sys.argv)}`, {os.cpu_count()} cores\n\n")
    sys.stdout.write("| figure | value |\n|---|---|\n")
    sys.stdout.writelines(f"| {name} | {value} |\n" for name, value in rows)
    reached = figures["map"] >= WANTED_MAP and bool(picture["predictions"])
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
