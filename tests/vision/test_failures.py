"""Whatever ends a run is told in words that a person can act on."""

from __future__ import annotations

import errno

import pytest

from tui_detect.core.errors import RunFailed
from tui_detect.vision.failures import explain


@pytest.mark.parametrize(
    ("error", "message", "hint"),
    [
        (RunFailed("there is no device '7'", "use auto"), "no device '7'", "use auto"),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), "memory", "--image-size"),
        (MemoryError(), "memory", "--image-size"),
        (
            RuntimeError("Training failed: NaN persisted for 4 epochs"),
            "no number",
            "--set learning_rate=",
        ),
        (RuntimeError("Loss NaN/Inf detected but no valid last.pt"), "no number", "boxes"),
        (OSError(errno.ENOSPC, "No space left on device"), "disk is full", "free"),
        (RuntimeError("[enforce fail at inline_container.cc:664] . "), "disk is full", "resume"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), "memory", "--image-size"),
        (OSError(errno.EROFS, "Read-only file system"), "cannot be written", "home"),
        (RuntimeError("CUDA error: device-side assert\nmore"), "the GPU failed", "--device cpu"),
        (KeyError("names"), "KeyError", "log"),
        (ValueError(), "no message", "log"),
    ],
)
def test_an_exception_is_explained(error: Exception, message: str, hint: str) -> None:
    told, advice = explain(error)
    assert message in told
    assert hint in advice
    assert "\n" not in told


def test_a_full_disk_is_recognised_behind_a_library_s_own_error() -> None:
    error = RuntimeError("Dataset error")
    error.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    assert explain(error)[0] == "the disk is full"
