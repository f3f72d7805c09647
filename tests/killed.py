"""A process that ends at a chosen step, stood for by an exception that nothing catches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest


class Killed(BaseException):
    """Stands for the end of the process."""


@contextmanager
def killed_at(step: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The process ends where something is called."""
    with monkeypatch.context() as patch:
        patch.setattr(f"tui_detect.workflows.{step}", kill)
        with pytest.raises(Killed):
            yield


def kill(*_arguments: object, **_named: object) -> None:
    """The process ends here."""
    raise Killed
