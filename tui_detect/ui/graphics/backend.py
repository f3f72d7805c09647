"""What the canvas asks of a way to draw: one implementation per kind of terminal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from rich.segment import Segment
from rich.style import Style
from textual.geometry import NULL_OFFSET, Offset, Region
from textual.strip import Strip

from tui_detect.core.view import Frame, Placement, View, place
from tui_detect.ui.graphics.overlay import Overlay

Sight = Literal["clear", "overlapped", "behind", "hidden"]
"""Whether the canvas is seen: all of it, with something over it, behind a dialog, not at all."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where a canvas lies on the screen and what lies over it."""

    origin: Offset = NULL_OFFSET
    sight: Sight = "clear"
    covered: tuple[Region, ...] = ()
    """The parts of the canvas that other widgets lie over."""


@dataclass(frozen=True, slots=True)
class PictureSource:
    """A picture file and its upright size."""

    path: Path
    name: str
    width_px: int
    height_px: int

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height."""
        return self.width_px, self.height_px

    def job(self, view: View, columns: int, rows: int, cell_aspect: float) -> PictureJob:
        """To draw a view of it on a canvas of that size."""
        frame = Frame(columns, rows, self.width_px, self.height_px, cell_aspect)
        return PictureJob(self.path, view, frame, place(view, frame))


@dataclass(frozen=True, slots=True)
class PictureJob:
    """Which part of which picture is to be drawn on what canvas."""

    path: Path
    view: View
    frame: Frame
    placement: Placement

    @property
    def bounds(self) -> Region:
        """The cells of the canvas that it covers."""
        lay = self.placement
        return Region(lay.column, lay.row, lay.columns, lay.rows)


class Prepared(Protocol):
    """A picture ready to be shown; made off the event loop."""

    @property
    def job(self) -> PictureJob:
        """What it was made for."""

    @property
    def fine(self) -> bool:
        """Whether a second, fine one would look no better."""


class Backend(Protocol):
    """Draws the picture layer and the overlay layer; a key never draws the picture again."""

    @property
    def name(self) -> str:
        """For the person: `half blocks`."""

    def prepare(
        self, job: PictureJob, unwanted: Callable[[], bool], *, fine: bool = False
    ) -> Prepared | None:
        """Read, scale and convert the picture; `None` when it became unwanted. Runs in a thread.

        Args:
            fine: as it looks best; otherwise what is soonest there.

        Raises:
            PictureRefused: it cannot be read.
        """

    def deliver(
        self, prepared: Prepared, then: Callable[[bool], None], *, patient: bool = False
    ) -> None:
        """Bring its data to the terminal; `then` is told whether it can be shown.

        Args:
            patient: it may be given up for anything that is to be drawn meanwhile.
        """

    def stop(self) -> None:
        """Give up what is being delivered."""

    def show(self, prepared: Prepared | None) -> list[Region]:
        """Take a delivered picture as the one on the canvas, or none; what that changed.

        The overlay is to be drawn anew.
        """

    def draw(self, overlay: Overlay) -> list[Region]:
        """Take an overlay as the one on the canvas; what of the canvas changed by that."""

    def lines(self, crop: Region, ground: Style) -> list[Strip]:
        """The canvas as text, for the compositor; `ground` is what lies around the picture."""

    def cells(self, run: Region) -> list[Segment]:
        """The cells of a run within one row of the picture, as `lines` has them."""

    def lie(self, surroundings: Surroundings) -> list[Region]:
        """Know where on the screen the canvas lies and what of it is seen; what that changed."""

    def close(self) -> None:
        """Leave nothing in the terminal; what is shown next is prepared anew."""
