"""Pixels by Kitty's protocol: a picture placed once under the text, and lines moved by id."""

from __future__ import annotations

from collections.abc import Callable

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from tui_detect.core.view import WHOLE, place
from tui_detect.ui.graphics import commands
from tui_detect.ui.graphics.backend import PictureJob, Prepared, Surroundings
from tui_detect.ui.graphics.encoding import Encoded
from tui_detect.ui.graphics.line_layer import LineLayer
from tui_detect.ui.graphics.marks import draw_text
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
from tui_detect.ui.graphics.text_cells import PictureCells, TextCells
from tui_detect.ui.graphics.uploads import Uploads
from tui_detect.ui.graphics.wire import Wire
from tui_detect.ui.terminal import Colours

ROUGH_BYTES = 80_000
"""Of the first PNG of a picture; 107 kB on the wire."""


class KittyPixels:
    """For Kitty and Ghostty without tmux between: placements at the cursor, below all text."""

    name = "Kitty graphics"

    def __init__(
        self, memory: PictureMemory, colours: Colours, wire: Wire, cell_px: CellPx
    ) -> None:
        self._wire = wire
        self._cell_px = cell_px
        self._maker = PictureMaker(memory, ROUGH_BYTES)
        self._text = TextCells(memory, colours, draws=draw_text)
        self._uploads = Uploads(wire)
        self._lines = LineLayer(wire, self._stroke)
        self._around = Surroundings()
        self._picture: PixelPicture | None = None
        self._placed: tuple[int, str] | None = None
        self._overlay = NOTHING

    # --- the picture ----------------------------------------------------------------------------

    def prepare(
        self, job: PictureJob, unwanted: Callable[[], bool], *, fine: bool = False
    ) -> PixelPicture | None:
        """Encode the whole picture, whatever the view; a fine one is of the view alone."""
        of = job.placement if fine else place(WHOLE, job.frame)
        return self._maker.make(job, of, self._cell_px(), unwanted, fine=fine)

    def deliver(
        self, prepared: Prepared, then: Callable[[bool], None], *, patient: bool = False
    ) -> None:
        """Send it unless the terminal has it."""
        self._uploads.bring(pixel_picture(prepared).encoded, then, patient=patient)

    def stop(self) -> None:
        """Give up what is being sent."""
        self._uploads.stop()

    def show(self, prepared: Prepared | None) -> list[Region]:
        """Place the sharpest picture of that view that the terminal has."""
        before, self._picture = self._picture, pixel_picture(prepared) if prepared else None
        changed = self._text.draw(NOTHING)
        everything = self._text.show(self._cells)
        self._place_picture()
        if self._picture is None:
            self._overlay = NOTHING
            self._draw_lines()
        stays = before and self._picture and before.job.bounds == self._picture.job.bounds
        return changed if stays else everything

    @property
    def _cells(self) -> PictureCells | None:
        if self._picture is None:
            return None
        cells = self._picture.cells
        return mosaic(cells) if self._around.sight == "behind" else cells

    def _place_picture(self) -> None:
        before, self._placed = self._placed, self._placement()
        if self._placed == before:
            return
        placed = self._placed[1] if self._placed is not None else ""
        if before is None or (self._placed is not None and self._placed[0] == before[0]):
            self._wire.place(placed)
        else:
            # The new one first, so that there is no moment without a picture.
            self._wire.send(placed + commands.delete_placements(before[0]))

    def _placement(self) -> tuple[int, str] | None:
        """The image that is to be seen now, and the command that places it."""
        if self._picture is None or self._around.sight == "hidden":
            return None
        lay = self._picture.job.placement
        found = self._uploads.find(self._picture.job.path, lay.area)
        if found is None:
            return None
        image_id, encoded = found
        x, width = _source(lay.area.left, lay.area.right, encoded, across=True)
        y, height = _source(lay.area.top, lay.area.bottom, encoded, across=False)
        put = commands.command(
            a="p", i=image_id, p=1, x=x, y=y, w=width, h=height,
            c=lay.columns, r=lay.rows, z=commands.FAR_BELOW, C=1,
        )  # fmt: skip
        return image_id, self._cursor_at(lay.column, lay.row) + put

    # --- what lies over it ----------------------------------------------------------------------

    def draw(self, overlay: Overlay) -> list[Region]:
        """Move the lines that changed; the text cells that changed."""
        if self._picture is None:
            return []
        self._overlay = overlay
        self._draw_lines()
        return self._text.draw(overlay)

    def _draw_lines(self) -> None:
        if self._picture is None or self._around.sight == "hidden":
            self._lines.draw(())
            return
        cell_px, frame = self._cell_px(), self._picture.job.frame
        self._lines.lay_out((frame.columns * cell_px[0], frame.rows * cell_px[1]), cell_px)
        self._lines.draw(strokes(self._overlay, self._picture.job.placement, cell_px))

    def _stroke(
        self, image_id: int, placement_id: int, stroke: Stroke, source: dict[str, int]
    ) -> str:
        width, height = self._cell_px()
        column, x = divmod(stroke.x_px, width)
        row, y = divmod(stroke.y_px, height)
        put = commands.command(
            a="p", i=image_id, p=placement_id, **source, **commands.offsets(X=x, Y=y),
            z=commands.FAR_BELOW + 1 + stroke.level, C=1,
        )  # fmt: skip
        return self._cursor_at(column, row) + put

    def _cursor_at(self, column: int, row: int) -> str:
        return commands.move_to(self._around.origin.x + column, self._around.origin.y + row)

    def lines(self, crop: Region, ground: Style) -> list[Strip]:
        """Labels and keys; nothing, not even a background, where the picture is to be seen."""
        return self._text.lines(crop, ground)

    def cells(self, run: Region) -> list[Segment]:
        """The same for a run within one row."""
        return self._text.cells(run)

    # --- the screen around it -------------------------------------------------------------------

    def lie(self, surroundings: Surroundings) -> list[Region]:
        """Follow the canvas; what has a background covers pixels, and dialogs dim a mosaic."""
        moved = surroundings.origin != self._around.origin
        was_behind = self._around.sight == "behind"
        self._around = surroundings
        self._place_picture()
        self._draw_lines()
        if moved:
            self._lines.again()
        if self._picture is None or was_behind == (surroundings.sight == "behind"):
            return []
        return self._text.show(self._cells) + self._text.draw(self._overlay)

    def close(self) -> None:
        """Leave nothing in the terminal."""
        self._uploads.forget()
        self._lines.forget()
        self._picture = self._placed = None
        self._text.show(None)


def _source(start: float, stop: float, encoded: Encoded, *, across: bool) -> tuple[int, int]:
    """Position and length in pixels of a part of an encoded picture, to the nearest pixel."""
    area = encoded.area
    begin, share = (area.left, area.width) if across else (area.top, area.height)
    length_px = encoded.width_px if across else encoded.height_px
    first = round((start - begin) / share * length_px)
    last = round((stop - begin) / share * length_px)
    first = min(max(first, 0), length_px - 1)
    return first, max(1, min(last, length_px) - first)
