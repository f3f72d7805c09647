"""What the Images screen reads from the library, in one go and off the event loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tui_detect.core.guidance import Advice
from tui_detect.core.model import Image, Iteration, Region, Tag
from tui_detect.core.query import ImageQuery, SplitChoice, State
from tui_detect.ui.widgets.grid_tiles import TileInfo
from tui_detect.workflows import images, iterations
from tui_detect.workflows.library import Library
from tui_detect.workflows.tags import TagCount, list_tags


@dataclass(frozen=True, slots=True)
class Workspace:
    """The workspace as it is now, and the images that a query finds in it."""

    query: ImageQuery
    ids: list[int]
    counts: dict[State, int]
    tags: list[TagCount]
    splits: dict[SplitChoice, int]
    advice: list[Advice]
    last: Iteration | None
    """The newest iteration with a mAP."""

    @property
    def tags_by_id(self) -> dict[int, Tag]:
        """The project's tags."""
        return {count.tag.id: count.tag for count in self.tags}


def read_workspace(library: Library, project_id: int, query: ImageQuery) -> Workspace:
    """Everything but the images themselves."""
    counts = images.count_images(library, project_id)
    by_state: dict[State, int] = {
        "untagged": counts.untagged,
        "tagged": counts.tagged,
        "background": counts.background,
        "all": counts.total,
    }
    measured = (
        iteration
        for iteration in iterations.list_iterations(library, project_id)
        if iteration.map is not None
    )
    return Workspace(
        query,
        images.image_ids(library, project_id, query),
        by_state,
        list_tags(library, project_id),
        images.count_splits(library, project_id),
        images.guidance(library, project_id),
        next(measured, None),
    )


def read_infos(
    library: Library, ids: Sequence[int], tags: Mapping[int, Tag]
) -> dict[int, TileInfo]:
    """What the grid says about these images."""
    return {
        card.image.id: tile_info(card.image, card.regions, tags)
        for card in images.image_cards(library, ids)
    }


def tile_info(image: Image, regions: Sequence[Region], tags: Mapping[int, Tag]) -> TileInfo:
    """What the grid says about an image."""
    colours = dict.fromkeys(tags[r.tag_id].colour for r in regions if r.tag_id in tags)
    return TileInfo(image.id, image.sha256, image.name, image.state, len(regions), tuple(colours))
