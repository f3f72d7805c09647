"""The app: its modes, the open project, the live runs, and what every screen may rely on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.events import Event, Key, Paste
from textual.message import Message
from textual.reactive import var
from textual.signal import Signal
from textual.worker import get_current_worker

from tui_detect.core.model import Iteration, Project
from tui_detect.ui import run_words
from tui_detect.ui.errors import ReportsErrors, show_error
from tui_detect.ui.key_words import key_words
from tui_detect.ui.modes import MODES, find_mode
from tui_detect.ui.runs import LOOK_AROUND_S, RunCollector
from tui_detect.ui.stylesheet import KeptStylesheet
from tui_detect.ui.terminal import UNKNOWN, Terminal
from tui_detect.ui.theme import OWN_THEMES, OWN_VARIABLES, suited_to
from tui_detect.ui.type_ahead import TypeAhead

if TYPE_CHECKING:
    from textual.command import Provider
    from textual.screen import Screen

    from tui_detect.core.pointing import KeyGrid
    from tui_detect.workflows.growing import Grower
    from tui_detect.workflows.library import Library

LIVE_INTERVAL_S = 1.0
"""How often to look for news of live runs: at 0.5 s it cost a third more and read no better."""
PALETTE_ID = "--command-palette"


def _actions_provider() -> type[Provider]:
    """The palette's entries, loaded when it is first opened."""
    from tui_detect.ui.palette import ActionsProvider

    return ActionsProvider


