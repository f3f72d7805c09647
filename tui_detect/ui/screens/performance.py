"""How good each iteration is: figures, tags and plots, at the thresholds one chooses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import getters, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from tui_detect.core.model import Iteration, Project
from tui_detect.ui.errors import reporting
from tui_detect.ui.screens.base import ProjectScreen
from tui_detect.ui.screens.iteration_actions import ask_before_deletion, ask_for_name
from tui_detect.ui.screens.performance_evaluation import Evaluation, evaluate_iteration
from tui_detect.ui.screens.performance_keys import (
    BINDINGS,
    THRESHOLD_STEP,
    next_overlap,
    next_step,
    next_usual_overlap,
)
from tui_detect.ui.widgets.figures import (
    Headline,
    TagTable,
    about,
    counts,
    note,
    tag_rows,
)
from tui_detect.ui.widgets.footer import KeysLine
from tui_detect.ui.widgets.header import TitleLine
from tui_detect.ui.widgets.iteration_table import IterationTable
from tui_detect.ui.widgets.performance_plots import (
    loss_plot,
    metric_plot,
    precision_recall_plot,
    threshold_plot,
)
from tui_detect.ui.widgets.plot import Plot
from tui_detect.ui.wording import percent
from tui_detect.workflows import iterations as workflow

if TYPE_CHECKING:
    from tui_detect.core.evaluation import EvaluationData, Overlap, Performance

EMPTY = """Performance shows what a trained iteration finds, and what it misses:
precision, recall and mAP for every tag, at the thresholds you choose.

