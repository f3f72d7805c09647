"""What a person can do to the workspace: add pictures, have boxes suggested, remove images."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from textual import getters

from tui_detect.core.errors import TuiDetectError
from tui_detect.core.query import ImageQuery
from tui_detect.core.words import count
from tui_detect.ui.errors import reporting
from tui_detect.ui.screens.base import ProjectScreen
from tui_detect.ui.screens.images_words import removal_lines, suggested_text
from tui_detect.ui.widgets.grid import ImageGrid
from tui_detect.ui.wording import printable
from tui_detect.workflows import images as workflow
from tui_detect.workflows.iterations import find_iteration
from tui_detect.workflows.tagging import set_split

if TYPE_CHECKING:
    from tui_detect.workflows.suggesting import SuggestReport


class WorkspaceActions(ProjectScreen):
    """The part of the Images screen that changes something, each through a dialog."""

    grid = getters.query_one(ImageGrid)
    _path = ""
    """What was asked for last and could not be added."""

    @abstractmethod
    def narrow(self, query: ImageQuery) -> None:
        """Narrow the grid."""

    def action_add(self) -> None:
        """Ask for a path."""
        from tui_detect.ui.widgets.path_dialog import PathDialog

        hint = "A folder, a picture, a glob such as ~/shots/**/*.jpg, or a COCO file (.json)"
        self.app.push_screen(PathDialog("Add pictures", hint, self._path), self._add)

    def _add(self, path: str | None) -> None:
        if path is not None:
            from tui_detect.ui.screens.adding import AddingDialog

            self._path = path
            dialog = AddingDialog(self.app.library, self.project.id, path)
            self.app.push_screen(dialog, self._added)

    def _added(self, outcome: object) -> None:
        if isinstance(outcome, TuiDetectError):
            self.app.report(outcome)
        else:
            self._path = ""
        # Also after an error: what was added before it stays.
        self.app.set_project(self.project)

    def action_remove(self) -> None:
        """Say what goes, then ask."""
        from tui_detect.ui.widgets.dialogs import Confirm

        ids = self.grid.chosen
        with reporting(self.app):
            plan = workflow.removal(self.app.library, ids)
            title = f"Remove {count(len(plan.images), 'picture')} from the workspace?"
            question = Confirm(title, removal_lines(plan), "Remove")
            self.app.push_screen(question, lambda answer: self._remove(ids, answer))

    def _remove(self, ids: list[int], answer: bool | None) -> None:
        if answer:
            self.do_slowly(
                f"Removing {count(len(ids), 'picture')}",
                lambda: workflow.remove_images(self.app.library, ids),
                self._removed,
            )

    def _removed(self) -> None:
        self.grid.selected = frozenset()
        self.app.set_project(self.project)

    def action_split(self) -> None:
        """Move the chosen pictures to the validation split; those that all are there, to train."""
        ids = self.grid.chosen
        with reporting(self.app):
            cards = workflow.image_cards(self.app.library, ids)
            checked = all(card.image.split == "validation" for card in cards)
            set_split(self.app.library, ids, "train" if checked else "validation")
            to = "learn from (train)" if checked else "check on (validation)"
            self.notify(f"{count(len(cards), 'picture')} to {to} from the next training on")
            self.app.set_project(self.project)

    def action_suggest(self) -> None:
        """Have the newest iteration propose boxes for the untagged images."""
        from tui_detect.ui.widgets.working_dialog import WorkingDialog
        from tui_detect.workflows.suggesting import suggest

        with reporting(self.app):
            library = self.app.library
            iteration = find_iteration(library, self.project.id, None)
            dialog: WorkingDialog[SuggestReport] = WorkingDialog(
                f"Suggestions of {printable(iteration.name)}",
                "what is suggested stays",
                "untagged image",
                lambda tell, should_stop: suggest(
                    library, iteration, on_progress=tell, should_stop=should_stop
                ),
            )
            self.app.push_screen(dialog, self._suggested)

    def _suggested(self, outcome: SuggestReport | TuiDetectError | None) -> None:
        if isinstance(outcome, TuiDetectError):
            self.app.report(outcome)
        elif outcome is not None:
            self.notify(suggested_text(outcome))
            if outcome.suggestions:
                self.narrow(ImageQuery(suggested=True))
