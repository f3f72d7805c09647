"""The canvas: a picture, and an overlay that moves over it without drawing the picture again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Literal

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.filter import ANSIToTruecolor
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from tui_detect.core.view import WHOLE, Frame, View, place
from tui_detect.ui.graphics.backend import Backend, PictureJob, Prepared
from tui_detect.ui.graphics.choice import backend_for
from tui_detect.ui.graphics.overlay import NOTHING, Overlay
from tui_detect.ui.graphics.pictures import PictureMemory
from tui_detect.ui.graphics.sight import surroundings_of
from tui_detect.ui.terminal import UNKNOWN, USUAL_CELL_ASPECT, Terminal, cell_aspect, colours_of

FRAME_S = 1 / 60
"""Overlays that follow each other faster are compared with what is on the screen only then."""

PATIENCE_S = 0.4
"""How long a picture may take before the canvas says that it is being read."""

REST_S = 0.3
"""How long nothing changes before a finer picture is made and the next ones are sent."""

READY_AHEAD = 3
"""Prepared pictures kept: the neighbours of the one shown."""


Purpose = Literal["now", "fine", "ahead"]
"""To be shown at once, instead of a rough one, or when it is asked for."""


@dataclass(frozen=True, slots=True)
class PictureSource:
    """A picture file and its upright size."""

    path: Path
    name: str
    width_px: int
    height_px: int


class Canvas(Widget):
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

    def __init__(
        self,
        terminal: Terminal = UNKNOWN,
        memory: PictureMemory | None = None,
        backend: Backend | None = None,
        *,
        id: str | None = None,  # noqa: A002 - Textual's name for it
    ) -> None:
        super().__init__(id=id)
        self._terminal = terminal
        self._memory = memory or PictureMemory()
        self._given_backend = backend
        self._source: PictureSource | None = None
        self._view = WHOLE
        self._picture: Prepared | None = None
        self._failed: PictureJob | None = None
        self._working = False
        self._delivery: Prepared | None = None
        self._ready: dict[PictureJob, Prepared] = {}
        self._sent_ahead: set[PictureJob] = set()
        self._away = False
        self._overlay = NOTHING
        self._drawn_at_s = 0.0
        self._drawing_later: Timer | None = None
        self._patience: Timer | None = None
        self._resting: Timer | None = None
        self._notice = ""

    def on_mount(self) -> None:
        """Choose how to draw, now that the terminal's colours are known."""
        colours = colours_of(self.app.console.color_system)
        self._backend: Backend = self._given_backend or backend_for(
            self.app, self._terminal, self._memory, colours
        )
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
        columns, rows = self.size
        width_px, height_px = (
            (self._source.width_px, self._source.height_px) if self._source else (1, 1)
        )
        return Frame(max(columns, 1), max(rows, 1), width_px, height_px, self._cell_aspect)

    @property
    def _shown(self) -> PictureJob | None:
        return self._picture.job if self._picture is not None else None

    @property
    def settled(self) -> bool:
        """Whether what is on the canvas is what was last asked for."""
        if self._source is None or not self.size.area:
            return self._shown is None
        return self._shown == self._job(self._source, self._view) and not self._drawing_later

    def set_picture(self, source: PictureSource | None, view: View = WHOLE) -> None:
        """Show that part of a picture; until it is ready the one before stays, without overlay."""
        before = self._source
        self._source, self._view = source, view
        if source is None or before is None or source.path != before.path:
            self._notice = ""
            self._backend.stop()
            if self._shown is not None:
                self._repaint(self._backend.draw(NOTHING))
            self._wait_with_patience()
        self._advance()

    def set_overlay(self, overlay: Overlay) -> None:
        """Put this over the picture; only cells that look different are sent."""
        self._overlay = overlay
        self._rest()
        if self._drawing_later is not None or not self._overlay_fits:
            return
        wait_s = self._drawn_at_s + FRAME_S - monotonic()
        if wait_s <= 0:
            self._draw_overlay()
        else:
            self._drawing_later = self.set_timer(wait_s, self._draw_overlay)

    def prefetch(self, source: PictureSource) -> None:
        """Have the whole of a picture ready before it is asked for."""
        if not self.size.area:
            return
        job = self._job(source, WHOLE)
        if job not in self._ready and job != self._shown:
            self._start(source, job, "ahead")

    # --- the picture ----------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Draw for the new size."""
        self._ready.clear()
        self._sent_ahead.clear()
        self.post_message(self.FrameChanged())
        self._advance()

    def _job(self, source: PictureSource, view: View) -> PictureJob:
        columns, rows = self.size
        frame = Frame(columns, rows, source.width_px, source.height_px, self._cell_aspect)
        return PictureJob(source.path, view, frame, place(view, frame))

    def _advance(self) -> None:
        """Bring what is shown nearer to what is wanted; one thread at a time draws for it."""
        source = self._source
        if self._away:
            return
        if source is None:
            self._show(None)
            return
        if not self.size.area or self._delivery is not None:
            return
        job = self._job(source, self._view)
        if job in (self._shown, self._failed):
            return
        ready = self._ready.pop(job, None)
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
        if message.source == self._source:
            if message.error is not None:
                self._fail(message.source, message.job, message.error)
            elif message.prepared is not None and message.job.frame == self._job_frame():
                self._deliver(message.source, message.prepared)
        self._advance()

    def _deliver(self, source: PictureSource, prepared: Prepared) -> None:
        self._backend.stop()
        self._delivery = prepared
        self._backend.deliver(prepared, partial(self._delivered, source, prepared))

    def _delivered(self, source: PictureSource, prepared: Prepared, is_there: bool) -> None:
        self._delivery = None
        if is_there and source == self._source and prepared.job.frame == self._job_frame():
            self._show(prepared)
            self.post_message(self.Shown(source))
        self._advance()

    def _job_frame(self) -> Frame | None:
        return self._job(self._source, self._view).frame if self._source else None

    def _keep(self, message: Drawn) -> None:
        # What cannot be drawn ahead fails again, and is shown, when it is asked for.
        if message.prepared is None:
            return
        self._ready[message.job] = message.prepared
        while len(self._ready) > READY_AHEAD:
            del self._ready[next(iter(self._ready))]
        self._advance()

    def _show(self, prepared: Prepared | None) -> None:
        was_empty = self._picture is None
        changed = self._backend.show(prepared)
        self._picture, self._failed = prepared, None
        self._say("")
        self._draw_overlay()
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
        if self._resting is not None:
            self._resting.stop()
            self._resting = None
        rough = self._picture is not None and not self._picture.fine
        if rough or self._ready.keys() - self._sent_ahead:
            self._resting = self.set_timer(REST_S, self._use_the_rest)

    def _use_the_rest(self) -> None:
        """Make what is shown finer; after that send what may come next."""
        source, picture = self._source, self._picture
        if source is None or picture is None or self._working or self._delivery is not None:
            return
        if not picture.fine:
            self._start(source, picture.job, "fine")
            return
        for job, prepared in self._ready.items():
            if job not in self._sent_ahead:
                self._sent_ahead.add(job)
                self._backend.deliver(prepared, partial(self._sent, job), patient=True)
                return

    def _sent(self, job: PictureJob, is_there: bool) -> None:
        if not is_there:
            self._sent_ahead.discard(job)
        self._rest()

    def _refine(self, message: Drawn) -> None:
        if message.error is not None:
            self.post_message(self.Failed(message.source, message.error))
        elif message.prepared is not None and message.job == self._shown:
            refined = partial(self._refined, message.prepared)
            self._backend.deliver(message.prepared, refined, patient=True)

    def _refined(self, prepared: Prepared, is_there: bool) -> None:
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
        if self._drawing_later is not None:
            self._drawing_later.stop()
            self._drawing_later = None
        if self._overlay_fits:
            self._drawn_at_s = monotonic()
            self._repaint(self._backend.draw(self._overlay))

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
        self._picture = None
        self._sent_ahead.clear()

    def _come_back(self, _: object = None) -> None:
        # Stopped by a signal from outside, there was no time to leave.
        self._leave()
        self._away = False
        self._advance()

    # --- text instead of a picture --------------------------------------------------------------

    def _wait_with_patience(self) -> None:
        if self._patience is not None:
            self._patience.stop()
        self._patience = self.set_timer(PATIENCE_S, self._say_that_it_takes_time)

    def _say_that_it_takes_time(self) -> None:
        source = self._source
        if source is not None and self._working and not self._overlay_fits:
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
            strips = [self._notice_line(y, ground) for y in range(crop.y, crop.bottom)]
            strips = [strip.crop(crop.x, crop.right) for strip in strips]
        else:
            strips = self._backend.lines(crop, ground)
        for line_filter in self.app.get_line_filters():
            if not isinstance(line_filter, ANSIToTruecolor):
                background = self.background_colors[1]
                strips = [strip.apply_filter(line_filter, background) for strip in strips]
        return strips

    def _notice_line(self, y: int, ground: Style) -> Strip:
        columns, rows = self.size
        text = self._notice if y == rows // 2 else ""
        return Strip([Segment(set_cell_size(text.center(columns), columns), ground)], columns)
