"""What a launcher is: how a run's process is started, found again and taken away."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tui_detect.core.errors import BadInput
from tui_detect.vision.run_folder import RunFolder

WORKER_COMMAND = (sys.executable, "-P", "-m", "tui_detect.workflows.run")
"""Trains; `-P` keeps the run folder, which is its working folder, off the import path."""


@dataclass(frozen=True, slots=True)
class LauncherState:
    """What the launcher knows of a run's process."""

    alive: bool
    """Whether it runs or will run; a run that is not alive and left no `exit.json` is lost."""
    waiting_for: str = ""
    """While it has not begun: for what, in words."""


@dataclass(frozen=True, slots=True)
class Launcher:
    """One way to run a worker; `_LAUNCHERS` holds one of each."""

    launch: Callable[[RunFolder, Mapping[str, str]], None]
    """Starts the worker, or has it queued, and returns at once.

    Given the folder and the launcher's own options; raises RunFailed when it cannot.
    """
    launch_array: Callable[[Sequence[RunFolder], Mapping[str, str], Sequence[str]], None]
    """Starts a command once for each of the folders, which it gets as its last argument.

    Raises RunFailed when it cannot.
    """
    state: Callable[[RunFolder], LauncherState]
    cancel: Callable[[RunFolder], None]
    """Takes away a run that has not begun; one that goes on is asked by the file `stop`."""
    options: Mapping[str, str]
    """The options it knows, and what each is for."""
    gives_gpus: Callable[[Mapping[str, str]], bool] | None = None
    """Whether a run with these options gets a GPU elsewhere; `None` when it runs on this machine.
    """
    check: Callable[[Mapping[str, str]], None] = lambda _: None
    """Looks at the options and for what it needs itself, before there is anything to start.

    Raises BadInput or RunFailed when it could not launch with them.
    """


def split_words(text: str) -> list[str]:
    """The words of a text as a shell splits it.

    Raises:
        BadInput: a quote is open at its end.
    """
    try:
        return shlex.split(text)
    except ValueError as error:
        raise BadInput(
            f"{text!r} ends within a quotation",
            "close the quote; a backslash needs a character after it",
        ) from error
