"""An edit of one image's tagging, its inverse, and what it does to the regions."""

from __future__ import annotations

from dataclasses import dataclass

from tui_detect.core.model import Region


@dataclass(frozen=True, slots=True)
class Tagging:
    """What a person has said about one image: reviewed or not, and its regions in order."""

    reviewed: bool
    regions: tuple[Region, ...]

    def region(self, uuid: str) -> Region | None:
        """The region with that id, if there is one."""
        return next((region for region in self.regions if region.uuid == uuid), None)


@dataclass(frozen=True, slots=True)
class RegionChange:
    """One region before and after; `None` means that it did not or does not exist."""

    before: Region | None
    after: Region | None


@dataclass(frozen=True, slots=True)
class Edit:
    """One act of a person on one image: the unit of saving and of undo."""

    label: str
    """What it did, for the journal and the screen: `add fork`, `move`, `delete 3`."""
    changes: tuple[RegionChange, ...]
    reviewed_before: bool
    reviewed_after: bool

    @property
    def inverse(self) -> Edit:
        """The edit that takes this one back."""
        changes = tuple(RegionChange(c.after, c.before) for c in reversed(self.changes))
        return Edit(self.label, changes, self.reviewed_after, self.reviewed_before)


def apply_edit(tagging: Tagging, edit: Edit) -> Tagging:
    """The tagging after `edit`.

    A region that exists on both sides keeps its place; a new one goes to the end.

    Raises:
        ValueError: the edit was made from another state than `tagging`.
    """
    regions = {region.uuid: region for region in tagging.regions}
    for change in edit.changes:
        if change.before is not None:
            if regions.get(change.before.uuid) != change.before:
                raise ValueError(f"region {change.before.uuid} is not as the edit found it")
            if change.after is None:
                del regions[change.before.uuid]
        elif change.after is not None and change.after.uuid in regions:
            raise ValueError(f"region {change.after.uuid} exists already")
        if change.after is not None:
            regions[change.after.uuid] = change.after
    return Tagging(edit.reviewed_after, tuple(regions.values()))
