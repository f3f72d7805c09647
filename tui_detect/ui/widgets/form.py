"""A dialog of several fields, in which enter goes on to the next."""

from __future__ import annotations

from textual import on
from textual.widgets import Input

from tui_detect.ui.widgets.dialogs import Answer, Dialog


class Form(Dialog[Answer]):
    """Fields, and the buttons behind the last of them."""

    @on(Input.Submitted)
    def go_on(self) -> None:
        """Enter in a field goes to the next, and from the last to the buttons."""
        self.focus_next()
