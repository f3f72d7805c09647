"""Runs outlive what started them, so tests that start one must end it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows.library import Library


@pytest.fixture(autouse=True)
def no_run_is_left(library: Library) -> Iterator[None]:
    """Kill the runs of a test that has ended, however it ended."""
    yield
    for path in (library.home / "runs").glob("*"):
        folder = RunFolder(path)
        if folder.process is not None and folder.process.is_running():
            with suppress(ProcessLookupError):
                os.kill(folder.process.pid, signal.SIGKILL)
