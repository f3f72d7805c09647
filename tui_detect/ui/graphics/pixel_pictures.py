"""Pictures as pixels: prepared in threads, sent in pieces, kept in the terminal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from tui_detect.core.view import Placement
from tui_detect.ui.graphics.backend import PictureJob, Prepared
from tui_detect.ui.graphics.encoding import Encoded, Encoder, Request
from tui_detect.ui.graphics.pictures import PictureMemory
from tui_detect.ui.graphics.text_cells import PictureCells

CellPx = Callable[[], tuple[int, int]]
"""Width and height of a cell, asked anew each time: letters can become larger."""

BLANK = Segment(" ")
"""Without a background, so that a picture far below it is seen."""


@dataclass(frozen=True, slots=True)
class PixelPicture:
    """A picture to be shown as pixels, and its mean colours for the text over it."""

    job: PictureJob
    encoded: Encoded
    cells: PictureCells
    fine: bool


class PictureMaker:
    """Makes the pictures of one canvas; safe to use from several threads."""

    def __init__(self, memory: PictureMemory, rough_bytes: int) -> None:
        self._memory = memory
        self._encoder = Encoder(memory, rough_bytes)

    def make(
        self,
        job: PictureJob,
        of: Placement,
        cell_px: tuple[int, int],
        unwanted: Callable[[], bool],
        *,
        fine: bool,
    ) -> PixelPicture | None:
        """Encode what `of` shows, as large as it shows it; `None` when it became unwanted.

        Raises:
            PictureRefused: it cannot be read.
        """
        from tui_detect.imaging.pixels import mean_colours

        shown, natural_width_px = job.placement, job.frame.picture_width_px
        request = Request(job.path, of.area, of.columns * cell_px[0], of.rows * cell_px[1])
        natural_px = (natural_width_px, job.frame.picture_height_px)
        encoded = self._encoder.encode(request, natural_px, sharp=fine)
        if unwanted():
            return None
        useful = min(shown.columns * cell_px[0] / shown.area.width, natural_width_px)
        picture = self._memory.load(job.path, 1)
        means = mean_colours(picture, shown.area.edges, (shown.columns, shown.rows))
        rows = [[BLANK] * shown.columns for _ in range(shown.rows)]
        cells = PictureCells(job, rows, means)
        return PixelPicture(job, encoded, cells, fine or encoded.density >= 0.99 * useful)


def mosaic(cells: PictureCells) -> PictureCells:
    """The picture in its mean colours: what a dialog can dim, unlike pixels."""
    return replace(cells, rows=[[_patch(*mean) for mean in row] for row in cells.means])


@lru_cache(maxsize=4096)
def _patch(r: int, g: int, b: int) -> Segment:
    return Segment(" ", Style(bgcolor=Color.from_rgb(r, g, b)))


def pixel_picture(prepared: Prepared) -> PixelPicture:
    """The same, known to be for pixels.

    Raises:
        TypeError: another backend prepared it.
    """
    if not isinstance(prepared, PixelPicture):
        raise TypeError(f"{type(prepared).__name__} is not for this backend")
    return prepared
