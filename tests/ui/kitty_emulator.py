"""A terminal that keeps text, images and placements, as Kitty does; it answers nothing."""

from __future__ import annotations

import re
from base64 import standard_b64decode
from dataclasses import dataclass, field, replace
from io import BytesIO

import pyte
from PIL import Image

from tui_detect.ui.graphics.diacritics import DIACRITICS
from tui_detect.ui.graphics.placeholders import PLACEHOLDER

COMMAND = re.compile(r"\x1b_G([^;\x1b]*)(?:;([^\x1b]*))?\x1b\\")
TMUX = re.compile(r"\x1bPtmux;((?:[^\x1b]|\x1b\x1b)*)\x1b\\")
FAR = -(1 << 30)


@dataclass(frozen=True, slots=True)
class Place:
    """A placement, all that decides what it looks like."""

    source: tuple[int, int, int, int]
    """x, y, width, height in pixels of the image."""
    cell: tuple[int, int]
    """Column and row: of the screen, or from the parent's first cell."""
    offset_px: tuple[int, int]
    cells: tuple[int, int]
    """Columns and rows that it is scaled to; 0: not scaled."""
    z: int
    virtual: bool
    parent: tuple[int, int] | None


@dataclass(slots=True)
class Kept:
    """An image in the terminal."""

    picture: Image.Image
    places: dict[int, Place] = field(default_factory=dict)

    @property
    def pixels(self) -> bytes:
        """Size and content."""
        return repr(self.picture.size).encode() + self.picture.tobytes()


class KittyEmulator:
    """Fed with what an app writes; loud where Kitty would draw something wrong in silence."""

    def __init__(self, columns: int = 80, rows: int = 24) -> None:
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self.screen)
        # As the app asks for; pyte would wrap a combining character.
        self._stream.feed("\x1b[?7l")
        self.images: dict[int, Kept] = {}
        self._loading: tuple[int, list[str]] | None = None
        self.sent: list[int] = []
        """Ids of the images whose data arrived, in order."""
        self.abandoned = 0

    def feed(self, data: str) -> None:
        """Take what an app writes."""
        data = TMUX.sub(lambda match: match[1].replace("\x1b\x1b", "\x1b"), data)
        at = 0
        for match in COMMAND.finditer(data):
            self._stream.feed(data[at : match.start()])
            at = match.end()
            self._obey(match[1], match[2] or "")
        rest = data[at:]
        assert "\x1b_G" not in rest, f"a command that does not end: {rest[:60]!r}"
        self._stream.feed(rest)

    def looks(self) -> set[tuple[bytes, Place]]:
        """What is to be seen of all images: pixels and placements; ids may be any."""
        standing = self.placeholders()
        seen: set[tuple[bytes, Place]] = set()
        for image_id, image in self.images.items():
            for place in image.places.values():
                if place.virtual and image_id in standing:
                    place = replace(place, cell=standing[image_id])
                elif place.virtual:
                    continue
                if place.parent is not None:
                    column, row = standing[place.parent[0]]
                    cell = (place.cell[0] + column, place.cell[1] + row)
                    place = replace(place, cell=cell, parent=None)
                seen.add((image.pixels, place))
        return seen

    def placeholders(self) -> dict[int, tuple[int, int]]:
        """Where the first cell of each image lies for which placeholders are on the screen."""
        found: dict[int, tuple[int, int]] = {}
        for y in range(self.screen.lines):
            left: tuple[int, int, int] | None = None
            for x in range(self.screen.columns):
                cell = self.screen.buffer[y][x]
                if not cell.data.startswith(PLACEHOLDER):
                    left = None
                    continue
                numbers = [DIACRITICS.index(mark) for mark in cell.data[1:]]
                if not numbers:
                    assert left is not None, "a placeholder that goes on from nothing"
                    numbers = [left[0], left[1] + 1, left[2]]
                row, column, highest = left = (numbers[0], numbers[1], (*numbers, 0)[2])
                image_id = (highest << 24) | int(cell.fg, 16)
                assert found.setdefault(image_id, (x - column, y - row)) == (x - column, y - row)
                assert any(each.virtual for each in self.images[image_id].places.values())
        return found

    def places(self) -> list[Place]:
        """All placements."""
        return [place for image in self.images.values() for place in image.places.values()]

    def _obey(self, words: str, payload: str) -> None:
        keys = dict(word.split("=", 1) for word in words.split(","))
        assert keys.get("q") == "2", f"Kitty would answer: {words}"
        assert len(payload) <= 4096
        action = keys.get("a", "t")
        if action == "t":
            self._load(keys, payload)
        elif action == "p":
            self._put(keys)
        elif action == "d":
            self._delete(keys)
        else:
            raise AssertionError(f"unknown: {words}")

    def _load(self, keys: dict[str, str], payload: str) -> None:
        if "i" in keys:
            assert self._loading is None, "an image within another one"
            assert keys["f"] == "100"
            self._loading = int(keys["i"]), []
        assert self._loading is not None, "a piece of nothing"
        self._loading[1].append(payload)
        if keys.get("m", "0") == "1":
            return
        image_id, pieces = self._loading
        self._loading = None
        if not payload:
            self.abandoned += 1
            return
        picture = Image.open(BytesIO(standard_b64decode("".join(pieces))))
        picture.load()
        self.images[image_id] = Kept(picture)
        self.sent.append(image_id)

    def _put(self, keys: dict[str, str]) -> None:
        number = {key: int(value) for key, value in keys.items() if key != "a"}
        image = self.images.get(number["i"])
        assert image is not None, f"placement of an image that is not there: {keys}"
        width, height = image.picture.size
        x, y = number.get("x", 0), number.get("y", 0)
        source = (x, y, number.get("w", width - x), number.get("h", height - y))
        assert x + source[2] <= width
        assert y + source[3] <= height
        parent = (number["P"], number["Q"]) if "P" in number else None
        if parent is not None:
            assert parent[1] in self.images[parent[0]].places, "no such parent"
            cell = number.get("H", 0), number.get("V", 0)
        else:
            cell = self.screen.cursor.x, self.screen.cursor.y
            assert number.get("U") or number.get("C") == 1, "the cursor would move"
        virtual = bool(number.get("U"))
        image.places[number["p"]] = Place(
            source,
            (0, 0) if virtual else cell,
            (number.get("X", 0), number.get("Y", 0)),
            (number.get("c", 0), number.get("r", 0)),
            number.get("z", 0),
            virtual,
            parent,
        )

    def _delete(self, keys: dict[str, str]) -> None:
        assert self._loading is None, "a deletion ends what is being sent"
        image_id = int(keys["i"])
        image = self.images.get(image_id)
        if image is None:
            return
        gone = [int(keys["p"])] if "p" in keys else list(image.places)
        for placement_id in gone:
            image.places.pop(placement_id, None)
            for other in self.images.values():
                for number, place in list(other.places.items()):
                    if place.parent == (image_id, placement_id):
                        del other.places[number]
        if keys["d"] == "I":
            del self.images[image_id]
