"""Runs whose worker, or whose app, is killed at random moments, and what came of them.

    python -m tests.benchmarks.bench_kills [--worker 20] [--app 50] [--seed 0]

Each is a real training of its own: 64 px, 8 drawn pictures, 6 epochs from scratch. A killed worker
is resumed and must finish with every epoch, at most one of them trained twice; a run whose app was
killed, hung up, closed or left must finish alone, and the next reader must know every event once.
Moments are drawn evenly from the time that an undisturbed run takes. The table it prints is kept in
`README.md` here. Ending the app takes tmux.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from tests.e2e.killing import (
    SETTINGS,
    WAYS_TO_END_THE_APP,
    Outcome,
    finish,
    kill_and_resume,
    kill_app,
    random_moments,
)
from tui_detect.workflows.demo import add_drawn_pictures
from tui_detect.workflows.library import Library, open_library
from tui_detect.workflows.projects import create_project
from tui_detect.workflows.training import start_training


def main() -> int:
    """Kill, print the table; 1 when a run did not come through."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worker", type=int, default=20)
    parser.add_argument("--app", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        template = Path(place) / "template"
        library = open_library(template)
        project = create_project(library, "parts")
        add_drawn_pictures(library, project, 8)
        library.close()
        longest_s = undisturbed_s(fresh(template, "measured"))
        say(f"seed {options.seed}; an undisturbed run takes {longest_s:.1f} s\n")

        moments = random_moments(options.seed, options.worker, longest_s)
        worker = watched(
            kill_and_resume(fresh(template, f"worker-{n}"), 1, [moment_s])
            for n, moment_s in enumerate(moments)
        )
        moments = random_moments(options.seed + 1, options.app, longest_s)
        app = watched(
            kill_app(
                fresh(template, f"app-{n}"),
                WAYS_TO_END_THE_APP[n % len(WAYS_TO_END_THE_APP)],
                moment_s,
            )
            for n, moment_s in enumerate(moments)
        )
    say(f"`python -m tests.benchmarks.bench_kills {' '.join(sys.argv[1:])}`\n\n")
    say("| killed | runs | finished, nothing lost or doubled | epochs trained twice, most |\n")
    say("|---|---|---|---|\n")
    for name, outcomes in (("worker, resumed", worker), ("app", app)):
        good = sum(outcome.good for outcome in outcomes)
        most = max((outcome.epochs_repeated for outcome in outcomes), default=0)
        say(f"| {name} | {len(outcomes)} | {good} | {most} |\n")
    return 0 if all(outcome.good for outcome in worker + app) else 1


def fresh(template: Path, name: str) -> Library:
    """A library of its own with the same pictures."""
    home = template.with_name(name)
    shutil.copytree(template, home)
    return open_library(home)


def undisturbed_s(library: Library) -> float:
    """How long a run takes that nobody kills."""
    started_s = time.monotonic()
    finish(library, start_training(library, 1, SETTINGS))
    return time.monotonic() - started_s


def watched(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """The outcomes, each told as it comes."""
    told = []
    for number, outcome in enumerate(outcomes, start=1):
        say(f"{number}: {outcome.state}, {outcome.killed_at} {' '.join(outcome.complaints)}\n")
        told.append(outcome)
    return told


def say(text: str) -> None:
    """Print at once."""
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
