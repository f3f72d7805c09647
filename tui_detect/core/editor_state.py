"""The editor's state: what is selected, what the person is in the middle of, what is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from tui_detect.core.edits import Edit, Tagging, apply_edit
from tui_detect.core.geometry import Box
from tui_detect.core.model import Region, Suggestion, Tag
from tui_detect.core.pointing import QWERTY, KeyGrid, Pointing
from tui_detect.core.region_edits import Part, letters
from tui_detect.core.view import WHOLE, Frame, View, revealing

Direction = Literal["left", "right", "up", "down"]


class Act(StrEnum):
    """What a person can ask for, whatever key it is bound to."""

    NEW_BOX = "new_box"
    GROW = "grow"
    NEXT_REGION = "next_region"
    PREVIOUS_REGION = "previous_region"
    PICK_REGION = "pick_region"
    PICK_TAG = "pick_tag"
    DUPLICATE = "duplicate"
    DELETE = "delete"
    BACKGROUND = "background"
    COUNT = "count"
    REPEAT = "repeat"
    REVIEW = "review"
    ACCEPT_ALL = "accept_all"
    REJECT_ALL = "reject_all"
    ZOOM_IN = "zoom_in"
    ZOOM_OUT = "zoom_out"
    ZOOM_REGION = "zoom_region"
    ZOOM_WHOLE = "zoom_whole"
    HIDE = "hide"
    CLOSE_UP = "close_up"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Nudge:
    """Move the selected region, one of its edges or all of them; without a selection, pan.

    For the size, `right` and `up` enlarge.
    """

    part: Part
    direction: Direction
    coarse: bool = False
    times: int = 1


@dataclass(frozen=True, slots=True)
class Retag:
    """Give the selected region another tag."""

    tag_id: int


Repeatable = Act | Nudge | Retag


@dataclass(frozen=True, slots=True)
class Browsing:
    """Every command works."""


@dataclass(frozen=True, slots=True)
class Counting:
    """A count is being typed: how many steps the next nudge takes."""

    typed: str = ""


@dataclass(frozen=True, slots=True)
class PickingRegion:
    """Waiting for the letters of a region, or of a suggestion to accept."""

    typed: str = ""


@dataclass(frozen=True, slots=True)
class Reviewing:
    """Letters answer suggestions: small ones accept, capitals reject."""

    order: tuple[str, ...]
    """The ids behind the letters when the review began, so that no letter moves meanwhile."""
    typed: str = ""


@dataclass(frozen=True, slots=True)
class PickingTag:
    """Waiting for a tag: for a new box, for the selected region, or for the boxes to come."""

    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Growing:
    """The box round a point inside an object is being looked for."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Proposed:
    """A box was found for an object; enter makes it a region."""

    box: Box


@dataclass(frozen=True, slots=True)
class Dragging:
    """The mouse holds a box, or draws a new one."""

    start: tuple[float, float]
    """Where the button went down."""
    box: Box
    """As it would be dropped now."""
    original: Box | None = None
    """Before it was grabbed; `None` for a new box."""
    edges: frozenset[Part] = frozenset({"whole"})
    """What moves with the mouse."""


Mode = (
    Browsing
    | Counting
    | Pointing
    | PickingRegion
    | Reviewing
    | PickingTag
    | Growing
    | Proposed
    | Dragging
)
BROWSING = Browsing()


@dataclass(frozen=True, slots=True)
class Context:
    """What the editor needs to know and does not change."""

    frame: Frame
    tags: tuple[Tag, ...]
    """In the order of their digits."""
    new_uuid: Callable[[], str]
    keys: KeyGrid = QWERTY

    @property
    def smallest(self) -> tuple[float, float]:
        """One pixel of the picture, as fractions: a region is at least that wide and high."""
        return 1 / self.frame.picture_width_px, 1 / self.frame.picture_height_px

    def tag(self, tag_id: int | None) -> Tag | None:
        """The tag with that key, if the project has it."""
        return next((tag for tag in self.tags if tag.id == tag_id), None)

    def name_of(self, tag_id: int) -> str:
        """The name of a tag, for labels of edits."""
        tag = self.tag(tag_id)
        return tag.name if tag is not None else "?"


@dataclass(frozen=True, slots=True)
class EditorState:
    """All there is to know about the editing of one image."""

    tagging: Tagging
    selected: str | None = None
    """UUID of the selected region."""
    sticky_tag_id: int | None = None
    """The tag that new boxes get."""
    mode: Mode = BROWSING
    view: View = WHOLE
    hidden: bool = False
    """Whether the boxes are hidden to look at the picture."""
    close_up: bool = False
    """Whether pointing shows each chosen cell larger at once; that draws the picture anew."""
    last: Repeatable | None = None
    """The last edit of a region, for doing it again to another."""

    @property
    def region(self) -> Region | None:
        """The selected region."""
        return None if self.selected is None else self.tagging.region(self.selected)

    @property
    def shown_view(self) -> View:
        """The view as drawn: pointing may have zoomed into a cell."""
        return self.mode.view if isinstance(self.mode, Pointing) else self.view

    @property
    def suggested(self) -> tuple[Suggestion, ...]:
        """The suggestions that are shown."""
        return () if self.hidden else self.tagging.suggestions

    @property
    def labels(self) -> dict[str, str]:
        """The letters of regions and suggestions, by id.

        An accepted suggestion keeps its letter, and no letter changes during a review.
        """
        boxes = sorted(
            [region.uuid for region in self.tagging.regions]
            + [suggestion.uuid for suggestion in self.tagging.suggestions]
        )
        if isinstance(self.mode, Reviewing):
            boxes = [*self.mode.order, *(uuid for uuid in boxes if uuid not in self.mode.order)]
        return dict(zip(boxes, letters(len(boxes)), strict=True))

    @property
    def ready(self) -> EditorState:
        """The same state with nothing begun: a count or a review gives way to another command."""
        begun = isinstance(self.mode, Counting | Reviewing)
        return replace(self, mode=BROWSING) if begun else self


@dataclass(frozen=True, slots=True)
class Outcome:
    """The state after a command, and what else has to happen."""

    state: EditorState
    edit: Edit | None = None
    """To be saved now; `state` has it already."""
    notice: str = ""
    """One line for the person: why nothing happened, or what follows from it."""
    leave: bool = False
    """Whether the person wants to leave the image."""
    advance: bool = False
    """Whether this image is done and the next one is wanted."""


def edited(state: EditorState, edit: Edit | None) -> Outcome:
    """The state after an edit, if there is one."""
    if edit is None:
        return Outcome(state)
    return Outcome(replace(state, tagging=apply_edit(state.tagging, edit)), edit)


def showing_selected(state: EditorState, context: Context) -> EditorState:
    """The view moved as little as it takes to show the selected region."""
    if state.region is None:
        return state
    return replace(state, view=revealing(state.view, context.frame, state.region.box))
