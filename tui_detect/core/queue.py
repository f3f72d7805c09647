"""Whose turn it is: runs that wait for the devices of one machine, first come, first served."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

CPU = "cpu"
"""The name of the processor as a device."""


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """A run in the queue of one machine: one that has its devices, or one that waits for them."""

    iteration: str
    """UUID; those made later sort behind."""
    what: str
    """Whose run it is, for a person: `Iteration 3 of cutlery`."""
    wanted: str
    """As the settings say: `auto`, `cpu`, or indices."""
    candidates: tuple[str, ...]
    """Names of the devices that will do: `cpu`, or the UUIDs of GPUs."""
    needs_all: bool
    """Whether it takes all of them at once, or the best one that is free."""
    devices: tuple[str, ...] = ()
    """What it holds; nothing while it waits."""

    @property
    def waits(self) -> bool:
        """Whether it has not begun."""
        return not self.devices


def in_order(entries: Iterable[QueueEntry]) -> list[QueueEntry]:
    """Those that run, then those that wait, both as they came."""
    return sorted(entries, key=lambda entry: (entry.waits, entry.iteration))


def devices_for(
    entries: Sequence[QueueEntry], iteration: str, free_bytes: Callable[[], Mapping[str, int]]
) -> tuple[str, ...]:
    """The devices that a waiting run may take now; none while it is not its turn.

    Nobody overtakes: a run that was there before keeps what it would take, and one that waits for
    several devices keeps those of them that are free already.

    Args:
        entries: All runs of the queue.
        iteration: The waiting one, which is among them.
        free_bytes: Asked only for a choice: free memory by device.
    """
    taken = {device for entry in entries for device in entry.devices}
    for entry in in_order(entries):
        if not entry.waits:
            continue
        share = _share(entry, taken, free_bytes)
        if entry.iteration == iteration:
            return share
        taken.update(share or entry.candidates)
    raise LookupError(f"no run {iteration} waits")


def _share(
    entry: QueueEntry, taken: set[str], free_bytes: Callable[[], Mapping[str, int]]
) -> tuple[str, ...]:
    free = [device for device in entry.candidates if device not in taken]
    if entry.needs_all:
        return entry.candidates if len(free) == len(entry.candidates) else ()
    if len(free) > 1:
        memory = free_bytes()
        return (max(free, key=lambda device: memory.get(device, 0)),)
    return tuple(free)


def ahead_of(entries: Sequence[QueueEntry], iteration: str) -> list[QueueEntry]:
    """Whom a waiting run waits for: who holds what it wants, then who wants it and came before."""
    me = next(entry for entry in entries if entry.iteration == iteration)
    wanted = set(me.candidates)
    others = [entry for entry in in_order(entries) if entry.iteration != iteration]
    return [
        entry
        for entry in others
        if wanted & set(entry.devices)
        or (entry.waits and entry.iteration < iteration and wanted & set(entry.candidates))
    ]
