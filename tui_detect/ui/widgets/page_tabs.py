"""The pages of a view on one line, the one in sight underlined."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui_detect.ui.widgets.plot import QUIET


class PageTabs(Widget):
    """The titles of the pages; a click chooses one."""

    DEFAULT_CSS = """
    PageTabs {
        height: 1;
        link-style: none;
        link-color: $text-muted;
        link-background: $background;
        link-background-hover: $panel;
    }
    """

    titles: reactive[tuple[str, ...]] = reactive[tuple[str, ...]](())
    page: reactive[int] = reactive(0)

    @dataclass
    class Chosen(Message):
        """A title was clicked."""

        page: int

    def render(self) -> Content:
        """As many as fit."""
        tabs = [
            Content.styled(
                title, "bold underline $primary" if page == self.page else QUIET
            ).stylize(f"@click=choose({page})")
            for page, title in enumerate(self.titles)
        ]
        return Content("  ").join(tabs).truncate(self.content_size.width, ellipsis=True)

    def action_choose(self, page: int) -> None:
        """A click on a title."""
        self.post_message(self.Chosen(page))
