"""What a person does to an iteration, the same wherever it is listed: the questions.

`done` is called in the app's own thread once the act is over, and never when it was called off.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tui_detect.core.model import Iteration
from tui_detect.core.words import count
from tui_detect.ui.errors import reporting
from tui_detect.ui.path_completion import read_path
from tui_detect.ui.screens.base import AppScreen, ProjectScreen
from tui_detect.ui.wording import printable, size
from tui_detect.workflows import iterations, publishing, trash
from tui_detect.workflows.sweeping import Leftover, warning_of
from tui_detect.workflows.trash import KEPT_DAYS, IterationDeletion, Purge, Restoration

if TYPE_CHECKING:
    from tui_detect.workflows.exporting_model import ExportFormat

MOST_NAMES = 100
"""Names of images that a question lists; the rest is counted."""

Done = Callable[[], object]


def ask_for_name(screen: AppScreen, iteration: Iteration, done: Done) -> None:
    """Ask for another name."""
    from tui_detect.ui.widgets.dialogs import Prompt

    def rename(name: str | None) -> None:
        if name is not None:
            with reporting(screen.app):
                iterations.rename_iteration(screen.app.library, iteration.id, name)
                done()

    screen.app.push_screen(Prompt("Rename iteration", "Name", iteration.name), rename)


def ask_for_published_name(screen: AppScreen, iteration: Iteration, done: Done) -> None:
    """Ask for the name that predictions are asked for by; an empty one unpublishes."""
    from tui_detect.ui.widgets.dialogs import Prompt

    library, before = screen.app.library, iteration.published_as

    def answered(name: str | None) -> None:
        if name is None or name == before:
            return
        if name:
            _publish(screen, iteration, name, done)
            return
        with reporting(screen.app):
            publishing.unpublish(library, iteration.id)
            done()

    with reporting(screen.app):
        offered = before or publishing.name_to_publish(library, iteration)
        label = "Name that predictions are asked for by"
        prompt = Prompt(
            f"Publish {printable(iteration.name)}",
            f"{label}; leave it empty to unpublish" if before else label,
            offered,
            may_be_empty=bool(before),
        )
        screen.app.push_screen(prompt, answered)


def _publish(screen: AppScreen, iteration: Iteration, name: str, done: Done) -> None:
    """Publish; a name that another iteration answers to moves after a yes."""
    from tui_detect.ui.widgets.dialogs import Confirm

    library = screen.app.library

    def publish(answer: bool | None) -> None:
        if answer:
            with reporting(screen.app):
                publishing.publish(library, iteration.id, name, overwrite=True)
                done()

    with reporting(screen.app):
        other = publishing.find_published(library, iteration.project_id, name)
        if other is None or other.id == iteration.id:
            publish(True)
            return
        lines = [
            f"{printable(other.name)} answers to {other.published_as} now. "
            f"From then on {printable(iteration.name)} does, and {printable(other.name)} to none."
        ]
        screen.app.push_screen(Confirm("Move the name?", lines, "Move", harmless=True), publish)


def ask_before_deletion(screen: AppScreen, iteration: Iteration, done: Done) -> None:
    """Say what goes with an iteration; after a yes it goes to the trash."""
    from tui_detect.ui.widgets.dialogs import Confirm

    library, going = screen.app.library, list[IterationDeletion]()

    def look() -> None:
        going.append(trash.iteration_deletion(library, iteration.id))

    def ask() -> None:
        if screen.is_current:  # else the key was pressed twice, or something else was opened
            title = f"Delete {printable(iteration.name)}?"
            screen.app.push_screen(Confirm(title, lines_of(going[0]), "Delete"), answered)

    def delete() -> None:
        going.append(trash.delete_iteration(library, iteration.id))

    def deleted() -> None:
        gone = going[-1]
        screen.app.forget_run(iteration.id)
        if gone.iteration.published_as:
            screen.notify(f"Nothing answers to {gone.iteration.published_as} any more.")
        _warn_of(screen, gone.leftovers)
        done()

    def answered(answer: bool | None) -> None:
        if answer:
            screen.do_slowly(f"Deleting {printable(iteration.name)}", delete, deleted)

    # A run folder may hold a hundred thousand files to measure.
    screen.do_slowly(f"Looking at what goes with {printable(iteration.name)}", look, ask)


def lines_of(going: IterationDeletion) -> list[str]:
    """What a deletion takes along, in words."""
    iteration = going.iteration
    lines = []
    if iteration.published_as:
        lines = [
            f"It is published as {iteration.published_as}, and is unpublished first: "
            "whoever predicts with that name gets no answer any more.",
            "",
        ]
    lines += [
        f"This goes to the trash, from where it can be restored for {KEPT_DAYS} days:",
        f"  {size(going.weights_bytes)} of weights and log",
        f"  its figures, and {count(going.detections, 'stored detection')}",
    ]
    if not going.images:
        return [*lines, "", "No image goes: each is in the workspace or in another iteration."]
    names = [printable(image.name) for image in going.images[:MOST_NAMES]]
    more = len(going.images) - len(names)
    return [
        *lines,
        f"  {count(len(going.images), 'image')} that nothing else holds any more: neither the "
        f"workspace nor an iteration other than {printable(iteration.name)}",
        "",
        ", ".join(names) + (f" and {more:,} more" if more else ""),
    ]


def choose_deleted(screen: ProjectScreen, done: Done) -> None:
    """List the project's trash; what is chosen there is restored, or purged after a yes."""
    from tui_detect.ui.widgets.trash_dialog import TrashChoice, TrashDialog

    library = screen.app.library

    def answered(choice: TrashChoice | None) -> None:
        if choice is None:
            return
        if choice.restores:
            with reporting(screen.app):
                for iteration in choice.iterations:
                    _say_what_is_missing(screen, trash.restore_iteration(library, iteration.id))
                done()
            return
        _ask_before_purging(screen, choice.iterations, done)

    with reporting(screen.app):
        deleted = trash.list_deleted(library, screen.project.id)
        screen.app.push_screen(TrashDialog(deleted), answered)


