"""The simulated hand on the Tagging screen: real keys, and a look into the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.simulated_hand import WHOLE_KEY, OutOfReach, corner_keys, nudges
from tests.ui.tagging.tagger import Tagger
from tui_detect.core.geometry import Box, overlap
from tui_detect.core.model import Region

PATIENCE = 60
"""Nudges after which a box counts as out of reach."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A box that is stored, and the keys it took."""

    region: Region
    overlap: float
    """With the true box."""
    pointing: int
    """Keys from the one that starts the box to the one that places it."""
    nudges: int
    tag_keys: int

    @property
    def keys(self) -> int:
        """All of them."""
        return self.pointing + self.nudges + self.tag_keys


class Hand:
    """Draws boxes that it knows, each until the stored one overlaps the true one by `wanted`."""

    def __init__(self, on: Tagger, wanted: float) -> None:
        self._on = on
        self._wanted = wanted

    async def draw_all(self, boxes: Sequence[tuple[str, Box]]) -> list[Drawn]:
        """The boxes of the picture shown, by names of tags: those with the sticky tag first."""
        order = [tag.name for tag in self._on.screen.session.tags]
        sticky = self._sticky()
        boxes = sorted(boxes, key=lambda each: (each[0] != sticky, order.index(each[0])))
        return [await self._draw(tag, box) for tag, box in boxes]

    async def _draw(self, tag: str, truth: Box) -> Drawn:
        on, session = self._on, self._on.screen.session
        # A digit gives the selected region that tag; with none, the boxes to come.
        early = await self._choose(tag) if on.selected() is None else 0
        known = {region.uuid for region in on.regions()}
        keys = ("space", *corner_keys(truth, on.screen.canvas.frame, session.keys, self._wanted))
        for key in keys:
            await on.pilot.press(key)
        (region,) = (region for region in on.regions() if region.uuid not in known)
        nudged = await self._nudge(region.uuid, truth)
        late = await self._choose(tag)
        region = self._stored(region.uuid)
        assert region.tag_id == next(known.id for known in session.tags if known.name == tag)
        reached = overlap(region.box, truth)
        assert reached >= self._wanted
        return Drawn(region, reached, len(keys), nudged, early + late)

    async def _nudge(self, uuid: str, truth: Box) -> int:
        """Bring the box close enough; how many keys that took."""
        on, count = self._on, 0
        while overlap(box := self._stored(uuid).box, truth) < self._wanted:
            if count == PATIENCE:
                raise OutOfReach(f"{box} is not {truth} after {count} nudges")
            keys = nudges(truth, box, on.screen.state.view, on.screen.canvas.frame, self._wanted)
            await on.pilot.press(keys[0])
            count += 1
        if on.screen.state.view.zoom > 1:
            await on.pilot.press(WHOLE_KEY)
            count += 1
        return count

    async def _choose(self, tag: str) -> int:
        """Press the digit of a tag that is not the sticky one; how many keys that took."""
        if self._sticky() == tag:
            return 0
        names = [known.name for known in self._on.screen.session.tags]
        await self._on.pilot.press(str((names.index(tag) + 1) % 10))
        return 1

    def _sticky(self) -> str | None:
        sticky = self._on.screen.state.sticky_tag_id
        tags = self._on.screen.session.tags
        return next((tag.name for tag in tags if tag.id == sticky), None)

    def _stored(self, uuid: str) -> Region:
        region = self._on.stored().tagging.region(uuid)
        assert region is not None
        return region
