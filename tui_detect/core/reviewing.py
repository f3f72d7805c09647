"""Answering suggestions: a letter accepts, its capital rejects, enter accepts all shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tui_detect.core import region_edits
from tui_detect.core.editor_state import (
    BROWSING,
    Browsing,
    Context,
    Counting,
    EditorState,
    Outcome,
    Reviewing,
    edited,
    showing_selected,
)
from tui_detect.core.geometry import Box, overlap
from tui_detect.core.model import Region, Suggestion

SAME_BOX = 0.85
"""Overlap from which a proposed box of the same tag counts as the region that is there already."""


def reviewing(state: EditorState) -> EditorState:
    """The state in which letters answer the suggestions; as it is when there are none."""
    if not state.tagging.suggestions:
        return replace(state, mode=BROWSING)
    quiet = replace(state, mode=BROWSING, hidden=False, selected=None)
    return replace(quiet, mode=Reviewing(tuple(quiet.labels)))


def suggest(state: EditorState, suggestions: Iterable[Suggestion], label: str) -> Outcome:
    """Show more suggestions, but none for a region that is there already."""
    new = [each for each in suggestions if not _is_there(each, state.tagging.regions)]
    if not new:
        return Outcome(state, notice="nothing to suggest that is not here already")
    outcome = edited(state, region_edits.suggest(state.tagging, new, label))
    return replace(outcome, state=reviewing(outcome.state))


def copied(
    regions: Iterable[Region], source: str, context: Context, known: Iterable[Suggestion] = ()
) -> list[Suggestion]:
    """Regions of another image as suggestions, but for what is suggested already."""
    seen = [(each.tag_id, each.box) for each in known]
    return [
        Suggestion(context.new_uuid(), region.tag_id, region.box, source)
        for region in regions
        if not any(_alike(region.tag_id, region.box, *other) for other in seen)
    ]


def answer(state: EditorState, key: str, context: Context) -> Outcome | None:
    """What a letter says during a review; `None` when it is the letter of nothing."""
    mode = state.mode
    if not isinstance(mode, Reviewing):
        return None
    typed = mode.typed + key.lower()
    by_label = {label: uuid for uuid, label in state.labels.items()}
    if typed not in by_label:
        longer = any(label.startswith(typed) for label in by_label)
        return Outcome(replace(state, mode=replace(mode, typed=typed))) if longer else None
    state = replace(state, mode=replace(mode, typed=""))
    uuid = by_label[typed]
    suggestion = state.tagging.suggestion(uuid)
    if suggestion is not None:
        return (
            _reject(state, [suggestion], context)
            if key.isupper()
            else accept(state, [suggestion], context)
        )
    if state.tagging.region(uuid) is None:
        return Outcome(state, notice=f"{typed} is answered already")
    after = replace(state, selected=uuid, mode=BROWSING)
    return Outcome(showing_selected(after, context))


def accept(state: EditorState, suggestions: list[Suggestion], context: Context) -> Outcome:
    """Make these suggestions regions."""
    what = _named(suggestions, context)
    edit = region_edits.accept(state.tagging, suggestions, context.smallest, f"accept {what}")
    return _answered(edited(state, edit), f"accepted {what}")


def accept_all(state: EditorState, context: Context) -> Outcome:
    """Make all that are shown regions, and go on to the next image; without any, only go on."""
    state = state.ready
    if not isinstance(state.mode, Browsing):
        return Outcome(state)
    if not state.suggested:
        return Outcome(state, advance=True)
    return replace(accept(state, list(state.suggested), context), advance=True)


def reject_all(state: EditorState, context: Context) -> Outcome:
    """Say no to all that are shown."""
    if not isinstance(state.mode, Browsing | Counting | Reviewing) or not state.suggested:
        return Outcome(state, notice="no suggestions here")
    return _reject(state, list(state.suggested), context)


def _reject(state: EditorState, suggestions: list[Suggestion], context: Context) -> Outcome:
    what = _named(suggestions, context)
    edit = region_edits.reject(state.tagging, suggestions, f"reject {what}")
    return _answered(edited(state, edit), f"rejected {what}")


def _answered(outcome: Outcome, notice: str) -> Outcome:
    """A review ends when nothing is left to answer."""
    state = outcome.state
    if isinstance(state.mode, Reviewing) and not state.tagging.suggestions:
        state = replace(state, mode=BROWSING)
    return replace(outcome, state=state, notice=notice)


def _named(suggestions: list[Suggestion], context: Context) -> str:
    if len(suggestions) == 1:
        return context.name_of(suggestions[0].tag_id)
    return f"{len(suggestions)} suggestions"


def _is_there(suggestion: Suggestion, regions: Iterable[Region]) -> bool:
    return any(
        _alike(suggestion.tag_id, suggestion.box, region.tag_id, region.box) for region in regions
    )


def _alike(tag_id: int, box: Box, other_tag_id: int, other: Box) -> bool:
    return tag_id == other_tag_id and overlap(box, other) >= SAME_BOX
