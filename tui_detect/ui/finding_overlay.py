"""What a finding looks like over its picture: the person's boxes solid, the model's dashed."""

from __future__ import annotations

from tui_detect.core.geometry import Box
from tui_detect.core.model import Detection
from tui_detect.core.settling import Case
from tui_detect.core.view import FINE_ZOOMS, Frame, View, zoomed_to
from tui_detect.ui.finding_words import TagNames
from tui_detect.ui.graphics.overlay import Overlay, OverlayBox

MARGIN = 0.6
"""How much of the surroundings is shown, in sides of the box: half of it on each side."""


def area_of(case: Case) -> Box:
    """What must be in sight: every box that it is about."""
    finding = case.finding
    found = [
        case.region or finding.region,
        case.other or finding.other,
        finding.detection,
    ]
    edges = [each.box.edges for each in found if each is not None]
    left, top, right, bottom = zip(*edges, strict=True)
    return Box.from_edges(min(left), min(top), max(right), max(bottom)).clamped()


def view_of(case: Case, frame: Frame) -> View:
    """As close as its boxes allow."""
    return zoomed_to(area_of(case), frame, margin=MARGIN, zooms=FINE_ZOOMS)


def overlay_of(case: Case, names: TagNames) -> Overlay:
    """The other labels of the picture thin and nameless below, then yours, the model's on top."""
    about = {each.uuid for each in (case.region, case.other) if each is not None}
    boxes = [
        OverlayBox(each.box, names.colour(each.tag_id))
        for each in case.tagging.regions
        if each.uuid not in about
    ]
    if case.other is not None:
        other = case.other
        boxes.append(
            OverlayBox(
                other.box,
                names.colour(other.tag_id),
                name=names.name(other.tag_id),
                label_below=True,
            )
        )
    if case.region is not None:
        region = case.region
        colour, name = names.colour(region.tag_id), names.name(region.tag_id)
        boxes.append(OverlayBox(region.box, colour, name=name, look="selected"))
    if case.finding.detection is not None:
        boxes.append(ghost_of(case.finding.detection, names))
    return Overlay(tuple(boxes))


def ghost_of(detection: Detection, names: TagNames) -> OverlayBox:
    """The model's box, which is no region and no suggestion."""
    return OverlayBox(
        detection.box,
        names.colour(detection.tag_id),
        name=f"{names.name(detection.tag_id)} {detection.probability:.2f}",
        look="suggestion",
        label_below=True,
    )
