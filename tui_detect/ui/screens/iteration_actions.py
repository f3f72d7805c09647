"""Renaming and deleting an iteration: the questions."""

from __future__ import annotations

from collections.abc import Callable

from tui_detect.core.model import Iteration
from tui_detect.ui.errors import reporting
from tui_detect.ui.screens.base import AppScreen
from tui_detect.ui.wording import count, size
from tui_detect.workflows import iterations
from tui_detect.workflows.iterations import IterationDeletion

MOST_NAMES = 100
"""Names of images that a question lists; the rest is counted."""


def ask_for_name(screen: AppScreen, iteration: Iteration, done: Callable[[], object]) -> None:
    """Ask for another name; `done` is called when the iteration has it."""
    from tui_detect.ui.widgets.dialogs import Prompt

    def rename(name: str | None) -> None:
        if name is not None:
            with reporting(screen.app):
                iterations.rename_iteration(screen.app.library, iteration.id, name)
                done()

    screen.app.push_screen(Prompt("Rename iteration", "Name", iteration.name), rename)


def ask_before_deletion(
    screen: AppScreen, iteration: Iteration, delete: Callable[[int], object]
) -> None:
    """Say what goes with an iteration; after a yes, `delete` gets its id."""
    from tui_detect.ui.widgets.dialogs import Confirm

    def answered(answer: bool | None) -> None:
        if answer:
            delete(iteration.id)

    with reporting(screen.app):
        going = iterations.iteration_deletion(screen.app.library, iteration.id)
        question = Confirm(f"Delete {iteration.name}?", lines_of(going), "Delete")
        screen.app.push_screen(question, answered)


def lines_of(going: IterationDeletion) -> list[str]:
    """What a deletion takes along, in words."""
    iteration = going.iteration
    lines = [
        "This goes, and cannot be taken back:",
        f"  its figures, and {size(going.weights_bytes)} of weights and log",
    ]
    if not going.images:
        return [*lines, "", "No image goes: each is in the workspace or in another iteration."]
    names = [image.name for image in going.images[:MOST_NAMES]]
    more = len(going.images) - len(names)
    return [
        *lines,
        f"  {count(len(going.images), 'image')} that nothing else holds any more: neither the "
        f"workspace nor an iteration other than {iteration.name}",
        "",
        ", ".join(names) + (f" and {more:,} more" if more else ""),
    ]
