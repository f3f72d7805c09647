"""A call that can be put off and called off."""

from __future__ import annotations

from collections.abc import Callable

from textual.timer import Timer
from textual.widget import Widget


class Later:
    """At most one call at a time waits."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._timer: Timer | None = None

    @property
    def waiting(self) -> bool:
        """Whether the call is still to come."""
        return self._timer is not None

    def start(self, wait_s: float, do: Callable[[], object]) -> None:
        """Call after a time, counted from now even when a call waits."""
        self.stop()

        def call() -> None:
            self._timer = None
            do()

        self._timer = self._widget.set_timer(wait_s, call)

    def stop(self) -> None:
        """Call no more."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
