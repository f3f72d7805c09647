"""What changed from one iteration to another: pictures, tags, labels, settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tui_detect.core.model import Iteration
from tui_detect.store import images, iterations, snapshot_changes
from tui_detect.store.snapshot_changes import RegionChanges
from tui_detect.workflows.library import Library

MOST_NAMES = 3
"""Pictures that a line names; the rest is counted."""
_UNITS = ("px", "minutes", "degrees", "epochs")
_NAMES = {
    "epochs": "epochs at most",
    "epochs_done": "epochs trained",
    "folds": "folds of the cross-validation",
    "tags": "trained on the tags",
    "weights": "started from",
}
_UNSAID = ("domain", "augmentation", "epochs_are_limit")
"""Said otherwise, or of no interest."""


@dataclass(frozen=True, slots=True)
class SettingChange:
    """A setting that the second iteration has otherwise."""

    name: str
    """In words."""
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What the second of two iterations has otherwise."""

    added: tuple[str, ...]
    """Names of pictures that the first one did not have."""
    removed: tuple[str, ...]
    now_train: tuple[str, ...]
    """Names of pictures that were for validation in the first one."""
    now_validation: tuple[str, ...]
    tags_added: tuple[str, ...]
    tags_removed: tuple[str, ...]
    tags_renamed: tuple[tuple[str, str], ...]
    """The name in the first and in the second one."""
    regions: RegionChanges
    relabelled: tuple[str, ...]
    """Names of the pictures whose regions differ."""
    settings: tuple[SettingChange, ...]

    @property
    def data_lines(self) -> list[str]:
        """What changed in pictures, tags and labels, in words; empty when nothing did."""
        lines = [
            _pictures(self.added, "added"),
            _pictures(self.removed, "left out"),
            _pictures(self.now_train, "moved from validation to train"),
            _pictures(self.now_validation, "moved from train to validation"),
            f"tags added: {', '.join(self.tags_added)}" if self.tags_added else "",
            f"tags left out: {', '.join(self.tags_removed)}" if self.tags_removed else "",
            *(f"tag renamed: {first} → {second}" for first, second in self.tags_renamed),
            self._labels,
        ]
        return [line for line in lines if line]

    @property
    def setting_lines(self) -> list[str]:
        """What changed in the settings and in what the run made of them; empty when nothing did."""
        return [f"{change.name}: {change.first} → {change.second}" for change in self.settings]

    @property
    def _labels(self) -> str:
        counts = (
            (self.regions.added, "added"),
            (self.regions.removed, "removed"),
            (self.regions.moved, "moved or resized"),
            (self.regions.retagged, "given another tag"),
        )
        said = ", ".join(f"{number:,} {what}" for number, what in counts if number)
        return f"{_pictures(self.relabelled, 'with other regions')}: {said}" if said else ""


def changes_between(library: Library, first: Iteration, second: Iteration) -> Changes:
    """What the second of two iterations of a project has otherwise than the first one."""
    db = library.db
    before, now = (snapshot_changes.splits(db, item.id) for item in (first, second))
    moved = [key for key in before.keys() & now.keys() if before[key] != now[key]]
    old, new = (
        {tag.id: tag.name for tag in iterations.tags(db, item.id)} for item in (first, second)
    )
    regions = snapshot_changes.region_changes(db, first.id, second.id)
    return Changes(
        added=_names(library, now.keys() - before.keys()),
        removed=_names(library, before.keys() - now.keys()),
        now_train=_names(library, [key for key in moved if now[key] == "train"]),
        now_validation=_names(library, [key for key in moved if now[key] == "validation"]),
        tags_added=tuple(name for key, name in new.items() if key not in old),
        tags_removed=tuple(name for key, name in old.items() if key not in new),
        tags_renamed=tuple(
            (name, new[key]) for key, name in old.items() if new.get(key, name) != name
        ),
        regions=regions,
        relabelled=_names(library, regions.image_ids),
        settings=tuple(_setting_changes(facts_of(first), facts_of(second))),
    )


def facts_of(iteration: Iteration) -> dict[str, object]:
    """What a training was asked for and what it really used, by name."""
    settings, recipe = iteration.settings, dict(iteration.recipe)
    look = recipe.get("augmentation")
    return {
        "domain": iteration.domain,
        "tags": settings.tags or "all",
        "folds": settings.folds,
        "budget_minutes": settings.budget_minutes,
        **{name: value for name, value in recipe.items() if name not in _UNSAID},
        "weights": _start(iteration),
        "epochs_done": iteration.epochs_done,
        **(look if isinstance(look, Mapping) else {}),
    }


def _start(iteration: Iteration) -> str:
    if iteration.settings.warm_start:
        return iteration.settings.warm_start
    weights = iteration.recipe.get("weights")
    return Path(str(weights)).name if weights else "random weights"


def _setting_changes(
    first: Mapping[str, object], second: Mapping[str, object]
) -> Iterable[SettingChange]:
    for name in dict.fromkeys((*first, *second)):
        before, now = _text(first.get(name)), _text(second.get(name))
        if before != now:
            yield SettingChange(_in_words(name), before, now)


def _in_words(name: str) -> str:
    head, _, unit = name.rpartition("_")
    if name in _NAMES:
        return _NAMES[name]
    return f"{head}, {unit}".replace("_", " ") if unit in _UNITS else name.replace("_", " ")


def _text(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, (list, tuple)):
        return ", ".join(str(item) for item in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _names(library: Library, image_ids: Iterable[int]) -> tuple[str, ...]:
    return tuple(image.name for image in images.get(library.db, sorted(image_ids)))


def _pictures(names: Sequence[str], what: str) -> str:
    if not names:
        return ""
    more = len(names) - MOST_NAMES
    listed = ", ".join(names[:MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")
    return f"{len(names):,} {'picture' if len(names) == 1 else 'pictures'} {what} ({listed})"
