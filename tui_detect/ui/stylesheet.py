"""Textual's stylesheet, without reading the same styles again for every new screen."""

from __future__ import annotations

from typing import Final

from textual.cache import LRUCache
from textual.css.stylesheet import Stylesheet

SOURCES_KEPT: Final = 1024
"""Each class of widget is one. Textual keeps 64 and reads all of them in turn, so that with more
than 64 it always reads every one anew: 0.2 s of the event loop for each new kind of screen."""


class KeptStylesheet(Stylesheet):
    """What was read stays read until a variable changes."""

    def __init__(self, *, variables: dict[str, str]) -> None:
        super().__init__(variables=variables)
        self._parse_cache = LRUCache(SOURCES_KEPT)

    def set_variables(self, variables: dict[str, str]) -> None:
        """Forget what was read with other variables; the same ones come with every new screen."""
        if variables != self._variables:
            super().set_variables(variables)

    def reparse(self) -> None:
        """Read what was not read with these variables."""
        self.parse()
