"""One box that deserves a look: an error of the iteration, or a label that may be wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias, get_args

from tui_detect.core.model import Detection, Region, Tag

ErrorKind: TypeAlias = Literal["class", "location", "both", "duplicate", "background", "missed"]
"""TIDE's kinds of error (Bolya et al., ECCV 2020)."""
SuspectKind: TypeAlias = Literal["missing", "spurious", "wrong tag", "loose", "doubled"]
"""What may be wrong with a label."""
FindingKind: TypeAlias = ErrorKind | SuspectKind | Literal["correct"]

ERROR_KINDS: tuple[ErrorKind, ...] = get_args(ErrorKind)
SUSPECT_KINDS: tuple[SuspectKind, ...] = get_args(SuspectKind)

MEANINGS: dict[ErrorKind, str] = {
    "class": "the right box with the wrong tag",
    "location": "the right tag with a box that is too far off",
    "both": "near a region, but wrong in tag and box",
    "duplicate": "a second box on a region that was found",
    "background": "a box where nothing is tagged",
    "missed": "a region without any box near it",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A person's region, a model's detection, or both, and what is the matter with them."""

    kind: FindingKind
    image_id: int
    score: float
    """0 to 1: how bad it is; lists show the worst first."""
    region: Region | None = None
    """The person's box, as it was when the figures were computed."""
    detection: Detection | None = None
    """The model's box."""
    detection_number: int | None = None
    """Its position among the detections stored for the image; 0 is the first."""
    overlap: float | None = None
    """IoU of the two."""
    other: Region | None = None
    """A second region of the person's, for doubled ones."""

    @property
    def key(self) -> str:
        """What it is about, whatever its kind at the thresholds of the moment: a verdict is
        remembered by it within its image; see `settled_by` for what else that settles."""
        number = "" if self.detection_number is None else str(self.detection_number)
        return f"{self.region.uuid if self.region else ''}/{number}"

    def with_merged(self, merged: Mapping[int, Tag]) -> Finding:
        """The same after tags were merged: each has the tag that it is by now, by its old key."""

        def now(tag_id: int) -> int:
            return merged[tag_id].id if tag_id in merged else tag_id

        region, detection, other = self.region, self.detection, self.other
        return replace(
            self,
            region=region and replace(region, tag_id=now(region.tag_id)),
            detection=detection and replace(detection, tag_id=now(detection.tag_id)),
            other=other and replace(other, tag_id=now(other.tag_id)),
        )
