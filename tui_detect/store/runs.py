"""What runs report: events collected exactly once, epochs, detections."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from tui_detect.core.geometry import Box
from tui_detect.core.model import Detection, Epoch, Preview
from tui_detect.store import settled
from tui_detect.store.connection import Database
from tui_detect.store.values import to_json, to_time

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ITEM = [("tag_id", "<i4"), ("probability", "<f8"), ("box", "<f8", (4,))]
"""One stored detection as numpy sees it; doubles, so that AP is computed on what the run sent."""
_PACK = struct.Struct("<i5d")
"""The same for writing."""
ITEM_BYTES = _PACK.size


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
    db: Database, iteration_id: int, part: int, number: int, at: str, payload: dict[str, object]
) -> None:
    """Insert an epoch; a resumed run may report its last epoch again, and the newer one stays."""
    db.run(
        "INSERT OR REPLACE INTO epochs VALUES (?, ?, ?, ?, ?)",
        (iteration_id, part, number, at, to_json(payload)),
    )


def epochs(db: Database, iteration_id: int) -> list[Epoch]:
    """The finished epochs in order, of the part that goes on or was kept."""
    rows = db.rows(
        """SELECT e.part, e.number, e.at, e.payload FROM epochs e
        JOIN iterations i ON i.id = e.iteration_id AND i.part = e.part
        WHERE e.iteration_id = ? ORDER BY e.number""",
        (iteration_id,),
    )
    return [
        Epoch(
            number=row["number"],
            part=row["part"],
            at=to_time(row["at"]),
            **json.loads(row["payload"]),
        )
        for row in rows
    ]


def newest_event(db: Database, iteration_id: int) -> int:
    """The `seq` of the last event kept; 0 when there is none."""
    sql = "SELECT max(seq) FROM events WHERE iteration_id = ?"
    return int(db.value(sql, (iteration_id,)) or 0)


def preview_numbers(db: Database, iteration_id: int, after: int = 0) -> list[int]:
    """The `seq` of every preview that came after an event, in order."""
    rows = db.rows(
        """SELECT seq FROM events WHERE iteration_id = ? AND seq > ? AND type = 'preview'
        ORDER BY seq""",
        (iteration_id, after),
    )
    return [row[0] for row in rows]


def preview(db: Database, iteration_id: int, seq: int, tag_ids: Sequence[int]) -> Preview | None:
    """What was found on the same few pictures after one epoch; `None` when it is not there.

    Args:
        tag_ids: Keys of the iteration's tags, in the order of the model's classes.
    """
    payload = db.value(
        "SELECT payload FROM events WHERE iteration_id = ? AND seq = ? AND type = 'preview'",
        (iteration_id, seq),
    )
    return _preview(json.loads(payload), tag_ids) if payload else None


def previews(db: Database, iteration_id: int, tag_ids: Sequence[int]) -> list[Preview]:
    """What was found on the same few pictures after each epoch, in the order it happened."""
    every = (preview(db, iteration_id, seq, tag_ids) for seq in preview_numbers(db, iteration_id))
    return [found for found in every if found is not None]


def _preview(data: dict[str, Any], tag_ids: Sequence[int]) -> Preview:
    return Preview(
        part=int(data.get("part", 1)),
        epoch=int(data["epoch"]),
        pictures=tuple(
            (
                str(picture["image"]),
                tuple(
                    Detection(tag_ids[int(tag)], probability, Box(*box))
                    for tag, probability, *box in picture["items"]
                ),
            )
            for picture in data["pictures"]
        ),
    )


def set_detections(
    db: Database, iteration_id: int, image_id: int, items: Sequence[Detection]
) -> None:
    """Store all detections of one image; what was said about those before was about others."""
    packed = b"".join(
        _PACK.pack(d.tag_id, d.probability, d.box.left, d.box.top, d.box.width, d.box.height)
        for d in items
    )
    with db.atomic():
        settled.forget_detections(db, iteration_id, image_id)
        db.run(
            "INSERT OR REPLACE INTO detections VALUES (?, ?, ?)", (iteration_id, image_id, packed)
        )


def forget_looks(db: Database, iteration_id: int, *, only_validation: bool) -> None:
    """Delete the detections on images that the run itself does not judge."""
    split = " AND split = 'validation'" if only_validation else ""
    db.run(
        f"""DELETE FROM detections WHERE iteration_id = ?1 AND image_id NOT IN (
            SELECT image_id FROM iteration_images WHERE iteration_id = ?1{split})""",
        (iteration_id,),
    )


def judged_images(db: Database, iteration_id: int) -> list[int]:
    """The keys of the images that have detections, maybe an empty list of them."""
    rows = db.rows("SELECT image_id FROM detections WHERE iteration_id = ?", (iteration_id,))
    return [row[0] for row in rows]


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
