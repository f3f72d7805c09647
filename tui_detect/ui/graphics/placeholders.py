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
from textual.geometry import Region
from textual.strip import Strip

from tui_detect.core.view import Placement
from tui_detect.ui.graphics import commands
from tui_detect.ui.graphics.backend import PictureJob, Prepared, Surroundings
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
from tui_detect.ui.graphics.text_cells import TextCells, runs
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
        self._around = Surroundings()
        self._styles = Style(), Style()
        self._is_standing = False
        self._anchored: set[tuple[int, int]] = set()
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
        if found is None or self._around.sight == "behind":
            self._is_standing = False
            return self._text.show(mosaic(picture.cells))
        image_id = found[0]
        # Placeholders that come before what they stand for stay empty in some terminals.
        virtual = commands.command(a="p", U=1, i=image_id, p=1, c=lay.columns, r=lay.rows)
        self._wire.place(virtual)
        if image_id != self._image_id:
            self._image_id = image_id
            self._lines.again()
        style = _style_of(image_id, self._few_colours)
        self._styles = style, style.copy()
        self._anchored = set()
        self._is_standing = True
        rows = [
            [self._cell(row, column) for column in range(lay.columns)] for row in range(lay.rows)
        ]
        return self._text.show(replace(picture.cells, rows=rows))

    def _cell(self, row: int, column: int, *, anchored: bool = False) -> Segment:
        """One placeholder, with all its numbers or with those that it needs.

        One without numbers goes on from its left neighbour. tmux writes a cell again for each
        combining character: 31 bytes instead of 4. Where lines cannot hang on placeholders the
        terminal may be one that misreads what is left out (sorokin-vladimir/tele#259).
        """
        is_numbered = anchored or not self._with_lines or column == 0
        if not is_numbered or column >= len(DIACRITICS):
            return Segment(PLACEHOLDER, self._styles[0])
        numbers = DIACRITICS[row] + DIACRITICS[column]
        if self._image_id >> 24 or not self._with_lines:
            numbers += DIACRITICS[self._image_id >> 24]
        # Segments of one style become one, and Rich cuts a mixture of cells with and without
        # combining characters at the wrong places: so an anchor has a style of its own.
        style = self._styles[1 if self._with_lines else 0]
        return Segment(PLACEHOLDER + numbers, style)

    def _anchor(self) -> list[Region]:
        """Number the cells whose left neighbour is no placeholder; the cells that changed."""
        if self._picture is None or not self._with_lines or not self._is_standing:
            return []
        marks, bounds = self._text.marks, self._picture.job.bounds
        after = {(row, column + 1) for row, column in marks}
        after |= {
            (y, each.right) for each in self._around.covered for y in range(each.y, each.bottom)
        }
        wanted = {at for at in after - marks.keys() if bounds.contains(at[1], at[0])}
        before, self._anchored = self._anchored, wanted
        for row, column in wanted ^ before:
            is_anchor = (row, column) in wanted
            cell = self._cell(row - bounds.y, column - bounds.x, anchored=is_anchor)
            self._text.put_cell(row, column, cell)
        # On the screen a number too many does no harm.
        return runs(wanted - before)

    # --- what lies over it ----------------------------------------------------------------------

    def draw(self, overlay: Overlay) -> list[Region]:
        """Move the lines that changed; the text cells that changed."""
        self._overlay = overlay
        self._draw_lines()
        return self._text.draw(overlay) + self._anchor()

    @property
    def _in_pixels(self) -> bool:
        """Whether edges are lines in pixels now: those would lie over dialogs."""
        return self._with_lines and self._around.sight == "clear"

    def _draw_lines(self) -> None:
        if self._picture is None or not self._in_pixels:
            self._lines.draw(())
            return
        cell_px, frame = self._cell_px(), self._picture.job.frame
        self._lines.lay_out((frame.columns * cell_px[0], frame.rows * cell_px[1]), cell_px)
        self._lines.draw(strokes(self._overlay, self._picture.job.placement, cell_px))

    def _stroke(
        self, image_id: int, placement_id: int, stroke: Stroke, source: dict[str, int]
    ) -> str:
        assert self._picture is not None
        lay, (width, height) = self._picture.job.placement, self._cell_px()
        column, x = divmod(stroke.x_px, width)
        row, y = divmod(stroke.y_px, height)
        return commands.command(
            a="p", i=image_id, p=placement_id, P=self._image_id, Q=1,
            **commands.offsets(H=column - lay.column, V=row - lay.row),
            **source,
            **commands.offsets(X=x, Y=y, z=stroke.level),
        )  # fmt: skip

    def lines(self, crop: Region, ground: Style) -> list[Strip]:
        """Placeholders and the text over them."""
        return self._text.lines(crop, ground)

    def cells(self, run: Region) -> list[Segment]:
        """The same for a run within one row."""
        return self._text.cells(run)

    # --- the screen around it -------------------------------------------------------------------

    def lie(self, surroundings: Surroundings) -> list[Region]:
        """Placeholders are where their cells are; lines give way to text when not all is seen."""
        before, self._around = self._around, surroundings
        if surroundings == before:
            return []
        changed: list[Region] = []
        is_behind = surroundings.sight == "behind"
        if self._picture is not None and is_behind != (before.sight == "behind"):
            changed += self._stand(self._picture)
        changed += self._text.draw_by(_draw_text if self._in_pixels else draw)
        changed += self._text.draw(self._overlay)
        self._draw_lines()
        return changed + self._anchor()

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
