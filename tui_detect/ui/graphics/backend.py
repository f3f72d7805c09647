"""What the canvas asks of a way to draw: one implementation per kind of terminal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from tui_detect.core.view import Frame, Placement, View
from tui_detect.ui.graphics.overlay import Overlay


@dataclass(frozen=True, slots=True)
class PictureJob:
    """Which part of which picture is to be drawn on what canvas."""

    path: Path
    view: View
    frame: Frame
    placement: Placement


class Prepared(Protocol):
    """A picture ready to be shown; made off the event loop."""

    @property
    def job(self) -> PictureJob:
        """What it was made for."""


class Backend(Protocol):
    """Draws the picture layer and the overlay layer; a key never draws the picture again."""

    @property
    def name(self) -> str:
        """For the person: `half blocks`."""

    def prepare(self, job: PictureJob, unwanted: Callable[[], bool]) -> Prepared | None:
        """Read, scale and convert the picture; `None` when it became unwanted. Runs in a thread.

        Raises:
            PictureRefused: it cannot be read.
        """

    def show(self, prepared: Prepared | None) -> None:
        """Take a prepared picture as the one on the canvas, without an overlay; `None`: none."""

    def draw(self, overlay: Overlay) -> list[Region]:
        """Take an overlay as the one on the canvas; what of the canvas changed by that."""

    def lines(self, crop: Region, ground: Style) -> list[Strip]:
        """The canvas as text, for the compositor; `ground` is what lies around the picture."""
