"""What the app imports, and a run before its first word, loads no torch nor what comes with it."""

from __future__ import annotations

import subprocess
import sys

import pytest

LIGHT = (
    "tui_detect.vision.recipes",
    "tui_detect.vision.run_folder",
    "tui_detect.vision.launchers",
    "tui_detect.vision.predictor",
    "tui_detect.vision.segmenter",
    "tui_detect.vision.job",
    "tui_detect.vision.gpus",
    "tui_detect.vision.queueing",
    "tui_detect.vision.notifying",
    "tui_detect.workflows.run",
)
HEAVY = ("torch", "ultralytics", "cv2", "numpy", "PIL")


@pytest.mark.parametrize("module", LIGHT)
def test_the_app_loads_no_torch(module: str) -> None:
    script = f"import sys, {module}; print(*[m for m in {HEAVY!r} if m in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == ""
