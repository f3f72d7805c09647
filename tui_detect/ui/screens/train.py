"""Train: what a run would learn from, and the run itself while it goes and when it has ended."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding
from textual.message import Message
from textual.reactive import var

from tui_detect.core.errors import BadInput, NotFound, TrainingImpossible
from tui_detect.core.model import Iteration, Project, TrainingSettings
from tui_detect.core.words import count
from tui_detect.ui import run_words
from tui_detect.ui.errors import reporting
from tui_detect.ui.screens.watching import WatchingScreen
from tui_detect.ui.widgets.footer import KeysLine
from tui_detect.ui.widgets.header import TitleLine
from tui_detect.ui.widgets.ready_pane import Outcome, ReadyPane
from tui_detect.ui.widgets.run_pane import RunPane
from tui_detect.workflows import iterations, training
from tui_detect.workflows.launching import choose_launcher
from tui_detect.workflows.planning import TrainingPreview, plan_training
from tui_detect.workflows.warm_starting import with_warm_start


class TrainScreen(WatchingScreen):
    """One key trains; then the run is shown wherever it got to."""

    CSS_PATH = "train.tcss"
    HELP_PAGE = "train"
    BINDINGS = [
        Binding("t", "train", "train", id="train.start"),
        Binding("e", "settings", "settings", id="train.settings"),
        Binding("s", "stop", "stop, keep the best", id="train.stop"),
        Binding("r", "resume", "resume", id="train.resume"),
        Binding("n", "prepare", "new run", id="train.new"),
        Binding("v", "last_run", "last run", id="train.last"),
        Binding("l", "log", "log", id="train.log"),
        Binding("p", "plots(1)", "plots", id="train.plots"),
        Binding("f", "pictures", "pictures", id="train.pictures"),
        Binding("comma", "turn(-1)", "epochs", key_display=", .", id="train.earlier"),
        Binding("full_stop", "turn(1)", "later epoch", False, id="train.later"),
        Binding("w", "warnings", "warnings", id="train.warnings"),
        Binding("i", "choose_run", "runs", id="train.runs"),
        Binding("P", "plots(-1)", "plots back", False, id="train.plots_back"),
        Binding("o", "others", "other pictures", False, id="train.others"),
        Binding("left_square_bracket", "threshold(-1)", "more boxes", False, id="train.lower"),
        Binding("right_square_bracket", "threshold(1)", "fewer boxes", False, id="train.higher"),
    ]

    ready = getters.query_one(ReadyPane)

    shown: var[Iteration | None] = var[Iteration | None](None)
    """The run on the screen; `None` while the next one is prepared."""
    starting: var[bool] = var(False)

    class Checked(Message):
        """What the next run would learn from, or why there is nothing to."""

        def __init__(self, outcome: Outcome) -> None:
            super().__init__()
            self.outcome = outcome

    class Started(Message):
        """A run was started."""

        def __init__(self, iteration: Iteration) -> None:
            super().__init__()
            self.iteration = iteration

    def __init__(self) -> None:
        super().__init__()
        self._settings = TrainingSettings()
        self._outcome: Outcome | None = None
        self._last: Iteration | None = None
        self._ids: set[int] = set()
        self._stopping = 0
        self._chosen = False
        """Whether the person picked the run that is shown; a newer one does not push it away."""
        self._possible = (False, False)

    def compose(self) -> ComposeResult:
        """Either what is ready to be trained, or a run."""
        yield TitleLine(shows_run=False)
        yield ReadyPane(id="ready")
        yield RunPane(self.app.library, self.app.terminal, id="run")
        yield KeysLine()

    def on_mount(self) -> None:
        """A run that goes on is shown wherever it got to, and one that was lost."""
        self.app.run_updated.subscribe(self, self._run_updated)
        self.app.project_changed.subscribe(self, self._project_changed)
        self._find_last()
        with reporting(self.app):
            launcher, options = choose_launcher(self.app.library, self.project.id, None, {})
            self._settings = replace(self._settings, launcher=launcher, launcher_options=options)
        last = self._last
        self.shown = last if last and (not last.ended or last.state == "lost") else None
        self._show()

    def on_screen_resume(self) -> None:
        """Images may have been tagged, iterations deleted."""
        if self.is_mounted:
            self._find_last()
            if self.shown is not None and self.shown.id not in self._ids:
                self.shown = None
            self._show()

    def _project_changed(self, _project: Project) -> None:
        self._show()

    def _run_updated(self, iteration: Iteration) -> None:
        if iteration.project_id != self.project.id:
            return
        if self.shown is not None and self.shown.id == iteration.id:
            before, self.shown = self.shown, iteration
            self._show_run(iteration)
            if (before.ended, bool(before.warnings)) != (
                iteration.ended,
                bool(iteration.warnings),
            ):
                self.refresh_bindings()
        elif self.shown is None and iteration.ended:
            self._find_last()
            self._show()
        elif not self._chosen and (self.shown is None or self.shown.id < iteration.id):
            self._last = self.shown = iteration
            self._show()

    def _find_last(self) -> None:
        with reporting(self.app):
            found = iterations.list_iterations(self.app.library, self.project.id)
            self._last = found[0] if found else None
            self._ids = {iteration.id for iteration in found}

    # --- what is shown ----------------------------------------------------------------------

    def _show(self) -> None:
        run = self.shown
        preparing = run is None and not self.starting
        self.ready.display = preparing
        self.run_pane.display = not preparing
        self.query_one(TitleLine).where = f"{self.project.name} · Train"
        if run is not None:
            self._show_run(run)
        elif self.starting:
            self.query_one(TitleLine).state = "starting …"
            self.run_pane.show_starting()
        else:
            self.query_one(TitleLine).state = f"domain {self.project.domain}"
            self.ready.show(self._outcome, self._settings, self._last)
            self._look_at_workspace()
        self.refresh_bindings()

    def _show_run(self, run: Iteration) -> None:
        stopping = self._stopping == run.id
        self.query_one(TitleLine).state = run_words.headline(run, stopping=stopping)
        self.run_pane.show(run)

    def _look_at_workspace(self) -> None:
        library, project_id, settings = self.app.library, self.project.id, self._settings

        def look() -> None:
            try:
                outcome: Outcome = plan_training(library, project_id, settings)
            except (BadInput, NotFound, TrainingImpossible) as error:
                outcome = error
            self.post_message(self.Checked(outcome))

        self.run_worker(look, thread=True, exclusive=True, exit_on_error=False, group="check")

    def on_train_screen_checked(self, event: Checked) -> None:
        """Show what there is to learn from."""
        self._outcome = event.outcome
        if self.shown is None:
            self.ready.show(self._outcome, self._settings, self._last)
            self.refresh_bindings()

    def on_run_pane_read(self) -> None:
        """Pictures or a checkpoint may be there by now, and so their keys."""
        possible = (self.run_pane.report.can_resume, self.run_pane.flip_book.has_pages)
        if possible != self._possible:
            self._possible = possible
            self.refresh_bindings()

    # --- what a person can do ---------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what makes sense for what is shown."""
        run = self.shown
        if action == "train":
            return run is None and self._preview is not None and not self.starting
        if action == "stop":
            return run is not None and not run.ended and self._stopping != run.id
        if action == "prepare":
            return run is not None
        if action == "last_run":
            return run is None and self._last is not None
        if action == "resume":
            return run is not None and self.run_pane.report.can_resume
        if action == "warnings":
            return bool(self.run_pane.warnings)
        if action in ("turn", "others", "threshold"):
            return run is not None and self.run_pane.flip_book.has_pages
        if action in ("log", "plots", "pictures"):
            return run is not None
        if action == "choose_run":
            return len(self._ids) > 1
        return True

    @property
    def _preview(self) -> TrainingPreview | None:
        return self._outcome if isinstance(self._outcome, TrainingPreview) else None

    def action_train(self) -> None:
        """Freeze the workspace and start the run; ask first when it would only repeat one."""
        from tui_detect.ui.widgets.dialogs import Confirm

        same = self._preview.unchanged_since if self._preview is not None else ""
        if same:
            lines = [f"Images, regions, tags, split and settings are those of {same}."]
            question = Confirm("Train the same once more?", lines, "Train", harmless=True)
            self.app.push_screen(question, self._start_again)
        else:
            self._start(force=False)

    def _start_again(self, answer: bool | None) -> None:
        if answer:
            self._start(force=True)

    def _start(self, *, force: bool) -> None:
        self.starting = True
        self._show()
        library, project_id, settings = self.app.library, self.project.id, self._settings

        def start() -> None:
            try:
                self.post_message(
                    self.Started(
                        training.start_training(library, project_id, settings, force=force)
                    )
                )
            finally:
                self.app.call_later(self._started_or_not)

        self.run_worker(start, thread=True, exit_on_error=False, group="start")

    def _started_or_not(self) -> None:
        self.starting = False
        self._show()

    def on_train_screen_started(self, event: Started) -> None:
        """Show the run and look for its news."""
        self._last = self.shown = event.iteration
        self._chosen = False
        self._ids.add(event.iteration.id)
        self._show()
        self.app.watch_runs()

    def action_settings(self) -> None:
        """Ask for the settings of the next run."""
        from tui_detect.ui.widgets.training_form import TrainingForm

        form = TrainingForm(self._settings, self._preview, self._settle)
        self.app.push_screen(form, self._set_settings)

    def _settle(self, settings: TrainingSettings, start: str) -> TrainingSettings:
        if start:
            settings = with_warm_start(self.app.library, self.project.id, settings, start)
        training.check_training(self.app.library, self.project.id, settings)
        return settings

    def _set_settings(self, settings: TrainingSettings | None) -> None:
        if settings is not None:
            self._settings = settings
            self.action_prepare()

    def action_stop(self) -> None:
        """Ask, then let the run end with the best weights so far."""
        from tui_detect.ui.widgets.dialogs import Confirm

        run = self.shown
        if run is not None:
            lines = [
                "It finishes its batch, keeps the best weights so far and evaluates them.",
                f"So far: {count(run.epochs_done, 'epoch')} of {run.epochs_planned or '?'}.",
                "r resumes it later, from its last checkpoint.",
            ]
            self.app.push_screen(Confirm(f"Stop {run.name}?", lines, "Stop"), self._stop)

    def _stop(self, answer: bool | None) -> None:
        if answer and self.shown is not None:
            self._stopping = self.shown.id
            self._show()
            # In a thread: a cluster may take its time to answer.
            stop = partial(training.stop_training, self.app.library, self.shown.id)
            self.run_worker(stop, thread=True, exit_on_error=False, group="stop")

    def action_prepare(self) -> None:
        """Leave the run, which may go on, and prepare the next one."""
        self.shown, self._chosen = None, True
        self._show()

    def action_last_run(self) -> None:
        """Look at the newest run again."""
        self.shown, self._chosen = self._last, False
        self._show()

    def action_log(self) -> None:
        """Read the whole log."""
        from tui_detect.ui.screens.log import LogScreen

        if self.shown is not None:
            self.app.push_screen(LogScreen(self.shown))

    def action_resume(self) -> None:
        """Go on from the last good checkpoint of a run that ended too early."""
        run, library = self.shown, self.app.library
        if run is None:
            return

        def resume() -> None:
            from tui_detect.workflows.resuming import resume_training

            try:
                self.post_message(self.Started(resume_training(library, run.id)))
            finally:
                self.app.call_later(self._show)

        self.run_pane.show_starting()
        self.run_worker(resume, thread=True, exit_on_error=False, group="start")

    def action_choose_run(self) -> None:
        """Look at another run of the project."""
        from tui_detect.ui.widgets.iteration_choice import IterationChoice

        with reporting(self.app):
            runs = iterations.list_iterations(self.app.library, self.project.id)
            self.app.push_screen(IterationChoice(runs, self.shown), self._show_chosen)

    def _show_chosen(self, iteration: Iteration | None) -> None:
        if iteration is not None:
            self.shown, self._chosen = iteration, True
            self._show()
