"""No worker's error is dropped: whoever starts one shows what it died of."""

from __future__ import annotations

import inspect

from textual.dom import DOMNode
from textual.worker import Worker

from tui_detect.ui.errors import ReportsErrors
from tui_detect.ui.keys import known_bindings


def subclasses(cls: type[object]) -> set[type[object]]:
    """All classes below `cls` that are ours."""
    sub: type[object]
    found: set[type[object]] = set()
    for sub in cls.__subclasses__():
        found |= subclasses(sub)
        if sub.__module__.startswith("tui_detect."):
            found.add(sub)
    return found


def test_whoever_starts_workers_shows_their_errors() -> None:
    known_bindings()  # loads every screen and widget
    starters = {
        cls
        for cls in subclasses(DOMNode)
        if "run_worker(" in inspect.getsource(cls) or "@work" in inspect.getsource(cls)
    }
    assert starters
    silent = {
        cls.__qualname__
        for cls in starters
        if not issubclass(cls, ReportsErrors) and not hasattr(cls, "on_worker_state_changed")
    }
    # The canvas catches everything in its thread and posts `Failed`, which its owners show.
    assert silent <= {"Canvas"}
    assert Worker.StateChanged.bubble is False, "Textual sends it to the node alone"
