"""Iterations: the frozen snapshot, and what the run has reported so far."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tui_detect.core.ids import new_uuid
from tui_detect.core.model import (
    Image,
    Iteration,
    IterationState,
    Progress,
    Region,
    Split,
    Tag,
    TrainingSettings,
)
from tui_detect.store import images as image_rows
from tui_detect.store import trash
from tui_detect.store.connection import Database
from tui_detect.store.images import region_of
from tui_detect.store.values import now, to_json, to_time, to_time_or_none

LIVE_STATES: tuple[IterationState, ...] = ("queued", "training")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What an iteration trains on."""

    tags: tuple[Tag, ...]
    """In the order of the model's classes."""
    images: tuple[tuple[Image, Split, tuple[Region, ...]], ...]


def _iteration(row: sqlite3.Row) -> Iteration:
    return Iteration(
        id=row["id"],
        uuid=row["uuid"],
        project_id=row["project_id"],
        number=row["number"],
        name=row["name"],
        state=row["state"],
        domain=row["domain"],
        settings=TrainingSettings.from_dict(json.loads(row["settings"])),
        recipe=json.loads(row["recipe"]),
        created_at=to_time(row["created_at"]),
        started_at=to_time_or_none(row["started_at"]),
        finished_at=to_time_or_none(row["finished_at"]),
        epochs_planned=row["epochs_planned"],
        epochs_done=row["epochs_done"],
        images_train=row["images_train"],
        images_validation=row["images_validation"],
        message=row["message"],
        map=row["map"],
        progress=Progress.from_dict(json.loads(row["progress"])),
        warnings=tuple(json.loads(row["warnings"])),
        published_as=row["published_as"],
        deleted_at=to_time_or_none(row["deleted_at"]),
        published_before=row["published_before"],
        threshold=row["threshold"],
        tag_thresholds=json.loads(row["tag_thresholds"]),
    )


_SELECT = """SELECT i.*,
    (SELECT count(*) FROM epochs e WHERE e.iteration_id = i.id AND e.part = i.part) AS epochs_done
    FROM iterations i"""


def create(
    db: Database, project_id: int, domain: str, settings: TrainingSettings, snapshot: Snapshot
) -> Iteration:
    """Insert a queued iteration with its snapshot; the caller holds the transaction."""
    number = 1 + trash.highest_number(db, project_id)
    splits = [split for _, split, _ in snapshot.images]
    key = db.insert(
        "iterations",
        {
            "uuid": new_uuid(),
            "project_id": project_id,
            "number": number,
            "name": _free_name(db, project_id, number),
            "state": "queued",
            "domain": domain,
            "settings": to_json(asdict(settings)),
            "created_at": now(),
            "epochs_planned": settings.epochs,
            "images_train": splits.count("train"),
            "images_validation": splits.count("validation"),
        },
    )
    db.insert_many(
        "INSERT INTO iteration_tags VALUES (?, ?, ?, ?)",
        [(key, position, tag.id, tag.name) for position, tag in enumerate(snapshot.tags)],
    )
    db.insert_many(
        "INSERT INTO iteration_images VALUES (?, ?, ?)",
        [(key, image.id, split) for image, split, _ in snapshot.images],
    )
    db.insert_many(
        "INSERT INTO iteration_regions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (key, image.id, r.uuid, r.tag_id, r.box.left, r.box.top, r.box.width, r.box.height)
            for image, _, regions in snapshot.images
            for r in regions
        ],
    )
    return get(db, key)


def _free_name(db: Database, project_id: int, number: int) -> str:
    """`Iteration 4`, or the next name that no iteration was renamed to."""
    taken = {
        row[0].lower()
        for row in db.rows("SELECT name FROM iterations WHERE project_id = ?", (project_id,))
    }
    name = f"Iteration {number}"
    while name.lower() in taken:
        name += "′"
    return name


def get(db: Database, iteration_id: int) -> Iteration:
    """The iteration with that key, which must exist."""
    row = db.row(f"{_SELECT} WHERE i.id = ?", (iteration_id,))
    if row is None:
        raise LookupError(f"no iteration {iteration_id}")
    return _iteration(row)


def of_project(db: Database, project_id: int) -> list[Iteration]:
    """The project's iterations, newest first, without those in the trash."""
    rows = db.rows(
        f"{_SELECT} WHERE i.project_id = ? AND i.deleted_at IS NULL ORDER BY i.number DESC",
        (project_id,),
    )
    return [_iteration(row) for row in rows]


def in_trash(db: Database, project_id: int | None = None) -> list[Iteration]:
    """The iterations in the trash, of one project or of all, the last one deleted first."""
    sql = f"{_SELECT} WHERE i.deleted_at IS NOT NULL"
    values = () if project_id is None else (project_id,)
    if project_id is not None:
        sql += " AND i.project_id = ?"
    return [_iteration(row) for row in db.rows(f"{sql} ORDER BY i.deleted_at DESC, i.id", values)]


def by_uuid(db: Database, uuid: str) -> Iteration | None:
    """The iteration with that id, of whichever project, in the trash or not."""
    row = db.row(f"{_SELECT} WHERE i.uuid = ?", (uuid,))
    return None if row is None else _iteration(row)