def _say_what_is_missing(screen: ProjectScreen, done: Restoration) -> None:
    name = printable(done.iteration.name)
    if done.files_gone:
        screen.notify(
            f"The files of {name} are gone from the trash: it has its figures, but no weights"
            + (f", and is not published as {done.name_lost}." if done.name_lost else "."),
            severity="warning",
            markup=False,
        )
    elif done.name_lost:
        screen.notify(
            f"{name} is not published: another one answers to {done.name_lost} by now",
            markup=False,
        )


def _warn_of(screen: AppScreen, leftovers: Sequence[Leftover]) -> None:
    warning = warning_of(leftovers)
    if warning is not None:
        screen.notify(printable(warning.one_line()), severity="warning", markup=False)


def _ask_before_purging(screen: ProjectScreen, doomed: tuple[Iteration, ...], done: Done) -> None:
    from tui_detect.ui.widgets.dialogs import Confirm

    library, gone = screen.app.library, list[Purge]()

    def purge() -> None:
        gone.append(trash.purge(library, [iteration.id for iteration in doomed]))

    def purged() -> None:
        screen.notify(f"{size(gone[0].freed_bytes)} on the disk are free again")
        _warn_of(screen, gone[0].leftovers)
        done()

    def answered(answer: bool | None) -> None:
        if answer:
            screen.do_slowly("Emptying the trash", purge, purged)

    lines = [
        "This goes for good, and cannot be taken back:",
        *(f"  {printable(iteration.name)}" for iteration in doomed),
        "",
        "With it go the pictures that nothing else holds. Your own files are not touched.",
    ]
    title = f"Purge {count(len(doomed), 'iteration')}?"
    screen.app.push_screen(Confirm(title, lines, "Purge"), answered)


def ask_for_export(screen: ProjectScreen, iteration: Iteration) -> None:
    """Ask for a format and a place, then write the model there and say where it is."""
    from tui_detect.ui.widgets.format_choice import FormatChoice
    from tui_detect.ui.widgets.path_dialog import PathDialog

    def format_chosen(chosen: ExportFormat | None) -> None:
        if chosen is not None:
            name = f"{screen.project.name}-{iteration.number}".replace("/", "-")
            dialog = PathDialog(
                f"Export {printable(iteration.name)} as {chosen.name}",
                f"A file that ends in {chosen.suffix}, or a folder. "
                "The names of the tags and a description are written with it.",
                f"{name}{chosen.suffix}",
            )
            screen.app.push_screen(dialog, partial(path_chosen, chosen))

    def path_chosen(chosen: ExportFormat, path: str | None) -> None:
        if path:
            _export(screen, iteration, chosen, read_path(path))

    screen.app.push_screen(FormatChoice(), format_chosen)


def _export(
    screen: ProjectScreen,
    iteration: Iteration,
    chosen: ExportFormat,
    target: Path,
    force: bool = False,
) -> None:
    """Export; what is there already is replaced after a yes."""
    from tui_detect.ui.widgets.dialogs import Confirm
    from tui_detect.workflows import exporting_model

    def export() -> None:
        done = exporting_model.export_iteration(
            screen.app.library, iteration.id, target, chosen, force=force
        )
        screen.app.call_from_thread(screen.notify, f"written: {printable(str(done.model))}")

    def answered(answer: bool | None) -> None:
        if answer:
            _export(screen, iteration, chosen, target, force=True)

    with reporting(screen.app):
        exporting_model.format_for(target, chosen.name)
        there = exporting_model.in_the_way(target, chosen)
        if there and not force:
            lines = [printable(str(path)) for path in there]
            screen.app.push_screen(Confirm("Replace what is there?", lines, "Replace"), answered)
            return
        screen.do_slowly(
            f"Exporting {printable(iteration.name)} as {chosen.name}", export, lambda: None
        )
