"""What a worker's exception means to a person."""

from __future__ import annotations

import errno

from tui_detect.core.errors import TuiDetectError

LOG_HINT = "the log has the details"


def explain(error: BaseException) -> tuple[str, str]:
    """Message and hint, in plain words, for whatever ended a run."""
    text = str(error)
    lowered = text.lower()
    if isinstance(error, TuiDetectError):
        return error.message, error.hint
    if isinstance(error, MemoryError) or "out of memory" in lowered:
        return (
            "the memory of the device is too small for this training",
            "train with a smaller --image-size, close other programs, or choose another device",
        )
    if "nan" in lowered and any(word in lowered for word in ("loss", "persisted", "corrupted")):
        return (
            "training went astray: its loss is no number any more",
            "look for wrong or huge boxes, or train with another image size",
        )
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full", "free some space and train again"
    if isinstance(error, OSError) and error.errno in (errno.EROFS, errno.EACCES):
        return f"the run folder cannot be written ({error.strerror})", "choose another home"
    if "cuda" in lowered or "cudnn" in lowered:
        first = text.splitlines()[0]
        return f"the GPU failed: {first}", "train again, or with --device cpu; " + LOG_HINT
    first = text.splitlines()[0] if text.strip() else "no message"
    return f"the training program failed ({type(error).__name__}: {first})", LOG_HINT
