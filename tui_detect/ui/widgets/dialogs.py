"""Questions and errors: every dialog has a second key beside escape."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from tui_detect.core.errors import TuiDetectError

Answer = TypeVar("Answer")


class Dialog(ModalScreen[Answer]):
    """A question over the screen it belongs to, in a frame of class `dialog`."""

    # Absolute, since dialogs elsewhere inherit it.
    CSS_PATH = Path(__file__).with_name("dialogs.tcss")


class Confirm(Dialog[bool]):
    """Ask before something happens; Cancel has the focus unless it is harmless."""

    BINDINGS = [
        Binding("y", "answer(True)", "yes", id="confirm.yes"),
        Binding("n,escape,q", "answer(False)", "cancel", id="confirm.no"),
        Binding("left,up", "app.focus_previous", show=False, id="confirm.left"),
        Binding("right,down", "app.focus_next", show=False, id="confirm.right"),
    ]

    def __init__(
        self, title: str, lines: Sequence[str], verb: str, *, harmless: bool = False
    ) -> None:
        super().__init__()
        self._title = title
        self.lines = lines
        self._verb = verb
        self._harmless = harmless

    def compose(self) -> ComposeResult:
        """What will happen, and the two answers."""
        with Vertical(classes="dialog" if self._harmless else "dialog -danger") as dialog:
            dialog.border_title = Content(self._title)
            dialog.border_subtitle = "y yes · n cancel"
            with VerticalScroll(can_focus=False):
                for line in self.lines:
                    yield Static(Content(line))
            with Horizontal(classes="buttons"):
                yield Button("Cancel", id="cancel", compact=True)
                yield Button(
                    Content(self._verb),
                    id="do",
                    variant="primary" if self._harmless else "error",
                    compact=True,
                )

    def on_mount(self) -> None:
        """Enter does the safe thing."""
        self.query_one("#do" if self._harmless else "#cancel").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """An answer by button."""
        self.dismiss(event.button.id == "do")

    def action_answer(self, answer: bool) -> None:
        """An answer by key."""
        self.dismiss(answer)


class Prompt(Dialog[str | None]):
    """Ask for one line of text; `None` when it is cancelled."""

    BINDINGS = [
        Binding("escape,ctrl+g", "cancel", "cancel", id="prompt.cancel"),
    ]

    def __init__(
        self,
        title: str,
        label: str = "",
        value: str = "",
        placeholder: str = "",
        *,
        may_be_empty: bool = False,
        goes_on: bool = False,
    ) -> None:
        """A question; with `goes_on` what is typed comes behind the value, else in its place."""
        super().__init__()
        self._title = title
        self._label = label
        self._value = value
        self._placeholder = placeholder
        self._may_be_empty = may_be_empty
        self._goes_on = goes_on

    def compose(self) -> ComposeResult:
        """The label over its field."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(self._title)
            dialog.border_subtitle = "enter accept · escape or ctrl+g cancel"
            if self._label:
                yield Static(Content(self._label), classes="label")
            yield Input(
                self._value, self._placeholder, id="answer", select_on_focus=not self._goes_on
            )

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the text, unless there is none."""
        if event.value.strip() or self._may_be_empty:
            self.dismiss(event.value.strip())

    def action_cancel(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)


class ErrorDialog(Dialog[None]):
    """What happened and why, and what to do about it; stays until it is read."""

    BINDINGS = [
        Binding("enter,escape,q,space", "close", "close", id="error.close"),
    ]

    def __init__(self, error: TuiDetectError) -> None:
        super().__init__()
        self._error = error

    @property
    def message(self) -> str:
        """What happened and why."""
        return self._error.message

    def shows(self, error: TuiDetectError) -> bool:
        """Whether it says the same already."""
        return error.message == self._error.message and error.title == self._error.title

    def compose(self) -> ComposeResult:
        """What and why, then what to do."""
        with Vertical(classes="dialog -danger") as dialog:
            dialog.border_title = Content(self._error.title)
            dialog.border_subtitle = "enter or escape: close"
            with VerticalScroll(can_focus=False):
                yield Static(Content(_sentence(self._error.message)), id="message")
                if self._error.hint:
                    yield Static(Content(_sentence(self._error.hint)), id="hint", classes="muted")

    def action_close(self) -> None:
        """It has been read."""
        self.dismiss(None)


def _sentence(text: str) -> str:
    """Messages carry no full stop and may start in lower case; names of files stay as they are."""
    text = text.strip()
    first = text[:1].upper() if text.split(" ")[0].isalpha() else text[:1]
    return f"{first}{text[1:]}" + ("" if text.endswith((".", "!", "?")) else ".")
