"""What a person can do with a run that is on the screen, whatever its state."""

from __future__ import annotations

from textual import getters

from tui_detect.ui.screens.base import ProjectScreen
from tui_detect.ui.widgets.run_pane import RunPane


class WatchingScreen(ProjectScreen):
    """A view with a run pane; the view itself says by which keys."""

    run_pane = getters.query_one(RunPane)

    def action_plots(self, steps: int) -> None:
        """Show other plots."""
        self.run_pane.turn_plots(steps)

    def action_pictures(self) -> None:
        """Give the pictures the room of the plots, or back."""
        self.run_pane.toggle_pictures()

    def action_turn(self, steps: int) -> None:
        """The pictures after an earlier or a later epoch."""
        self.run_pane.flip_book.turn(steps)

    def action_others(self) -> None:
        """The pictures that did not fit."""
        self.run_pane.flip_book.others()

    def action_threshold(self, steps: int) -> None:
        """Boxes of other probabilities."""
        self.run_pane.flip_book.move_threshold(steps)

    def action_warnings(self) -> None:
        """Read all warnings in full."""
        from tui_detect.ui.widgets.warning_list import WarningList

        self.app.push_screen(WarningList(self.run_pane.warnings))
