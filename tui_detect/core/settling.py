"""What can be done about a finding: its picture as it is now, and the edits that settle it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from tui_detect.core import region_edits
from tui_detect.core.edits import Edit, Tagging
from tui_detect.core.evaluation.finding import Finding, FindingKind
from tui_detect.core.geometry import Box, overlap
from tui_detect.core.model import Image, Region, Tag
from tui_detect.core.reviewing import SAME_BOX

Verdict: TypeAlias = Literal["kept", "taken", "edited", "deleted"]
"""What a person said about a finding."""

Part: TypeAlias = Literal["tag", "box"]

_PARTS: dict[FindingKind, frozenset[Part]] = {
    "class": frozenset({"tag"}),
    "wrong tag": frozenset({"tag"}),
    "location": frozenset({"box"}),
    "loose": frozenset({"box"}),
    "correct": frozenset({"box"}),
    "missed": frozenset({"tag", "box"}),
}
"""What of the label the model's box may replace."""

_NEW: frozenset[FindingKind] = frozenset({"background", "missing", "both"})
"""Kinds whose model's box may be an object without a label.

For `both` the label that it touches is of something else, and is not given up for it.
"""
_NOTHING_NEW: frozenset[FindingKind] = frozenset({"duplicate", "doubled"})
"""Kinds that are about an object which has its label already."""


@dataclass(frozen=True, slots=True)
class Case:
    """A finding beside its picture as it is now."""

    finding: Finding
    image: Image
    tagging: Tagging
    verdict: Verdict | None = None
    """What was said about it before; `None` while it is open."""
    last_edit: int = 0
    """The key of the picture's newest edit that is not undone; 0 without any."""

    @property
    def region(self) -> Region | None:
        """The label as it is now; `None` when there never was one, or it is gone."""
        return self._now(self.finding.region)

    @property
    def other(self) -> Region | None:
        """The second label as it is now."""
        return self._now(self.finding.other)

    @property
    def gone(self) -> bool:
        """Whether the label was deleted since."""
        return self.finding.region is not None and self.region is None

    @property
    def changed(self) -> bool:
        """Whether the label has another tag or box by now."""
        return self.region is not None and self.region != self.finding.region

    @property
    def overlap(self) -> float | None:
        """IoU of the two boxes that it is about, the label's as it is now."""
        second = self.finding.detection or self.other
        if self.region is None or second is None:
            return None
        return overlap(self.region.box, second.box)

    def _now(self, region: Region | None) -> Region | None:
        return None if region is None else self.tagging.region(region.uuid)


def settled_by(finding: Finding, verdicts: Mapping[str, Verdict]) -> str | None:
    """The key of the verdict that settles a finding; `None` while it is open.

    A label that was kept is right as it is, whichever detection is held against it and however that
    is called at other thresholds. What was changed because of one detection is settled for that.

    Args:
        verdicts: given on findings of its image and still good, by their keys.
    """
    if finding.key in verdicts:
        return finding.key
    if finding.region is None:
        return None
    about = f"{finding.region.uuid}/"
    kept = (key for key, verdict in verdicts.items() if verdict == "kept" and key.startswith(about))
    return next(kept, None)


def is_as_kept(label: Region | None, kept: Region | None, merged: Mapping[int, Tag]) -> bool:
    """Whether a label still has the tag and the box that it had when it was kept.

    Args:
        merged: for each tag that was merged away the one that it is by now.
    """
    if kept is not None and kept.tag_id in merged:
        kept = replace(kept, tag_id=merged[kept.tag_id].id)
    return label == kept


def take_over(
    case: Case, new_uuid: Callable[[], str], name_of: Callable[[int], str]
) -> Edit | None:
    """The edit that gives the label what the model found; `None` when there is nothing to take.

    The tag where the tag was wrong, the box where the box was. Where there is no label, or no
    longer one, the model's box becomes one.

    Args:
        name_of: the name of a tag by its key, for what the journal says.
    """
    detection, tagging = case.finding.detection, case.tagging
    if detection is None or case.finding.kind in _NOTHING_NEW:
        return None
    box = _within(case.image, detection.box)
    name = name_of(detection.tag_id)
    region = case.region
    if region is None or case.finding.kind in _NEW:
        if any(
            each.tag_id == detection.tag_id and overlap(each.box, box) >= SAME_BOX
            for each in tagging.regions
        ):
            return None
        added = Region(new_uuid(), detection.tag_id, box)
        return region_edits.add(tagging, added, f"add {name}")
    parts = _PARTS.get(case.finding.kind, frozenset[Part]())
    after = replace(
        region,
        tag_id=detection.tag_id if "tag" in parts else region.tag_id,
        box=box if "box" in parts else region.box,
    )
    label = f"tag {name}" if after.tag_id != region.tag_id else "the model's box"
    return region_edits.change(tagging, region, after, label)


def delete_label(case: Case) -> Edit | None:
    """The edit that deletes the label; `None` when there is none."""
    region = case.region
    return None if region is None else region_edits.delete(case.tagging, region, "delete")


def _within(image: Image, box: Box) -> Box:
    """The box as a region may have it: inside the picture, at least a pixel wide and high."""
    inside = min(box.left, box.top) >= 0 and max(box.right, box.bottom) <= 1
    # Clamping moves a box that needs none by a rounding, and it would never be what was taken.
    return (box if inside else box.clamped()).at_least((1 / image.width_px, 1 / image.height_px))
