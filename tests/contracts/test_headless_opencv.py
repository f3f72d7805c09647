"""OpenCV imports on a server without a screen, where there is no libGL."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import cv2, pathlib
libraries = {line.split()[-1] for line in pathlib.Path("/proc/self/maps").read_text().splitlines()}
print(*[name for name in libraries if "libGL" in name or "libX11" in name or "libQt" in name])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/self/maps")
def test_opencv_needs_no_display_libraries() -> None:
    result = subprocess.run(
        [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == ""
