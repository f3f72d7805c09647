"""Ways to start a run's process: one file each, one line each in `_LAUNCHERS`."""

from __future__ import annotations

from tui_detect.core.errors import NotFound
from tui_detect.vision.launchers import local
from tui_detect.vision.launchers.launcher import Launcher, LauncherState

__all__ = ["Launcher", "LauncherState", "get_launcher", "list_launchers"]

_LAUNCHERS: dict[str, Launcher] = {
    "local": local.LAUNCHER,
}


def list_launchers() -> tuple[str, ...]:
    """Their names, the usual one first."""
    return tuple(_LAUNCHERS)


def get_launcher(name: str) -> Launcher:
    """The launcher of that name.

    Raises:
        NotFound: there is none; the hint names those that there are.
    """
    try:
        return _LAUNCHERS[name]
    except KeyError:
        names = ", ".join(_LAUNCHERS)
        raise NotFound(f"there is no launcher {name!r}", f"choose one of: {names}") from None
