"""All figures of an iteration as JSON; `null` where nothing can be computed."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tui_detect.core.model import Epoch

if TYPE_CHECKING:
    from tui_detect.core.evaluation import Figure
    from tui_detect.workflows.full_performance import FullPerformance

_DECIMALS = 6
"""Of the points of curves; the figures themselves are not rounded."""
_NUMBERS_OVER_LINES = re.compile(r"\[\n\s+((?:[-\d.e+]+|null)(?:,\n\s+(?:[-\d.e+]+|null))*)\n\s+\]")
_SHARES = ("precision", "recall", "f1", "map")


def figures_dict(full: FullPerformance) -> dict[str, object]:
    """What `performance --json` prints."""
    iteration, figures = full.iteration, full.performance
    return {
        "iteration": iteration.number,
        "name": iteration.name,
        "published_as": iteration.published_as or None,
        "threshold": figures.threshold,
        "chosen_threshold": iteration.threshold,
        "overlap": figures.overlap,
        "definition": figures.definition,
        "warning": figures.few or None,
        **{name: getattr(figures, name).value for name in _SHARES},
        "intervals": {
            name: _interval(getattr(figures, name))
            for name in (*_SHARES, "false_alarms_per_background")
        },
        "images": figures.images,
        "folds": iteration.settings.folds,
        "regions": figures.regions,
        "true_positives": figures.true_positives,
        "false_positives": figures.false_positives,
        "false_negatives": figures.false_negatives,
        "background_images": figures.background_images,
        "false_alarms": figures.false_alarms,
        "false_alarms_per_background": figures.false_alarms_per_background.value,
        "as_predicted": {
            "threshold": full.as_predicted.threshold,
            **{
                name: getattr(full.as_predicted, name).value
                for name in ("precision", "recall", "f1", "false_alarms_per_background")
            },
        },
        "best_threshold": full.curves.best_threshold,
        "best_f1": full.curves.best_f1,
        "tags": _tags(full),
        "curves": _curves(full),
        "sizes": _sizes(full),
        "calibration": _calibration(full),
        "confusion": {
            "overlap": full.confusion.overlap,
            "labels": [*(tag.name for tag in full.data.tags), None],
            "matrix": full.confusion.counts.tolist(),
        },
        "errors": _errors(full),
        "epochs": [_epoch(epoch) for epoch in full.epochs],
    }


def compact(text: str) -> str:
    """Indented JSON with each list of numbers on one line: a curve has 101 of them."""
    # A line break inside a list cannot be part of a string: there it is written `\n`.
    return _NUMBERS_OVER_LINES.sub(lambda found: f"[{' '.join(found[1].split())}]", text)


def _interval(figure: Figure) -> list[float] | None:
    return None if figure.low is None or figure.high is None else [figure.low, figure.high]


def _tags(full: FullPerformance) -> list[dict[str, object]]:
    by_recall = full.curves.precision_at_recall_by_tag
    return [
        {
            "name": tag.tag.name,
            "precision": tag.precision,
            "recall": tag.recall,
            "f1": tag.f1,
            "ap": tag.ap,
            "regions": tag.regions,
            "images": tag.images,
            "detections": tag.detections,
            "true_positives": tag.true_positives,
            "best_threshold": thresholds.best_threshold,
            "best_f1": thresholds.best_f1,
            "chosen_threshold": thresholds.chosen_threshold,
            "precision_at_recall": _numbers(by_recall[position].tolist()),
        }
        for position, (tag, thresholds) in enumerate(
            zip(full.performance.tags, full.tag_thresholds, strict=True)
        )
    ]


def _curves(full: FullPerformance) -> dict[str, object]:
    curves = full.curves
    return {
        name: _numbers(getattr(curves, name).tolist())
        for name in (
            "thresholds",
            "precision",
            "recall",
            "f1",
            "recall_levels",
            "precision_at_recall",
        )
    }


def _sizes(full: FullPerformance) -> list[dict[str, object]]:
    return [
        {
            "name": size.name,
            "area_px": _range(size.area_px),
            "precision": size.precision,
            "recall": size.recall,
            "ap": size.ap,
            "regions": size.regions,
            "detections": size.detections,
        }
        for size in full.sizes
    ]


def _range(area_px: tuple[float, float]) -> list[float | None]:
    """The largest size has no upper end; COCO writes it as 1e10."""
    return [area_px[0], area_px[1] if area_px[1] < 1e10 else None]


def _calibration(full: FullPerformance) -> dict[str, object]:
    found = full.calibration
    return {
        "edges": _numbers(found.edges.tolist()),
        "probability": _numbers(found.probability.tolist()),
        "share_correct": _numbers(found.share_correct.tolist()),
        "counts": found.counts.tolist(),
        "expected_error": found.expected_error,
    }


def _errors(full: FullPerformance) -> list[dict[str, object]]:
    counts, costs = full.kinds.counts(full.performance.threshold), full.kinds.costs()
    return [
        {
            "kind": kind,
            "count": counts[kind],
            "map_cost": costs[kind],
            "overlap": full.kinds.overlap,
            "advice": full.advice.get(kind) or None,
        }
        for kind in counts
    ]


def _epoch(epoch: Epoch) -> dict[str, object]:
    return {
        "epoch": epoch.number,
        "losses": dict(epoch.losses),
        "validation_losses": dict(epoch.validation_losses),
        "precision": epoch.precision,
        "recall": epoch.recall,
        "map50": epoch.map50,
        "map50_95": epoch.map50_95,
        "learning_rate": epoch.learning_rate,
        "seconds": epoch.seconds,
    }


def _numbers(values: Iterable[float]) -> list[float | None]:
    return [round(value, _DECIMALS) if math.isfinite(value) else None for value in values]
