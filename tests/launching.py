"""A launcher for tests that starts no process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tui_detect.vision import launchers
from tui_detect.vision.launchers import local
from tui_detect.vision.run_folder import RunFolder


def launch_with(monkeypatch: pytest.MonkeyPatch, start: Callable[[RunFolder], None]) -> None:
    """Have `--launcher local` call `start` in place of starting a worker."""
    stand_in = replace(local.LAUNCHER, launch=lambda folder, options: start(folder))
    monkeypatch.setitem(launchers._LAUNCHERS, "local", stand_in)
