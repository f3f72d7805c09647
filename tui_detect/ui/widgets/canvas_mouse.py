"""The mouse over a picture, where the terminal reports it: in fractions of the picture."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.widget import Widget

from tui_detect.core.view import Placement


class PictureMouse(Widget):
    """Tells its owner what the left button does; other buttons and plain moves are ignored."""

    @dataclass
    class Pressed(Message):
        """The button went down at a point of the picture."""

        x: float
        y: float

    @dataclass
    class Moved(Message):
        """The mouse moved with the button down."""

        x: float
        y: float

    @dataclass
    class Released(Message):
        """The button went up."""

    _held = False

    @abstractmethod
    def _mouse_placement(self) -> Placement | None:
        """Where the picture lies; `None` when there is none."""

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Hold on to the mouse, also beyond the picture's borders."""
        point = self._point(event)
        if event.button == 1 and point is not None:
            self._held = True
            self.capture_mouse()
            self.post_message(self.Pressed(*point))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the mouse while the button is down."""
        point = self._point(event)
        if self._held and point is not None:
            self.post_message(self.Moved(*point))

    def on_mouse_up(self, _event: events.MouseUp) -> None:
        """Let go."""
        if self._held:
            self._held = False
            self.release_mouse()
            self.post_message(self.Released())

    def _point(self, event: events.MouseEvent) -> tuple[float, float] | None:
        """The middle of the cell under the mouse; a terminal tells no more."""
        placement = self._mouse_placement()
        return None if placement is None else placement.to_picture(event.x + 0.5, event.y + 0.5)
