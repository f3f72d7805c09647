"""Collecting what live runs report: owned by the app, so that it goes on behind every screen."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from tui_detect.core.model import Iteration

if TYPE_CHECKING:
    from tui_detect.workflows.library import Library

LOOK_AROUND_S = 3.0
"""How often to look for runs that another process started, and for runs that died."""


class RunCollector:
    """Reads new events of live runs into the library, and says which iterations changed.

    `collect` runs in a thread; everything else on the event loop.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._known: dict[int, Iteration] = {}
        self._sizes_bytes: dict[int, int] = {}
        """Of the events when they were last collected, by iteration."""
        self._looked_at_s = -LOOK_AROUND_S

    @property
    def live(self) -> tuple[Iteration, ...]:
        """The runs that had not ended when last looked at, newest first."""
        running = (iteration for iteration in self._known.values() if not iteration.ended)
        return tuple(sorted(running, key=lambda iteration: iteration.id, reverse=True))

    def look_everywhere(self) -> None:
        """Leave nothing out the next time: a run was started or resumed."""
        self._looked_at_s = -LOOK_AROUND_S

    def collect(self, should_stop: Callable[[], bool] = lambda: False) -> list[Iteration]:
        """Live runs that may have news, as they are now.

        Those whose events grew; every few seconds all that are live or were, since a run that
        another process started, or one that died, has nothing to say.
        """
        from tui_detect.core.errors import NotFound
        from tui_detect.workflows import training

        everywhere = not self.live or monotonic() - self._looked_at_s >= LOOK_AROUND_S
        found: dict[int, Iteration] = {}
        if everywhere:
            self._looked_at_s = monotonic()
            running = training.collect_running(self._library)
            found = {iteration.id: iteration for iteration in running}
        for iteration in self.live:
            if iteration.id in found or should_stop():
                continue
            size_bytes = training.events_size_bytes(self._library, iteration)
            if not everywhere and size_bytes == self._sizes_bytes.get(iteration.id):
                continue
            # What is written while it is collected makes the file longer than this.
            self._sizes_bytes[iteration.id] = size_bytes
            try:
                found[iteration.id] = training.collect(self._library, iteration.id)
            except NotFound:
                self._known.pop(iteration.id, None)
        return list(found.values())

    def ended(self, found: list[Iteration]) -> list[Iteration]:
        """Those that were live when last looked at and have ended since."""
        live = {iteration.id for iteration in self.live}
        return [iteration for iteration in found if iteration.ended and iteration.id in live]

    def changed(self, found: list[Iteration]) -> list[Iteration]:
        """Those that differ from what was known; from now on they are what is known."""
        news = [item for item in found if self._known.get(item.id) != item]
        self._known.update((item.id, item) for item in news)
        return news

    def forget(self, iteration_id: int) -> None:
        """The iteration was deleted."""
        self._known.pop(iteration_id, None)
