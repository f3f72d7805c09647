"""What runs report: events collected exactly once, epochs, detections."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tui_detect.core.model import Detection, Epoch
from tui_detect.store.connection import Database
from tui_detect.store.values import to_json, to_time

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ITEM = [("tag_id", "<i4"), ("probability", "<f8"), ("box", "<f8", (4,))]
"""One stored detection as numpy sees it; doubles, so that AP is computed on what the run sent."""
_PACK = struct.Struct("<i5d")
"""The same for writing."""


def offset(db: Database, iteration_id: int) -> int:
    """How many bytes of the run's events have been collected."""
    return int(db.value("SELECT event_offset FROM iterations WHERE id = ?", (iteration_id,)) or 0)


def advance(db: Database, iteration_id: int, new_offset: int, events: int) -> None:
    """Store how far collecting has come, in the transaction that stores the events."""
    db.run(
        "UPDATE iterations SET event_offset = ?, event_count = event_count + ? WHERE id = ?",
        (new_offset, events, iteration_id),
    )


def event_count(db: Database, iteration_id: int) -> int:
    """How many events have been collected."""
    return int(db.value("SELECT event_count FROM iterations WHERE id = ?", (iteration_id,)))


def add_events(
    db: Database, iteration_id: int, events: Iterable[tuple[int, str, str, dict[str, object]]]
) -> None:
    """Insert events as (seq, type, time, payload); one that is there already is an error."""
    db.insert_many(
        "INSERT INTO events VALUES (?, ?, ?, ?, ?)",
        [(iteration_id, seq, kind, at, to_json(payload)) for seq, kind, at, payload in events],
    )


def sequence_numbers(db: Database, iteration_id: int) -> list[int]:
    """The `seq` of every event kept, in order."""
    rows = db.rows("SELECT seq FROM events WHERE iteration_id = ? ORDER BY seq", (iteration_id,))
    return [row[0] for row in rows]


def add_epoch(
    db: Database, iteration_id: int, number: int, at: str, payload: dict[str, object]
) -> None:
    """Insert an epoch; a resumed run may report its last epoch again, and the newer one stays."""
    db.run(
        "INSERT OR REPLACE INTO epochs VALUES (?, ?, ?, ?)",
        (iteration_id, number, at, to_json(payload)),
    )


def epochs(db: Database, iteration_id: int) -> list[Epoch]:
    """The finished epochs in order."""
    rows = db.rows(
        "SELECT number, at, payload FROM epochs WHERE iteration_id = ? ORDER BY number",
        (iteration_id,),
    )
    return [
        Epoch(number=row["number"], at=to_time(row["at"]), **json.loads(row["payload"]))
        for row in rows
    ]


def set_detections(
    db: Database, iteration_id: int, image_id: int, items: Sequence[Detection]
) -> None:
    """Store all detections of one validation image."""
    packed = b"".join(
        _PACK.pack(d.tag_id, d.probability, d.box.left, d.box.top, d.box.width, d.box.height)
        for d in items
    )
    db.run("INSERT OR REPLACE INTO detections VALUES (?, ?, ?)", (iteration_id, image_id, packed))


def detections(db: Database, iteration_id: int) -> dict[int, NDArray[np.void]]:
    """The stored detections by image key, as arrays with the fields of `ITEM`.

    An image that was evaluated has an entry, maybe an empty one.
    """
    import numpy as np

    rows = db.rows(
        "SELECT image_id, items FROM detections WHERE iteration_id = ? ORDER BY image_id",
        (iteration_id,),
    )
    return {image_id: np.frombuffer(packed, dtype=ITEM) for image_id, packed in rows}
