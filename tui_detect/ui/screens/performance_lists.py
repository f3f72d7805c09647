"""The boxes behind a number, a bar or a cell of the Performance view, worst first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

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


@dataclass(frozen=True, slots=True)
class BoxList:
    """Some findings, and what they have in common."""

    title: str
    findings: list[Finding]


def of_kind(kinds: KindsOfError, threshold: float, kind: ErrorKind) -> BoxList:
    """The errors of one kind."""
    found = kinds.findings(threshold, kinds=(kind,), limit=MOST)
    return BoxList(f"{kind.capitalize()} errors" if kind != "missed" else "Missed regions", found)


def of_tag(kinds: KindsOfError, threshold: float, tag_id: int) -> BoxList:
    """The errors of one tag."""
    index = next(i for i, tag in enumerate(kinds.data.tags) if tag.id == tag_id)
    name = kinds.data.tags[index].name
    return BoxList(f"Errors with {name}", kinds.findings(threshold, tag=index, limit=MOST))


def of_figure(kinds: KindsOfError, threshold: float, name: FigureName) -> BoxList:
    """What keeps a headline figure from being perfect."""
    match name:
        case "Precision":
            wrong = kinds.findings(threshold, kinds=WRONG, limit=MOST)
            return BoxList("Wrong detections", wrong)
        case "Recall":
            return of_kind(kinds, threshold, "missed")
        case "False alarms":
            backgrounds = _background_images(kinds.data)
            alarms = _chosen(
                kinds,
                threshold,
                ("background",),
                lambda finding: finding.image_id in backgrounds,
            )
            return BoxList("False alarms on background images", alarms)
        case "F1" | "mAP":
            return BoxList("All errors", kinds.findings(threshold, limit=MOST))


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
    kinds: KindsOfError, threshold: float, name: str, area_px: tuple[float, float]
) -> BoxList:
    """The errors among the boxes of one size: the person's, or the model's where there is none."""
    low, high = area_px
    sizes = dict(
        zip(kinds.data.image_ids.tolist(), kinds.data.image_sizes_px.tolist(), strict=True)
    )

    def has_size(finding: Finding) -> bool:
        box = (finding.region or finding.detection).box  # type: ignore[union-attr]
        width_px, height_px = sizes[finding.image_id]
        return bool(low <= box.width * width_px * box.height * height_px <= high)

    return BoxList(f"Errors with {name} boxes", _chosen(kinds, threshold, ERROR_KINDS, has_size))


def of_bin(kinds: KindsOfError, low: float, high: float) -> BoxList:
    """The wrong detections with a probability between two limits."""

    def is_below(finding: Finding) -> bool:
        return finding.detection is not None and (finding.detection.probability < high or high >= 1)

    title = f"Wrong detections of {format_threshold(low)} to {format_threshold(high)}"
    return BoxList(title, _chosen(kinds, low, WRONG, is_below))


def _chosen(
    kinds: KindsOfError,
    threshold: float,
    wanted: tuple[ErrorKind, ...],
    belongs: Callable[[Finding], bool],
) -> list[Finding]:
    found = kinds.findings(threshold, kinds=wanted, limit=_MOST_LOOKED_AT)
    return [finding for finding in found if belongs(finding)][:MOST]


def _background_images(data: EvaluationData) -> set[int]:
    regions = np.bincount(data.region_image, minlength=data.images)
    return set(data.image_ids[regions == 0].tolist())
