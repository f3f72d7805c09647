"""What can go wrong, in words a person can act on: what, why, what to do."""

from __future__ import annotations


class TuiDetectError(Exception):
    """Something could not be done; nothing already stored was lost.

    Parts raise it, entry points decide how to show it.
    """

    title = "That did not work"

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        """What happened and why, one sentence, no full stop."""
        self.hint = hint
        """What the person can do about it; empty when there is nothing to do."""

    def one_line(self) -> str:
        """Message and hint on one line, whatever file names they hold."""
        text = f"{self.message}; {self.hint}" if self.hint else self.message
        return text.encode("unicode_escape").decode("ascii") if "\n" in text else text


class BadInput(TuiDetectError):
    """The person gave something that cannot be used as it is."""

    title = "That cannot be used"


class NotFound(TuiDetectError):
    """A project, tag, image, iteration or file that is not there."""

    title = "Not found"


class Conflict(TuiDetectError):
    """It exists already, or its state does not allow this now."""

    title = "Not possible now"


class PictureRefused(TuiDetectError):
    """A file that is no usable picture."""

    title = "Picture refused"

    def __init__(self, message: str, hint: str = "", *, reason: str = "") -> None:
        super().__init__(message, hint)
        self.reason = reason or message
        """Why, without the file's name, for lists that show the name already."""


class StorageFailed(TuiDetectError):
    """The disk is full, read-only, or what is on it cannot be read."""

    title = "Storage failed"


class TrainingImpossible(TuiDetectError):
    """The workspace cannot be trained on as it is."""

    title = "Cannot train yet"


class RunFailed(TuiDetectError):
    """A worker process (training or prediction) ended badly."""

    title = "The worker failed"
