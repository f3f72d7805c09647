"""What the grid keeps of images that were in sight: facts and tiles, the oldest dropped."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence

from tui_detect.ui.widgets.grid_tiles import Tile, TileInfo

TILES_KEPT = 600
"""A few screens of the largest terminals; some 30 kB each."""
INFOS_KEPT = 5000


class TileShelf:
    """Facts by image, tiles by key."""

    def __init__(self, load_infos: Callable[[Sequence[int]], Mapping[int, TileInfo]]) -> None:
        self._load_infos = load_infos
        self._infos: OrderedDict[int, TileInfo] = OrderedDict()
        self._tiles: OrderedDict[str, Tile] = OrderedDict()

    def infos(self, ids: Sequence[int]) -> dict[int, TileInfo]:
        """The facts of these images, loaded where they are not here, in the order given."""
        missing = [image_id for image_id in ids if image_id not in self._infos]
        if missing:
            self._infos.update(self._load_infos(missing))
        found = {key: self._infos[key] for key in ids if key in self._infos}
        for image_id in found:
            self._infos.move_to_end(image_id)
        while len(self._infos) > max(INFOS_KEPT, len(ids)):
            self._infos.popitem(last=False)
        return found

    def info(self, image_id: int) -> TileInfo | None:
        """The facts of one image; `None` when it is gone."""
        return self._infos.get(image_id) or self.infos([image_id]).get(image_id)

    def tile(self, key: str) -> Tile | None:
        """A tile, if it is here."""
        return self._tiles.get(key)

    def put(self, key: str, tile: Tile) -> None:
        """Keep a tile."""
        self._tiles[key] = tile
        self._tiles.move_to_end(key)
        while len(self._tiles) > TILES_KEPT:
            self._tiles.popitem(last=False)

    def lacking(self, infos: Iterable[TileInfo]) -> list[str]:
        """The keys of those without a tile; the others count as used just now."""
        keys = []
        for info in infos:
            if info.key in self._tiles:
                self._tiles.move_to_end(info.key)
            else:
                keys.append(info.key)
        return keys

    def forget(self, ids: Iterable[int] | None = None) -> None:
        """Load the facts of these images, or of all, again when they are needed."""
        if ids is None:
            self._infos.clear()
            return
        for image_id in ids:
            self._infos.pop(image_id, None)

    def clear_tiles(self) -> None:
        """They have another size now."""
        self._tiles.clear()
