"""How what went wrong reaches the person: nothing a worker or an action raises is dropped."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.worker import Worker, WorkerState

from tui_detect.core.errors import TuiDetectError

if TYPE_CHECKING:
    from textual.app import App

LOG_NAME = "errors.log"


class Unexpected(TuiDetectError):
    """An error that nobody foresaw, which is a bug."""

    title = "Something unexpected happened"


def describe(error: BaseException, log: Path | None) -> TuiDetectError:
    """The error in words; the traceback of one that nobody foresaw goes to `log`."""
    if isinstance(error, TuiDetectError):
        return error
    message = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    if log is None:
        return Unexpected(message, "nothing already stored was lost; please report it")
    try:
        with log.open("a", encoding="utf-8") as file:
            file.write(f"--- {datetime.now(UTC).isoformat()}\n")
            traceback.print_exception(error, file=file)
    except OSError as failure:
        return Unexpected(message, f"its details could not be written to {log}: {failure}")
    return Unexpected(message, f"nothing already stored was lost; the details are in {log}")


def show_error(app: App[Any], error: BaseException) -> None:
    """Open the error dialog, unless it shows that very error already."""
    from tui_detect.ui.widgets.dialogs import ErrorDialog

    if not app.is_running:
        return
    home = getattr(getattr(app, "library", None), "home", None)
    described = describe(error, home / LOG_NAME if isinstance(home, Path) else None)
    top = app.screen
    if isinstance(top, ErrorDialog) and top.shows(described):
        return
    app.push_screen(ErrorDialog(described))


@contextmanager
def reporting(app: App[Any]) -> Iterator[None]:
    """Errors that the workflows foresee become a dialog; the rest of the block is skipped."""
    try:
        yield
    except TuiDetectError as error:
        show_error(app, error)


class ReportsErrors:
    """For screens and widgets with workers: an error in one of them is shown."""

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show what a worker died of."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            show_error(event.worker.node.app, event.worker.error)
