"""Something to read, and to close."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui_detect.ui.widgets.dialogs import Dialog


class TextDialog(Dialog[None]):
    """A text under a title."""

    BINDINGS = [Binding("enter,escape,q,space", "close", "close", id="text.close")]

    def __init__(self, title: str, text: Content) -> None:
        super().__init__()
        self._title = title
        self._text = text

    def compose(self) -> ComposeResult:
        """The text, scrolled by the arrows."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(self._title)
            dialog.border_subtitle = "enter or q close"
            with VerticalScroll():
                yield Static(self._text)

    def action_close(self) -> None:
        """It has been read."""
        self.dismiss(None)
