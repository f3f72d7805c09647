"""The boxes behind a number, a bar or a cell of the Performance view, worst first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from tui_detect.core.evaluation import format_threshold
from tui_detect.core.evaluation.confusion import findings as findings_of_cell
from tui_detect.core.evaluation.finding import ERROR_KINDS, ErrorKind, Finding

if TYPE_CHECKING:
    from tui_detect.core.evaluation import EvaluationData
    from tui_detect.core.evaluation.confusion import AcrossTags
    from tui_detect.core.evaluation.error_kinds import KindsOfError
    from tui_detect.ui.widgets.figures import FigureName

MOST = 5_000
"""Nobody settles more by hand; the worst come first."""
_MOST_LOOKED_AT = 50_000
"""Of those that a size or a probability is chosen from."""
WRONG: tuple[ErrorKind, ...] = tuple(kind for kind in ERROR_KINDS if kind != "missed")
_ON_BACKGROUND: tuple[ErrorKind, ...] = ("background",)
_MISSED: tuple[ErrorKind, ...] = ("missed",)

Which: TypeAlias = Literal["errors", "wrong", "missed", "found", "regions", "detections"]
"""Of the boxes that a row of a table counts."""
_BY_COLUMN: Mapping[str, Which] = {
    "precision": "wrong",
    "false": "wrong",
    "probability": "wrong",
    "recall": "missed",
    "found": "found",
    "regions": "regions",
    "images": "regions",
    "boxes": "detections",
    "mean": "detections",
    "right": "found",
}
_TITLES: Mapping[Which, str] = {
    "errors": "Errors with {}",
    "wrong": "Wrong detections of {}",
    "missed": "Missed {}",
    "found": "Right detections of {}",
    "regions": "Regions of {}",
    "detections": "Detections of {}",
}


@dataclass(frozen=True, slots=True)
class BoxList:
    """Some findings, and what they have in common."""

    title: str
    findings: list[Finding]


def behind(column: str) -> Which:
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
    name = kinds.data.tags[index].name
    return BoxList(title_of(which, name), _listed(kinds, threshold, which, MOST, index))


def of_figure(kinds: KindsOfError, threshold: float, name: FigureName) -> BoxList:
    """What keeps a headline figure from being perfect."""
    match name:
        case "Precision":
            return BoxList("Wrong detections", _listed(kinds, threshold, "wrong", MOST))
        case "Recall":
            return of_kind(kinds, threshold, "missed")
        case "False alarms":
            backgrounds = _background_images(kinds.data)
            found = kinds.findings(threshold, kinds=_ON_BACKGROUND, limit=_MOST_LOOKED_AT)
            alarms = [finding for finding in found if finding.image_id in backgrounds]
            return BoxList("False alarms on background images", alarms[:MOST])
        case "F1" | "mAP":
            return BoxList("All errors", _listed(kinds, threshold, "errors", MOST))


def of_cell(across: AcrossTags, threshold: float, row: int, column: int) -> BoxList:
    """The boxes of one cell of the confusion matrix."""
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
    kinds: KindsOfError, threshold: float, name: str, area_px: tuple[float, float], which: Which
) -> BoxList:
    """The boxes of one size behind a figure: the person's, or the model's where there is none."""
    low, high = area_px
    sizes = dict(
        zip(kinds.data.image_ids.tolist(), kinds.data.image_sizes_px.tolist(), strict=True)
    )

    def has_size(finding: Finding) -> bool:
        box = (finding.region or finding.detection).box  # type: ignore[union-attr]
        width_px, height_px = sizes[finding.image_id]
        return bool(low <= box.width * width_px * box.height * height_px <= high)

    found = _listed(kinds, threshold, which, _MOST_LOOKED_AT)
    chosen = [finding for finding in found if has_size(finding)][:MOST]
    return BoxList(title_of(which, f"{name} boxes"), chosen)


def of_bin(kinds: KindsOfError, low: float, high: float, which: Which) -> BoxList:
    """The detections with a probability between two limits: the wrong ones, the right ones, all."""

    def is_below(finding: Finding) -> bool:
        return finding.detection is not None and (finding.detection.probability < high or high >= 1)

    found = _listed(kinds, low, which, _MOST_LOOKED_AT)
    title = title_of(which, f"{format_threshold(low)} to {format_threshold(high)}")
    return BoxList(title, [finding for finding in found if is_below(finding)][:MOST])


def _listed(
    kinds: KindsOfError, threshold: float, which: Which, limit: int, tag: int | None = None
) -> list[Finding]:
    match which:
        case "errors":
            return kinds.findings(threshold, tag=tag, limit=limit)
        case "missed":
            return kinds.findings(threshold, kinds=_MISSED, tag=tag, limit=limit)
        case "wrong":
            return kinds.findings(threshold, kinds=WRONG, tag=tag, limit=limit)
        case "found":
            return kinds.correct(threshold, tag, limit=limit)
        case "regions":
            return kinds.regions(threshold, tag, limit=limit)
        case "detections":
            wrong = kinds.findings(threshold, kinds=WRONG, tag=tag, limit=limit)
            return [*wrong, *kinds.correct(threshold, tag, limit=limit)]


def _background_images(data: EvaluationData) -> set[int]:
    regions = np.bincount(data.region_image, minlength=data.images)
    return set(data.image_ids[regions == 0].tolist())