def live(db: Database, project_id: int | None = None) -> list[Iteration]:
    """Iterations that a run works on or waits for, of one project or of all."""
    return _in_states(db, LIVE_STATES, project_id)


def lost(db: Database, project_id: int | None = None) -> list[Iteration]:
    """Iterations whose run was lost, of one project or of all."""
    return _in_states(db, ("lost",), project_id)


def _in_states(
    db: Database, states: tuple[IterationState, ...], project_id: int | None
) -> list[Iteration]:
    sql = f"{_SELECT} WHERE i.deleted_at IS NULL AND i.state IN ({', '.join('?' * len(states))})"
    values: list[Any] = list(states)
    if project_id is not None:
        sql += " AND i.project_id = ?"
        values.append(project_id)
    return [_iteration(row) for row in db.rows(sql + " ORDER BY i.id", values)]


def rename(db: Database, iteration_id: int, name: str) -> None:
    """Store an iteration's name."""
    db.run("UPDATE iterations SET name = ? WHERE id = ?", (name, iteration_id))


def update(db: Database, iteration_id: int, **columns: Any) -> None:  # noqa: ANN401
    """Store some columns; mappings and lists become JSON."""
    values = {
        name: to_json(value) if isinstance(value, (Mapping, list, tuple)) else value
        for name, value in columns.items()
    }
    assignments = ", ".join(f"{name} = ?" for name in values)
    db.run(f"UPDATE iterations SET {assignments} WHERE id = ?", (*values.values(), iteration_id))


def by_published_name(db: Database, project_id: int, name: str) -> Iteration | None:
    """The project's iteration that is published as that, letter case aside."""
    row = db.row(f"{_SELECT} WHERE i.project_id = ? AND i.published_as = ?", (project_id, name))
    return None if row is None or not name else _iteration(row)


def set_state(db: Database, iteration_id: int, state: IterationState, message: str = "") -> None:
    """Store a state and why."""
    update(db, iteration_id, state=state, message=message)


def delete(db: Database, iteration_id: int) -> None:
    """Delete an iteration with its snapshot, epochs, events and detections."""
    db.run("DELETE FROM iterations WHERE id = ?", (iteration_id,))


def tags(db: Database, iteration_id: int) -> list[Tag]:
    """Its tags in the order of the model's classes, with the names they had."""
    rows = db.rows(
        """SELECT t.id, t.uuid, t.project_id, it.name, t.colour
        FROM iteration_tags it JOIN tags t ON t.id = it.tag_id
        WHERE it.iteration_id = ? ORDER BY it.position""",
        (iteration_id,),
    )
    return [Tag(*row) for row in rows]


def images(
    db: Database, iteration_id: int, split: Split | None = None
) -> list[tuple[Image, Split]]:
    """Its images with the split they had, by key."""
    splits = _splits(db, iteration_id, split)
    return [(image, splits[image.id]) for image in image_rows.get(db, list(splits))]


def image_ids(db: Database, iteration_id: int, split: Split | None = None) -> list[int]:
    """The keys of its images, ascending."""
    return list(_splits(db, iteration_id, split))


def _splits(db: Database, iteration_id: int, split: Split | None) -> dict[int, Split]:
    rows = db.rows(
        "SELECT image_id, split FROM iteration_images WHERE iteration_id = ? ORDER BY image_id",
        (iteration_id,),
    )
    return {row[0]: row[1] for row in rows if split in (None, row[1])}


def regions(db: Database, iteration_id: int) -> dict[int, tuple[Region, ...]]:
    """Its regions as they were, by image key; images without regions are left out."""
    found: dict[int, list[Region]] = {}
    for row in db.rows(
        "SELECT *, region_uuid AS uuid FROM iteration_regions WHERE iteration_id = ?",
        (iteration_id,),
    ):
        found.setdefault(row["image_id"], []).append(region_of(row))
    return {key: tuple(value) for key, value in found.items()}


def regions_on(
    db: Database, iteration_id: int, image_ids: Sequence[int]
) -> dict[int, tuple[Region, ...]]:
    """The regions that a few of its images had, by image key."""
    found: dict[int, list[Region]] = {image_id: [] for image_id in image_ids}
    for row in db.rows_for_ids(
        f"""SELECT *, region_uuid AS uuid FROM iteration_regions
        WHERE iteration_id = {int(iteration_id)} AND image_id IN ({{ids}})""",
        list(image_ids),
    ):
        found[row["image_id"]].append(region_of(row))
    return {key: tuple(value) for key, value in found.items()}


def numbers_holding(db: Database, image_ids: Iterable[int]) -> list[int]:
    """The numbers of the iterations that hold any of the images, in the trash or not."""
    rows = db.rows_for_ids(
        "SELECT DISTINCT i.number FROM iteration_images ii "
        "JOIN iterations i ON i.id = ii.iteration_id WHERE ii.image_id IN ({ids})",
        list(image_ids),
    )
    return sorted({row[0] for row in rows})
