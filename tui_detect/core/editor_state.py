"""The editor's state: what is selected, what the person is in the middle of, what is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from tui_detect.core.edits import Edit, Tagging
from tui_detect.core.geometry import Box
from tui_detect.core.model import Region, Tag
from tui_detect.core.pointing import QWERTY, KeyGrid, Pointing
from tui_detect.core.region_edits import Part
from tui_detect.core.view import WHOLE, Frame, View

Direction = Literal["left", "right", "up", "down"]


class Act(StrEnum):
    """What a person can ask for, whatever key it is bound to."""

    NEW_BOX = "new_box"
    NEXT_REGION = "next_region"
    PREVIOUS_REGION = "previous_region"
    PICK_REGION = "pick_region"
    PICK_TAG = "pick_tag"
    DUPLICATE = "duplicate"
    DELETE = "delete"
    BACKGROUND = "background"
    ZOOM_IN = "zoom_in"
    ZOOM_OUT = "zoom_out"
    ZOOM_REGION = "zoom_region"
    ZOOM_WHOLE = "zoom_whole"
    HIDE = "hide"
    CLOSE_UP = "close_up"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class Nudge:
    """Move the selected region or one of its edges; without a selection, pan."""

    part: Part
    direction: Direction
    coarse: bool = False


@dataclass(frozen=True, slots=True)
class Browsing:
    """Every command works."""


@dataclass(frozen=True, slots=True)
class PickingRegion:
    """Waiting for the letters of a region."""

    typed: str = ""


@dataclass(frozen=True, slots=True)
class PickingTag:
    """Waiting for a tag: for a new box, for the selected region, or for the boxes to come."""

    box: Box | None = None


Mode = Browsing | Pointing | PickingRegion | PickingTag
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

    @property
    def region(self) -> Region | None:
        """The selected region."""
        return None if self.selected is None else self.tagging.region(self.selected)

    @property
    def shown_view(self) -> View:
        """The view as drawn: pointing may have zoomed into a cell."""
        return self.mode.view if isinstance(self.mode, Pointing) else self.view


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
