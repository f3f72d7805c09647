"""The Tagging screen on one finding: its label selected, the model's box as a ghost over it."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType

from tui_detect.core.geometry import Box
from tui_detect.core.view import zoomed_to
from tui_detect.ui.graphics.overlay import Overlay, OverlayBox
from tui_detect.ui.screens.tagging import TaggingScreen
from tui_detect.ui.screens.tagging_keys import bindings
from tui_detect.ui.settling_session import Settle
from tui_detect.ui.widgets.canvas import Canvas
from tui_detect.workflows import settling


# Not inherited but listed again, since the keys of its own come first in the footer.
class FindingEditor(TaggingScreen, inherit_bindings=False):
    """One picture, opened on a box; the ghost is only looked at and never stored."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "T",
            "settle('take')",
            "take over",
            tooltip="take over what the model found, and go on to the next",
            id="errors.take_here",
        ),
        Binding(
            "Y",
            "settle('keep')",
            "keep",
            tooltip="keep the label, and go on to the next",
            id="errors.keep_here",
        ),
        *bindings(),
    ]

    def __init__(
        self, image_id: int, area: Box, selected: str | None, ghost: OverlayBox | None
    ) -> None:
        """Open the image with `area` in view, and with a region selected if there is one."""
        super().__init__([image_id])
        self._area: Box | None = area
        self._selected = selected
        self._ghost = ghost
        self.then: Settle | None = None
        """What the person said about the finding on leaving."""

    def overlay(self) -> Overlay:
        """With the model's box below the regions, so that it hides none of them."""
        overlay = super().overlay()
        if self._ghost is None or self.state.hidden:
            return overlay
        return replace(overlay, boxes=(self._ghost, *overlay.boxes))

    @on(Canvas.FrameChanged)
    def _begin(self) -> None:
        """Look at the label, as soon as it is known how much room there is."""
        if self._area is None:
            return
        view, self._area = zoomed_to(self._area, self.canvas.frame), None
        state = self.state.ready
        selected = self._selected if state.tagging.region(self._selected or "") else None
        self.session.state = replace(state, view=view, selected=selected)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Settling is leaving, and possible when that is."""
        leaving = action == "settle"
        return super().check_action("leave" if leaving else action, () if leaving else parameters)

    def action_settle(self, how: str) -> None:
        """Leave with a verdict, unless something could not be saved."""
        self.then = {"take": settling.take, "keep": settling.keep}[how]
        super().action_leave()

    def action_leave(self) -> None:
        """Leave without a verdict."""
        self.then = None
        super().action_leave()

    def action_advance(self) -> None:
        """Done: the next finding comes."""
        self.action_leave()
