"""Tagging: place boxes on one picture after another, with the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual import events, getters, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.message import Message

from tui_detect.core.dragging import drag, drop, grab
from tui_detect.core.editor import (
    choose_tag,
    choose_tag_by_digit,
    place_box,
    press,
    propose,
    type_key,
)
from tui_detect.core.editor_state import (
    Act,
    Direction,
    EditorState,
    Growing,
    Nudge,
    Outcome,
    PickingTag,
)
from tui_detect.core.errors import NotFound, TuiDetectError
from tui_detect.core.geometry import Box
from tui_detect.core.model import Image
from tui_detect.core.pointing import QWERTY, Pointing
from tui_detect.core.region_edits import Part
from tui_detect.ui import tagging_status as status
from tui_detect.ui.graphics.overlay import Overlay
from tui_detect.ui.screens.base import ProjectScreen
from tui_detect.ui.screens.tagging_keys import bindings
from tui_detect.ui.screens.tagging_modes import NAMED_KEYS, is_raw, works
from tui_detect.ui.tagging_overlay import overlay_of
from tui_detect.ui.tagging_session import TaggingSession
from tui_detect.ui.widgets.canvas import Canvas, PictureSource
from tui_detect.ui.widgets.footer import KeysLine
from tui_detect.ui.widgets.header import TitleLine
from tui_detect.ui.widgets.tag_chooser import TagChooser
from tui_detect.ui.widgets.tag_pane import TagPane
from tui_detect.ui.wording import printable


# Without Textual's own tab keys, which would come first in the footer.
class TaggingScreen(ProjectScreen, inherit_bindings=False):
    """One picture of `image_ids`, its regions, and the keys that change them."""

    CSS_PATH = "tagging.tcss"
    HELP_PAGE = "tagging"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings()]
    AUTO_FOCUS = ""

    title_line = getters.query_one(TitleLine)
    canvas = getters.query_one(Canvas)
    pane = getters.query_one(TagPane)
    chooser = getters.query_one(TagChooser)

    def __init__(self, image_ids: Sequence[int], index: int = 0) -> None:
        super().__init__()
        self._image_ids = image_ids
        self._first = index
        self._session: TaggingSession | None = None
        self._notice = ""
        self._keys_working: tuple[object, ...] = ()
        self._ahead_of: tuple[object, ...] = ()

    @property
    def session(self) -> TaggingSession:
        """What is edited; there from the mounting on."""
        if self._session is None:
            raise RuntimeError("the image is not open yet")
        return self._session

    @property
    def state(self) -> EditorState:
        """The editor's state."""
        return self.session.state

    def compose(self) -> ComposeResult:
        """Picture and lists, between the title and the keys."""
        yield TitleLine(shows_run=False)
        with Horizontal(id="room"):
            yield Canvas(self.app.terminal)
            yield TagPane()
        yield TagChooser()
        yield KeysLine()

    def on_mount(self) -> None:
        """Open the image, or say that it is gone."""
        try:
            self._session = TaggingSession(
                self.app.library,
                self.project.id,
                self._image_ids,
                self._first,
                self.app.key_grid or QWERTY,
            )
        except TuiDetectError as error:
            # Whoever waits for the result would ask for an image that was never open.
            self.app.pop_screen()
            self.app.report(error)
            return
        self._open_picture()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The keys that work now: other ones while pointing, and those for a selected region."""
        if self._session is None:
            return action == "leave"
        if action == "save":
            return bool(self.session.unsaved)
        return works(action, parameters, self.state)

    # --- keys -----------------------------------------------------------------------------------

    async def on_key(self, event: events.Key) -> None:
        """While pointing and while a region is picked, keys mean themselves; else bindings."""
        if self._session is None:
            return
        self._notice = ""
        character = event.character or ""
        if is_raw(event.key, character, self.state, self.session.keys):
            event.stop()
            event.prevent_default()
            self.action_point(event.key if event.key in NAMED_KEYS else character)
        elif (
            digit := self.session.keys.character(character)
        ) != character.lower() and event.key not in self.active_bindings:
            # A digit key without shift, where digits need shift: on AZERTY `é` is 2.
            await self.run_action(f"tag('{digit}')")

    def action_act(self, name: str) -> None:
        """A command without parameters."""
        outcome = press(self.state, Act(name), self.session.context(self.canvas.frame))
        self._take(outcome)
        if outcome.leave:
            self.action_leave()

    def action_nudge(self, part: Part, direction: Direction, coarse: bool) -> None:
        """Move the region or one of its edges; pan without one."""
        nudge = Nudge(part, direction, coarse)
        self._take(press(self.state, nudge, self.session.context(self.canvas.frame)))

    def action_point(self, key: str) -> None:
        """A named key while pointing."""
        self._take(type_key(self.state, key, self.session.context(self.canvas.frame)))

    def action_answer(self, key: str) -> None:
        """A named key while a box is proposed."""
        self.action_point(key)

    def action_tag(self, digit: str) -> None:
        """The tag with that digit."""
        context = self.session.context(self.canvas.frame)
        self._take(choose_tag_by_digit(self.state, digit, context))

    def action_paste(self) -> None:
        """The regions of the image before, as suggestions."""
        with self._shown_afterwards():
            self._go_on(self.session.copy_from_before(self.canvas.frame))

    def action_undo(self) -> None:
        """Take the last edit back."""
        with self._shown_afterwards():
            edit = self.session.undo(self.canvas.frame)
            self._notice = f"undone: {edit.label}" if edit else "nothing to undo"

    def action_redo(self) -> None:
        """Do the last undone edit again."""
        with self._shown_afterwards():
            edit = self.session.redo(self.canvas.frame)
            self._notice = f"done again: {edit.label}" if edit else "nothing to redo"

    def action_save(self) -> None:
        """Try again to save."""
        with self._shown_afterwards():
            self.session.save()

    def action_go(self, offset: int) -> None:
        """Another image."""
        with self._shown_afterwards():
            self._go(offset)

    def _go(self, offset: int) -> None:
        if self.session.go(offset):
            self._open_picture()
        else:
            end = "this is the last image" if offset > 0 else "this is the first image"
            self._notice = " · ".join(filter(None, (self._notice, end)))

    def action_advance(self) -> None:
        """The next image, when there is nothing to answer first."""
        self.action_go(1)

    def action_go_to_untagged(self) -> None:
        """The next image without a review."""
        with self._shown_afterwards():
            if self.session.go_to_untagged():
                self._open_picture()
            else:
                self._notice = "no other image here is untagged"

    def action_pixels(self) -> None:
        """What is in view, as pixels, until the next key."""
        from tui_detect.ui.screens.pixels import show_pixels

        source = _source(self.session.image, self.session.path)
        show_pixels(self.app, source, self.state.shown_view)

    def action_fold(self) -> None:
        """Show or hide the side pane."""
        if self.has_class("-narrow"):
            self.toggle_class("-unfolded")
        else:
            self.toggle_class("-folded")

    def action_leave(self) -> None:
        """Back to the images, once everything is saved."""
        with self._shown_afterwards():
            if self._session is not None:
                self.session.save()
                if self.session.changed:
                    self.app.set_project(self.project)
            self.dismiss()

    # --- tags by name ---------------------------------------------------------------------------

    @on(TagChooser.Chosen)
    def _tag_chosen(self, message: TagChooser.Chosen) -> None:
        with self._shown_afterwards():
            tag = message.tag or self.session.new_tag(message.new_name)
            self._take(choose_tag(self.state, tag, self.session.context(self.canvas.frame)))

    @on(TagChooser.Cancelled)
    def _no_tag(self) -> None:
        self.action_act(Act.BACK)

    # --- the mouse ------------------------------------------------------------------------------

    @on(Canvas.Pressed)
    def _grabbed(self, message: Canvas.Pressed) -> None:
        context = self.session.context(self.canvas.frame)
        self._take(Outcome(grab(self.state, message.x, message.y, context)))

    @on(Canvas.Moved)
    def _dragged(self, message: Canvas.Moved) -> None:
        context = self.session.context(self.canvas.frame)
        self._take(Outcome(drag(self.state, message.x, message.y, context)))

    @on(Canvas.Released)
    def _dropped(self) -> None:
        context = self.session.context(self.canvas.frame)
        outcome, new = drop(self.state, context)
        self._take(outcome if new is None else place_box(outcome.state, new, context))

    # --- point and grow -------------------------------------------------------------------------

    @dataclass
    class Grown(Message):
        """From the thread that looks for an object's edges."""

        path: Path
        point: tuple[float, float]
        box: Box | None
        error: Exception | None

    def _grow(self, mode: Growing) -> None:
        path, size = self.session.path, self.session.typical_size()

        def grow() -> None:
            box, failure = None, None
            try:
                box = self.app.grower.grow(path, (mode.x, mode.y), size)
            except Exception as error:
                failure = error
            self.post_message(self.Grown(path, (mode.x, mode.y), box, failure))

        self.run_worker(grow, thread=True, exclusive=True, exit_on_error=False, group="grow")

    @on(Grown)
    def _grew(self, message: Grown) -> None:
        if message.error is not None:
            self.app.report(message.error)
        if message.path == self.session.path:
            self._take(propose(self.state, message.point, message.box))

    # --- showing --------------------------------------------------------------------------------

    def _take(self, outcome: Outcome) -> None:
        """Go on to the outcome, saved before anything is shown."""
        with self._shown_afterwards():
            self._go_on(outcome)

    def _go_on(self, outcome: Outcome) -> None:
        self._notice = outcome.notice
        before, now = self.state.mode, outcome.state.mode
        self.session.take(outcome)
        if outcome.advance:
            self._go(1)
        elif isinstance(now, Growing) and now != before:
            self._grow(now)

    @contextmanager
    def _shown_afterwards(self) -> Iterator[None]:
        """Whatever happens in the block, the screen then shows how things are."""
        try:
            yield
        except NotFound as error:
            self.dismiss()
            self.app.report(error)
            return
        except TuiDetectError as error:
            self.app.report(error)
        self._show()

    def _open_picture(self) -> None:
        self.canvas.set_picture(_source(self.session.image, self.session.path))
        self._show()

    def _show(self) -> None:
        if not self.is_attached or self._session is None:
            return
        session, state = self.session, self.state
        self.canvas.set_picture(_source(session.image, session.path), state.shown_view)
        self.canvas.set_overlay(self.overlay())
        self.pane.show_state(state, session.tags, session.region_counts)
        self._show_chooser()
        self._show_title()
        self._refresh_keys()

    def overlay(self) -> Overlay:
        """What lies over the picture."""
        tags = {tag.id: tag for tag in self.session.tags}
        return overlay_of(self.state, tags, self.session.keys)

    def _show_chooser(self) -> None:
        wanted = isinstance(self.state.mode, PickingTag)
        if wanted == self.chooser.has_class("-open"):
            return
        self.chooser.set_class(wanted, "-open")
        if wanted:
            self.chooser.open(self.session.tags, self._chooser_title(), self.state.sticky_tag_id)
        else:
            self.set_focus(None)

    def _chooser_title(self) -> str:
        mode = self.state.mode
        if isinstance(mode, PickingTag) and mode.box is not None:
            return "Tag of the new box"
        return "Tag of the region" if self.state.region else "Tag of the boxes to come"

    def _show_title(self) -> None:
        title = self.title_line
        title.where = status.where(self.session)
        title.state = status.state_line(self.session, self._notice)
        graphics = "" if self.has_class("-narrow") else self.canvas.graphics
        title.news = status.figures(self.session, graphics)

    def _refresh_keys(self) -> None:
        """The footer is drawn again only when other keys work than before."""
        state, unsaved = self.state, bool(self.session.unsaved)
        path = state.mode.path if isinstance(state.mode, Pointing) else ""
        chosen, zoomed = state.region is None, state.view.zoom > 1
        working = (type(state.mode), path, chosen, zoomed, unsaved, bool(state.suggested))
        if working != self._keys_working:
            self._keys_working = working
            self.refresh_bindings()

    @on(Canvas.Shown)
    def _have_neighbours_ready(self) -> None:
        here = (self.session.image.id, self.canvas.size)
        if here != self._ahead_of:
            self._ahead_of = here
            for image, path in self.session.neighbours():
                self.canvas.prefetch(_source(image, path))

    @on(Canvas.Failed)
    def _picture_failed(self, message: Canvas.Failed) -> None:
        self.app.report(message.error)

    @on(Canvas.FrameChanged)
    def _frame_changed(self) -> None:
        self._show()


def _source(image: Image, path: Path) -> PictureSource:
    return PictureSource(path, printable(image.name), image.width_px, image.height_px)
