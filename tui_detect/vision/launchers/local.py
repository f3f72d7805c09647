"""A run as a process of its own on this machine, which outlives whoever started it."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence

from tui_detect.core.errors import RunFailed
from tui_detect.vision.environment import worker_environment
from tui_detect.vision.launchers.launcher import Launcher, LauncherState
from tui_detect.vision.processes import identify
from tui_detect.vision.run_folder import RunFolder

WORKER_COMMAND = (sys.executable, "-P", "-m", "tui_detect.workflows.run")
"""`-P` keeps the run folder, which is its working folder, off the import path."""


def launch(
    folder: RunFolder,
    options: Mapping[str, str] = {},
    command: Sequence[str] = WORKER_COMMAND,
) -> None:
    """Start the worker in a session of its own, without a terminal and without pipes to us.

    Raises:
        RunFailed: the process could not be started.
    """
    try:
        with folder.log_file.open("ab") as log:
            process = subprocess.Popen(
                [*command, str(folder.path)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=worker_environment(folder.path / "ultralytics-settings"),
                cwd=folder.path,
                start_new_session=True,
                close_fds=True,
            )
    except OSError as error:
        raise RunFailed(f"the training process could not be started ({error.strerror})") from error
    # Until the worker writes the same a moment later, nobody may take the run for lost.
    if (identity := identify(process.pid)) is not None:
        with contextlib.suppress(OSError):
            folder.record_process(identity)
    # Without somebody waiting for it, a worker that ends before us would stay as a zombie.
    threading.Thread(target=process.wait, name=f"reaper-{process.pid}", daemon=True).start()


def state(folder: RunFolder) -> LauncherState:
    """Whether the process is there."""
    return LauncherState(folder.alive())


LAUNCHER = Launcher(launch, state, cancel=RunFolder.request_stop, options={})
