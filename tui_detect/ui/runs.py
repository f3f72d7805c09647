"""Collecting what live runs report: owned by the app, so that it goes on behind every screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tui_detect.core.model import Iteration

if TYPE_CHECKING:
    from tui_detect.workflows.library import Library


class RunCollector:
    """Reads new events of live runs into the library, and says which iterations changed.

    `collect` runs in a thread; everything else on the event loop.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._known: dict[int, Iteration] = {}

    @property
    def live(self) -> tuple[Iteration, ...]:
        """The runs that had not ended when last looked at, newest first."""
        running = (iteration for iteration in self._known.values() if not iteration.ended)
        return tuple(sorted(running, key=lambda iteration: iteration.id, reverse=True))

    def collect(self, should_stop: Callable[[], bool] = lambda: False) -> list[Iteration]:
        """Every iteration that is live now, or was when last looked at, as it is now."""
        from tui_detect.core.errors import NotFound
        from tui_detect.workflows import training

        found = {iteration.id: iteration for iteration in training.collect_running(self._library)}
        for iteration in self.live:
            if iteration.id in found or should_stop():
                continue
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
