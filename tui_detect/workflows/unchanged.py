"""Whether a training would only repeat the one before it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tui_detect.core.model import Iteration, Region, Tag, TrainingSettings
from tui_detect.store import iterations, projects
from tui_detect.store.iterations import Snapshot
from tui_detect.workflows.library import Library


def unchanged_since(
    library: Library, project_id: int, snapshot: Snapshot, settings: TrainingSettings
) -> Iteration | None:
    """The newest completed iteration, when the same would be trained in the same way again."""
    db = library.db
    completed = (i for i in iterations.of_project(db, project_id) if i.state == "completed")
    last = next(completed, None)
    if last is None or last.domain != projects.get(db, project_id).domain:
        return None
    if _what_matters(last.settings) != _what_matters(settings):
        return None
    if _named(iterations.tags(db, last.id)) != _named(snapshot.tags):
        return None
    before = {image.id: split for image, split in iterations.images(db, last.id)}
    if before != {image.id: split for image, split, _ in snapshot.images}:
        return None
    regions = iterations.regions(db, last.id)
    same = all(_boxes(found) == _boxes(regions.get(i.id, ())) for i, _, found in snapshot.images)
    return last if same else None


def _what_matters(settings: TrainingSettings) -> TrainingSettings:
    """Where a run computes and whom it tells changes nothing about what is learnt."""
    return replace(settings, device="", launcher="", launcher_options={}, on_end="")


def _named(tags: Iterable[Tag]) -> list[tuple[int, str]]:
    return [(tag.id, tag.name) for tag in tags]


def _boxes(regions: Iterable[Region]) -> set[tuple[int, float, float, float, float]]:
    return {(r.tag_id, r.box.left, r.box.top, r.box.width, r.box.height) for r in regions}
