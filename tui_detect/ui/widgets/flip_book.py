"""The same few validation pictures after each epoch, with the boxes found so far."""

from __future__ import annotations

from textual import getters
from textual.app import ComposeResult
from textual.containers import Grid, Vertical
from textual.content import Content
from textual.message import Message

from tui_detect.core.model import Tag
from tui_detect.ui import flip_words
from tui_detect.ui.errors import ReportsErrors
from tui_detect.ui.graphics.backend import PictureSource
from tui_detect.ui.terminal import UNKNOWN, USUAL_CELL_ASPECT, Terminal, cell_aspect
from tui_detect.ui.widgets.canvas import Canvas
from tui_detect.ui.widgets.text_lines import TextLines
from tui_detect.ui.wording import printable
from tui_detect.workflows.watching import FlipPage, RunWatcher

MOST_PICTURES = 6
STEP = 0.05
USUAL_THRESHOLD = 0.25
NONE_YET = "the same few validation pictures, after each epoch from the first one on"
NEVER = "no picture was looked at: no epoch was finished, or an older version trained it"


class FlipBook(ReportsErrors, Vertical):
    """A page for each epoch; turning one moves boxes and draws no picture again."""

    DEFAULT_CSS = """
    FlipBook {
        width: 1fr;
        height: 1fr;
        & > #flip-line { height: 1; padding: 0 1; color: $foreground 60%; }
        & > #flip-pictures { height: 1fr; grid-gutter: 0 1; padding: 0 1; }
    }
    """

    line = getters.query_one("#flip-line", TextLines)
    pictures = getters.query_one("#flip-pictures", Grid)

    class Loaded(Message):
        """A page was read."""

        def __init__(self, watcher: RunWatcher, number: int, page: FlipPage | None) -> None:
            super().__init__()
            self.watcher = watcher
            self.number = number
            self.page = page

    def __init__(self, terminal: Terminal = UNKNOWN, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._terminal = terminal
        self._watcher: RunWatcher | None = None
        self._numbers: tuple[int, ...] = ()
        self._place: int | None = None
        """In `_numbers`; `None` follows the newest."""
        self._page: FlipPage | None = None
        self._page_number = 0
        self._first = 0
        """Of the pictures shown, when not all fit."""
        self._shown = 0
        self._threshold = USUAL_THRESHOLD
        self._parts = 1

    def compose(self) -> ComposeResult:
        """What is shown, over the pictures."""
        yield TextLines(id="flip-line")
        with Grid(id="flip-pictures"):
            for _ in range(MOST_PICTURES):
                yield Canvas(self._terminal)

    # --- what the owner says ----------------------------------------------------------------

    def show(
        self, watcher: RunWatcher, numbers: tuple[int, ...], *, parts: int, ended: bool
    ) -> None:
        """Show the pages of a run, the newest one unless the person turned back."""
        if watcher is not self._watcher:
            self._watcher, self._place, self._page, self._page_number = watcher, None, None, 0
            self._first = 0
            self._draw()
        self._numbers, self._parts = numbers, parts
        if not numbers:
            self.line.content = Content(NEVER if ended else NONE_YET)
        self._load()

    @property
    def has_pages(self) -> bool:
        """Whether there is anything to turn."""
        return bool(self._numbers)

    def turn(self, steps: int) -> None:
        """To an earlier or later epoch; the last one follows the newest again."""
        if self._numbers:
            last = len(self._numbers) - 1
            place = max(0, (last if self._place is None else self._place) + steps)
            self._place = None if place >= last else place
            self._load()

    def others(self) -> None:
        """The pictures that did not fit."""
        if self._page is not None and self._shown:
            after = self._first + self._shown
            self._first = after if after < len(self._page.pictures) else 0
            self._draw()

    def move_threshold(self, steps: int) -> None:
        """Show less or more probable boxes."""
        moved = self._threshold + steps * STEP
        self._threshold = round(min(max(moved, STEP), 1 - STEP), 2)
        self._draw()

    # --- a page ------------------------------------------------------------------------------

    def _load(self) -> None:
        watcher = self._watcher
        if watcher is None or not self._numbers or not self.is_on_screen:
            return
        number = self._numbers[-1 if self._place is None else self._place]
        if number == self._page_number:
            self._say()
            return

        def load() -> None:
            self.post_message(self.Loaded(watcher, number, watcher.flip_page(number)))

        self.run_worker(load, thread=True, exclusive=True, exit_on_error=False, group="flip")

    @property
    def is_on_screen(self) -> bool:
        """Whether there is room to draw: a hidden book reads nothing."""
        return bool(self.size.area)

    def on_flip_book_loaded(self, event: Loaded) -> None:
        """Show a page, unless another run is shown by now."""
        event.stop()
        if event.watcher is self._watcher and event.page is not None:
            self._page, self._page_number = event.page, event.number
            self._draw()

    def on_resize(self) -> None:
        """As many pictures as there is room for."""
        self._load()
        self._draw()

    def _draw(self) -> None:
        page, watcher = self._page, self._watcher
        canvases = list(self.pictures.query(Canvas))
        if page is None or watcher is None or not self.is_on_screen:
            for canvas in canvases:
                canvas.display = False
            return
        total = min(len(page.pictures), MOST_PICTURES)
        room = self.pictures.size
        aspect = USUAL_CELL_ASPECT if self.app.is_headless else cell_aspect()
        self._shown, columns = flip_words.arrange(total, room.width, room.height, aspect)
        self._say()
        self.pictures.styles.grid_size_columns = columns
        self._fill(canvases, page, {tag.id: tag for tag in watcher.tags})

    def _fill(self, canvases: list[Canvas], page: FlipPage, tags: dict[int, Tag]) -> None:
        for index, canvas in enumerate(canvases):
            place = self._first + index
            used = index < self._shown and place < len(page.pictures)
            canvas.display = used
            if used:
                picture = page.pictures[place]
                image = picture.image
                name = printable(image.name)
                source = PictureSource(picture.path, name, image.width_px, image.height_px)
                canvas.set_picture(source)
                canvas.set_overlay(flip_words.overlay_of(picture, tags, self._threshold))

    def _say(self) -> None:
        if self._page is not None and self._numbers:
            pages = len(self._numbers)
            place = self._numbers.index(self._page_number)
            text = flip_words.headline(self._page, pages, place, self._threshold, parts=self._parts)
            if self._shown and self._shown < len(self._page.pictures):
                text += f" · {self._shown} of {len(self._page.pictures)}: o"
            self.line.content = Content(text)