class TuiDetectApp(ReportsErrors, App[None]):
    """Object detection from pictures to a trained detector, in a terminal."""

    TITLE = "tui-detect"
    CSS_PATH = "app.tcss"
    COMMANDS = App.COMMANDS | {_actions_provider}
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (160, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]
    BINDINGS = [
        Binding("question_mark", "help", "help", id="app.help"),
        *(
            Binding(mode.key, f"open_mode('{mode.name}')", mode.title, id=f"app.{mode.name}")
            for mode in MODES
        ),
        Binding("q", "quit", "leave", id="app.quit"),
    ]

    class RunsCollected(Message):
        """News of live runs, read by a thread, or why it could not."""

        def __init__(self, found: list[Iteration], error: Exception | None = None) -> None:
            super().__init__()
            self.found = found
            self.error = error

    live_runs: var[tuple[Iteration, ...]] = var(())
    """The iterations that are being trained, newest first, of all projects."""

    def __init__(
        self,
        library: Library,
        terminal: Terminal = UNKNOWN,
        project: Project | None = None,
        mode: str = "images",
    ) -> None:
        # A first screen of Textual's own would be styled, laid out and painted for nothing.
        self.DEFAULT_MODE = mode if project is not None else "projects"  # type: ignore[misc]
        super().__init__()
        self.stylesheet = KeptStylesheet(variables=self.get_css_variables())
        self.library = library
        self.terminal = terminal
        """What it can show, and how the canvas draws on it."""
        self.key_grid: KeyGrid | None = None
        """The keyboard that points at places of a picture, once the settings name one."""
        self.project = project
        self.project_changed: Signal[Project] = Signal(self, "project_changed")
        """The open project's name, domain, tags or images are not what they were."""
        self.run_updated: Signal[Iteration] = Signal(self, "run_updated")
        """An iteration reported something, or ended."""
        self._typed = TypeAhead(self, super().on_event)
        self._collector = RunCollector(library)
        self._collecting = False
        self._reported = ""
        for theme in OWN_THEMES:
            self.register_theme(theme)
        self.theme = suited_to(self.console.color_system).name
        for known in MODES:
            self.add_mode(known.name, known.build)

    def on_mount(self) -> None:
        """Everything that is slower than the first view comes after it."""
        self._ticker = self.set_interval(LOOK_AROUND_S, self._collect)
        self.call_after_refresh(self._collect)
        self.call_after_refresh(self._read_settings)

    def on_ready(self) -> None:
        """The first frame is there: now what only later ones need."""
        self.run_worker(self._tidy_trash, thread=True, exit_on_error=False, group="trash")
        if not self.is_headless:
            from tui_detect.ui import textual_patches

            textual_patches.apply(inside_tmux=self.terminal.inside_tmux or None)

    # --- the open project -------------------------------------------------------------------

    async def open_project(self, project: Project, mode: str = "images") -> None:
        """Make `project` the open one and show it."""
        if self.project is None or self.project.id != project.id:
            await self.close_project()
        self.project = project
        await self.switch_mode(mode)

    async def close_project(self) -> None:
        """Go back to the projects; the views of the project that was open are dropped."""
        await self.switch_mode("projects")
        self.project = None
        await self._drop_views()

    def forget_project(self, project: Project) -> None:
        """A project was deleted: nothing may show it any more."""
        if self.project is not None and self.project.id == project.id:
            self.run_worker(self.close_project(), exit_on_error=False, group="projects")

    async def _drop_views(self) -> None:
        for mode in MODES:
            if mode.needs_project:
                await self.remove_mode(mode.name)
                self.add_mode(mode.name, mode.build)

    def set_project(self, project: Project) -> None:
        """The open project was changed: tell the views."""
        self.project = project
        self.project_changed.publish(project)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Modes are reachable from each other, and only when a project is open."""
        if action == "open_mode":
            mode = find_mode(str(parameters[0]))
            if not self._at_base or self.current_mode == mode.name:
                return False
            return self.project is not None or not mode.needs_project
        return True

    @property
    def _at_base(self) -> bool:
        """Whether a view itself is shown; the palette above it acts for it."""
        above = self.screen_stack[1:]
        return not above or (len(above) == 1 and above[0].id == PALETTE_ID)

    async def action_open_mode(self, name: str) -> None:
        """Show another view."""
        await self.switch_mode(name)
        self.refresh_bindings()

    # --- live runs --------------------------------------------------------------------------

    def watch_runs(self) -> None:
        """Look for news of runs now and often: a run was started or resumed."""
        self._collector.look_everywhere()
        self._ticker.reset()
        self._collect()

    def _collect(self) -> None:
        if not self._collecting:
            self._collecting = True
            self.run_worker(
                self._collect_in_thread,
                thread=True,
                exclusive=True,
                exit_on_error=False,
                group="collect",
                description="reading what live runs report",
            )

    def _collect_in_thread(self) -> None:
        worker = get_current_worker()
        try:
            news = self.RunsCollected(self._collector.collect(lambda: worker.is_cancelled))
        except Exception as error:
            news = self.RunsCollected([], error)
        self.post_message(news)

    def on_tui_detect_app_runs_collected(self, event: RunsCollected) -> None:
        """Tell the views what changed, and keep the pace that live runs need."""
        self._collecting = False
        if event.error is not None:
            self._collecting_failed(event.error)
            return
        self._reported = ""
        was_live = bool(self.live_runs)
        ended = self._collector.ended(event.found)
        news = self._collector.changed(event.found)
        self.live_runs = self._collector.live
        if bool(self.live_runs) != was_live:
            self._set_pace(LIVE_INTERVAL_S if self.live_runs else LOOK_AROUND_S)
        for iteration in news:
            self.run_updated.publish(iteration)
        self._announce(ended)

    def _announce(self, ended: list[Iteration]) -> None:
        """Ring the terminal's bell and say which runs have ended, whatever is shown."""
        project_id = self.project.id if self.project is not None else None
        for iteration in ended:
            bad = iteration.state in ("failed", "lost")
            text = run_words.news(iteration, project_id)
            self.notify(text, severity="error" if bad else "information", markup=False)
        if ended:
            self.bell()

    def _collecting_failed(self, error: Exception) -> None:
        """Show it once, not at every attempt; go on trying at the slow pace."""
        if self._reported != repr(error):
            self._reported = repr(error)
            self.report(error)
        self._set_pace(LOOK_AROUND_S)

    def _set_pace(self, interval_s: float) -> None:
        self._ticker.stop()
        self._ticker = self.set_interval(interval_s, self._collect)

    def forget_run(self, iteration_id: int) -> None:
        """An iteration was deleted: nothing more is expected of it."""
        self._collector.forget(iteration_id)
        self.live_runs = self._collector.live

    def _tidy_trash(self) -> None:
        from tui_detect.workflows.trash import tidy

        tidy(self.library)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Colours that Textual's own themes lack."""
        return OWN_VARIABLES

    @cached_property
    def grower(self) -> Grower:
        """Finds the box of an object round a point inside it; made when it is first needed."""
        from tui_detect.workflows.growing import Grower

        return Grower(self.library)

    def on_unmount(self) -> None:
        """End what was started for the person and belongs to no run."""
        if "grower" in self.__dict__:
            self.grower.close()

    # --- keys, help, errors -----------------------------------------------------------------

    async def on_event(self, event: Event) -> None:
        """Take the next key when the one before it is dealt with."""
        if isinstance(event, Key | Paste) and not event.is_forwarded:
            self._typed.add(event)
        else:
            await super().on_event(event)

    def _read_settings(self) -> None:
        if (self.library.home / "config.toml").exists():
            self.run_worker(
                self._settings_in_thread, thread=True, exit_on_error=False, group="settings"
            )

    def _settings_in_thread(self) -> None:
        from tui_detect.ui import keys
        from tui_detect.workflows.configuration import read_configuration

        settings = read_configuration(self.library.home)
        self.key_grid = keys.key_grid_of(settings)
        self.call_from_thread(self.set_keymap, keys.keymap_of(settings))

    def get_key_display(self, binding: Binding) -> str:
        """Keys by the words that the help pages use."""
        return binding.key_display or key_words(binding.key)

    def action_help(self) -> None:
        """Explain what has the focus."""
        from tui_detect.ui.help import HelpScreen

        self.push_screen(HelpScreen.about(self.screen))

    def report(self, error: BaseException) -> None:
        """Show an error until it is read."""
        show_error(self, error)

    async def action_quit(self) -> None:
        """Leave; runs go on."""
        self.exit(message=self._farewell())

    def _farewell(self) -> str | None:
        if not self.live_runs:
            return None
        names = ", ".join(run.name for run in self.live_runs)
        return f"Still training: {names}. Open tui-detect again to watch."

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Entries of the palette that belong to no view."""
        yield self._queue_command()
        yield SystemCommand("All keys", "Every key and the id of its action", self._show_all_keys)
        yield SystemCommand("Theme", "Choose the colours", self.action_change_theme)
        yield SystemCommand("Screenshot", "Save this screen as SVG", self._take_screenshot)

    def _queue_command(self) -> SystemCommand:
        from tui_detect.workflows.queue import let_queue_go_on, pause_queue, queue_is_paused

        if queue_is_paused(self.library):
            act, title = let_queue_go_on, "Let the queue go on"
            text = "Trainings begin again on this machine"
        else:
            act, title = pause_queue, "Pause the queue"
            text = "No training begins on this machine until it goes on; what trains goes on"
        return SystemCommand(title, text, partial(self._change_queue, act, f"{text}."))

    def _change_queue(self, act: Callable[[Library], None], said: str) -> None:
        act(self.library)
        self.notify(said)

    def _show_all_keys(self) -> None:
        from tui_detect.ui.help import HelpScreen, read_page

        self.push_screen(HelpScreen(read_page("keys")))

    def _take_screenshot(self) -> None:
        self.set_timer(0.1, partial(self.deliver_screenshot, None))
