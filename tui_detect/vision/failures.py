"""What a worker's exception means to a person."""

from __future__ import annotations

import errno

from tui_detect.core.errors import TuiDetectError

LOG_HINT = "the log has the details"
OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "cublas_status_alloc_failed")


def ran_out_of_memory(error: BaseException) -> bool:
    """Whether the device had too little memory for a batch."""
    return isinstance(error, MemoryError) or any(s in str(error).lower() for s in OUT_OF_MEMORY)


def filled_the_disk(error: BaseException | None) -> bool:
    """Whether the disk was full, also where a library made something else of it."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        # torch writes its archives itself and says so little when it cannot.
        if "PytorchStreamWriter failed" in str(error) or "inline_container" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def explain(error: BaseException) -> tuple[str, str]:
    """Message and hint, in plain words, for whatever ended a run."""
    text = str(error)
    lowered = text.lower()
    if isinstance(error, TuiDetectError):
        return error.message, error.hint
    if filled_the_disk(error):
        return "the disk is full", "free some space, then resume: it goes on from its checkpoint"
    if ran_out_of_memory(error):
        return (
            "the memory of the device is too small for this training",
            "train with a smaller --image-size, close other programs, or choose another device",
        )
    if "nan" in lowered and any(word in lowered for word in ("loss", "persisted", "corrupted")):
        return (
            "training went astray: its loss is no number any more",
            "train with a smaller learning rate, such as a tenth (--set learning_rate=…), or "
            "another image size; look for wrong or huge boxes",
        )
    if isinstance(error, OSError) and error.errno in (errno.EROFS, errno.EACCES):
        return f"the run folder cannot be written ({error.strerror})", "choose another home"
    if "cuda" in lowered or "cudnn" in lowered:
        first = text.splitlines()[0]
        return f"the GPU failed: {first}", "train again, or with --device cpu; " + LOG_HINT
    first = text.splitlines()[0] if text.strip() else "no message"
    return f"the training program failed ({type(error).__name__}: {first})", LOG_HINT
