"""Opening the app: what must happen before Textual takes the terminal."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

from tui_detect.core.model import Project
from tui_detect.ui.abilities import prepare
from tui_detect.ui.probe import Probe, patience_s, questions_for
from tui_detect.workflows.library import Library

if TYPE_CHECKING:
    from tui_detect.ui.app import TuiDetectApp

GARBAGE_AFTER = 20_000
"""New objects; at the usual 700 a view that reads 40,000 rows spends a third of it looking."""
SWITCH_S = 0.001
"""A thread gives the interpreter away with each row it reads; it gets it back from a busy event
loop after so long, and a key from a busy thread."""


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
    app.call_later(_tune_interpreter)
    app.call_later(_type, app, typed)
    app.run()


def _tune_interpreter() -> None:
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER, *gc.get_threshold()[1:])
    gc.enable()
    sys.setswitchinterval(SWITCH_S)


def _type(app: TuiDetectApp, typed: bytes) -> None:
    """Give the app the keys that were pressed before it could read them."""
    from textual._xterm_parser import XTermParser

    for message in XTermParser().feed(typed.decode(errors="ignore")) if typed else ():
        app.post_message(message)
