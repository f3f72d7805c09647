"""The canvas: a picture, and an overlay that moves over it without drawing the picture again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Literal

from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from tui_detect.core.view import WHOLE, Frame, Placement, View
from tui_detect.ui.graphics.backend import Backend, PictureJob, Prepared
from tui_detect.ui.graphics.backend import PictureSource as PictureSource
from tui_detect.ui.graphics.choice import backend_for
from tui_detect.ui.graphics.direct import colour_filters, write_cells
from tui_detect.ui.graphics.overlay import NOTHING, Overlay
from tui_detect.ui.graphics.pictures import PictureMemory
from tui_detect.ui.graphics.ready import ReadyPictures
from tui_detect.ui.graphics.sight import surroundings_of
from tui_detect.ui.terminal import UNKNOWN, USUAL_CELL_ASPECT, Terminal, cell_aspect, colours_of
from tui_detect.ui.widgets.canvas_mouse import PictureMouse
from tui_detect.ui.widgets.later import Later
from tui_detect.ui.widgets.notice import notice_lines

FRAME_S = 1 / 60
"""Overlays that follow each other faster are compared with what is on the screen only then."""

PATIENCE_S = 0.4
"""How long a picture may take before the canvas says that it is being read."""

REST_S = 0.3
"""How long nothing changes before a finer picture is made and the next ones are sent."""

Purpose = Literal["now", "fine", "ahead"]
"""To be shown at once, instead of a rough one, or when it is asked for."""


class Canvas(PictureMouse):
    """Shows a part of a picture as large as fits, with its aspect, and an overlay above it."""

    DEFAULT_CSS = """
    Canvas {
        width: 1fr;
        height: 1fr;
        background: $background;
        color: $text-muted;
    }
    """

    @dataclass
    class Shown(Message):
        """A picture is on the canvas."""

        source: PictureSource

    @dataclass
    class Failed(Message):
        """A picture could not be read or drawn."""

        source: PictureSource
        error: Exception

    @dataclass
    class FrameChanged(Message):
        """The canvas has another size."""

    @dataclass
    class Drawn(Message):
        """From the thread that draws to the canvas itself."""

        source: PictureSource
        job: PictureJob
        prepared: Prepared | None
        error: Exception | None
        purpose: Purpose

    def __init__(self, terminal: Terminal = UNKNOWN) -> None:
        super().__init__()
        self._terminal = terminal
        self._source: PictureSource | None = None
        self._view = WHOLE
        self._picture: Prepared | None = None
        self._failed: PictureJob | None = None
        self._working = False
        self._delivery: Prepared | None = None
        self._refining: PictureJob | None = None
        self._ready = ReadyPictures()
        self._away = False
        self._overlay = NOTHING
        self._drawn_at_s = 0.0
        self._drawing, self._patience, self._resting = Later(self), Later(self), Later(self)
        self._notice = ""

    def on_mount(self) -> None:
        """Choose how to draw, now that the terminal's colours are known."""
        colours = colours_of(self.app.console.color_system)
        self._backend: Backend = backend_for(self.app, self._terminal, PictureMemory(), colours)
        self._cell_aspect = USUAL_CELL_ASPECT if self.app.is_headless else cell_aspect()
        self.app.screen_change_signal.subscribe(self, self._look_around, immediate=True)
        self.screen.screen_layout_refresh_signal.subscribe(self, self._look_around, immediate=True)
        self.app.app_suspend_signal.subscribe(self, self._leave, immediate=True)
        self.app.app_resume_signal.subscribe(self, self._come_back, immediate=True)

    def on_unmount(self) -> None:
        """Leave nothing in the terminal."""
        self._leave()

    # --- what the owner says ------------------------------------------------------------------

    @property
    def graphics(self) -> str:
        """How the picture is drawn, for the person."""
        return self._backend.name

    @property
    def frame(self) -> Frame:
        """The room there is for the picture, and the picture's size."""
        columns, rows = (max(side, 1) for side in self.size)
        width_px, height_px = self._source.size_px if self._source else (1, 1)
        return Frame(columns, rows, width_px, height_px, self._cell_aspect)

    @property
    def _shown(self) -> PictureJob | None:
        return self._picture.job if self._picture is not None else None

    @property
    def settled(self) -> bool:
        """Whether what is on the canvas is what was last asked for."""
        if self._source is None or not self.size.area:
            return self._shown is None
        return self._shown == self._job(self._source, self._view) and not self._drawing.waiting

    def set_picture(self, source: PictureSource | None, view: View = WHOLE) -> None:
        """Show that part of a picture; until it is ready the one before stays, without overlay."""
        before = self._source
        self._source, self._view = source, view
        if source is None or before is None or source.path != before.path:
            self._notice = ""
            self._backend.stop()
            if self._shown is not None:
                self._repaint(self._backend.draw(NOTHING))
            self._patience.start(PATIENCE_S, self._say_that_it_takes_time)
        self._advance()

    def set_overlay(self, overlay: Overlay) -> None:
        """Put this over the picture; only cells that look different are sent."""
        self._overlay = overlay
        self._rest()
        if self._drawing.waiting or not self._overlay_fits:
            return
        wait_s = self._drawn_at_s + FRAME_S - monotonic()
        if wait_s <= 0:
            self._draw_overlay()
        else:
            self._drawing.start(wait_s, self._draw_overlay)

    def prefetch(self, source: PictureSource, view: View = WHOLE) -> None:
        """Have that part of a picture ready before it is asked for."""
        if not self.size.area:
            return
        job = self._job(source, view)
        if job not in self._ready and job != self._shown:
            self._start(source, job, "ahead")

    # --- the picture ----------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._ready.clear()
        self._look_around()
        self.post_message(self.FrameChanged())
        self._advance()

    def _job(self, source: PictureSource, view: View) -> PictureJob:
        return source.job(view, *self.size, self._cell_aspect)

    def _advance(self) -> None:
        """Bring what is shown nearer to what is wanted; one thread at a time draws for it."""
        source = self._source
        if self._away or self._delivery is not None:
            return
        if source is None:
            self._show(None)
            return
        if not self.size.area:
            return
        job = self._job(source, self._view)
        if job in (self._shown, self._failed):
            return
        ready = self._ready.take(job)
        if ready is not None:
            self._deliver(source, ready)
        elif not self._working:
            self._working = True
            self._start(source, job, "now")

    def _start(self, source: PictureSource, job: PictureJob, purpose: Purpose) -> None:
        """Draw in a thread."""
        unwanted: dict[Purpose, Callable[[], bool]] = {
            "now": lambda: self._source != source,
            "fine": lambda: self._shown != job,
            "ahead": lambda: False,
        }

        def prepare() -> None:
            prepared, failure = None, None
            # Whoever owns the canvas shows what went wrong, foreseen or not.
            try:
                fine = purpose == "fine"
                prepared = self._backend.prepare(job, unwanted[purpose], fine=fine)
            except Exception as error:
                failure = error
            self.post_message(self.Drawn(source, job, prepared, failure, purpose))

        self.run_worker(prepare, thread=True, exit_on_error=False, group="picture")

    def on_canvas_drawn(self, message: Drawn) -> None:
        """A thread is done: show the picture if it is wanted, or keep it for later."""
        message.stop()
        if message.purpose == "ahead":
            self._keep(message)
            return
        if message.purpose == "fine":
            self._refine(message)
            return
        self._working = False
        source, prepared = message.source, message.prepared
        if source == self._source and message.error is not None:
            self._fail(source, message.job, message.error)
        elif prepared is not None and self._is_wanted(source, prepared):
            self._deliver(source, prepared)
        self._advance()

    def _deliver(self, source: PictureSource, prepared: Prepared) -> None:
        self._backend.stop()
        self._delivery = prepared
        self._backend.deliver(prepared, partial(self._delivered, source, prepared))

    def _delivered(self, source: PictureSource, prepared: Prepared, is_there: bool) -> None:
        self._delivery = None
        if is_there and self._is_wanted(source, prepared):
            self._show(prepared)
            self.post_message(self.Shown(source))
        self._advance()

    def _is_wanted(self, source: PictureSource, prepared: Prepared) -> bool:
        """Whether it is of the right picture and size, if of another view."""
        return source == self._source and prepared.job.frame == self.frame

    def _keep(self, message: Drawn) -> None:
        # What cannot be drawn ahead fails again, and is shown, when it is asked for.
        if message.prepared is not None:
            self._ready.keep(message.prepared)
            self._advance()
            self._rest()

    def _mouse_placement(self) -> Placement | None:
        return self._shown.placement if self._shown is not None and self._overlay_fits else None

    def _show(self, prepared: Prepared | None) -> None:
        was_empty = self._picture is None
        changed = self._backend.show(prepared)
        self._picture, self._failed, self._refining = prepared, None, None
        self._say("")
        self._drawing.stop()
        if self._overlay_fits:
            changed = [*changed, *self._backend.draw(self._overlay)]
        if was_empty or prepared is None:
            self.refresh()
        self._repaint(changed)
        self._rest()

    def _fail(self, source: PictureSource, job: PictureJob, error: Exception) -> None:
        self._backend.show(None)
        self._picture, self._failed = None, job
        self._say(f"{source.name} cannot be shown")
        self.refresh()
        self.post_message(self.Failed(source, error))

    # --- while nothing changes --------------------------------------------------------------------

    def _rest(self) -> None:
        """Begin to wait for a rest, where it is of use."""
        self._resting.stop()
        rough = self._picture is not None and not self._picture.fine
        if rough or any(self._ready.to_send()):
            self._resting.start(REST_S, self._use_the_rest)

    def _use_the_rest(self) -> None:
        """Make what is shown finer; after that send what may come next."""
        source, picture = self._source, self._picture
        if source is None or picture is None or self._working or self._delivery is not None:
            return
        if not picture.fine:
            if self._refining != picture.job:
                self._refining = picture.job
                self._start(source, picture.job, "fine")
            return
        for prepared in self._ready.to_send():
            self._ready.mark(prepared, sent=True)
            self._backend.deliver(prepared, partial(self._sent_ahead, prepared), patient=True)
            return

    def _sent_ahead(self, prepared: Prepared, is_there: bool) -> None:
        self._ready.mark(prepared, sent=is_there)
        self._rest()

    def _refine(self, message: Drawn) -> None:
        if message.error is not None:
            self._fail(message.source, message.job, message.error)
        elif message.prepared is not None and message.job == self._refining == self._shown:
            refined = partial(self._refined, message.prepared)
            self._backend.deliver(message.prepared, refined, patient=True)

    def _refined(self, prepared: Prepared, is_there: bool) -> None:
        self._refining = None
        if is_there and prepared.job == self._shown:
            self._show(prepared)
        else:
            self._rest()

    # --- what lies over it ----------------------------------------------------------------------

    @property
    def _overlay_fits(self) -> bool:
        """Whether the picture shown is the one that the overlay belongs to, in whatever view."""
        if self._source is None or self._shown is None:
            return False
        return self._shown.path == self._source.path

    def _draw_overlay(self) -> None:
        self._drawing.stop()
        if self._overlay_fits:
            self._drawn_at_s = monotonic()
            runs = self._backend.draw(self._overlay)
            if runs and not write_cells(self, runs, self._backend.cells):
                self._repaint(runs)

    def _repaint(self, regions: list[Region]) -> None:
        if regions:
            self.refresh(*regions)

    # --- the screen around it -------------------------------------------------------------------

    def _look_around(self, _: object = None) -> None:
        """Tell the backend where on the screen the canvas lies, and what of it is seen."""
        if not self._away and self.is_attached:
            self._repaint(self._backend.lie(surroundings_of(self)))

    def _leave(self, _: object = None) -> None:
        """Another program gets the terminal, or the canvas goes."""
        self._away = True
        self._backend.close()
        self._picture = self._refining = None
        self._ready.forget_sent()

    def _come_back(self, _: object = None) -> None:
        # Stopped by a signal from outside, there was no time to leave.
        self._leave()
        self._away = False
        self._advance()

    # --- text instead of a picture --------------------------------------------------------------

    def _say_that_it_takes_time(self) -> None:
        source = self._source
        is_coming = self._working or self._delivery is not None
        if source is not None and is_coming and not self._overlay_fits:
            self._backend.show(None)
            self._picture = None
            self._say(f"reading {source.name} …")

    def _say(self, notice: str) -> None:
        if notice != self._notice:
            self._notice = notice
            self.refresh()

    # --- lines ----------------------------------------------------------------------------------

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines asked for, without Textual's cache of styled lines: ours are styled."""
        ground = self.rich_style
        if self._shown is None:
            strips = notice_lines(self._notice, self.size, crop, ground)
        else:
            strips = self._backend.lines(crop, ground)
        background = self.background_colors[1]
        for each in colour_filters(self.app):
            strips = [strip.apply_filter(each, background) for strip in strips]
        return strips
