"""Ways to start a run's process: one file each, one line each in `_LAUNCHERS`.

Another engine (PBS, Kubernetes, a cloud) is a file with a `Launcher` of its own and a line here:
commands, configuration, the app and array predictions find it by its name.
"""

from __future__ import annotations

from collections.abc import Iterable

from tui_detect.core.errors import BadInput, NotFound
from tui_detect.vision.launchers import local, slurm
from tui_detect.vision.launchers.launcher import Launcher, LauncherState, split_words

__all__ = [
    "Launcher",
    "LauncherState",
    "check_options",
    "get_launcher",
    "list_launchers",
    "split_words",
]

_LAUNCHERS: dict[str, Launcher] = {
    "local": local.LAUNCHER,
    "slurm": slurm.LAUNCHER,
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


def check_options(name: str, options: Iterable[str]) -> None:
    """Refuse options that the launcher does not know.

    Raises:
        NotFound: there is no launcher of that name.
        BadInput: names the options that there are.
    """
    known = get_launcher(name).options
    for option in options:
        if option not in known:
            there = f"it has {', '.join(known)}" if known else "it has none"
            raise BadInput(f"the launcher {name} has no option {option!r}", there)
