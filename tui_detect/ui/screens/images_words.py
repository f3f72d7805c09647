"""What the Images screen says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.content import Content

from tui_detect.core.guidance import Advice
from tui_detect.core.query import ImageQuery, State, format_query
from tui_detect.core.words import count
from tui_detect.ui.screens.images_state import Workspace
from tui_detect.ui.wording import printable
from tui_detect.workflows.images import Removal

if TYPE_CHECKING:
    from tui_detect.workflows.suggesting import SuggestReport

EMPTY = """Images holds the pictures that the detector learns from.

There are none yet.  a  adds some:
a folder, a file, a glob or a COCO file."""
EMPTY_TABS: dict[State, str] = {
    "untagged": "Every picture has been looked at.\n\nt  trains,  ]  shows the tagged ones.",
    "tagged": "No picture is tagged yet.\n\n[  shows the untagged ones,  enter  opens one.",
    "background": "No picture is marked as background:\nlooked at, and without any box.",
    "all": "",
}
NOTHING_FOUND = "No picture here fits  {query}\n\nescape or ctrl+g  forgets the filter."

ADVICE_MARKS = {"floor": "▲", "advice": "•", "ok": "✓"}
ADVICE_STYLES = {"floor": "$warning", "advice": "$text-muted", "ok": "$success"}
NAMES_LISTED = 8


def removal_lines(plan: Removal) -> list[str]:
    """What will go, what stays, and which pictures."""
    lines = []
    if plan.deleted:
        with_regions = f" with {count(plan.regions_deleted, 'region')}"
        lines.append(
            f"{count(plan.deleted, 'picture')} "
            f"{'goes' if plan.deleted == 1 else 'go'} for good"
            f"{with_regions if plan.regions_deleted else ''}: no iteration has "
            f"{'it' if plan.deleted == 1 else 'them'}."
        )
    if plan.kept:
        numbers = ", ".join(map(str, plan.iteration_numbers))
        word = "iteration" if len(plan.iteration_numbers) == 1 else "iterations"
        lines.append(f"{count(plan.kept, 'picture')} kept for {word} {numbers}.")
    lines.append("Your own files are not touched.")
    lines.append("")
    lines += [printable(image.name) for image in plan.images[:NAMES_LISTED]]
    if len(plan.images) > NAMES_LISTED:
        lines.append(f"and {len(plan.images) - NAMES_LISTED:,} more")
    return lines


def suggested_text(report: SuggestReport) -> str:
    """What came of looking at the untagged images."""
    if not report.images and not report.empty:
        return "there is no untagged image to suggest boxes for"
    text = f"{count(report.suggestions, 'box', 'boxes')} on {count(report.images, 'image')}"
    parts = [
        f"{text}, waiting for an answer" if report.suggestions else "nothing found",
        f"nothing found on {report.empty:,}" if report.suggestions and report.empty else "",
        f"{len(report.refused):,} cannot be read" if report.refused else "",
    ]
    return "; ".join(filter(None, parts))


def why_empty(workspace: Workspace) -> str:
    """What to do about a grid without images."""
    if not workspace.counts["all"]:
        return EMPTY
    query = replace(workspace.query, state="all")
    if query != ImageQuery():
        return NOTHING_FOUND.format(query=printable(format_query(query)))
    return EMPTY_TABS[workspace.query.state]


def advice_text(advice: Advice) -> Content:
    """One piece of advice, its urgency marked."""
    mark = Content.styled(f"{ADVICE_MARKS[advice.level]} ", ADVICE_STYLES[advice.level])
    return mark + Content(printable(advice.text))


def advice_line(advice: Sequence[Advice]) -> Content:
    """The most urgent, and how many more there are."""
    if not advice:
        return Content()
    more = f"   g {len(advice) - 1} more" if len(advice) > 1 else ""
    return Content.assemble(advice_text(advice[0]), (more, "$text-muted"))
