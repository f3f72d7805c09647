"""Opening the app: what must happen before Textual takes the terminal."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING

from tui_detect.core.model import Project
from tui_detect.ui.abilities import prepare
from tui_detect.ui.probe import Probe, patience_s, questions_for
from tui_detect.workflows.library import Library

if TYPE_CHECKING:
    from tui_detect.ui.app import TuiDetectApp


def run_app(
    library: Library,
    graphics: str | None = None,
    project: Project | None = None,
    mode: str = "images",
) -> None:
    """Run the app until the person leaves it."""
    with Probe(questions_for(os.environ), patience_s(os.environ)) as probe:
        # Until the first frame nothing becomes garbage, and looking for it costs a tenth of the
        # start. Loading Textual takes longer than the answers take to come.
        gc.disable()
        from textual import constants

        from tui_detect.ui.app import TuiDetectApp

        answers = probe.answers()
        if probe.asked and not answers.complete:
            from tui_detect.ui.textual_patches import drop_late_answers

            drop_late_answers()
        terminal = prepare(graphics, answers=answers)
        # Textual read the variable when it was loaded.
        constants.COLOR_SYSTEM = os.environ["TEXTUAL_COLOR_SYSTEM"]  # type: ignore[misc]
        app = TuiDetectApp(library, terminal, project, mode)
        typed = probe.typed()
    app.call_later(_collect_garbage_again)
    app.call_later(_type, app, typed)
    app.run()


def _collect_garbage_again() -> None:
    gc.freeze()
    gc.enable()


def _type(app: TuiDetectApp, typed: bytes) -> None:
    """Give the app the keys that were pressed before it could read them."""
    from textual._xterm_parser import XTermParser

    for message in XTermParser().feed(typed.decode(errors="ignore")) if typed else ():
        app.post_message(message)
