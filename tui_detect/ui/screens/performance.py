"""How good each iteration is: figures, tags, errors and plots, at the thresholds one chooses."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from tui_detect.core.model import Iteration, Project
from tui_detect.ui.errors import reporting
from tui_detect.ui.screens.performance_computing import PerformanceComputing
from tui_detect.ui.screens.performance_evaluation import Evaluation
from tui_detect.ui.screens.performance_keys import (
    BINDINGS,
    THRESHOLD_STEP,
    next_overlap,
    next_step,
    next_usual_overlap,
)
from tui_detect.ui.screens.performance_panes import PerformancePanes, Shown
from tui_detect.ui.widgets.figures import Headline, about, counts, note, thresholds
from tui_detect.ui.widgets.footer import KeysLine
from tui_detect.ui.widgets.header import TitleLine
from tui_detect.ui.widgets.iteration_table import BEST, IterationTable, facts
from tui_detect.ui.widgets.text_lines import Paragraph, TextLines
from tui_detect.workflows import iterations as workflow
from tui_detect.workflows.thresholds import threshold_of, thresholds_by_tag

EMPTY = """Performance shows what a trained iteration finds, and what it misses:
precision, recall and mAP for every tag, at the thresholds you choose.

Nothing has been trained yet, or all of it was deleted.
2  opens Train,  R  brings a deleted iteration back."""

ROOM_FOR_TWO_PLOTS = 116
"""Columns."""
ROOM_FOR_TWO_ROWS = 30
"""Lines."""


class PerformanceScreen(PerformanceComputing):
    """Iterations, and the figures of the chosen one."""

    CSS_PATH = "performance.tcss"
    HELP_PAGE = "performance"
    BINDINGS = BINDINGS

    def __init__(self) -> None:
        super().__init__()
        self._waits_to_show = False
        self._moved_by_hand = False

    def compose(self) -> ComposeResult:
        """Iterations at the left, the chosen one beside them."""
        yield TitleLine()
        yield Static(EMPTY, id="empty", classes="empty")
        with Horizontal(id="body"):
            with Vertical(id="side"):
                yield Static(f"mAP at overlap 0.30 · {BEST} best", classes="heading")
                yield IterationTable(id="iterations")
                yield Static(id="facts")
            with Vertical(id="main"):
                yield Paragraph(id="note")
                yield TextLines(id="thresholds")
                with Vertical(id="figures"):
                    yield Headline()
                    yield Paragraph(id="counts")
                yield PerformancePanes(id="panes")
                yield Paragraph(id="definition")
        yield KeysLine()

    def on_mount(self) -> None:
        """Show the newest iteration."""
        self.app.run_updated.subscribe(self, self._run_updated)
        self.app.project_changed.subscribe(self, self._project_changed)
        self._load()
        self.call_after_refresh(self._focus_something)

    def on_screen_resume(self) -> None:
        """Something may have been trained, renamed or deleted meanwhile."""
        if self.is_mounted:
            self._load()

    def on_resize(self) -> None:
        """A small screen has room for one plot."""
        width, height = self.app.size
        self.panes.room = width >= ROOM_FOR_TWO_PLOTS, height >= ROOM_FOR_TWO_ROWS

    def on_descendant_focus(self) -> None:
        """Say what the cursor is on."""
        self.panes.show_words()

    def _focus_something(self) -> None:
        if self.query_one("#side").display:
            self.table.focus()
        else:
            self._focus_figures()

    def _focus_figures(self) -> None:
        if not self.panes.focus_first():
            self.query_one(Headline).focus()

    # --- which iteration --------------------------------------------------------------------

    def _load(self) -> None:
        with reporting(self.app):
            found = workflow.list_iterations(self.app.library, self.project.id)
            self.query_one("#empty").display = not found
            self.query_one("#body").display = bool(found)
            self.table.show_iterations(found)
            self._choose(self.table.chosen)

    def _project_changed(self, _project: Project) -> None:
        self._show_title()

    def _run_updated(self, iteration: Iteration) -> None:
        if iteration.project_id != self.project.id:
            return
        if not self.table.replace(iteration):
            self._load()
        elif self.shown is not None and self.shown.id == iteration.id:
            self._choose(iteration)

    @on(IterationTable.Highlighted, "#iterations")
    def _highlighted(self) -> None:
        self._choose(self.table.chosen)

    @on(IterationTable.Selected, "#iterations")
    def _selected(self) -> None:
        self.action_close_iterations()

    def _choose(self, iteration: Iteration | None) -> None:
        before, self.shown = self.shown, iteration
        another = iteration is None or before is None or iteration.id != before.id
        if another:
            self.evaluation, self.performance = None, None
            self.forget_what_was_wanted()
        self._show_title()
        if iteration is None:
            return
        self.query_one("#facts", Static).update(facts(iteration))
        self.of_tags = thresholds_by_tag(self.app.library, iteration)
        if another and (iteration.threshold is not None or not self._moved_by_hand):
            self.set_reactive(PerformanceScreen.threshold, threshold_of(iteration))
        self._show_soon()
        self.evaluate_soon()

    # --- showing ----------------------------------------------------------------------------

    def _show_title(self) -> None:
        title = self.query_one(TitleLine)
        title.where = self.project.name
        title.state = about(self.shown) if self.shown else "Performance"
        self.refresh_bindings()

    def _show_soon(self) -> None:
        """Show it after the keys that wait already: a key held down never piles up."""
        if not self._waits_to_show:
            self._waits_to_show = True
            self.call_later(self.show_now)

    def show_now(self) -> None:
        """Everything in sight, at the thresholds as they are."""
        from tui_detect.core.evaluation import figures

        self._waits_to_show = False
        evaluation, iteration = self.evaluation, self.shown
        if evaluation is None or iteration is None:
            return
        matched = evaluation.matched
        had_figures = self.performance is not None
        self.performance = (
            None
            if matched is None
            else figures(matched, self.threshold, intervals=evaluation.has_intervals)
        )
        self._show_figures(evaluation, iteration)
        if had_figures == (self.performance is not None):
            self._show_panes()
        else:
            self.refresh_bindings()
            # The numbers first: a plot takes as long as all of them.
            self.query_one(Headline).call_after_refresh(self._show_panes)

    def _show_figures(self, evaluation: Evaluation, iteration: Iteration) -> None:
        performance = self.performance
        for name in ("#figures", "#thresholds", "#definition"):
            self.query_one(name).display = performance is not None
        self.query_one("#panes").display = performance is not None or bool(
            evaluation.epochs or not iteration.ended
        )
        line = self.query_one("#note", Paragraph)
        line.say(note(iteration, performance))
        line.set_class(iteration.state in ("failed", "lost"), "-bad")
        headline = self.query_one(Headline)
        headline.has_intervals = evaluation.has_intervals
        headline.performance = performance
        if performance is not None and evaluation.data is not None:
            of = counts(performance, iteration.settings.folds)
            self.query_one("#counts", Paragraph).say(of)
            chosen, predicted = iteration.threshold, self.as_predicted()
            at = self.query_one("#thresholds", TextLines)
            at.content = thresholds(
                performance, evaluation.curves, chosen, predicted, len(self.of_tags)
            )
            at.set_class(len(at.content.split("\n")) > 1, "-two")
            self.query_one("#definition", Paragraph).say(performance.definition)

    def _show_panes(self) -> None:
        evaluation, iteration = self.evaluation, self.shown
        if evaluation is not None and iteration is not None:
            chosen = iteration.threshold
            self.panes.show(
                Shown(evaluation, self.performance, self.threshold, chosen, self.of_tags)
            )

    # --- keys -------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys are there when there is something for them."""
        if action in ("threshold", "overlap", "usual_overlap", "best"):
            return self.performance is not None
        if action in ("sort", "reverse"):
            return self.performance is not None and self.panes.tags.has_class("-shown")
        if action == "close_iterations":
            return self._is_narrow and self.query_one("#side").has_class("-open")
        if action in ("view", "iterations"):
            return self.shown is not None
        return super().check_action(action, parameters)

    @property
    def _is_narrow(self) -> bool:
        return self.app.size.width < 100

    def action_threshold(self, steps: int, step: float = THRESHOLD_STEP) -> None:
        """Move the probability threshold to the next multiple of a step."""
        self._move_threshold(next_step(self.threshold, steps, step, 0.0, 1.0))

    def _move_threshold(self, threshold: float) -> None:
        self._moved_by_hand = True
        self.threshold = threshold

    def watch_threshold(self) -> None:
        """Nothing is matched again."""
        self._show_soon()

    def action_overlap(self, steps: int) -> None:
        """Move the overlap threshold; above 0.95 comes COCO's range."""
        self.overlap = next_overlap(self.overlap, steps)

    def action_usual_overlap(self) -> None:
        """The next of 0.30, 0.50 and 0.50:0.95."""
        self.overlap = next_usual_overlap(self.overlap)

    def watch_overlap(self) -> None:
        """Which detections are correct changes with it."""
        self.evaluate_soon()

    def action_best(self) -> None:
        """Take the probability threshold with the best F1."""
        curves = self.evaluation.curves if self.evaluation else None
        if curves is not None and curves.best_threshold is not None:
            self._move_threshold(curves.best_threshold)

    def action_view(self, pages: int = 1) -> None:
        """Show the next plots and tables."""
        self.panes.turn(pages)
        if self.focused is not self.table:
            self._focus_figures()

    def action_sort(self) -> None:
        """Sort the tags by the next column."""
        self.panes.tags.sort_by_next()
        self._show_soon()

    def action_reverse(self) -> None:
        """Turn the order of the tags round."""
        self.panes.tags.reverse()
        self._show_soon()

    def action_iterations(self) -> None:
        """Go to the list of iterations, which a narrow screen folds away."""
        if self._is_narrow and self.query_one("#side").has_class("-open"):
            self.action_close_iterations()
            return
        self.query_one("#side").add_class("-open")
        self.table.focus()

    def action_close_iterations(self) -> None:
        """Fold the list away again."""
        self.query_one("#side").remove_class("-open")
        self._focus_figures()
