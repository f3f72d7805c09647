"""All warnings of a run, each in full."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui_detect.core.words import count
from tui_detect.ui.widgets.dialogs import Dialog
from tui_detect.ui.wording import printable


class WarningList(Dialog[None]):
    """What a run warned of, in the order it happened."""

    BINDINGS = [
        Binding("w,q,escape,enter", "close", "close", id="warning-list.close"),
    ]

    def __init__(self, warnings: Sequence[str]) -> None:
        super().__init__()
        self._warnings = warnings

    def compose(self) -> ComposeResult:
        """Each warning on lines of its own."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = count(len(self._warnings), "warning")
            dialog.border_subtitle = "arrows scroll · q or escape close"
            with VerticalScroll():
                for warning in self._warnings:
                    yield Static(Content(f"! {printable(warning)}"))

    def action_close(self) -> None:
        """They have been read."""
        self.dismiss(None)
