"""A run as a process of its own on this machine, which outlives whoever started it."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Mapping, Sequence

from tui_detect.core.errors import RunFailed
from tui_detect.vision.environment import worker_environment
from tui_detect.vision.launchers.launcher import WORKER_COMMAND, Launcher, LauncherState
from tui_detect.vision.processes import identify
from tui_detect.vision.run_folder import RunFolder


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
        raise RunFailed(f"the process could not be started ({error.strerror})") from error
    # Until the worker writes the same a moment later, nobody may take the run for lost.
    if (identity := identify(process.pid)) is not None:
        with contextlib.suppress(OSError):
            folder.record_process(identity)
    # Without somebody waiting for it, a worker that ends before us would stay as a zombie.
    threading.Thread(target=process.wait, name=f"reaper-{process.pid}", daemon=True).start()


def launch_array(
    folders: Sequence[RunFolder], options: Mapping[str, str], command: Sequence[str]
) -> None:
    """Start the command for each folder, all at the same time.

    Raises:
        RunFailed: a process could not be started.
    """
    for folder in folders:
        launch(folder, options, command)


def state(folder: RunFolder) -> LauncherState:
    """Whether the process is there."""
    return LauncherState(folder.alive())


LAUNCHER = Launcher(launch, launch_array, state, RunFolder.request_stop, options={})
