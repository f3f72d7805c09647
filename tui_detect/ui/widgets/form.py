"""A dialog of several fields, in which enter goes on to the next."""

from __future__ import annotations

from textual.binding import Binding
from textual.widgets import Input

from tui_detect.ui.widgets.dialogs import Answer, Dialog


class Form(Dialog[Answer]):
    """Fields that keys typed in a burst reach in order, as over a slow link or pasted.

    The bindings have priority because a key goes to the queue of the field in focus at once: with
    `Input.Submitted` or the usual tab, what is typed right behind would land in the field before.
    """

    BINDINGS = [
        Binding("enter,tab", "next_field", "next", priority=True, show=False, id="form.next"),
        Binding("shift+tab", "field_before", "before", priority=True, show=False, id="form.before"),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enter on a button or in a list keeps its meaning."""
        return action not in ("next_field", "field_before") or isinstance(self.focused, Input)

    def action_next_field(self) -> None:
        """Go to the next field, and from the last to the buttons."""
        self.focus_next()

    def action_field_before(self) -> None:
        """Go back to the field before."""
        self.focus_previous()
