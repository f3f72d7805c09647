"""How often a 95 % interval holds the truth, on simulated detectors.

Each population is drawn from again and again; its true figures are those of 400,000 images. The
cases range from images with one object each to crowded ones, from hard to easy and from objects
that are found independently of each other to images on which nearly all or nearly none are.

A figure that is counted takes few values with few images, so what an interval holds jumps with the
truth, and near 0 or 1 it can only miss on one side: no interval is within 92 to 98 % for every
single detector. What is judged is the mean over the detectors (Agresti & Coull, The American
Statistician, 1998); single cells are counted beside it. A row says how often the screen warns of
too few images.

    python -m tests.benchmarks.bench_intervals [TRIALS] [IMAGES …]
"""

from __future__ import annotations

import sys

import numpy as np

from tests.core.evaluation.simulated import Population, headline
from tui_detect.core.evaluation import Performance, figures
from tui_detect.core.evaluation.data import Floats

THRESHOLD = 0.3
TRUTH_FROM = 400_000
WANTED = (0.92, 0.98)
Cells = list[tuple[float, float]]
FIGURES = ("precision", "recall", "F1", "mAP", "false alarms")
POPULATIONS = {
    "usual": Population(background=0.3),
    "one object an image": Population(tags=1, regions=1, alike=0, background=0.3),
    "crowded, uneven": Population(tags=5, regions=7, skewed=True, background=0.3),
    "crowded, 20 tags": Population(tags=20, regions=7, background=0.3),
    "crowded, 80 tags": Population(tags=80, regions=7, background=0.3),
    "nearly all found": Population(found=0.97, alike=0.02, false_alarms=0.05, background=0.3),
    "few found": Population(found=0.3, false_alarms=2.0, background=0.3),
    "hardly any found": Population(found=0.05, alike=0.02, false_alarms=1.0, background=0.3),
    "images differ much": Population(regions=4, alike=0.3, background=0.3),
}


def coverage(population: Population, images: int, trials: int) -> tuple[Cells, float]:
    """What the intervals held in so many trials, and in what share of them the screen warns.

    A cell of each figure: how often its interval held the truth where there was one; its width.
    """
    random = np.random.default_rng(images)
    truth = [figure.value for figure in headline(_figures(population, TRUTH_FROM, random))]
    held: list[list[bool]] = [[] for _ in FIGURES]
    widths: list[list[float]] = [[] for _ in FIGURES]
    warned = 0
    for _ in range(trials):
        performance = _figures(population, images, random)
        warned += bool(performance.few)
        for i, (estimate, true) in enumerate(zip(headline(performance), truth, strict=True)):
            if estimate.low is not None and estimate.high is not None and true is not None:
                held[i].append(estimate.low <= true <= estimate.high)
                widths[i].append(estimate.high - estimate.low)
    cells = [(float(np.mean(a)), float(np.mean(b))) for a, b in zip(held, widths, strict=True)]
    return cells, warned / trials


def _figures(population: Population, images: int, random: np.random.Generator) -> Performance:
    return figures(population.sample(images, random), THRESHOLD)


def main() -> None:
    """Measure and print the table."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    sizes = [int(text) for text in sys.argv[2:]] or [5, 10, 20, 50, 200]
    out = sys.stdout
    out.write(f"{trials} trials each; % of the intervals that hold the truth (their mean width)\n")
    arguments = " ".join(str(number) for number in (trials, *sizes))
    out.write(f"command: python -m tests.benchmarks.bench_intervals {arguments}\n\n")
    names = "".join(f"{name:>15}" for name in FIGURES)
    out.write(f"{'':22}{'images':>7}{names}{'too few':>9}\n")
    every = np.zeros((len(sizes), len(POPULATIONS), len(FIGURES)))
    for column, (name, population) in enumerate(POPULATIONS.items()):
        for row, images in enumerate(sizes):
            cells, warned = coverage(population, images, trials)
            shown = "".join(f"{100 * held:8.1f} ({width:.2f})" for held, width in cells)
            out.write(f"{name:22}{images:7}{shown}{100 * warned:7.0f} %\n")
            out.flush()
            every[row, column] = [held for held, _ in cells]
    means = every.mean(axis=1)
    for images, mean in zip(sizes, means.tolist(), strict=True):
        shown = "".join(f"{100 * held:8.1f}       " for held in mean)
        out.write(f"{'mean of them':22}{images:7}{shown}\n")
    out.write(f"\nmeans: {_verdict(means)}\nsingle cells: {_verdict(every)}\n")


def _verdict(held: Floats) -> str:
    low, high = WANTED
    within = int(((held >= low) & (held <= high)).sum())
    return (
        f"{within} of {held.size} within {100 * low:g} to {100 * high:g} %, "
        f"{(held < low).sum()} below, {(held > high).sum()} above; "
        f"{100 * held.min():.1f} to {100 * held.max():.1f} %"
    )


if __name__ == "__main__":
    main()
