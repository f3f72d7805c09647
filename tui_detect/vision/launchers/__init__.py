"""Ways to start a run's process: one file each, one line each in `_LAUNCHERS`."""

from __future__ import annotations

from collections.abc import Callable

from tui_detect.core.errors import NotFound
from tui_detect.vision.launchers import local
from tui_detect.vision.run_folder import RunFolder

Launch = Callable[[RunFolder], None]
"""Starts the worker of a run and returns at once; raises RunFailed when it cannot."""

_LAUNCHERS: dict[str, Launch] = {
    "local": local.launch,
}


def list_launchers() -> tuple[str, ...]:
    """Their names, the usual one first."""
    return tuple(_LAUNCHERS)


def get_launcher(name: str) -> Launch:
    """The launcher of that name.

    Raises:
        NotFound: there is none; the hint names those that there are.
    """
    try:
        return _LAUNCHERS[name]
    except KeyError:
        names = ", ".join(_LAUNCHERS)
        raise NotFound(f"there is no launcher {name!r}", f"choose one of: {names}") from None
