"""Keys typed ahead: each is given out when what the one before it set off is done.

Textual sends a key to the widget in focus as soon as it is read, while a change of focus, a binding
or a new view takes a few messages more. Keys that arrive together, as over a slow link, would land
in the field or the view that the first of them has just left.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from textual.events import Event

if TYPE_CHECKING:
    from textual.app import App
    from textual.message_pump import MessagePump

PASSES = 2
"""The first is behind the key; the second behind the messages that the key made widgets send."""
PATIENCE_S = 2.0
"""A widget that hangs must not keep the key that leaves it."""


class TypeAhead:
    """The keys that wait, in their order."""

    def __init__(self, app: App[None], give_out: Callable[[Event], object]) -> None:
        """Give keys out by a function or coroutine function that runs as the app's own handler."""
        self._app = app
        self._give_out = give_out
        self._waiting: deque[Event] = deque()
        self._task: asyncio.Task[None] | None = None

    def add(self, event: Event) -> None:
        """A key, or pasted text."""
        self._waiting.append(event)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._one_by_one())

    async def _one_by_one(self) -> None:
        while self._waiting:
            self._app.call_later(self._give_out, self._waiting.popleft())
            try:
                async with asyncio.timeout(PATIENCE_S):
                    await self._dealt_with()
            except TimeoutError:
                continue

    async def _dealt_with(self) -> None:
        """Wait on the way that a key takes: the app, the widget in focus, and what it lies in."""
        await _pass([self._app])
        for _ in range(PASSES):
            await _pass((self._app.focused or self._app.screen).ancestors_with_self)
            await _pass([self._app])


async def _pass(pumps: Iterable[MessagePump]) -> None:
    """Wait for each to come to the end of the messages that it has."""
    for pump in pumps:
        done = asyncio.Event()
        if pump.call_later(done.set):
            await done.wait()
