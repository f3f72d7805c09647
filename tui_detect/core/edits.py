"""An edit of one image's tagging, its inverse, and what it does to the regions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from tui_detect.core.model import Region, Suggestion

Item = TypeVar("Item", Region, Suggestion)


@dataclass(frozen=True, slots=True)
class Tagging:
    """What a person has said about one image, and what is suggested and not yet answered.

    Regions and suggestions are each in the order in which they were made.
    """

    reviewed: bool
    regions: tuple[Region, ...]
    suggestions: tuple[Suggestion, ...] = ()

    def region(self, uuid: str) -> Region | None:
        """The region with that id, if there is one."""
        return next((region for region in self.regions if region.uuid == uuid), None)

    def suggestion(self, uuid: str) -> Suggestion | None:
        """The suggestion with that id, if it is not answered yet."""
        return next((each for each in self.suggestions if each.uuid == uuid), None)


@dataclass(frozen=True, slots=True)
class RegionChange:
    """One region before and after; `None` means that it did not or does not exist."""

    before: Region | None
    after: Region | None


@dataclass(frozen=True, slots=True)
class SuggestionChange:
    """One suggestion before and after: made, answered, or made unanswered again by undo."""

    before: Suggestion | None
    after: Suggestion | None


@dataclass(frozen=True, slots=True)
class Edit:
    """One act of a person on one image: the unit of saving and of undo."""

    label: str
    """What it did, for the journal and the screen: `add fork`, `move`, `delete 3`."""
    changes: tuple[RegionChange, ...]
    reviewed_before: bool
    reviewed_after: bool
    suggestions: tuple[SuggestionChange, ...] = ()
    """Suggestions that it answered or made."""

    @property
    def inverse(self) -> Edit:
        """The edit that takes this one back."""
        return Edit(
            self.label,
            tuple(RegionChange(c.after, c.before) for c in reversed(self.changes)),
            self.reviewed_after,
            self.reviewed_before,
            tuple(SuggestionChange(c.after, c.before) for c in reversed(self.suggestions)),
        )


def apply_edit(tagging: Tagging, edit: Edit) -> Tagging:
    """The tagging after `edit`; what comes back by undo comes back to its old place.

    Raises:
        ValueError: the edit was made from another state than `tagging`.
    """
    return Tagging(
        edit.reviewed_after,
        _applied(tagging.regions, [(c.before, c.after) for c in edit.changes]),
        _applied(tagging.suggestions, [(c.before, c.after) for c in edit.suggestions]),
    )


def _applied(
    items: tuple[Item, ...], changes: Iterable[tuple[Item | None, Item | None]]
) -> tuple[Item, ...]:
    found = {item.uuid: item for item in items}
    for before, after in changes:
        if before is not None:
            if found.get(before.uuid) != before:
                raise ValueError(f"{before.uuid} is not as the edit found it")
            if after is None:
                del found[before.uuid]
        elif after is not None and after.uuid in found:
            raise ValueError(f"{after.uuid} exists already")
        if after is not None:
            found[after.uuid] = after
    # Ids sort by the time they were made.
    return tuple(sorted(found.values(), key=lambda item: item.uuid))
