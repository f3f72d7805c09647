"""Errors: one finding after another, each a crop of its picture, settled by one key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from tui_detect.core.errors import TuiDetectError
from tui_detect.core.evaluation.finding import Finding
from tui_detect.core.model import Iteration
from tui_detect.core.settling import Case
from tui_detect.core.view import Frame
from tui_detect.ui.finding_overlay import area_of, ghost_of, overlay_of, view_of
from tui_detect.ui.finding_words import facts, sentence, warnings
from tui_detect.ui.graphics.overlay import NOTHING
from tui_detect.ui.screens.base import ProjectScreen
from tui_detect.ui.screens.errors_editor import FindingEditor
from tui_detect.ui.screens.errors_keys import BINDINGS
from tui_detect.ui.settling_session import Settle, SettlingSession
from tui_detect.ui.widgets.canvas import Canvas, PictureSource
from tui_detect.ui.widgets.finding_table import FindingRows, FindingTable
from tui_detect.ui.widgets.footer import KeysLine
from tui_detect.ui.widgets.header import TitleLine
from tui_detect.ui.wording import printable
from tui_detect.workflows import settling
from tui_detect.workflows.images import image_names, picture_path

NONE_HERE = """There is no such box.  q  goes back."""
NO_SUSPECTS = """No label seems to be wrong.

A model that hardly finds anything has little to say of labels.  q  goes back."""
NONE_OPEN = """All {:,} are settled.

