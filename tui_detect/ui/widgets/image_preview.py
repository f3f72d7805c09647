"""The image under the cursor, larger, with its boxes, and what is known of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from textual import getters
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from tui_detect.core.model import Image, Region, Tag
from tui_detect.ui.graphics.backend import PictureSource
from tui_detect.ui.graphics.overlay import Overlay, OverlayBox
from tui_detect.ui.terminal import UNKNOWN, Terminal
from tui_detect.ui.widgets.canvas import Canvas
from tui_detect.ui.wording import printable, size, when

FACTS_ROWS = 8
"""Kept free for what is said below the picture."""
MOST_NAMED = 4
"""With more boxes, their names would hide the small picture; the facts have them."""
NO_TAG_COLOUR = "#ffffff"
SETTLE_S = 0.12
"""A held key passes pictures that nobody wants to see decoded."""


class ImagePreview(Vertical):
    """A picture with its boxes over its facts."""

    DEFAULT_CSS = """
    ImagePreview {
        width: 36;
        height: 1fr;
        padding: 0 1;
        & > #facts { height: 1fr; margin-top: 1; }
    }
    """

    canvas = getters.query_one(Canvas)

    def __init__(
        self,
        terminal: Terminal = UNKNOWN,
        cell_aspect: float = 0.5,
        *,
        id: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(id=id)
        self._cell_aspect = cell_aspect
        self._terminal = terminal
        self._waiting: Timer | None = None

    def compose(self) -> ComposeResult:
        """The picture, and lines below it."""
        yield Canvas(self._terminal)
        yield Static(id="facts")

    def show(
        self, image: Image, regions: tuple[Region, ...], tags: Mapping[int, Tag], path: Path
    ) -> None:
        """Show an image; its picture after a moment's rest."""
        self._stop_waiting()
        self.query_one("#facts", Static).update(describe(image, regions, tags))
        name = printable(image.name)
        source = PictureSource(path, name, image.width_px, image.height_px)
        named = len(regions) <= MOST_NAMED
        overlay = Overlay(tuple(_box(region, tags, named) for region in regions))
        self._waiting = self.set_timer(SETTLE_S, lambda: self._draw(source, overlay))

    def clear(self) -> None:
        """Show nothing."""
        self._stop_waiting()
        self.query_one("#facts", Static).update()
        self.canvas.set_picture(None)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.stop()
            self._waiting = None

    def _draw(self, source: PictureSource, overlay: Overlay) -> None:
        # The facts follow the picture, so the canvas is no higher than the picture needs.
        width, height = self.content_size
        rows = round(width * self._cell_aspect * source.height_px / source.width_px)
        self.canvas.styles.height = max(1, min(rows, height - FACTS_ROWS))
        self.canvas.set_picture(source)
        self.canvas.set_overlay(overlay)


def describe(image: Image, regions: tuple[Region, ...], tags: Mapping[int, Tag]) -> Content:
    """Name, size, split, age, and its tags with their numbers."""
    facts = [f"{image.width_px:,} × {image.height_px:,}", size(image.size_bytes)]
    if image.split is not None:
        facts.append(image.split)
    lines = [
        Content.styled(printable(image.name), "bold"),
        Content.styled(" · ".join(facts), "$text-muted"),
        Content.styled(f"added {when(image.added_at)}", "$text-muted"),
    ]
    if image.state != "tagged":
        lines.append(Content(image.state))
    for tag_id, number in Counter(region.tag_id for region in regions).items():
        tag = tags.get(tag_id)
        if tag is not None:
            mark = Content.styled("■ ", tag.colour)
            lines.append(Content.assemble(mark, printable(tag.name), f"  {number}"))
    return Content("\n").join(lines)


def _box(region: Region, tags: Mapping[int, Tag], named: bool) -> OverlayBox:
    tag = tags.get(region.tag_id)
    if tag is None:
        return OverlayBox(region.box, NO_TAG_COLOUR)
    return OverlayBox(region.box, tag.colour, name=printable(tag.name) if named else "")
