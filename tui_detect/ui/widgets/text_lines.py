"""Some lines of styled text: a change of them draws, and lays nothing out anew."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static


class TextLines(Widget):
    """Lines from the top, each cut at the width."""

    content: reactive[Content] = reactive(Content())

    def render(self) -> Content:
        """Each line cut at the width."""
        width = self.content_size.width
        lines = self.content.split("\n", allow_blank=True)
        return Content("\n").join(line.truncate(width, ellipsis=True) for line in lines)


class TailLines(TextLines):
    """The last lines that fit, the newest at the bottom."""

    def render(self) -> Content:
        """Each line cut at the width."""
        width, height = self.content_size
        lines = self.content.split("\n", allow_blank=True)[-height:] if height else ()
        return Content("\n").join(line.truncate(width, ellipsis=True) for line in lines)


class WrappedLines(TextLines):
    """Lines that go on in the next one where they are too long for the width."""

    def render(self) -> Content:
        """The text as it is; Textual wraps it."""
        return self.content


class Paragraph(Static):
    """Text as high as it must be; only what has no room lays the screen out anew."""

    def say(self, text: str) -> None:
        """Say this instead."""
        before, (width, height) = Content(str(self.content)), self.content_size
        if before.plain != text:
            now = Content(text)
            # A line that becomes free stays so: a figure that gains and loses a digit under a key
            # would lay everything out at every other press.
            fits = width > 0 and now.get_height({}, width) <= height
            self.update(now, layout=not fits)
        self.display = bool(text)