o  lists them again, u  takes the last verdict back, q  goes back."""


class ErrorsScreen(ProjectScreen):
    """The findings behind one number, worst first."""

    CSS_PATH = "errors.tcss"
    HELP_PAGE = "errors"
    BINDINGS = BINDINGS
    AUTO_FOCUS = ""

    canvas = getters.query_one(Canvas)
    table = getters.query_one(FindingTable)

    def __init__(
        self,
        iteration: Iteration,
        title: str,
        findings: Sequence[Finding],
        *,
        trained_on: frozenset[int] = frozenset(),
        thresholds: str = "",
    ) -> None:
        """Findings of an iteration, worst first.

        Args:
            title: what they are, such as `Missed · scissors`.
            trained_on: keys of the images that the iteration's model was trained on.
            thresholds: at which they were found, such as `threshold 0.42, overlap 0.50`; none for
                labels that may be wrong.
        """
        super().__init__()
        self._title = title
        self._trained_on = trained_on
        self._iteration, self._thresholds = iteration.name, thresholds
        self._session = SettlingSession(self.app.library, iteration, findings)
        self._rows: FindingRows | None = None
        self._notice = ""

    def compose(self) -> ComposeResult:
        """The matter in words, over the crop, and the list and the facts beside it."""
        yield TitleLine(shows_run=False)
        yield Static(id="words")
        with Horizontal(id="room"):
            yield Canvas(self.app.terminal)
            with Vertical(id="side"):
                yield FindingTable(with_kind=len(self._session.kinds) > 1)
                yield Static(id="facts")
        yield Static(id="empty", classes="empty")
        yield KeysLine()

    def on_mount(self) -> None:
        """Begin with the worst that is not settled yet."""
        with self._shown_afterwards():
            self._session.begin()

    # --- keys -----------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The keys that do something for this finding."""
        session = self._session
        if action == "take":
            return session.is_open and session.takes is not None
        if action == "delete":
            return session.is_open and session.can_delete
        if action == "keep":
            return session.is_open
        if action == "undo":
            return session.can_undo
        if action in ("edit", "pixels"):
            return session.case is not None
        if action in ("step", "step_to"):
            return bool(session.listed)
        return True

    def action_take(self) -> None:
        """Take over what the model found."""
        self._settle(settling.take)

    def action_keep(self) -> None:
        """The label is right."""
        self._settle(settling.keep)

    def action_delete(self) -> None:
        """Delete the label."""
        self._settle(settling.delete)

    def _settle(self, do: Settle) -> None:
        with self._shown_afterwards():
            self._notice = self._session.settle(do)

    def action_undo(self) -> None:
        """Take back the verdict shown, else the last one that was given here."""
        with self._shown_afterwards():
            self._notice = self._session.undo()

    def action_step(self, steps: int) -> None:
        """The next or the one before."""
        last = len(self._session.listed) - 1
        wanted = self._session.position + steps
        self._go_to(min(max(wanted, 0), last))
        if not 0 <= wanted <= last:
            self._notice = "this is the last one" if steps > 0 else "this is the first one"
            self._show_title()

    def action_step_to(self, position: int) -> None:
        """One by its position in the list, -1 being the last."""
        self._go_to(position)

    def _go_to(self, position: int) -> None:
        with self._shown_afterwards():
            self._notice = ""
            self._session.go_to(self._session.listed[position])

    def action_open_only(self) -> None:
        """List what is open, or everything."""
        with self._shown_afterwards():
            only = not self._session.open_only
            self._notice = "only open ones" if only else ""
            self._session.show_open_only(only)

    def action_list(self) -> None:
        """Show or hide the list."""
        self.toggle_class("-listed" if self.has_class("-narrow") else "-folded")

    def action_edit(self) -> None:
        """Open the editor on it; what it changes settles the finding."""
        case = self._session.case
        if case is None:
            return
        with self._shown_afterwards():
            settling.check_editable(case)
            detection, region = case.finding.detection, case.region
            ghost = None if detection is None else ghost_of(detection, self._session.names)
            selected = None if region is None else region.uuid
            editor = FindingEditor(case.image.id, area_of(case), selected, ghost)
            self.app.push_screen(editor, partial(self._back_from_editor, case, editor))

    def _back_from_editor(self, before: Case, editor: FindingEditor, _: object) -> None:
        with self._shown_afterwards():
            # Tags may have other names by now.
            self._rows = None
            # What somebody else changed before it opened was not edited in it.
            opened = editor.session.opened
            before = replace(before, tagging=opened.tagging, last_edit=opened.last_edit)
            self._notice = self._session.come_back(before, editor.state.tagging, editor.then)

    def action_pixels(self) -> None:
        """The crop in real pixels, until the next key."""
        case = self._session.case
        if case is not None:
            from tui_detect.ui.screens.pixels import show_pixels

            show_pixels(self.app, self._source(case), view_of(case, self._frame_of(case)))

    def action_leave(self) -> None:
        """Back to the figures."""
        if self._session.changed:
            self.app.set_project(self.project)
        self.dismiss()

    @on(FindingTable.Highlighted)
    def _highlighted(self) -> None:
        # Moves of our own are in the session already; what is left was a click.
        if self._session.listed and self.table.cursor != self._session.position:
            self._go_to(self.table.cursor)

    @on(FindingTable.Selected)
    def _selected(self) -> None:
        self.action_edit()

    # --- showing --------------------------------------------------------------------------------

    @contextmanager
    def _shown_afterwards(self) -> Iterator[None]:
        """Whatever happens in the block, the screen then shows how things are."""
        try:
            yield
        except TuiDetectError as error:
            self._notice = ""
            self.app.report(error)
            self._look_again()
        self._show()

    def _look_again(self) -> None:
        try:
            self._session.look_again()
        except TuiDetectError as error:
            self.app.report(error)

    def _show(self) -> None:
        if not self.is_attached:
            return
        session, case = self._session, self._session.case
        self.set_class(session.finding is None, "-empty")
        none = NONE_HERE if self._thresholds else NO_SUSPECTS
        nothing = NONE_OPEN.format(session.total) if session.findings else none
        self.query_one("#empty", Static).update(nothing)
        self.query_one("#words", Static).update(self._words())
        about = facts(case, session.names, session.takes) if case is not None else ""
        self.query_one("#facts", Static).update(about)
        self._show_list()
        self._show_picture()
        self._show_title()
        self.refresh_bindings()

    def _words(self) -> Content:
        session, case = self._session, self._session.case
        if case is None:
            return Content("This picture is not there any more." if session.finding else "")
        lines = [Content.styled(sentence(case, session.names), "bold")]
        trained_on = case.image.id in self._trained_on
        for warning in warnings(case, trained_on=trained_on):
            lines.append(Content.styled(f"! {warning}", "$warning"))
        return Content("\n").join(lines)

    def _show_list(self) -> None:
        session = self._session
        if self._rows is None or self._rows.places is not session.listed:
            pictures = partial(image_names, self.app.library)
            self._rows = FindingRows(session, pictures)
            self.table.show_at(self._rows, session.position)
        else:
            self.table.cursor = session.position
            self.table.refresh()

    def _show_picture(self) -> None:
        case = self._session.case
        if case is None:
            self.canvas.set_picture(None)
            self.canvas.set_overlay(NOTHING)
            return
        self.canvas.set_picture(self._source(case), view_of(case, self._frame_of(case)))
        self.canvas.set_overlay(overlay_of(case, self._session.names))

    def _frame_of(self, case: Case) -> Frame:
        """The canvas as it is for that picture, which it may not have yet."""
        image = case.image
        return replace(
            self.canvas.frame, picture_width_px=image.width_px, picture_height_px=image.height_px
        )

    def _source(self, case: Case) -> PictureSource:
        image = case.image
        path = picture_path(self.app.library, image)
        return PictureSource(path, printable(image.name), image.width_px, image.height_px)

    @on(Canvas.FrameChanged)
    def _frame_changed(self) -> None:
        self._show_picture()

    @on(Canvas.Shown)
    def _have_the_next_ready(self) -> None:
        case = self._session.following()
        if case is not None:
            self.canvas.prefetch(self._source(case), view_of(case, self._frame_of(case)))

    @on(Canvas.Failed)
    def _picture_failed(self, message: Canvas.Failed) -> None:
        self.app.report(message.error)

    def _show_title(self) -> None:
        title, session = self.query_one(TitleLine), self._session
        where = f"{session.position + 1:,} of {len(session.listed):,}" if session.listed else ""
        title.where = " · ".join(filter(None, (self._title, where)))
        title.state = self._notice or f"{session.settled_count:,} settled"
        # Where there is little room, how far one is counts for more than the thresholds.
        thresholds = "" if self.has_class("-narrow") else self._thresholds
        news = " · ".join(filter(None, (self._iteration, thresholds)))
        title.news = "" if self._notice else news
