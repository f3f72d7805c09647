"""What can be done with an iteration on the Performance view: rename, publish, delete and more."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from textual import getters, work
from textual.reactive import reactive

from tui_detect.core.model import Iteration
from tui_detect.ui.screens.base import ProjectScreen
from tui_detect.ui.screens.iteration_actions import ask_before_deletion, ask_for_name
from tui_detect.ui.screens.performance_panes import PerformancePanes
from tui_detect.ui.widgets.iteration_table import IterationTable
from tui_detect.workflows import iterations as workflow

if TYPE_CHECKING:
    from tui_detect.core.evaluation import Overlap, Performance
    from tui_detect.ui.screens.performance_evaluation import Evaluation


class PerformanceActions(ProjectScreen):
    """The iteration that is looked at, and what is done with it."""

    threshold: reactive[float] = reactive(0.5, init=False)
    overlap: reactive[Overlap] = reactive["Overlap"](0.3, init=False)

    table = getters.query_one("#iterations", IterationTable)
    panes = getters.query_one(PerformancePanes)

    def __init__(self) -> None:
        super().__init__()
        self.shown: Iteration | None = None
        """The chosen iteration."""
        self.evaluation: Evaluation | None = None
        self.performance: Performance | None = None

    @abstractmethod
    def _load(self) -> None:
        """Read the list of iterations again."""

    @abstractmethod
    def _show_soon(self) -> None:
        """Bring up to date what is in sight."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys are there when there is something for them."""
        if action in ("rename", "delete"):
            return self.shown is not None
        return True

    def action_rename(self) -> None:
        """Ask for another name."""
        if self.shown is not None:
            ask_for_name(self, self.shown, self._load)

    def action_delete(self) -> None:
        """Say what goes with the iteration, then ask."""
        if self.shown is not None:
            ask_before_deletion(self, self.shown, self._delete)

    @work(thread=True, exit_on_error=False, group="delete", description="deleting an iteration")
    def _delete(self, iteration_id: int) -> None:
        try:
            workflow.delete_iteration(self.app.library, iteration_id)
        finally:
            # Also after a failure: the iteration may be gone with only its files left.
            self.app.call_from_thread(self._deleted, iteration_id)

    def _deleted(self, iteration_id: int) -> None:
        if not self.is_attached:
            return
        self._load()
        if iteration_id not in self.table.ids:
            self.app.forget_run(iteration_id)
            self.app.set_project(self.project)
