"""The tabs Untagged, Tagged, Background, All with their counts, on one line."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui_detect.core.query import State

STATES: tuple[State, ...] = ("untagged", "tagged", "background", "all")
SEPARATOR = " │ "


class StateTabs(Widget):
    """One of the four is shown; a click chooses another."""

    DEFAULT_CSS = """
    StateTabs {
        height: 1;
        padding: 0 1;
        color: $text-muted;
        link-style: none;
        link-color: $text-muted;
        link-background: $background;
        link-background-hover: $panel;
    }
    """

    state: reactive[State] = reactive[State]("all")
    counts: reactive[dict[State, int]] = reactive[dict[State, int]]({})
    note: reactive[str] = reactive("")
    """Shown at the right end."""

    @dataclass
    class Chosen(Message):
        """A tab was clicked."""

        state: State

    def render(self) -> Content:
        """The shown tab is bold and underlined: not colour alone."""
        tabs = [self._tab(state) for state in STATES]
        line = Content(SEPARATOR).join(tabs)
        room = self.content_size.width - line.cell_length - 2
        if not self.note or room < 6:
            return line
        note = Content(self.note).truncate(room, ellipsis=True)
        return Content.assemble(line, " " * (room + 2 - note.cell_length), note)

    def _tab(self, state: State) -> Content:
        count = self.counts.get(state)
        text = state.capitalize() if count is None else f"{state.capitalize()} {count:,}"
        style = "bold underline $primary" if state == self.state else ""
        return Content.styled(text, style).stylize(f"@click=choose('{state}')")

    def action_choose(self, state: State) -> None:
        """A click on a tab."""
        self.post_message(self.Chosen(state))
