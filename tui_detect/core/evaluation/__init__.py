"""How good an iteration is: matching, figures, intervals, errors, and labels that may be wrong.

The names that most callers need are here; the rest is in the module that it is about.
"""

from tui_detect.core.evaluation.data import EvaluationData, EvaluationTag
from tui_detect.core.evaluation.figures import (
    Curves,
    Performance,
    TagPerformance,
    best_threshold,
    curves,
    definition,
    evaluate,
    figures,
    format_overlap,
    format_threshold,
    map_interval,
)
from tui_detect.core.evaluation.intervals import Figure
from tui_detect.core.evaluation.matching import (
    MAX_DETECTIONS,
    OVERLAP_RANGE,
    OVERLAPS,
    Matched,
    Overlap,
    match,
    parse_overlap,
)

__all__ = [
    "MAX_DETECTIONS",
    "OVERLAPS",
    "OVERLAP_RANGE",
    "Curves",
    "EvaluationData",
    "EvaluationTag",
    "Figure",
    "Matched",
    "Overlap",
    "Performance",
    "TagPerformance",
    "best_threshold",
    "curves",
    "definition",
    "evaluate",
    "figures",
    "format_overlap",
    "format_threshold",
    "map_interval",
    "match",
    "parse_overlap",
]
