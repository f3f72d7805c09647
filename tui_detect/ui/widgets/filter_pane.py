"""Tags and splits with their counts; choosing one narrows the grid to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui_detect.core.query import ImageQuery, SplitChoice
from tui_detect.ui.wording import printable
from tui_detect.workflows.tags import TagCount

SPLIT_NAMES: dict[SplitChoice, str] = {
    "train": "train",
    "validation": "validation",
    "none": "no split yet",
}


class FilterPane(OptionList):
    """What the grid can be narrowed to, and what it is narrowed to (✓)."""

    DEFAULT_CSS = """
    FilterPane {
        width: 20;
        height: 1fr;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        & > .option-list--option-disabled { color: $text-muted; }
    }
    """
    BINDINGS = [
        Binding("space,enter", "select", "filter", tooltip="show only these", id="filter.choose"),
    ]

    @dataclass
    class TagChosen(Message):
        """A tag was chosen, or no longer."""

        name: str

    @dataclass
    class SplitChosen(Message):
        """A split was chosen, or no longer."""

        split: SplitChoice

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._shown: tuple[Sequence[TagCount], dict[SplitChoice, int], ImageQuery] | None = None
        self._choices: list[FilterPane.TagChosen | FilterPane.SplitChosen | None] = []

    def show(
        self, tags: Sequence[TagCount], splits: dict[SplitChoice, int], query: ImageQuery
    ) -> None:
        """Show these counts; the highlighted line stays."""
        self._shown = tags, splits, query
        highlighted = self.highlighted
        width = max(12, self.content_size.width or 20)
        lines: list[tuple[Content, FilterPane.TagChosen | FilterPane.SplitChosen | None]] = []
        lines.append((Content.styled("Tags", "bold"), None))
        for count in tags:
            chosen = count.tag.name in query.tags
            mark = Content.styled("■ ", count.tag.colour)
            name = printable(count.tag.name)
            line = _line(mark, name, count.images, chosen, width)
            lines.append((line, self.TagChosen(count.tag.name)))
        if not tags:
            lines.append((Content("none yet"), None))
        lines += [(Content(""), None), (Content.styled("Split", "bold"), None)]
        for split, number in splits.items():
            if number or split != "none":
                line = _line(Content(), SPLIT_NAMES[split], number, split == query.split, width)
                lines.append((line, self.SplitChosen(split)))
        self._choices = [choice for _, choice in lines]
        self.set_options(Option(line, disabled=choice is None) for line, choice in lines)
        if highlighted is not None and highlighted < len(lines):
            self.highlighted = highlighted

    def on_focus(self) -> None:
        """Something is chosen by the first key."""
        if self.highlighted is None:
            self.action_first()

    def on_resize(self) -> None:
        """Numbers stay at the right edge."""
        if self._shown is not None:
            self.show(*self._shown)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Say what was chosen."""
        event.stop()
        choice = self._choices[event.option_index]
        if choice is not None:
            self.post_message(choice)


def _line(mark: Content, name: str, number: int, chosen: bool, width: int) -> Content:
    right = f"{number:,}"
    check = "✓ " if chosen else ""
    room = max(1, width - mark.cell_length - len(check) - len(right) - 1)
    text = Content(name).truncate(room, ellipsis=True)
    gap = " " * (width - mark.cell_length - len(check) - text.cell_length - len(right))
    if chosen:
        text = text.stylize("bold")
    return Content.assemble(mark, check, text, gap, (right, "$text-muted"))
