"""Images: the pictures of the workspace, what is tagged, and what training still needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import var
from textual.widgets import Input, Static

from tui_detect.core.errors import TuiDetectError
from tui_detect.core.model import Iteration, Project, Tag
from tui_detect.core.query import ImageQuery, format_query, parse_query
from tui_detect.ui.errors import reporting
from tui_detect.ui.screens.images_actions import WorkspaceActions
from tui_detect.ui.screens.images_keys import BINDINGS
from tui_detect.ui.screens.images_state import Workspace, read_infos, read_workspace
from tui_detect.ui.screens.images_words import (
    advice_line,
    advice_text,
    why_empty,
)
from tui_detect.ui.terminal import USUAL_CELL_ASPECT, cell_aspect, colours_of
from tui_detect.ui.thumbnails import ServiceTiles
from tui_detect.ui.widgets.canvas import PictureSource
from tui_detect.ui.widgets.filter_pane import FilterPane
from tui_detect.ui.widgets.footer import KeysLine
from tui_detect.ui.widgets.grid import ImageGrid
from tui_detect.ui.widgets.grid_tiles import TileInfo
from tui_detect.ui.widgets.header import TitleLine
from tui_detect.ui.widgets.image_preview import ImagePreview
from tui_detect.ui.widgets.state_tabs import STATES, StateTabs
from tui_detect.ui.wording import percent, printable
from tui_detect.workflows import images as workflow
from tui_detect.workflows.thumbnails import ThumbnailService

if TYPE_CHECKING:
    pass

FILTER_FROM = 100
PREVIEW_FROM = 120
"""Columns from which a pane is shown unless it was folded."""

_OURS = frozenset(
    {
        "add",
        "suggest",
        "remove",
        "split",
        "pixels",
        "train",
        "tab",
        "filter",
        "preview",
        "advice",
        "search",
    }
)
"""Keys that are letters while a query is typed."""


class ImagesScreen(WorkspaceActions):
    """The workspace as a grid, narrowed by tab, tag, split and name."""

    CSS_PATH = "images.tcss"
    HELP_PAGE = "images"
    BINDINGS = [*BINDINGS]

    tabs = getters.query_one(StateTabs)
    pane = getters.query_one(FilterPane)
    preview = getters.query_one(ImagePreview)
    query_input = getters.query_one("#query", Input)

    narrowing: var[ImageQuery] = var(ImageQuery)
    """What the grid is narrowed to."""

    @dataclass
    class Read(Message):
        """The workspace, read by a thread."""

        number: int
        workspace: Workspace

    def __init__(self) -> None:
        super().__init__()
        self._workspace: Workspace | None = None
        self._reading = 0
        self._tags: Mapping[int, Tag] = {}
        self._folds: dict[str, bool] = {}
        """Panes that a person showed or hid, by id."""

    def compose(self) -> ComposeResult:
        """Tabs over tags, grid and preview, then advice and keys."""
        blocks = self.app.terminal.blocks
        aspect = USUAL_CELL_ASPECT if self.app.is_headless else cell_aspect()
        self._service = ThumbnailService(self.app.library)
        self._tiles = ServiceTiles(
            self._service,
            # Bound to the grid itself: a tile may still come when the screen has gone.
            lambda key, tile: grid.post_message(ImageGrid.TileReady(key, tile)),
            blocks=blocks,
            colours=colours_of(self.app.console.color_system),
            cell_aspect=aspect,
        )
        grid = ImageGrid(self._infos, self._tiles, cell_aspect=aspect, id="grid")
        yield TitleLine()
        yield StateTabs()
        yield Input(placeholder="tag:fork  split:train  part of a name, * for anything", id="query")
        yield Static(id="query-error")
        with Horizontal(id="body"):
            yield FilterPane(id="filter")
            with Vertical():
                yield grid
                yield Static(id="empty", classes="empty")
            yield ImagePreview(self.app.terminal, aspect, id="preview")
        yield Static(id="advice")
        yield KeysLine()

    def on_mount(self) -> None:
        """Show what there is."""
        self.app.project_changed.subscribe(self, self._project_changed)
        self.app.run_updated.subscribe(self, self._run_updated)
        self._fold()
        self.grid.focus()
        self.reload()

    def on_unmount(self) -> None:
        """No thumbnail is needed any more."""
        self._service.close()

    def on_screen_resume(self) -> None:
        """Pictures may have been tagged meanwhile."""
        if self._workspace is not None:
            self.reload()

    def on_resize(self) -> None:
        """Panes fold where there is no room."""
        self._fold()

    def _project_changed(self, _project: Project) -> None:
        self.reload()

    def _run_updated(self, iteration: Iteration) -> None:
        if iteration.ended and iteration.project_id == self.project.id:
            self.reload()

    # --- what is shown --------------------------------------------------------------------------

    def reload(self) -> None:
        """Read the workspace again, in a thread."""
        self._reading += 1
        number, query = self._reading, self.narrowing
        library, project_id = self.app.library, self.project.id

        def read() -> None:
            self.post_message(self.Read(number, read_workspace(library, project_id, query)))

        self.run_worker(read, thread=True, exclusive=True, exit_on_error=False, group="workspace")

    def on_images_screen_read(self, event: Read) -> None:
        """Show it, unless something newer is being read."""
        if event.number == self._reading:
            self._workspace = event.workspace
            self._tags = event.workspace.tags_by_id
            self._show(event.workspace)

    def watch_narrowing(self) -> None:
        """Narrow the grid."""
        if self.is_mounted and self._workspace is not None:
            self.reload()

    def _show(self, workspace: Workspace) -> None:
        self._fold()
        self.grid.forget()
        self.grid.ids = workspace.ids
        self.tabs.state = workspace.query.state
        self.tabs.counts = workspace.counts
        self.pane.show(workspace.tags, workspace.splits, workspace.query)
        empty = "" if workspace.ids else why_empty(workspace)
        self.query_one("#empty", Static).update(Content(empty))
        self.set_class(bool(empty), "-empty")
        self.query_one("#advice", Static).update(advice_line(workspace.advice))
        self._show_title(workspace)
        self._show_note()
        self._show_preview()
        self.refresh_bindings()

    def _show_title(self, workspace: Workspace) -> None:
        title = self.query_one(TitleLine)
        title.where = f"{self.project.name} · Images"
        title.state = self.project.domain
        last = workspace.last
        title.news = f"{last.name} · mAP {percent(last.map)}" if last else ""

    def _show_note(self) -> None:
        """What is selected, and what the grid is narrowed to."""
        query = replace(self.narrowing, state="all")
        narrowed = f"{format_query(query)}: {len(self.grid.ids):,}" if query != ImageQuery() else ""
        selected = len(self.grid.selected)
        parts = [f"✓ {selected:,} selected" if selected else "", printable(narrowed)]
        self.tabs.note = " · ".join(filter(None, parts))

    def _show_preview(self) -> None:
        if not self.preview.display:
            return
        image_id = self.grid.image_id
        with reporting(self.app):
            cards = workflow.image_cards(self.app.library, [] if image_id is None else [image_id])
            for card in cards:
                path = workflow.picture_path(self.app.library, card.image)
                self.preview.show(card.image, card.regions, self._tags, path)
            if not cards:
                self.preview.clear()

    def _infos(self, ids: Sequence[int]) -> Mapping[int, TileInfo]:
        infos: Mapping[int, TileInfo] = {}
        with reporting(self.app):
            infos = read_infos(self.app.library, ids, self._tags)
        return infos

    # --- panes ----------------------------------------------------------------------------------

    def _fold(self) -> None:
        width = self.app.size.width
        filled = self._workspace is not None and self._workspace.counts["all"] > 0
        self.pane.display = filled and self._folds.get("filter", width >= FILTER_FROM)
        was_shown = self.preview.display
        self.preview.display = filled and self._folds.get("preview", width >= PREVIEW_FROM)
        if self.preview.display and not was_shown:
            self._show_preview()

    def action_filter(self) -> None:
        """Go to the tags; from there, back to the grid, folding them where they were folded."""
        if self.pane.has_focus:
            self._folds.pop("filter", None)
            self.grid.focus()
        else:
            self._folds["filter"] = True
            self.pane.focus()
        self._fold()

    def action_preview(self) -> None:
        """Show or hide the larger picture."""
        self._folds["preview"] = not self.preview.display
        self._fold()

    # --- narrowing ------------------------------------------------------------------------------

    def action_tab(self, steps: int) -> None:
        """The next or previous of the four tabs."""
        index = (STATES.index(self.narrowing.state) + steps) % len(STATES)
        self.narrowing = replace(self.narrowing, state=STATES[index])

    @on(StateTabs.Chosen)
    def _tab_chosen(self, message: StateTabs.Chosen) -> None:
        self.narrowing = replace(self.narrowing, state=message.state)

    @on(FilterPane.TagChosen)
    def _tag_chosen(self, message: FilterPane.TagChosen) -> None:
        tags = [tag for tag in self.narrowing.tags if tag != message.name]
        if len(tags) == len(self.narrowing.tags):
            tags.append(message.name)
        self.narrow(replace(self.narrowing, tags=tuple(tags)))

    @on(FilterPane.SplitChosen)
    def _split_chosen(self, message: FilterPane.SplitChosen) -> None:
        split = None if self.narrowing.split == message.split else message.split
        self.narrow(replace(self.narrowing, split=split))

    def narrow(self, query: ImageQuery) -> None:
        """Narrow the grid; a query that was not typed is written out where it could have been."""
        self.narrowing = query
        with self.query_input.prevent(Input.Changed):
            self.query_input.value = format_query(replace(query, state="all"))
        self.query_input.set_class(bool(self.query_input.value), "-shown")

    def action_search(self) -> None:
        """Type a query."""
        self.query_input.add_class("-shown")
        self.query_input.focus()

    @on(Input.Changed, "#query")
    def _query_typed(self, event: Input.Changed) -> None:
        error = self.query_one("#query-error", Static)
        try:
            query = parse_query(event.value)
        except TuiDetectError as problem:
            error.update(Content(problem.one_line()))
            error.add_class("-shown")
            return
        error.remove_class("-shown")
        # Typing `untagged` is the same as choosing that tab.
        self.narrowing = (
            query if query.state != "all" else replace(query, state=self.narrowing.state)
        )

    @on(Input.Submitted, "#query")
    def _query_submitted(self) -> None:
        self.query_input.set_class(bool(self.query_input.value.strip()), "-shown")
        self.grid.focus()

    def action_all(self) -> None:
        """Forget the filter, then the selection."""
        if self.query_input.has_focus or replace(self.narrowing, state="all") != ImageQuery():
            self.query_one("#query-error").remove_class("-shown")
            self.narrow(ImageQuery(self.narrowing.state))
        else:
            self.grid.selected = frozenset()
        self.grid.focus()

    # --- the grid -------------------------------------------------------------------------------

    @on(ImageGrid.Highlighted)
    def _highlighted(self) -> None:
        self._show_preview()

    @on(ImageGrid.SelectionChanged)
    def _selection_changed(self) -> None:
        self._show_note()
        self.refresh_bindings()

    @on(ImageGrid.Opened)
    def _opened(self, message: ImageGrid.Opened) -> None:
        from tui_detect.ui.screens.tagging import TaggingScreen

        screen = TaggingScreen(self.grid.ids, message.index)

        def come_back(_: None) -> None:
            self.grid.put_cursor(screen.session.image.id)

        self.app.push_screen(screen, come_back)

    # --- what a person can do -------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a query is typed, keys are letters; without images little can be done."""
        if action == "all":
            narrowed = replace(self.narrowing, state="all") != ImageQuery()
            return narrowed or bool(self.grid.selected) or self.query_input.has_focus
        if action in _OURS and self.query_input.has_focus:
            return False
        if action in ("remove", "split", "pixels"):
            return bool(self.grid.ids)
        if action in ("search", "tab", "filter", "preview"):
            return self._workspace is not None and bool(self._workspace.counts["all"])
        return True

    def action_pixels(self) -> None:
        """The picture under the cursor, in real pixels, until the next key."""
        from tui_detect.ui.screens.pixels import show_pixels

        image_id = self.grid.image_id
        with reporting(self.app):
            cards = workflow.image_cards(self.app.library, [] if image_id is None else [image_id])
            for image in (card.image for card in cards):
                path = workflow.picture_path(self.app.library, image)
                name = printable(image.name)
                source = PictureSource(path, name, image.width_px, image.height_px)
                show_pixels(self.app, source)

    def action_train(self) -> None:
        """Go on to training."""
        self.app.run_worker(self.app.action_open_mode("train"), exit_on_error=False)

    def action_advice(self) -> None:
        """All that would make training better."""
        if self._workspace is not None:
            from tui_detect.ui.widgets.text_dialog import TextDialog

            lines = Content("\n").join(advice_text(advice) for advice in self._workspace.advice)
            self.app.push_screen(TextDialog("What training still needs", lines))
