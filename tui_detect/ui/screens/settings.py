"""Settings: what the project is, and its tags."""

from __future__ import annotations

from collections.abc import Callable

from textual import getters
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Static

from tui_detect.core.model import Iteration, Project, Tag
from tui_detect.core.words import count
from tui_detect.ui.errors import reporting
from tui_detect.ui.screens.base import ProjectScreen
from tui_detect.ui.screens.project_actions import ask_before_deletion, ask_for_changes
from tui_detect.ui.widgets.footer import KeysLine
from tui_detect.ui.widgets.header import TitleLine
from tui_detect.ui.widgets.row_table import RowTable
from tui_detect.ui.widgets.tag_choice import COLUMNS, tag_row
from tui_detect.workflows import images, iterations, projects, tags
from tui_detect.workflows.tags import TagCount

LABEL_WIDTH = 14
NO_TAGS = """Tags name the kinds of objects that the detector is to find.

There is none yet.  n  makes one; so does drawing a box."""


class SettingsScreen(ProjectScreen):
    """The project's facts over the table of its tags."""

    CSS_PATH = "settings.tcss"
    HELP_PAGE = "settings"
    BINDINGS = [
        Binding("e", "edit", "edit project", id="settings.edit"),
        Binding("n", "new_tag", "new tag", id="settings.new-tag"),
        Binding("r", "rename_tag", "rename", id="settings.rename-tag"),
        Binding("m", "merge_tag", "merge", id="settings.merge-tag"),
        Binding("d", "delete_tag", "delete tag", id="settings.delete-tag"),
        Binding("D", "delete_project", "delete project", id="settings.delete-project"),
    ]

    table = getters.query_one("#tags", RowTable)

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[int, TagCount] = {}

    def compose(self) -> ComposeResult:
        """Facts, then tags."""
        yield TitleLine()
        yield Static(id="facts")
        yield RowTable(*COLUMNS, id="tags", opens=False)
        yield Static(NO_TAGS, id="no-tags", classes="empty")
        yield KeysLine()

    def on_mount(self) -> None:
        """Follow changes from elsewhere."""
        self.app.project_changed.subscribe(self, self._project_changed)
        self.app.run_updated.subscribe(self, self._run_updated)
        self.table.focus()

    def on_screen_resume(self) -> None:
        """Images and tags may have changed meanwhile."""
        if self.is_mounted:
            self._load()

    def _project_changed(self, _project: Project) -> None:
        self._load()

    def _run_updated(self, iteration: Iteration) -> None:
        if iteration.ended:
            self._load()

    def _load(self) -> None:
        with reporting(self.app):
            found = tags.list_tags(self.app.library, self.project.id)
            self._counts = {item.tag.id: item for item in found}
            self.table.show([tag_row(item) for item in found])
            self.table.display = bool(found)
            self.query_one("#no-tags").display = not found
            title = self.query_one(TitleLine)
            title.where = f"{self.project.name} · Settings"
            title.state = count(len(found), "tag")
            self.query_one("#facts", Static).update(self._facts())
        self.refresh_bindings()

    def _facts(self) -> Content:
        library, project = self.app.library, self.project
        counts = images.count_images(library, project.id)
        purposes = dict(projects.list_domains())
        trained = len(iterations.list_iterations(library, project.id))
        rows = [
            ("name", project.name),
            ("description", project.description or "none"),
            ("domain", f"{project.domain}: {purposes.get(project.domain, '')}"),
            (
                "images",
                f"{counts.total:,}: {counts.tagged:,} tagged (of which {counts.background:,}"
                f" background), {counts.untagged:,} untagged",
            ),
            ("iterations", f"{trained:,}"),
            ("home", str(library.home)),
        ]
        return Content("\n").join(
            Content.assemble((f"{label:<{LABEL_WIDTH}}", "$muted"), value) for label, value in rows
        )

    @property
    def _chosen(self) -> TagCount | None:
        key = self.table.key if self.is_mounted else None
        return self._counts.get(key) if isinstance(key, int) else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a tag there is nothing to rename, merge or delete."""
        if action in ("rename_tag", "delete_tag"):
            return self._chosen is not None
        if action == "merge_tag":
            return len(self._counts) > 1
        return True

    # --- the project ------------------------------------------------------------------------

    def action_edit(self) -> None:
        """Ask for another name, description or domain."""
        ask_for_changes(self, self.project, lambda _: self._load())

    def action_delete_project(self) -> None:
        """Say what goes, then ask; afterwards the list of projects is shown."""
        ask_before_deletion(self, self.project, lambda: None)

    # --- tags -------------------------------------------------------------------------------

    def action_new_tag(self) -> None:
        """Ask for the name of a new tag."""
        self._ask_for_name(
            "New tag", "", lambda name: tags.create_tag(self.app.library, self.project.id, name)
        )

    def action_rename_tag(self) -> None:
        """Ask for another name; regions keep the tag."""
        chosen = self._chosen
        if chosen is not None:
            self._ask_for_name(
                f"Rename {chosen.tag.name}",
                chosen.tag.name,
                lambda name: tags.rename_tag(self.app.library, chosen.tag.id, name),
            )

    def _ask_for_name(self, title: str, before: str, do: Callable[[str], Tag]) -> None:
        from tui_detect.ui.widgets.dialogs import Prompt

        def named(name: str | None) -> None:
            if name is not None and name != before:
                with reporting(self.app):
                    tag = do(name)
                    self._changed()
                    self.table.move_to_key(tag.id)

        self.app.push_screen(Prompt(title, "Name of the tag", before), named)

    def action_merge_tag(self) -> None:
        """Ask which tag takes the regions of this one, then say what happens."""
        from tui_detect.ui.widgets.tag_choice import TagChoice

        source = self._chosen
        if source is None:
            return
        others = [item for item in self._counts.values() if item.tag.id != source.tag.id]

        def chosen(target: Tag | None) -> None:
            if target is not None:
                self._ask_before_merge(source, target)

        self.app.push_screen(TagChoice(f"Merge {source.tag.name} into …", others), chosen)

    def _ask_before_merge(self, source: TagCount, target: Tag) -> None:
        regions = count(source.regions, "region")
        lines = [
            f"{regions} of {source.tag.name} become {target.name}.",
            f"The tag {source.tag.name} goes. Iterations keep what they were trained with.",
        ]
        self._ask(
            f"Merge {source.tag.name} into {target.name}?",
            lines,
            "Merge",
            lambda: tags.merge_tags(self.app.library, source.tag.id, target.id),
        )

    def action_delete_tag(self) -> None:
        """Say what goes, then ask."""
        chosen = self._chosen
        if chosen is None:
            return
        lines = ["No region has it: only the name goes."]
        if chosen.regions:
            where = count(chosen.images, "image")
            lines = [
                f"{count(chosen.regions, 'region')} on {where} go with it.",
                "The images stay, and stay tagged: those without another region become background.",
                "Iterations keep what they were trained with.",
            ]
        self._ask(
            f"Delete the tag {chosen.tag.name}?",
            lines,
            "Delete",
            lambda: tags.delete_tag(self.app.library, chosen.tag.id),
        )

    def _ask(self, title: str, lines: list[str], verb: str, do: Callable[[], object]) -> None:
        from tui_detect.ui.widgets.dialogs import Confirm

        def answered(answer: bool | None) -> None:
            if answer:
                self.do_slowly(title.rstrip("?"), do, self._changed)

        self.app.push_screen(Confirm(title, lines, verb), answered)

    def _changed(self) -> None:
        """Tell the other views too."""
        self._load()
        self.app.set_project(self.project)
