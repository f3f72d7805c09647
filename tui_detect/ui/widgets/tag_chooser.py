"""Choose a tag by part of its name, or make a new one, beside the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from tui_detect.core.model import Tag
from tui_detect.ui.widgets.lines import Lines

ROOM = 10


class TagChooser(Vertical):
    """A field for the name and the tags that match; it lies over the canvas, not beside it."""

    DEFAULT_CSS = """
    TagChooser {
        width: 34;
        height: auto;
        padding: 0 1;
        background: $surface;
        border: round $border;
        border-title-color: $primary;
        border-subtitle-color: $text-muted;
    }
    TagChooser Lines {
        height: 10;
        background: $surface;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "previous", show=False, id="tag_chooser.up"),
        Binding("down", "move(1)", "next", show=False, id="tag_chooser.down"),
        Binding("enter", "choose", "choose", show=True, id="tag_chooser.choose"),
        Binding("escape,ctrl+g", "cancel", "leave", id="tag_chooser.cancel"),
    ]

    @dataclass
    class Chosen(Message):
        """A tag, or the name of a new one."""

        tag: Tag | None
        new_name: str = ""

    @dataclass
    class Cancelled(Message):
        """No tag after all."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._tags: Sequence[Tag] = ()
        self._options: list[Tag | str] = []
        self._at = 0

    def compose(self) -> ComposeResult:
        """The field over the list."""
        yield Input(placeholder="name", id="tag-name")
        yield Lines()

    def open(self, tags: Sequence[Tag], title: str, preferred: int | None) -> None:
        """Start over with these tags, on the one with the id `preferred`."""
        self._tags = tags
        self.border_title = title
        self.border_subtitle = "enter choose · ctrl+g leave"
        field = self.query_one(Input)
        with self.prevent(Input.Changed):
            field.value = ""
        self._options = [*tags]
        self._at = next((i for i, tag in enumerate(tags) if tag.id == preferred), 0)
        self._show()
        field.focus()

    @on(Input.Changed)
    def _name_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._options = options_for(event.value, self._tags)
        self._at = 0
        self._show()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_choose()

    def action_move(self, step: int) -> None:
        """Up or down the list."""
        if self._options:
            self._at = (self._at + step) % len(self._options)
            self._show()

    def action_choose(self) -> None:
        """Take the tag under the cursor."""
        if not self._options:
            return
        option = self._options[self._at]
        if isinstance(option, str):
            self.post_message(self.Chosen(None, option))
        else:
            self.post_message(self.Chosen(option))

    def action_cancel(self) -> None:
        """Leave it."""
        self.post_message(self.Cancelled())

    def _show(self) -> None:
        first = min(max(0, self._at - ROOM // 2), max(0, len(self._options) - ROOM))
        lines: list[Text] = []
        for index, option in list(enumerate(self._options))[first : first + ROOM]:
            mark = "▸ " if index == self._at else "  "
            if isinstance(option, str):
                line = Text.assemble(mark, "+ new tag ", (option, "bold"))
            else:
                line = Text.assemble(mark, ("■ ", option.colour), option.name)
            if index == self._at:
                line.stylize("bold")
            lines.append(line)
        if not self._options:
            lines.append(Text("  type the name of the first tag", style="dim"))
        self.query_one(Lines).show(lines)


def options_for(text: str, tags: Sequence[Tag]) -> list[Tag | str]:
    """The tags with that text in their name, best first; then the text as a new tag, unless it
    is one; last the tags that only have its letters in order."""
    name = text.strip()
    if not name:
        return [*tags]
    ranks = {tag: _rank(name, tag.name) for tag in tags}
    alike: list[Tag | str] = [tag for rank in (0, 1, 2) for tag in tags if ranks[tag] == rank]
    new = [] if 0 in ranks.values() else [name]
    return [*alike, *new, *(tag for tag in tags if ranks[tag] == 3)]


def _rank(text: str, name: str) -> int | None:
    """0 for the same, 1 for a beginning, 2 for a part, 3 for letters in order; else `None`."""
    text, name = text.casefold(), name.casefold()
    if text == name:
        return 0
    if name.startswith(text):
        return 1
    if text in name:
        return 2
    remaining = iter(name)
    return 3 if all(letter in remaining for letter in text) else None
