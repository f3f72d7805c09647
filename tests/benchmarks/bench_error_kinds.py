"""What telling errors apart costs on a set as large as COCO's, and how far from tidecv we are.

The second table needs tidecv 1.0.1, which is best installed in a virtual environment of its own;
its boxes are those of `tests/core/evaluation/tide.py`.

    python -m tests.benchmarks.bench_error_kinds [DETECTIONS]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from importlib.util import find_spec

from tests.benchmarks.large_evaluation import DETECTIONS, large_data
from tests.core.evaluation import tide
from tui_detect.core.evaluation import match
from tui_detect.core.evaluation.advice import advice
from tui_detect.core.evaluation.confusion import confusion, findings, match_across_tags
from tui_detect.core.evaluation.error_kinds import kinds_of

LISTED = 200
THRESHOLDS = [step / 20 for step in range(1, 20)]


def longest_s(act: Callable[[float], object]) -> float:
    """The longest of one call at each of many thresholds, in seconds."""
    act(0.5)
    return max(spent_s(partial(act, threshold)) for threshold in THRESHOLDS)


def spent_s(act: Callable[[], object]) -> float:
    """Processor time of one call, in seconds."""
    before = time.process_time()
    act()
    return time.process_time() - before


def speed(detections: int) -> list[str]:
    """The table of what each step costs, also as a multiple of matching at one threshold."""
    data = large_data(detections=detections)
    rows = [("matching at overlap 0.50 (the reference)", spent_s(lambda: match(data, 0.5)))]
    matched, other = match(data, 0.5), match(data, 0.3)
    rows.append(("kinds of error, first overlap threshold", spent_s(lambda: kinds_of(matched))))
    rows.append(("kinds of error, the next ones", spent_s(lambda: kinds_of(other))))
    rows.append(("matching across tags", spent_s(lambda: match_across_tags(data, 0.5))))
    kinds, across = kinds_of(matched), match_across_tags(data, 0.5)
    rows.append(("costs in mAP of the six kinds", spent_s(kinds.costs)))
    rows += [
        ("a key: counts by kind and tag", longest_s(kinds.counts_by_tag)),
        ("a key: confusion matrix", longest_s(lambda at: confusion(across, at))),
        ("a key: advice", longest_s(lambda at: advice(kinds, at))),
        (f"a list of {LISTED} errors", longest_s(lambda at: kinds.findings(at, limit=LISTED))),
        (
            f"a cell's list of {LISTED}",
            longest_s(lambda at: findings(across, at, len(data.tags), 0, LISTED)),
        ),
    ]
    lines = [
        f"| {len(matched.order):,} detections, {data.regions:,} regions | ms | ratio |",
        "|---|---|---|",
    ]
    lines += [
        f"| {what} | {1000 * took_s:.1f} | {took_s / rows[0][1]:.3f} |" for what, took_s in rows
    ]
    return lines


def agreement() -> list[str]:
    """The table of how counts and costs differ from tidecv's, and how much sooner they are there.

    tidecv ranks equal probabilities anew once it has put errors right. So the difference is given
    twice: with probabilities as they are, and with equal ones made distinct before.
    """
    lines = [
        "| boxes | overlap | counts | largest difference, mAP | without ties | tidecv takes |",
        "|---|---|---|---|---|---|",
    ]
    for name, made in tide.CASES.items():
        for overlap in tide.OVERLAPS:
            matched = match(made(), overlap)
            before = time.process_time()
            theirs = tide.run(matched, ranked=False)
            their_counts, their_costs = tide.counts(theirs), tide.costs(theirs)
            between = time.process_time()
            kinds = kinds_of(matched)
            counts, costs = kinds.counts(0), kinds.costs()
            ratio = (between - before) / (time.process_time() - between)
            most, least = (
                100 * max(abs((costs[kind] or 0) - (those[kind] or 0)) for kind in costs)
                for those in (their_costs, tide.costs(tide.run(matched)))
            )
            same = "equal" if counts == their_counts else "differ"
            lines.append(
                f"| {name} | {overlap:.2f} | {same} | {most:.3f} | {least:.3f} | {ratio:.0f} × |"
            )
    return lines


def main() -> None:
    """Print the tables."""
    lines = speed(int(sys.argv[1]) if len(sys.argv) > 1 else DETECTIONS)
    if find_spec("tidecv") is None:
        lines += ["", "tidecv is not installed: nothing to compare with"]
    else:
        lines += ["", *agreement()]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
