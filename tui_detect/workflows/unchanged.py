"""Whether a training would only repeat another one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from tui_detect.core.model import Iteration, Region, Tag, TrainingSettings
from tui_detect.store import iterations, projects
from tui_detect.store.iterations import Snapshot
from tui_detect.workflows.library import Library
from tui_detect.workflows.resuming import can_resume


def unchanged_since(
    library: Library, project_id: int, snapshot: Snapshot, settings: TrainingSettings
) -> Iteration | None:
    """The iteration that trains, has trained or can go on to train the same in the same way."""
    candidates = _candidates(library, project_id)
    return next((i for i in candidates if _is_same(library, i, snapshot, settings)), None)


def repeats(iteration: Iteration) -> str:
    """What a training would repeat, in words."""
    if iteration.state == "completed":
        return f"nothing changed since {iteration.name} was trained"
    now = {"queued": "waits", "training": "still trains", "cancelled": "was stopped"}
    return f"{iteration.name} does just that and {now.get(iteration.state, 'was lost')}"


def instead(iteration: Iteration) -> str:
    """What to do in place of repeating it."""
    if iteration.state == "completed":
        return "tag more or change a setting"
    verb = "resume" if iteration.ended else "watch"
    return f"{verb} it (tui-detect {verb} PROJECT {iteration.number})"


def _candidates(library: Library, project_id: int) -> Iterator[Iteration]:
    """All that still go on; of those that ended, the newest completed and the newest to resume."""
    seen = set()
    for iteration in iterations.of_project(library.db, project_id):
        if not iteration.ended:
            yield iteration
        elif iteration.state != "failed" and iteration.state not in seen:
            seen.add(iteration.state)
            if iteration.state == "completed" or can_resume(library, iteration.id):
                yield iteration


def _is_same(
    library: Library, iteration: Iteration, snapshot: Snapshot, settings: TrainingSettings
) -> bool:
    db = library.db
    if iteration.domain != projects.get(db, iteration.project_id).domain:
        return False
    if _what_matters(iteration.settings) != _what_matters(settings):
        return False
    if _named(iterations.tags(db, iteration.id)) != _named(snapshot.tags):
        return False
    before = {image.id: split for image, split in iterations.images(db, iteration.id)}
    if before != {image.id: split for image, split, _ in snapshot.images}:
        return False
    regions = iterations.regions(db, iteration.id)
    return all(_boxes(found) == _boxes(regions.get(i.id, ())) for i, _, found in snapshot.images)


def _what_matters(settings: TrainingSettings) -> TrainingSettings:
    """Where a run computes and whom it tells changes nothing about what is learnt."""
    return replace(settings, device="", launcher="", launcher_options={}, on_end="")


def _named(tags: Iterable[Tag]) -> list[tuple[int, str]]:
    return [(tag.id, tag.name) for tag in tags]


def _boxes(regions: Iterable[Region]) -> set[tuple[int, float, float, float, float]]:
    return {(r.tag_id, r.box.left, r.box.top, r.box.width, r.box.height) for r in regions}