Nothing has been trained yet.  2  opens Train."""

ROOM_FOR_TWO_PLOTS = 116
"""Columns."""
SLOW_AFTER_S = 0.25
"""Figures that take longer are dimmed until they are there."""


class PerformanceScreen(ProjectScreen):
    """Iterations, and the figures of the chosen one."""

    CSS_PATH = "performance.tcss"
    HELP_PAGE = "performance"
    BINDINGS = BINDINGS

    @dataclass
    class Evaluated(Message):
        """A thread has the figures, or what is there without them."""

        evaluation: Evaluation

    threshold: reactive[float] = reactive(0.5, init=False)
    overlap: reactive[Overlap] = reactive["Overlap"](0.3, init=False)
    view: reactive[int] = reactive(0, init=False)
    """0 against the threshold, 1 precision by recall, 2 loss, 3 while training."""

    table = getters.query_one("#iterations", IterationTable)
    tags = getters.query_one("#tags", TagTable)

    def __init__(self) -> None:
        super().__init__()
        self._shown: Iteration | None = None
        self._evaluation: Evaluation | None = None
        self._performance: Performance | None = None

    def compose(self) -> ComposeResult:
        """Iterations at the left, the chosen one beside them."""
        yield TitleLine()
        yield Static(EMPTY, id="empty", classes="empty")
        with Horizontal(id="body"):
            with Vertical(id="side"):
                yield Static("Iterations · mAP at overlap 0.30", classes="heading")
                yield IterationTable(id="iterations")
            with Vertical(id="main"):
                yield Static(id="note")
                yield Static(id="thresholds")
                with Vertical(id="figures"):
                    yield Headline()
                    yield Static(id="counts")
                with Horizontal(id="plots"):
                    for position in range(4):
                        yield Plot(id=f"plot-{position}")
                yield TagTable(id="tags")
                yield Static(id="definition")
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
        """A narrow screen has room for one plot."""
        self._show_plots()

    def _focus_something(self) -> None:
        (self.table if self.query_one("#side").display else self.tags).focus()

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
        elif self._shown is not None and self._shown.id == iteration.id:
            self._choose(iteration)

    @on(IterationTable.Highlighted, "#iterations")
    def _highlighted(self) -> None:
        self._choose(self.table.chosen)

    @on(IterationTable.Selected, "#iterations")
    def _selected(self) -> None:
        self.action_close_iterations()

    def _choose(self, iteration: Iteration | None) -> None:
        before, self._shown = self._shown, iteration
        if iteration is None or before is None or iteration.id != before.id:
            self._evaluation = None
        self._show_title()
        if iteration is None:
            return
        # While it trains, progress comes four times a second; only a new epoch changes a plot.
        same_figures = (
            self._evaluation is not None
            and before is not None
            and (iteration.state, iteration.epochs_done) == (before.state, before.epochs_done)
        )
        if same_figures:
            self._show_words()
        else:
            self._evaluate_soon()

    # --- evaluating in a thread -------------------------------------------------------------

    def _evaluate_soon(self) -> None:
        if self._shown is None:
            return
        known = self._evaluation
        data = known.data if known is not None and self._shown.ended else None
        self._evaluate(self._shown.id, self.overlap, data)
        self.set_timer(SLOW_AFTER_S, self._dim_what_is_old)

    def _dim_what_is_old(self) -> None:
        waiting = self._shown is not None and (
            self._evaluation is None or self._evaluation.overlap != self.overlap
        )
        self.query_one("#main").set_class(waiting, "-waiting")

    @work(
        thread=True,
        exclusive=True,
        exit_on_error=False,
        group="evaluate",
        description="computing figures",
    )
    def _evaluate(self, iteration_id: int, overlap: Overlap, data: EvaluationData | None) -> None:
        evaluation = evaluate_iteration(self.app.library, iteration_id, overlap, data)
        self.post_message(self.Evaluated(evaluation))

    @on(Evaluated)
    def _evaluated(self, event: Evaluated) -> None:
        evaluation = event.evaluation
        wanted = (self._shown.id if self._shown else None, self.overlap)
        if (evaluation.iteration_id, evaluation.overlap) != wanted:
            return
        self._evaluation = evaluation
        self.query_one("#main").remove_class("-waiting")
        self._show_figures()

    # --- showing ----------------------------------------------------------------------------

    def _show_title(self) -> None:
        title = self.query_one(TitleLine)
        title.where = self.project.name
        title.state = about(self._shown) if self._shown else "Performance"
        self.refresh_bindings()

    def _show_figures(self) -> None:
        """Every figure anew, at the thresholds as they are."""
        from tui_detect.core.evaluation import figures

        evaluation = self._evaluation
        if evaluation is None:
            return
        matched = evaluation.matched
        self._performance = None if matched is None else figures(matched, self.threshold)
        self.query_one(Headline).performance = self._performance
        self.tags.show(tag_rows(self._performance) if self._performance else [])
        for name in ("#figures", "#tags", "#thresholds", "#definition"):
            self.query_one(name).display = self._performance is not None
        self._show_words()
        self._show_plots()
        self.refresh_bindings()

    def _show_words(self) -> None:
        if self._shown is None:
            return
        remark = note(self._shown, self._performance)
        line = self.query_one("#note", Static)
        line.update(Content(remark))
        line.display = bool(remark)
        line.set_class(self._shown.state in ("failed", "lost"), "-bad")
        if self._performance is not None:
            self.query_one("#counts", Static).update(
                counts(self._performance, self._shown.settings.folds)
            )
            self.query_one("#definition", Static).update(Content(self._performance.definition))
            self.query_one("#thresholds", Static).update(self._thresholds())

    def _thresholds(self) -> Content:
        from tui_detect.core.evaluation import format_overlap, format_threshold

        best = self._evaluation.curves if self._evaluation else None
        parts: list[Content | str] = [
            "probability threshold ",
            Content.styled(format_threshold(self.threshold), "bold $accent"),
            "   overlap threshold ",
            Content.styled(format_overlap(self.overlap), "bold $accent"),
        ]
        if best is not None and best.best_threshold is not None:
            at = format_threshold(best.best_threshold)
            parts.append(f"   best F1 {percent(best.best_f1)} at {at}")
        return Content.assemble(*parts)

    def _show_plots(self) -> None:
        evaluation = self._evaluation
        if evaluation is None:
            return
        nothing = evaluation.matched is None and not evaluation.epochs
        visible = () if nothing and self._shown_has_ended else self._visible_plots()
        for position, plot in enumerate(self.query(Plot)):
            plot.set_class(position in visible, "-shown")
        plots = [self.query_one(f"#plot-{position}", Plot) for position in range(4)]
        if evaluation.curves is not None and evaluation.data is not None:
            plots[0].data = threshold_plot(evaluation.curves, self.threshold)
            plots[1].data = precision_recall_plot(evaluation.curves, evaluation.data.tags)
        plots[2].data = loss_plot(evaluation.epochs)
        plots[3].data = metric_plot(evaluation.epochs)

    def _visible_plots(self) -> Sequence[int]:
        has_figures = self._evaluation is not None and self._evaluation.matched is not None
        view = self.view if has_figures else 2 + self.view % 2
        return (view,) if self._shows_one_plot else (view // 2 * 2, view // 2 * 2 + 1)

    @property
    def _shows_one_plot(self) -> bool:
        return self.app.size.width < ROOM_FOR_TWO_PLOTS

    @property
    def _is_narrow(self) -> bool:
        return self.app.size.width < 100

    @property
    def _shown_has_ended(self) -> bool:
        return self._shown is not None and self._shown.ended

    # --- keys -------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys are there when there is something for them."""
        if action in ("threshold", "overlap", "usual_overlap", "best"):
            return self._performance is not None
        if action == "close_iterations":
            return self._is_narrow and self.query_one("#side").has_class("-open")
        if action in ("view", "iterations", "rename", "delete"):
            return self._shown is not None
        return True

    def action_threshold(self, steps: int, step: float = THRESHOLD_STEP) -> None:
        """Move the probability threshold to the next multiple of a step."""
        self.threshold = next_step(self.threshold, steps, step, 0.0, 1.0)

    def watch_threshold(self) -> None:
        """Nothing is matched again."""
        self._show_figures()

    def action_overlap(self, steps: int) -> None:
        """Move the overlap threshold; above 0.95 comes COCO's range."""
        self.overlap = next_overlap(self.overlap, steps)

    def action_usual_overlap(self) -> None:
        """The next of 0.30, 0.50 and 0.50:0.95."""
        self.overlap = next_usual_overlap(self.overlap)

    def watch_overlap(self) -> None:
        """Which detections are correct changes with it."""
        self._evaluate_soon()

    def action_best(self) -> None:
        """Take the probability threshold with the best F1."""
        curves = self._evaluation.curves if self._evaluation else None
        if curves is not None and curves.best_threshold is not None:
            self.threshold = curves.best_threshold

    def action_view(self) -> None:
        """Show the next plots."""
        self.view = (self.view + (1 if self._shows_one_plot else 2)) % 4

    def watch_view(self) -> None:
        """Only what is visible is drawn."""
        self._show_plots()

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
        self.tags.focus()

    def action_rename(self) -> None:
        """Ask for another name."""
        if self._shown is not None:
            ask_for_name(self, self._shown, self._load)

    def action_delete(self) -> None:
        """Say what goes with the iteration, then ask."""
        if self._shown is not None:
            ask_before_deletion(self, self._shown, self._deleted)

    def _deleted(self) -> None:
        self._load()
        self.app.set_project(self.project)
