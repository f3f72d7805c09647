"""The Tagging screen on one finding: its label selected, the model's box as a ghost over it."""

from __future__ import annotations

from dataclasses import replace

from textual import on

from tui_detect.core.geometry import Box
from tui_detect.core.view import zoomed_to
from tui_detect.ui.graphics.overlay import Overlay, OverlayBox
from tui_detect.ui.screens.tagging import TaggingScreen
from tui_detect.ui.widgets.canvas import Canvas


class FindingEditor(TaggingScreen, inherit_bindings=True):
    """One picture, opened on a box; the ghost is only looked at and never stored."""

    def __init__(
        self, image_id: int, area: Box, selected: str | None, ghost: OverlayBox | None
    ) -> None:
        """Open the image with `area` in view, and with a region selected if there is one."""
        super().__init__([image_id])
        self._area: Box | None = area
        self._selected = selected
        self._ghost = ghost

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

    def action_advance(self) -> None:
        """Done: the next finding comes."""
        self.action_leave()
