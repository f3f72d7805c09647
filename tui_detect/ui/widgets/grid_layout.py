"""Where the tiles of the grid lie."""

from __future__ import annotations

from dataclasses import dataclass

from textual.geometry import Region

IDEAL_PICTURE_ROWS = 9
"""Pictures are recognised from about here on; rows are then made to fill the height."""
SMALLEST_PICTURE_COLUMNS = 17
_ASPECT = 4 / 3
"""Width over height of the room for a picture: most cameras."""


@dataclass(frozen=True, slots=True)
class GridLayout:
    """Tiles side by side, one cell apart: room for the frame around the one under the cursor."""

    across: int
    """Tiles in a row."""
    down: int
    """Rows of tiles that fit."""
    columns: int
    """Width of the picture's room, in cells."""
    rows: int
    """Height of the picture's room, in cells."""

    @classmethod
    def fitting(
        cls, width: int, height: int, cell_aspect: float = 0.5, size: int = 0
    ) -> GridLayout:
        """The layout that fills that many cells with whole tiles.

        Args:
            cell_aspect: width of a cell over its height.
            size: steps larger (or smaller) than usual.
        """
        ideal = max(2, IDEAL_PICTURE_ROWS + 3 * size) + 2
        down = max(1, round((height - 1) / ideal))
        rows = max(1, (height - 1) // down - 2)
        wide = rows * _ASPECT / cell_aspect
        # Somewhat narrower than ideal is better than one column fewer.
        most = (width - 1) // (SMALLEST_PICTURE_COLUMNS + 1)
        across = max(1, min(most, round((width - 1) / (wide * 0.9 + 1))))
        columns = max(1, (width - 1) // across - 1)
        # Narrow tiles need less height: better a part of the next row than empty lines.
        rows = max(1, min(rows, round(columns * cell_aspect / _ASPECT)))
        return cls(across, max(1, (height - 1) // (rows + 2)), columns, rows)

    @property
    def pitch_x(self) -> int:
        """From one tile to the next."""
        return self.columns + 1

    @property
    def pitch_y(self) -> int:
        """From one row of tiles to the next: picture, caption, gap."""
        return self.rows + 2

    def height(self, count: int) -> int:
        """Lines that so many tiles need."""
        return -(-count // self.across) * self.pitch_y + 1

    def region(self, index: int) -> Region:
        """A tile with the frame around it, from the top of the first row."""
        row, column = divmod(index, self.across)
        return Region(column * self.pitch_x, row * self.pitch_y, self.pitch_x + 1, self.pitch_y + 1)

    def index_at(self, x: int, y: int) -> int:
        """The tile at a place, whether it exists or not; -1 right of the last column."""
        column = x // self.pitch_x
        return -1 if column >= self.across else y // self.pitch_y * self.across + column
