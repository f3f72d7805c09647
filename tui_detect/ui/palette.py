"""The palette's entries: every action that has a key now, found by its words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.dom import DOMNode
from textual.types import IgnoreReturnCallbackType


class _Entry(NamedTuple):
    text: str
    keys: str
    run: IgnoreReturnCallbackType


class ActionsProvider(Provider):
    """The actions of the focused widget, its screen and the app."""

    def _entries(self) -> Iterator[_Entry]:
        seen: set[str] = set()
        for node, binding, enabled, tooltip in self.screen.active_bindings.values():
            text = binding.tooltip or tooltip or binding.description
            moves_cursor = not binding.show and not binding.tooltip
            if binding.id is None or moves_cursor or not text or not enabled or binding.id in seen:
                continue
            seen.add(binding.id)
            area = binding.id.partition(".")[0]
            label = f"{area}: {text}"
            keys = self.app.get_key_display(binding)
            yield _Entry(label, f"key {keys}", partial(self._run, binding.action, node))

    async def _run(self, action: str, node: DOMNode) -> None:
        await self.app.run_action(action, node)

    async def discover(self) -> Hits:
        """Everything, before a letter is typed."""
        for entry in self._entries():
            yield DiscoveryHit(entry.text, entry.run, help=entry.keys)

    async def search(self, query: str) -> Hits:
        """What matches, best first."""
        matcher = self.matcher(query)
        for entry in self._entries():
            score = matcher.match(entry.text)
            if score > 0:
                yield Hit(score, matcher.highlight(entry.text), entry.run, help=entry.keys)
