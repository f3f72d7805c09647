"""A field for a path: what follows is shown while typing, tab takes it."""

from __future__ import annotations

import asyncio

from textual.binding import Binding
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input

from tui_detect.ui.path_completion import complete


class _PathSuggester(Suggester):
    """Suggests the one completion there is."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The text completed as far as certain; folders are read off the event loop."""
        if not value:
            return None
        completion = await asyncio.to_thread(complete, value)
        return completion.text if completion.text != value else None


class PathInput(Input):
    """An input that completes paths with tab."""

    BINDINGS = [Binding("tab", "complete", "complete", id="path.complete")]

    class Candidates(Message):
        """Tab left more than one possibility, or none."""

        def __init__(self, names: tuple[str, ...]) -> None:
            super().__init__()
            self.names = names

    def __init__(self, value: str = "", placeholder: str = "", *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(value, placeholder, id=id, suggester=_PathSuggester())

    async def action_complete(self) -> None:
        """Take what is certain; say what is possible."""
        before = self.value
        completion = await asyncio.to_thread(complete, before)
        if self.value != before:
            return
        self.value = completion.text
        self.cursor_position = len(self.value)
        unclear = completion.candidates if len(completion.candidates) != 1 else ()
        self.post_message(self.Candidates(unclear))
