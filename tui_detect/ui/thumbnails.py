"""From the thumbnail service to tiles: sized, coloured and handed to the grid's loop."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import TYPE_CHECKING

from tui_detect.ui.terminal import Blocks, Colours
from tui_detect.ui.widgets.grid_tiles import Tile, draw_tile

if TYPE_CHECKING:
    from tui_detect.workflows.thumbnails import ThumbnailService


class ServiceTiles:
    """The grid's tile provider."""

    def __init__(
        self,
        service: ThumbnailService,
        on_ready: Callable[[str, Tile | Exception], object],
        *,
        blocks: Blocks = "half",
        colours: Colours = "truecolor",
        cell_aspect: float = 0.5,
    ) -> None:
        self._client = service.client(self._tile, on_ready)
        self._blocks: Blocks = blocks
        self._colours: Colours = colours
        self._cell_aspect = cell_aspect
        self._size = (1, 1)

    def want(self, keys: Iterable[str], columns: int, rows: int) -> None:
        """Ask for the thumbnails of these pictures, by SHA-256."""
        self._size = (columns, rows)
        self._client.want(keys)

    def close(self) -> None:
        """Ask for nothing any more."""
        self._client.close()

    def _tile(self, jpeg: bytes) -> Tile:
        """Runs in the service's thread."""
        from PIL import Image

        from tui_detect.imaging.cells import fitted_cells, picture_cells

        columns, rows = self._size
        with Image.open(BytesIO(jpeg), formats=["JPEG"]) as picture:
            across, down = fitted_cells(*picture.size, columns, rows, 1 / self._cell_aspect)
            picture.draft("RGB", (across * 2, down * 2))
            cells = picture_cells(picture, across, down, self._blocks, self._colours)
        return draw_tile(cells, columns, rows)
