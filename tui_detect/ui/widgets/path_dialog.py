"""Type a path or pick it: the folder's entries are listed below the field."""

from __future__ import annotations

import asyncio

from textual import getters, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tui_detect.ui.errors import ReportsErrors
from tui_detect.ui.path_completion import complete
from tui_detect.ui.widgets.dialogs import Dialog
from tui_detect.ui.widgets.path_input import PathInput
from tui_detect.ui.wording import printable

MOST_LISTED = 200


class PathDialog(ReportsErrors, Dialog[str | None]):
    """Ask for a path; `None` when it is cancelled."""

    CSS = """
    PathDialog {
        & .dialog { width: 84; height: 80%; max-height: 24; }
        & #entries { height: 1fr; margin-top: 1; scrollbar-size-vertical: 1; }
        & #hint { color: $text-muted; height: auto; }
    }
    """
    BINDINGS = [
        Binding("escape,ctrl+g", "cancel", "cancel", id="path-dialog.cancel"),
        Binding("down", "to_list", "list", show=False, id="path-dialog.list"),
    ]

    field = getters.query_one(PathInput)
    entries = getters.query_one("#entries", OptionList)

    def __init__(self, title: str, hint: str = "", value: str = "") -> None:
        super().__init__()
        self._title = title
        self._hint = hint
        self._value = value
        self._folder = ""
        self._names: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """The field, and what its folder holds."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = Content(self._title)
            dialog.border_subtitle = "enter accept · tab complete · ↓ pick · escape cancel"
            yield Static(Content(self._hint), id="hint")
            yield PathInput(self._value, "folder, file or glob", id="path")
            yield OptionList(id="entries")

    def on_mount(self) -> None:
        """Ready to type."""
        self.field.focus()
        self._list(self._value)

    def on_input_changed(self, event: Input.Changed) -> None:
        """List what fits."""
        self._list(event.value)

    @work(exclusive=True, exit_on_error=False, group="entries")
    async def _list(self, text: str) -> None:
        """Folders are read off the event loop: one on a slow network must not stop the keys."""
        completion = await asyncio.to_thread(complete, text)
        self._folder = text.rpartition("/")[0] + "/" if "/" in text else ""
        self._names = completion.candidates[:MOST_LISTED]
        self.entries.set_options(Option(Content(printable(name))) for name in self._names)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the path, unless there is none."""
        if event.value.strip():
            self.dismiss(event.value.strip())

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A folder is gone into, a file is taken."""
        path = self._folder + self._names[event.option_index]
        if path.endswith("/"):
            self.field.value = path
            self.field.cursor_position = len(path)
            self.field.focus()
        else:
            self.dismiss(path)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Down leaves the field for the list."""
        return action != "to_list" or (self.field.has_focus and bool(self._names))

    def action_to_list(self) -> None:
        """Pick from the list."""
        self.entries.focus()
        self.entries.highlighted = 0

    def action_cancel(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)
