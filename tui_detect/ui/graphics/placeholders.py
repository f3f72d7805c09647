"""Pixels by Kitty's protocol in terminals that are reached through text alone.

The picture's cells are characters that stand for parts of it, so they go where text goes, also
through tmux. Lines can hang on them, in pixels; where a terminal knows no such lines, or where
something lies over the picture, they are text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Offset, Region
from textual.strip import Strip

from tui_detect.core.view import Placement
from tui_detect.ui.graphics import commands
from tui_detect.ui.graphics.backend import PictureJob, Prepared, Sight
from tui_detect.ui.graphics.diacritics import DIACRITICS
from tui_detect.ui.graphics.line_layer import LineLayer
from tui_detect.ui.graphics.marks import Marks, draw, draw_text
from tui_detect.ui.graphics.overlay import NOTHING, Overlay
from tui_detect.ui.graphics.pictures import PictureMemory
from tui_detect.ui.graphics.pixel_pictures import (
    CellPx,
    PictureMaker,
    PixelPicture,
    mosaic,
    pixel_picture,
)
from tui_detect.ui.graphics.strokes import Stroke, strokes
from tui_detect.ui.graphics.text_cells import TextCells
from tui_detect.ui.graphics.uploads import Uploads
from tui_detect.ui.graphics.wire import Wire
from tui_detect.ui.terminal import Colours

ROUGH_BYTES = 60_000
"""Of the first PNG of a view; 80 kB on the wire, and the cells take 50 kB."""

PLACEHOLDER = "\U0010eeee"


class Placeholders:
    """Each view is a picture of its own: placeholders show an image whole or not at all."""

    def __init__(
        self,
        memory: PictureMemory,
        colours: Colours,
        wire: Wire,
        cell_px: CellPx,
        *,
        with_lines: bool,
    ) -> None:
        self._wire = wire
        self._cell_px = cell_px
        self._with_lines = with_lines
        self._few_colours = colours != "truecolor"
        self._maker = PictureMaker(memory, ROUGH_BYTES)
        self._text = TextCells(memory, colours, draws=_draw_text if with_lines else draw)
        self._uploads = Uploads(wire)
        self._lines = LineLayer(wire, self._stroke)
        self._sight: Sight = "clear"
        self._picture: PixelPicture | None = None
        self._image_id = 0
        self._overlay = NOTHING

    @property
    def name(self) -> str:
        """For the person."""
        return "Kitty graphics in tmux" if self._with_lines else "Kitty placeholders"

    # --- the picture ----------------------------------------------------------------------------

    def prepare(
        self, job: PictureJob, unwanted: Callable[[], bool], *, fine: bool = False
    ) -> PixelPicture | None:
        """Encode the view. Runs in a thread."""
        return self._maker.make(job, job.placement, self._cell_px(), unwanted, fine=fine)

    def deliver(
        self, prepared: Prepared, then: Callable[[bool], None], *, patient: bool = False
    ) -> None:
        """Send it unless the terminal has it."""
        self._uploads.bring(pixel_picture(prepared).encoded, then, patient=patient)

    def stop(self) -> None:
        """Give up what is being sent."""
        self._uploads.stop()

    def show(self, prepared: Prepared | None) -> list[Region]:
        """Stand the placeholders of the sharpest picture of that view on the canvas."""
        self._picture = pixel_picture(prepared) if prepared is not None else None
        self._overlay = NOTHING
        if self._picture is None:
            self._lines.draw(())
            return self._text.show(None)
        return self._stand(self._picture)

    def _stand(self, picture: PixelPicture) -> list[Region]:
        """Cells that stand for the picture, or in its mean colours under a dialog.

        Dialogs blend the colours of what is behind them, and a placeholder's colour is its image.
        """
        lay = picture.job.placement
        found = self._uploads.find(picture.job.path, lay.area, exactly=True)
        if found is None or self._sight == "behind":
            return self._text.show(mosaic(picture.cells))
        image_id = found[0]
        # Placeholders that come before what they stand for stay empty in some terminals.
        virtual = commands.command(a="p", U=1, i=image_id, p=1, c=lay.columns, r=lay.rows)
        self._wire.place(virtual)
        if image_id != self._image_id:
            self._image_id = image_id
            self._lines.again()
        rows = [self._row(image_id, row, lay.columns) for row in range(lay.rows)]
        return self._text.show(replace(picture.cells, rows=rows))

    def _row(self, image_id: int, row: int, columns: int) -> list[Segment]:
        style = _style_of(image_id, self._few_colours)
        highest = DIACRITICS[image_id >> 24]
        start = PLACEHOLDER + DIACRITICS[row]
        return [
            # A terminal counts on from the column before where there is no number for one.
            Segment(
                start + (DIACRITICS[column] + highest if column < len(DIACRITICS) else ""), style
            )
            for column in range(columns)
        ]

    # --- what lies over it ----------------------------------------------------------------------

    def draw(self, overlay: Overlay) -> list[Region]:
        """Move the lines that changed; the text cells that changed."""
        self._overlay = overlay
        self._draw_lines()
        return self._text.draw(overlay)

    @property
    def _in_pixels(self) -> bool:
        """Whether edges are lines in pixels now: those would lie over dialogs."""
        return self._with_lines and self._sight == "clear"

    def _draw_lines(self) -> None:
        if self._picture is None or not self._in_pixels:
            self._lines.draw(())
            return
        cell_px, frame = self._cell_px(), self._picture.job.frame
        self._lines.lay_out((frame.columns * cell_px[0], frame.rows * cell_px[1]), cell_px)
        self._lines.draw(strokes(self._overlay, self._picture.job.placement, cell_px))

    def _stroke(
        self, image_id: int, placement_id: int, stroke: Stroke, start_px: tuple[int, int]
    ) -> str:
        assert self._picture is not None
        lay, (width, height) = self._picture.job.placement, self._cell_px()
        column, x = divmod(stroke.x_px, width)
        row, y = divmod(stroke.y_px, height)
        return commands.command(
            a="p", i=image_id, p=placement_id, P=self._image_id, Q=1,
            **commands.offsets(H=column - lay.column, V=row - lay.row),
            **commands.offsets(x=start_px[0], y=start_px[1]),
            w=stroke.width_px, h=stroke.height_px,
            **commands.offsets(X=x, Y=y, z=stroke.level),
        )  # fmt: skip

    def lines(self, crop: Region, ground: Style) -> list[Strip]:
        """Placeholders and the text over them."""
        return self._text.lines(crop, ground)

    # --- the screen around it -------------------------------------------------------------------

    def lie(self, origin: Offset, sight: Sight) -> list[Region]:
        """Placeholders are where their cells are; lines give way to text when not all is seen."""
        if sight == self._sight:
            return []
        was_behind, self._sight = self._sight == "behind", sight
        changed: list[Region] = []
        if self._picture is not None and was_behind != (sight == "behind"):
            changed += self._stand(self._picture)
        changed += self._text.draw_by(_draw_text if self._in_pixels else draw)
        changed += self._text.draw(self._overlay)
        self._draw_lines()
        return changed

    def close(self) -> None:
        """Leave nothing in the terminal."""
        self._uploads.forget()
        self._lines.forget()
        self._picture = None
        self._text.show(None)


def _draw_text(overlay: Overlay, placement: Placement) -> Marks:
    return draw_text(overlay, placement, beside_lines=True)


def _style_of(image_id: int, few_colours: bool) -> Style:
    if few_colours:
        return Style(color=Color.from_ansi(image_id & 255))
    return Style(color=Color.from_rgb(image_id >> 16 & 255, image_id >> 8 & 255, image_id & 255))
