"""How often a 95 % interval holds the truth, on simulated detectors.

Each population is drawn from again and again; its true figures are those of 400,000 images. The
cases range from images with one object each to crowded ones, from hard to easy and from objects
that are found independently of each other to images on which nearly all or nearly none are.

    python -m tests.benchmarks.bench_intervals [TRIALS] [IMAGES …]
"""

from __future__ import annotations

import sys

import numpy as np

from tests.core.evaluation.simulated import Population, headline
from tui_detect.core.evaluation import Performance, figures

THRESHOLD = 0.3
TRUTH_FROM = 400_000
WANTED = (0.92, 0.98)
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


def coverage(population: Population, images: int, trials: int) -> list[tuple[float, float]]:
    """Of each figure: how often its interval held the truth where there was one; its width."""
    random = np.random.default_rng(images)
    truth = [figure.value for figure in headline(_figures(population, TRUTH_FROM, random))]
    held: list[list[bool]] = [[] for _ in FIGURES]
    widths: list[list[float]] = [[] for _ in FIGURES]
    for _ in range(trials):
        estimates = headline(_figures(population, images, random))
        for i, (estimate, true) in enumerate(zip(estimates, truth, strict=True)):
            if estimate.low is not None and estimate.high is not None and true is not None:
                held[i].append(estimate.low <= true <= estimate.high)
                widths[i].append(estimate.high - estimate.low)
    return [
        (float(np.mean(hits)), float(np.mean(width)))
        for hits, width in zip(held, widths, strict=True)
    ]


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
    out.write(f"{'':22}{'images':>7}" + "".join(f"{name:>15}" for name in FIGURES) + "\n")
    every: list[float] = []
    for name, population in POPULATIONS.items():
        for images in sizes:
            found = coverage(population, images, trials)
            cells = "".join(f"{100 * held:8.1f} ({width:.2f})" for held, width in found)
            out.write(f"{name:22}{images:7}{cells}\n")
            out.flush()
            every += [held for held, _ in found]
    low, high = WANTED
    within = sum(low <= held <= high for held in every)
    out.write(
        f"\n{within} of {len(every)} within {100 * low:g} to {100 * high:g} %, "
        f"{sum(held < low for held in every)} below, {sum(held > high for held in every)} above; "
        f"least {100 * min(every):.1f} %\n"
    )


if __name__ == "__main__":
    main()
