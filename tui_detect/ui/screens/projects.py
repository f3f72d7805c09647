"""The list of projects: find one, open it, make, change or delete one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Static

from tui_detect.core.model import Iteration
from tui_detect.core.words import count
from tui_detect.ui.errors import reporting
from tui_detect.ui.screens.base import AppScreen
from tui_detect.ui.screens.project_actions import ask_before_deletion, ask_for_changes
from tui_detect.ui.widgets.footer import KeysLine
from tui_detect.ui.widgets.header import TitleLine
from tui_detect.ui.widgets.row_table import Column, Row, RowTable
from tui_detect.ui.wording import STATE_MARKS, STATE_STYLES, percent
from tui_detect.workflows import projects as workflow
from tui_detect.workflows.projects import ProjectSummary

if TYPE_CHECKING:
    from textual.widgets import Input

EMPTY = """A project holds the pictures, tags and trained iterations of one detector.

There is none yet.  n  makes the first."""
NOTHING_FOUND = "No project has that in its name or description.  escape or ctrl+g  shows all."

COLUMNS = (
    Column("project"),
    Column("domain", 18, from_width=100),
    Column("images", 7, right=True),
    Column("tagged", 7, right=True),
    Column("tags", 5, right=True),
    Column("last iteration", 22),
    Column("mAP", 6, right=True),
)


class ProjectsScreen(AppScreen):
    """All projects of this home."""

    CSS_PATH = "projects.tcss"
    HELP_PAGE = "projects"
    BINDINGS = [
        Binding("n", "new", "new project", id="projects.new"),
        Binding("slash", "search", "search", id="projects.search"),
        Binding("e", "edit", "edit", id="projects.edit"),
        Binding("d", "delete", "delete", id="projects.delete"),
        Binding("escape,ctrl+g", "show_all", "show all", show=False, id="projects.show-all"),
    ]

    table = getters.query_one("#projects", RowTable)
    empty = getters.query_one("#empty", Static)

    def __init__(self) -> None:
        super().__init__()
        self._summaries: dict[int, ProjectSummary] = {}
        self._search = ""

    def compose(self) -> ComposeResult:
        """Title, search, table or what to do first, details of the chosen one, keys."""
        yield TitleLine("Projects")
        yield RowTable(*COLUMNS, id="projects")
        yield Static(EMPTY, id="empty", classes="empty")
        yield Static(id="details")
        yield KeysLine()

    def on_mount(self) -> None:
        """Show what there is."""
        self.app.run_updated.subscribe(self, self._run_updated)
        self._load()
        self.table.focus()

    def on_screen_resume(self) -> None:
        """Images or tags may have changed meanwhile."""
        if self.is_mounted:
            self._load()

    def _run_updated(self, iteration: Iteration) -> None:
        if iteration.ended:
            self._load()

    def _load(self) -> None:
        with reporting(self.app):
            found = workflow.list_projects(self.app.library, self._search)
            self._summaries = {summary.project.id: summary for summary in found}
            self.table.show([_row(summary) for summary in found])
            self.table.display = bool(found)
            self.empty.display = not found
            self.empty.update(NOTHING_FOUND if self._search else EMPTY)
            title = self.query_one(TitleLine)
            title.state = count(len(found), "project")
            title.news = str(self.app.library.home)
            self._show_details()
            self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a project there is nothing to open, change or find."""
        if action in ("edit", "delete"):
            return self._chosen is not None
        if action == "search":
            return bool(self._summaries or self._search)
        return True

    @property
    def _chosen(self) -> ProjectSummary | None:
        key = self.table.key if self.is_mounted else None
        return self._summaries.get(key) if isinstance(key, int) else None

    def _show_details(self) -> None:
        chosen = self._chosen
        text = chosen.project.description if chosen else ""
        self.query_one("#details", Static).update(Content(text))

    def on_row_table_highlighted(self) -> None:
        """Show the description of the row under the cursor."""
        self._show_details()

    async def on_row_table_selected(self) -> None:
        """Open the chosen project."""
        if self._chosen is not None:
            await self.app.open_project(self._chosen.project)

    # --- search -----------------------------------------------------------------------------

    async def action_search(self) -> None:
        """Type to narrow the list."""
        from textual.widgets import Input

        # Made when it is first needed: the field is a tenth of the time to the first frame.
        if not self.query(Input):
            await self.mount(
                Input(placeholder="name or description"), after=self.query_one(TitleLine)
            )
        self.query_one(Input).display = True
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list with every letter."""
        self._search = event.value
        self._load()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Back to the list, which stays narrowed."""
        event.input.display = bool(event.value)
        self.table.focus()

    def action_show_all(self) -> None:
        """Forget the search."""
        for field in self.query("Input"):
            field.remove()
        self._search = ""
        self._load()
        self.table.focus()

    # --- make, change, delete ---------------------------------------------------------------

    def action_new(self) -> None:
        """Ask for a new project."""
        from tui_detect.ui.widgets.project_form import ProjectDraft, ProjectForm

        form = ProjectForm("New project", workflow.list_domains(), ProjectDraft(""), "Create")
        self.app.push_screen(form, self._create)

    def _create(self, draft: object) -> None:
        from tui_detect.ui.widgets.project_form import ProjectDraft

        if isinstance(draft, ProjectDraft):
            with reporting(self.app):
                project = workflow.create_project(
                    self.app.library, draft.name, draft.description, draft.domain
                )
                self._load()
                self.table.move_to_key(project.id)

    def action_edit(self) -> None:
        """Ask for changes to the chosen project."""
        if self._chosen is not None:
            ask_for_changes(self, self._chosen.project, lambda _: self._load())

    def action_delete(self) -> None:
        """Say what goes, then ask."""
        if self._chosen is not None:
            ask_before_deletion(self, self._chosen.project, self._load)


def _row(summary: ProjectSummary) -> Row:
    project, last = summary.project, summary.last_iteration
    state = Content("none yet")
    if last is not None:
        mark = Content.styled(STATE_MARKS[last.state], STATE_STYLES[last.state])
        state = Content.assemble(mark, f" {last.name}")
    cells = (
        Content(project.name),
        Content(project.domain),
        f"{summary.images:,}",
        f"{summary.tagged:,}",
        f"{summary.tags:,}",
        state,
        percent(last.map if last else None),
    )
    return Row(project.id, cells)
