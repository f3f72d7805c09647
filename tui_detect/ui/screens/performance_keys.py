"""The keys of the Performance view, and the steps they make."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textual.binding import Binding, BindingType

from tui_detect.core.errors import BadInput

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
    Binding(
        "v",
        "view",
        "pages",
        tooltip="show the next page of plots and tables",
        id="performance.plots",
    ),
    Binding(
        "l",
        "suspects",
        "suspect labels",
        tooltip="list the labels that may be wrong",
        id="performance.suspects",
    ),
    Binding(
        "L",
        "suspects_everywhere",
        show=False,
        tooltip="list them on every tagged picture, also on those that the model was trained on",
        id="performance.suspects-everywhere",
    ),
    Binding("c", "compare", "compare", id="performance.compare"),
    Binding("i", "iterations", "iterations", id="performance.iterations"),
    Binding(
        "s",
        "use_threshold",
        "use",
        tooltip="let predictions use this probability threshold, or the usual one again",
        id="performance.use-threshold",
    ),
    Binding("r", "rename", "rename", id="performance.rename"),
    Binding("p", "publish", "publish", id="performance.publish"),
    Binding("d", "delete", "delete", id="performance.delete"),
    Binding("e", "export", "export", id="performance.export"),
    Binding("R", "restore", "restore", id="performance.restore"),
    Binding(
        "w",
        "wanted",
        show=False,
        tooltip="take the threshold for a wanted precision or recall",
        id="performance.wanted",
    ),
    Binding(
        "t",
        "use_tag_threshold",
        show=False,
        tooltip="let predictions of this tag use its best threshold, or the iteration's again",
        id="performance.use-tag-threshold",
    ),
    Binding(
        "W",
        "wanted_of_tag",
        show=False,
        tooltip="let predictions of this tag use the threshold for a wanted precision or recall",
        id="performance.wanted-of-tag",
    ),
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


def parse_wanted(text: str) -> tuple[float | None, float | None]:
    """The precision or the recall that a person wants, such as `precision 95` or `r 0.9`.

    Raises:
        BadInput: it cannot be understood.
    """
    match = re.fullmatch(r"\s*([a-z]+)\s*([0-9]*\.?[0-9]+)\s*%?\s*", text.lower())
    if match is not None:
        value = float(match[2])
        # Nobody wants less than 1 %.
        share = value / 100 if value > 1 else value
        if "precision".startswith(match[1]):
            return share, None
        if "recall".startswith(match[1]):
            return None, share
    raise BadInput(f"{text.strip()!r} is not understood", "write precision 95, or recall 90")


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
