"""The events of a run: appended by the worker a line at a time, read by whoever watches."""

from __future__ import annotations

import json
import math
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Protocol, cast, get_args

EventKind = Literal[
    "started",
    "stage",
    "warning",
    "part",
    "batch",
    "meters",
    "epoch",
    "preview",
    "checkpoint",
    "detections",
    "finished",
    "failed",
    "cancelled",
]
ENDINGS: frozenset[EventKind] = frozenset({"finished", "failed", "cancelled"})
"""Kinds that are a run's last event."""

READ_LIMIT_BYTES = 8 * 1024 * 1024
"""How much one call reads at most, so that a long run does not fill the reader's memory."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of `events.jsonl`."""

    seq: int
    """1 is the first; below 1, and unlike any other, for a line that could not be read."""
    at: datetime
    kind: EventKind
    data: dict[str, object] = field(default_factory=dict)
    """Everything that the kind brings with it."""


class EventSink(Protocol):
    """Where events go: to the file, or to the process that writes it."""

    def write(self, kind: EventKind, **data: object) -> None:
        """Append one event; it is in the file when this returns."""


class EventWriter:
    """Appends events to a file: whole lines, each in one write, numbered without gaps."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        self._seq = self._take_over()
        self.goes_on = self._seq > 0
        """Whether another process has written events before."""

    def _take_over(self) -> int:
        """Drop a torn last line that a killed worker left, and go on counting."""
        with open(self._file, "rb", closefd=False) as file:
            content = file.read()
        whole = content[: content.rfind(b"\n") + 1]
        if len(whole) < len(content):
            os.ftruncate(self._file, len(whole))
        return whole.count(b"\n")

    def write(self, kind: EventKind, **data: object) -> None:
        """Append one event; it is in the file when this returns, or nothing of it is.

        Raises:
            OSError: it cannot be written, mostly because the disk is full.
        """
        with self._lock:
            self._seq += 1
            at = datetime.now(UTC).isoformat(timespec="milliseconds")
            record = {"seq": self._seq, "at": at, "kind": kind, **_storable(data)}
            line = json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
            content = line.encode("utf-8", "replace") + b"\n"
            written = 0
            try:
                while written < len(content):
                    written += os.write(self._file, content[written:])
            except OSError:
                # On a full disk half a line may be there, which would spoil the next one.
                os.ftruncate(self._file, os.fstat(self._file).st_size - written)
                self._seq -= 1
                raise

    def close(self) -> None:
        """Close the file; nothing is pending."""
        os.close(self._file)


def read_events(
    path: Path, offset: int = 0, limit_bytes: int = READ_LIMIT_BYTES
) -> tuple[list[Event], int]:
    """The events from a byte offset on, and the offset to go on from.

    Only whole lines are taken: a line that is being written now is left for the next call. Call
    again while the offset moves; one call reads about `limit_bytes`.
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            content = file.read(limit_bytes)
            if content and b"\n" not in content:
                content += file.readline()
    except FileNotFoundError:
        return [], offset
    whole = content[: content.rfind(b"\n") + 1]
    events = []
    for line in whole.splitlines(keepends=True):
        events.append(_event(line, offset))
        offset += len(line)
    return events, offset


def _event(line: bytes, offset: int) -> Event:
    try:
        data = json.loads(line)
        seq, at, kind = data.pop("seq"), data.pop("at"), data.pop("kind")
        if kind not in get_args(EventKind):
            raise ValueError(f"unknown kind {kind!r}")
        return Event(int(seq), datetime.fromisoformat(at), cast(EventKind, kind), data)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"a line of the run's events could not be read ({error})"
        return Event(-offset, datetime.now(UTC), "warning", {"message": message})


def _storable(value: object) -> dict[str, object]:
    """The same without numbers that JSON has no word for: those become `null`."""
    cleaned = _clean(value)
    assert isinstance(cleaned, dict)
    return cleaned


def _clean(value: object) -> object:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    return value
