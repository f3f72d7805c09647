"""What a finding is about, in words: the sentence over its picture and the facts beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from textual.content import Content

from tui_detect.core.edits import Edit
from tui_detect.core.evaluation.finding import Finding
from tui_detect.core.geometry import Box
from tui_detect.core.model import Tag
from tui_detect.core.settling import Case, Verdict
from tui_detect.ui.wording import printable

VERDICT_MARKS: dict[Verdict, str] = {"kept": "✓", "taken": "⇐", "edited": "✎", "deleted": "✗"}
VERDICT_WORDS: dict[Verdict, str] = {
    "kept": "label kept",
    "taken": "model's taken",
    "edited": "edited by hand",
    "deleted": "label deleted",
}
LABEL_WIDTH = 9
NO_TAG_COLOUR = "#ffffff"


@dataclass(frozen=True, slots=True)
class TagNames:
    """Tags by key, also those that were deleted."""

    tags: Mapping[int, Tag]

    def name(self, tag_id: int) -> str:
        """The name as it is now."""
        tag = self.tags.get(tag_id)
        return printable(tag.name) if tag is not None else "a deleted tag"

    def colour(self, tag_id: int) -> str:
        """`#rrggbb`."""
        tag = self.tags.get(tag_id)
        return tag.colour if tag is not None else NO_TAG_COLOUR

    def shown(self, tag_id: int) -> Content:
        """The name behind its colour."""
        return Content.assemble(("■ ", self.colour(tag_id)), self.name(tag_id))


def sentence(case: Case, names: TagNames) -> str:
    """What the matter is."""
    finding, region = case.finding, case.region or case.finding.region
    detection, other = finding.detection, case.other or finding.other
    yours = names.name(region.tag_id) if region is not None else ""
    found = names.name(detection.tag_id) if detection is not None else ""
    sure = f"{detection.probability:.2f}" if detection is not None else ""
    # Once the model's box was taken over, the two differ no more.
    taken = case.verdict == "taken" and finding.kind in ("loose", "location")
    overlap = finding.overlap if taken else case.overlap
    shared = f"{overlap:.2f}" if overlap is not None else "none"
    match finding.kind:
        case "class":
            return f"You tagged {yours}; the model finds {found} with {sure}, overlap {shared}."
        case "location":
            return (
                f"The model finds {yours} with {sure}, but its box and yours differ too much: "
                f"overlap {shared}."
            )
        case "both":
            return (
                f"The model finds {found} with {sure} beside your {yours} (overlap {shared}): its "
                "mistake, or a label that is missing."
            )
        case "duplicate":
            return f"The model finds your {yours or found} a second time, with {sure}."
        case "background":
            return f"The model finds {found} with {sure} where you tagged nothing."
        case "missed" if detection is not None:
            return (
                f"You tagged {yours}; the model misses it. Its best there: {found} with {sure}, "
                f"overlap {shared}."
            )
        case "missed":
            return f"You tagged {yours}; the model finds nothing there."
        case "missing":
            return f"The model is sure of {found} ({sure}) where no label is: it may be missing."
        case "spurious":
            return f"You tagged {yours}, but the model finds nothing like it: is there one?"
        case "wrong tag":
            return (
                f"You tagged {yours}; the model is sure of {found} ({sure}, overlap {shared}): "
                "the tag may be wrong."
            )
        case "loose":
            return (
                f"Your box of {yours} overlaps the model's ({sure}) by only {shared}: it may be "
                "loose."
            )
        case "doubled":
            second = names.name(other.tag_id) if other is not None else "another label"
            return f"Your {yours} lies on your {second}, overlap {shared}: one may be too many."
        case "correct":
            return f"The model finds your {yours} with {sure}, overlap {shared}."


def warnings(case: Case, *, trained_on: bool) -> Iterator[str]:
    """What a person should know before believing it."""
    if not case.image.in_workspace:
        yield "The picture was removed from the workspace: it is not edited."
    elif case.image.state == "untagged" and case.verdict is None:
        yield "The picture is untagged by now; a label taken over makes it tagged again."
    if case.gone:
        yield "Your label was deleted since."
    elif case.changed and case.verdict is None:
        yield "Your label was changed since; it is shown as it is now."
    if trained_on:
        yield "Trained on this picture: the model may only repeat what its label says."


def facts(case: Case, names: TagNames, takes: Edit | None) -> Content:
    """Both boxes, the picture, what was said, or else what taking over would do."""
    finding, image = case.finding, case.image
    lines: list[Content] = []
    if finding.region is not None:
        region = case.region
        what = names.shown(region.tag_id) if region is not None else Content("deleted")
        lines.append(_fact("you", what))
        if region is not None:
            lines.append(_fact("", _size(region.box)))
    if finding.other is not None:
        other = case.other
        lines.append(_fact("and", names.shown(other.tag_id) if other is not None else "deleted"))
    if finding.detection is not None:
        detection = finding.detection
        sure = f" {detection.probability:.2f}"
        lines.append(_fact("model", Content.assemble(names.shown(detection.tag_id), sure)))
        lines.append(_fact("", _size(detection.box)))
    if case.overlap is not None:
        lines.append(_fact("overlap", f"{case.overlap:.2f}"))
    lines.append(Content(""))
    lines.append(_fact("picture", printable(image.name)))
    lines.append(_fact("", f"{image.width_px:,} × {image.height_px:,}"))
    lines.append(_fact("", image.split or "in no split"))
    if case.verdict is not None:
        mark = f"{VERDICT_MARKS[case.verdict]} {VERDICT_WORDS[case.verdict]}"
        lines += [Content(""), _fact("settled", Content.styled(mark, "$success"))]
    elif takes is not None:
        lines += [Content(""), _fact("to take", takes.label)]
    return Content("\n").join(lines)


def brief(finding: Finding, names: TagNames) -> Content:
    """The tags that it is about, for a row of the list."""
    region, detection = finding.region, finding.detection
    if region is None:
        return names.shown(detection.tag_id) if detection is not None else Content("–")
    if detection is None or detection.tag_id == region.tag_id:
        return names.shown(region.tag_id)
    return Content.assemble(names.shown(region.tag_id), " → ", names.shown(detection.tag_id))


def _fact(label: str, value: str | Content) -> Content:
    return Content.assemble((label.ljust(LABEL_WIDTH), "$text-muted"), value)


def _size(box: Box) -> str:
    return f"{box.width * 100:.0f} × {box.height * 100:.0f} %"
