"""The boxes behind a number, a bar or a cell of the Performance view, and what they are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui_detect.core.evaluation import behind, format_threshold
from tui_detect.core.evaluation.behind import Which
from tui_detect.core.evaluation.confusion import findings as findings_of_cell
from tui_detect.core.evaluation.finding import ErrorKind, Finding

if TYPE_CHECKING:
    from tui_detect.core.evaluation import Matched
    from tui_detect.core.evaluation.confusion import AcrossTags
    from tui_detect.core.evaluation.error_kinds import KindsOfError
    from tui_detect.core.evaluation.listing import Counted
    from tui_detect.ui.widgets.figures import FigureName

MOST = 5_000
"""Nobody settles more by hand; the worst come first."""
_BY_COLUMN: Mapping[str, Which] = {
    "precision": "wrong",
    "false": "wrong",
    "probability": "wrong",
    "recall": "missed",
    "found": "found",
    "right": "found",
    "regions": "regions",
    "images": "regions",
    "boxes": "detections",
    "mean": "detections",
}
_TITLES: Mapping[Which, str] = {
    "errors": "Errors with {}",
    "wrong": "Wrong detections of {}",
    "missed": "Not found: {}",
    "found": "Right detections of {}",
    "regions": "Regions of {}",
    "detections": "Detections of {}",
}


@dataclass(frozen=True, slots=True)
class BoxList:
    """Some findings, and what they have in common."""

    title: str
    findings: list[Finding]


def which_of(column: str) -> Which:
    """Which boxes are behind a figure of a row: what keeps it from being perfect, or it counts."""
    return _BY_COLUMN.get(column, "errors")


def title_of(which: Which, what: str) -> str:
    """The title of a list, without how many there are."""
    return _TITLES[which].format(what)


def of_kind(kinds: KindsOfError, threshold: float, kind: ErrorKind) -> BoxList:
    """The errors of one kind."""
    found = kinds.findings(threshold, kinds=(kind,), limit=MOST)
    return BoxList(f"{kind.capitalize()} errors" if kind != "missed" else "Missed regions", found)


def of_tag(kinds: KindsOfError, threshold: float, tag_id: int, which: Which) -> BoxList:
    """The boxes of one tag behind one of its figures."""
    index = next(i for i, tag in enumerate(kinds.data.tags) if tag.id == tag_id)
    title = title_of(which, kinds.data.tags[index].name)
    return _listed(title, kinds, behind.of_tag(kinds, index), which, threshold)


def of_figure(kinds: KindsOfError, threshold: float, name: FigureName) -> BoxList:
    """What keeps a headline figure from being perfect."""
    every = behind.of_all(kinds)
    match name:
        case "Precision":
            return _listed("Wrong detections", kinds, every, "wrong", threshold)
        case "Recall":
            return _listed("Regions not found", kinds, every, "missed", threshold)
        case "False alarms":
            alarms = behind.of_background(kinds)
            title = "False alarms on background images"
            return _listed(title, kinds, alarms, "wrong", threshold)
        case "F1" | "mAP":
            return _listed("All errors", kinds, every, "errors", threshold)


def of_cell(across: AcrossTags, threshold: float, row: int, column: int) -> BoxList:
    """The boxes of one cell of the confusion matrix, but for that of nothing at all."""
    tags = across.data.tags
    found = findings_of_cell(across, threshold, row, column, limit=MOST)
    if row == len(tags):
        return BoxList(f"{tags[column].name} found where nothing is tagged", found)
    if column == len(tags):
        return BoxList(f"{tags[row].name} missed", found)
    if row == column:
        return BoxList(f"{tags[row].name} found", found)
    return BoxList(f"{tags[row].name} taken for {tags[column].name}", found)


def of_size(
    kinds: KindsOfError, matched: Matched, threshold: float, name: str, which: Which
) -> BoxList:
    """The boxes of one size behind one of its figures."""
    title = title_of(which, f"{name} boxes")
    return _listed(title, kinds, behind.of_size(matched, name), which, threshold)


def of_bin(kinds: KindsOfError, low: float, high: float, which: Which) -> BoxList:
    """The detections with a probability between two limits: the wrong ones, the right ones, all."""
    title = title_of(which, f"{format_threshold(low)} to {format_threshold(high)}")
    return _listed(title, kinds, behind.of_probability(kinds, low, high), which, low)


def _listed(
    title: str,
    kinds: KindsOfError,
    counted: Counted,
    which: Which,
    threshold: float,
) -> BoxList:
    return BoxList(title, behind.boxes_behind(kinds, counted, which, threshold, MOST))
