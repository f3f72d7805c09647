"""The keys of the Performance view, and the steps they make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import Binding, BindingType

if TYPE_CHECKING:
    from tui_detect.core.evaluation import Overlap

THRESHOLD_STEP = 0.05
OVERLAP_STEP = 0.05
HIGHEST_OVERLAP = 0.95

_THRESHOLD = Binding.Group("threshold", compact=True)
_OVERLAP = Binding.Group("overlap", compact=True)

BINDINGS: list[BindingType] = [
    Binding(
        "left_square_bracket",
        "threshold(-1)",
        "threshold",
        group=_THRESHOLD,
        tooltip="lower the probability threshold",
        id="performance.lower-threshold",
    ),
    Binding(
        "right_square_bracket",
        "threshold(1)",
        "threshold",
        group=_THRESHOLD,
        tooltip="raise the probability threshold",
        id="performance.raise-threshold",
    ),
    Binding(
        "left_curly_bracket",
        "overlap(-1)",
        "overlap",
        group=_OVERLAP,
        tooltip="lower the overlap threshold",
        id="performance.lower-overlap",
    ),
    Binding(
        "right_curly_bracket",
        "overlap(1)",
        "overlap",
        group=_OVERLAP,
        tooltip="raise the overlap threshold",
        id="performance.raise-overlap",
    ),
    Binding(
        "equals_sign",
        "best",
        "best F1",
        tooltip="take the probability threshold with the best F1",
        id="performance.best",
    ),
    Binding("i", "iterations", "iterations", id="performance.iterations"),
    Binding(
        "v",
        "view",
        "pages",
        tooltip="show the next page of plots and tables",
        id="performance.plots",
    ),
    Binding("r", "rename", "rename", id="performance.rename"),
    Binding("d", "delete", "delete", id="performance.delete"),
    Binding("V", "view(-1)", show=False, tooltip="show the page before", id="performance.back"),
    Binding(
        "greater_than_sign",
        "sort",
        show=False,
        tooltip="sort the tags by the next column",
        id="performance.sort",
    ),
    Binding(
        "less_than_sign",
        "reverse",
        show=False,
        tooltip="turn the order of the tags round",
        id="performance.reverse",
    ),
    Binding(
        "comma",
        "threshold(-1, 0.01)",
        show=False,
        tooltip="lower the probability threshold by 0.01",
        id="performance.lower-threshold-finely",
    ),
    Binding(
        "full_stop",
        "threshold(1, 0.01)",
        show=False,
        tooltip="raise the probability threshold by 0.01",
        id="performance.raise-threshold-finely",
    ),
    Binding(
        "o",
        "usual_overlap",
        show=False,
        tooltip="the next of the usual overlap thresholds: 0.30, 0.50, 0.50:0.95",
        id="performance.usual-overlap",
    ),
    Binding("escape,ctrl+g", "close_iterations", show=False, id="performance.close-iterations"),
]


def next_overlap(overlap: Overlap, steps: int) -> Overlap:
    """The next overlap threshold; above 0.95 comes COCO's range."""
    from tui_detect.core.evaluation import OVERLAP_RANGE

    if isinstance(overlap, str):
        return HIGHEST_OVERLAP if steps < 0 else overlap
    if steps > 0 and overlap >= HIGHEST_OVERLAP:
        return OVERLAP_RANGE
    return next_step(overlap, steps, OVERLAP_STEP, OVERLAP_STEP, HIGHEST_OVERLAP)


def next_usual_overlap(overlap: Overlap) -> Overlap:
    """The next of 0.30, 0.50 and 0.50:0.95."""
    from tui_detect.core.evaluation import OVERLAPS

    position = OVERLAPS.index(overlap) if overlap in OVERLAPS else -1
    return OVERLAPS[(position + 1) % len(OVERLAPS)]


def next_step(value: float, steps: int, step: float, low: float, high: float) -> float:
    """The next multiple of `step` in the direction of `steps`, within limits."""
    position = value / step
    nearest = round(position)
    if abs(position - nearest) > 1e-9 and (nearest > position) == (steps > 0):
        steps -= 1 if steps > 0 else -1
    return round(min(high, max(low, (nearest + steps) * step)), 6)
