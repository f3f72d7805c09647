"""What can be done with an iteration on the Performance view: rename, publish, delete and more."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from textual import getters
from textual.reactive import var

from tui_detect.core.errors import TuiDetectError
from tui_detect.core.model import Iteration, Tag
from tui_detect.ui.errors import reporting
from tui_detect.ui.screens.base import ProjectScreen
from tui_detect.ui.screens.iteration_actions import (
    ask_before_deletion,
    ask_for_export,
    ask_for_name,
    ask_for_published_name,
    choose_deleted,
)
from tui_detect.ui.screens.performance_keys import parse_wanted
from tui_detect.ui.screens.performance_panes import PerformancePanes
from tui_detect.ui.widgets.iteration_table import IterationTable
from tui_detect.ui.wording import printable
from tui_detect.workflows.settling import tags_by_id
from tui_detect.workflows.suspects import LookReport, SuspectLabel, look_everywhere, suspects
from tui_detect.workflows.thresholds import (
    DEFAULT_THRESHOLD,
    set_tag_threshold,
    set_threshold,
    threshold_of,
)

if TYPE_CHECKING:
    from tui_detect.core.evaluation import Matched, Overlap, Performance
    from tui_detect.ui.screens.performance_evaluation import Evaluation


MOST_SUSPECTS = 1_000
"""Nobody looks at more."""


class PerformanceActions(ProjectScreen):
    """The iteration that is looked at, and what is done with it."""

    # Not reactives: those draw the whole screen anew.
    threshold: var[float] = var(0.5, init=False)
    overlap: var[Overlap] = var["Overlap"](0.3, init=False)

    table = getters.query_one("#iterations", IterationTable)
    panes = getters.query_one(PerformancePanes)

    def __init__(self) -> None:
        super().__init__()
        self.shown: Iteration | None = None
        """The chosen iteration."""
        self.evaluation: Evaluation | None = None
        self.performance: Performance | None = None
        self.of_tags: dict[int, float] = {}
        """The thresholds that predictions use for single tags, by the tag's key."""
        self._predicted: tuple[Matched, float, dict[int, float], Performance] | None = None

    @abstractmethod
    def _load(self) -> None:
        """Read the list of iterations again."""

    @abstractmethod
    def _show_soon(self) -> None:
        """Bring up to date what is in sight."""

    @abstractmethod
    def _move_threshold(self, threshold: float) -> None:
        """Look at another probability threshold."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys are there when there is something for them."""
        if action in ("rename", "delete"):
            return self.shown is not None
        if action in ("publish", "export"):
            has_weights = self.shown is not None and self.shown.state in ("completed", "cancelled")
            # What is published can be taken back in any state.
            return has_weights or bool(self.shown and self.shown.published_as)
        if action == "compare":
            return self.performance is not None and len(self._comparable) > 0
        if action in ("use_threshold", "suspects", "suspects_everywhere", "wanted"):
            return self.performance is not None
        if action in ("use_tag_threshold", "wanted_of_tag"):
            return self.performance is not None and self.panes.tags.has_class("-shown")
        return True

    # --- its life ---------------------------------------------------------------------------

    def action_rename(self) -> None:
        """Ask for another name."""
        if self.shown is not None:
            ask_for_name(self, self.shown, self._load)

    def action_publish(self) -> None:
        """Ask for the name that predictions are asked for by."""
        if self.shown is not None:
            ask_for_published_name(self, self.shown, self._load)

    def action_delete(self) -> None:
        """Say what goes with the iteration, then ask."""
        if self.shown is not None:
            ask_before_deletion(self, self.shown, self._images_changed)

    def action_export(self) -> None:
        """Ask for a format and a place, and write the model there."""
        if self.shown is not None:
            ask_for_export(self, self.shown)

    def action_restore(self) -> None:
        """List the deleted iterations."""
        choose_deleted(self, self._images_changed)

    def _images_changed(self) -> None:
        self._load()
        self.app.set_project(self.project)

    # --- thresholds -------------------------------------------------------------------------

    def action_use_threshold(self) -> None:
        """Store the threshold for predictions; once more, and they use the usual one again."""
        iteration = self.shown
        if iteration is None:
            return
        with reporting(self.app):
            chosen = None if iteration.threshold == self.threshold else self.threshold
            set_threshold(self.app.library, iteration.id, chosen)
            used = DEFAULT_THRESHOLD if chosen is None else chosen
            self.notify(
                f"predictions of {printable(iteration.name)} now use {used:g}", markup=False
            )
            self._load()

    def action_use_tag_threshold(self) -> None:
        """Store the best threshold of the tag under the cursor, or forget it again."""
        iteration, tag = self.shown, self._tag_under_cursor()
        if iteration is None or tag is None or self.evaluation is None:
            return
        best = self.evaluation.tag_best.get(tag.id)
        before = iteration.tag_thresholds.get(tag.uuid)
        if best is None and before is None:
            self.notify(f"No detection of {printable(tag.name)} is correct.", markup=False)
            return
        self._store_tag_threshold(tag, None if before == best else best)

    def _store_tag_threshold(self, tag: Tag, threshold: float | None) -> None:
        if self.shown is not None:
            with reporting(self.app):
                set_tag_threshold(self.app.library, self.shown.id, tag.uuid, threshold)
                self._load()

    def _tag_under_cursor(self) -> Tag | None:
        tag: Tag | None = None
        if self.shown is not None and isinstance(self.panes.tags.key, int):
            with reporting(self.app):
                tag = tags_by_id(self.app.library, self.shown)[self.panes.tags.key]
        return tag

    def as_predicted(self) -> Performance | None:
        """The figures with the thresholds of single tags; `None` where no tag has its own."""
        from tui_detect.core.evaluation import figures

        matched = self.evaluation.matched if self.evaluation else None
        if self.shown is None or matched is None or not self.of_tags:
            return None
        usual, of_tags = threshold_of(self.shown), self.of_tags
        # No key that moves the threshold changes them, and they take as long as all the others.
        if self._predicted is None or self._predicted[:3] != (matched, usual, of_tags):
            found = figures(matched, usual, of_tags=of_tags, intervals=False)
            self._predicted = matched, usual, of_tags, found
        return self._predicted[3]

    def action_wanted(self) -> None:
        """Ask for a precision or a recall, and take the threshold that has it."""
        self._ask_for_wanted("Take the threshold for", None, self._move_threshold)

    def action_wanted_of_tag(self) -> None:
        """Ask the same of the tag under the cursor, and let its predictions use the threshold."""
        tag = self._tag_under_cursor()
        if tag is not None:
            question = f"Predictions of {printable(tag.name)} use the threshold for"
            self._ask_for_wanted(question, tag, partial(self._store_tag_threshold, tag))

    def _ask_for_wanted(self, question: str, tag: Tag | None, use: Callable[[float], None]) -> None:
        from tui_detect.core.evaluation.thresholds import wanted_threshold
        from tui_detect.ui.widgets.dialogs import Prompt

        def answered(text: str | None) -> None:
            matched = self.evaluation.matched if self.evaluation else None
            if text is None or matched is None:
                return
            with reporting(self.app):
                precision, recall = parse_wanted(text)
                ids = [known.id for known in matched.data.tags]
                place = None if tag is None else ids.index(tag.id)
                use(wanted_threshold(matched, precision=precision, recall=recall, tag=place))

        label = "precision 95, or recall 90"
        self.app.push_screen(Prompt(question, label, "precision ", goes_on=True), answered)

    # --- other screens ----------------------------------------------------------------------

    def action_suspects(self) -> None:
        """Look for labels that may be wrong, and list them."""
        if self.shown is not None:
            self._list_suspects(self.shown, everywhere=False)

    def action_suspects_everywhere(self) -> None:
        """The same on every tagged picture, after the iteration has looked at those left."""
        from tui_detect.ui.widgets.working_dialog import WorkingDialog

        library, iteration = self.app.library, self.shown
        if iteration is None:
            return
        dialog: WorkingDialog[LookReport] = WorkingDialog(
            f"{printable(iteration.name)} looks at every tagged picture",
            "what was looked at stays",
            "picture",
            lambda tell, should_stop: look_everywhere(
                library, iteration, on_progress=tell, should_stop=should_stop
            ),
        )
        self.app.push_screen(dialog, lambda outcome: self._looked(iteration, outcome))

    def _looked(self, iteration: Iteration, outcome: LookReport | TuiDetectError | None) -> None:
        if isinstance(outcome, TuiDetectError):
            self.app.report(outcome)
        elif outcome is not None:
            for refused in outcome.refused:
                self.notify(refused.one_line(), severity="warning", markup=False)
            self._list_suspects(iteration, everywhere=True)

    def _list_suspects(self, iteration: Iteration, *, everywhere: bool) -> None:
        library = self.app.library
        found: list[SuspectLabel] = []
        self.do_slowly(
            "looking for labels that may be wrong",
            lambda: found.extend(
                suspects(library, iteration, limit=MOST_SUSPECTS, everywhere=everywhere)
            ),
            lambda: self._show_suspects(iteration, found),
        )

    def _show_suspects(self, iteration: Iteration, found: list[SuspectLabel]) -> None:
        from tui_detect.ui.screens.errors import ErrorsScreen

        if self.is_current:
            trained_on = frozenset(each.finding.image_id for each in found if each.trained_on)
            findings = [each.finding for each in found]
            title = "Labels that may be wrong"
            self.app.push_screen(ErrorsScreen(iteration, title, findings, trained_on=trained_on))

    @property
    def _comparable(self) -> list[Iteration]:
        """The others that have figures."""
        return [
            each
            for each in self.table.iterations
            if self.shown is not None and each.id != self.shown.id and each.map is not None
        ]

    def action_compare(self) -> None:
        """Choose the iteration to compare with."""
        from tui_detect.ui.widgets.iteration_choice import IterationChoice

        others = self._comparable
        older = [each for each in others if self.shown and each.number < self.shown.number]
        best = (older or others)[0]
        self.app.push_screen(IterationChoice(others, best), self._compare)

    def _compare(self, other: Iteration | None) -> None:
        from tui_detect.ui.screens.compare import CompareScreen

        if other is not None and self.shown is not None:
            older, newer = sorted((other, self.shown), key=lambda each: each.number)
            self.app.push_screen(CompareScreen(older, newer))
