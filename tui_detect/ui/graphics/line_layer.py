"""The lines that are on the screen, and the commands that turn them into those wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tui_detect.ui.graphics import commands
from tui_detect.ui.graphics.overlay import READABLE
from tui_detect.ui.graphics.strokes import RIM_PX, Pen, Stroke, thickness_px
from tui_detect.ui.graphics.wire import Wire

RIM_ALPHA = 150
READABLE_COLOUR = (255, 255, 255)

Place = Callable[[int, int, Stroke, dict[str, int]], str]
"""The command that places a stroke: image id, placement id, stroke, the keys of its source."""


@dataclass(slots=True)
class _Image:
    """A pen in the terminal and its strokes on the screen, by placement id."""

    image_id: int
    size: tuple[int, int]
    shown: dict[int, Stroke] = field(default_factory=dict)


class LineLayer:
    """Sends a pen once; then a stroke that moved is one command, and one that stays is none."""

    def __init__(self, wire: Wire, place: Place) -> None:
        self._wire = wire
        self._place = place
        self._images: dict[Pen, _Image] = {}
        self._paper: tuple[tuple[int, int], tuple[int, int]] = ((0, 0), (0, 0))

    def lay_out(self, size_px: tuple[int, int], cell_px: tuple[int, int]) -> None:
        """Pens are as long as the canvas and as thick as its cells: another size, other pens."""
        if self._paper != (size_px, cell_px):
            self.forget()
            self._paper = size_px, cell_px

    def draw(self, strokes: Iterable[Stroke]) -> None:
        """Have these strokes on the screen and no others."""
        wanted: dict[Pen, set[Stroke]] = {}
        for stroke in strokes:
            wanted.setdefault(stroke.pen, set()).add(stroke)
        placed: list[str] = []
        deleted: list[str] = []
        for pen in self._images.keys() | wanted.keys():
            placements, deletions = self._change(pen, wanted.get(pen, set()))
            placed += placements
            deleted += deletions
        if deleted:
            self._wire.send("".join(deleted + placed))
        elif placed:
            self._wire.place("".join(placed))

    def again(self) -> None:
        """Place all strokes anew: what they are placed against has moved."""
        placed = [
            self._place(image.image_id, number, stroke, _source(image, stroke))
            for image in self._images.values()
            for number, stroke in image.shown.items()
        ]
        self._wire.place("".join(placed))

    def forget(self) -> None:
        """Take lines and pens out of the terminal."""
        images, self._images = self._images, {}
        for image in images.values():
            self._wire.free(image.image_id)

    def _change(self, pen: Pen, wanted: set[Stroke]) -> tuple[list[str], list[str]]:
        """Placements and deletions that leave `wanted`; strokes that stay keep their ids."""
        image = self._images.get(pen)
        if image is None:
            image = self._images[pen] = self._send(pen)
        kept = {number: stroke for number, stroke in image.shown.items() if stroke in wanted}
        missing = sorted(wanted - set(kept.values()), key=lambda each: (each.x_px, each.y_px))
        free = [number for number in image.shown if number not in kept]
        unused = (number for number in range(1, len(wanted) + 1) if number not in image.shown)
        placed = []
        for stroke in missing:
            number = free.pop(0) if free else next(unused)
            kept[number] = stroke
            placed.append(self._place(image.image_id, number, stroke, _source(image, stroke)))
        image.shown = kept
        return placed, [commands.delete_placement(image.image_id, number) for number in free]

    def _send(self, pen: Pen) -> _Image:
        from tui_detect.imaging.pixels import pen_png

        (width, height), cell_px = self._paper
        thick = thickness_px(pen.look, cell_px)
        broad = thick + 2 * RIM_PX
        size = (width + broad, height + broad)
        if pen.shape == "across":
            size = (size[0], broad)
        elif pen.shape == "down":
            size = (broad, size[1])
        readable = pen.colour == READABLE
        png = pen_png(
            pen.shape,
            size,
            READABLE_COLOUR if readable else _rgb(pen.colour),
            thickness_px=thick,
            rim_alpha=255 if readable else RIM_ALPHA,
            dash_px=max(cell_px) // 3 if pen.look == "suggestion" else 0,
        )
        return _Image(self._wire.send_image(png), size)


def _source(image: _Image, stroke: Stroke) -> dict[str, int]:
    """The part of the image that a stroke is, as keys; what reaches to its end needs no size."""
    keys: dict[str, int] = {}
    starts = ("x", stroke.from_x_px), ("y", stroke.from_y_px)
    lengths = ("w", stroke.width_px), ("h", stroke.height_px)
    for (at, cut_px), (size, length_px), whole_px in zip(starts, lengths, image.size, strict=True):
        start_px = whole_px - cut_px - length_px if stroke.pen.shape == "end" else cut_px
        if start_px:
            keys[at] = start_px
        if start_px + length_px != whole_px:
            keys[size] = length_px
    return keys


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
