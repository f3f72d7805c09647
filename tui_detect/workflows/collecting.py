"""Bring what a run has reported into the database, every event exactly once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any

from tui_detect.core.geometry import Box
from tui_detect.core.meters import Meters
from tui_detect.core.model import Detection, Iteration, IterationState, Progress
from tui_detect.store import images, iterations, runs
from tui_detect.store.connection import Database
from tui_detect.vision.events import Event
from tui_detect.vision.launchers import get_launcher
from tui_detect.vision.notifying import notify_elsewhere
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows.library import Library
from tui_detect.workflows.performance import mean_ap

CHUNK_BYTES = 1024 * 1024
"""Read in one transaction at most, so that a person's edit never waits long for the lock."""

_NOT_KEPT = frozenset({"batch", "detections", "meters"})
"""Kinds whose lines live on elsewhere: in the progress and in `detections`."""

LOST = "its process is gone and left no word: killed, out of memory, or the machine went down"
GONE = "its run folder is gone"


def collect(library: Library, iteration_id: int) -> Iteration:
    """Read the run's new events and notice when it is lost; any number of processes may call it."""
    iteration = iterations.get(library.db, iteration_id)
    if iteration.ended and iteration.state != "lost":
        return iteration
    folder = RunFolder(library.run_path(iteration.uuid))
    # Asked before reading: a run that ends in between has written its last event by then.
    seen = get_launcher(iteration.settings.launcher).state(folder)
    while _collect_chunk(library, iteration_id, folder):
        pass
    iteration = iterations.get(library.db, iteration_id)
    if not iteration.ended and not seen.alive:
        _note_end(library, iteration, folder)
    if iteration.state == "lost" and seen.alive:
        # It only looked gone: its machine slept, its network was away, or a scheduler runs it anew.
        state: IterationState = "training" if iteration.started_at else "queued"
        iterations.set_state(library.db, iteration_id, state)
    if not iteration.ended and seen.waiting_for not in ("", iteration.progress.waiting_for):
        waiting = replace(iteration.progress, stage="waiting", waiting_for=seen.waiting_for)
        iterations.update(library.db, iteration_id, progress=asdict(waiting))
    if iteration.state in ("completed", "cancelled") and iteration.map is None:
        value = mean_ap(library, iteration_id)
        if value is not None:
            iterations.update(library.db, iteration_id, map=value)
    return iterations.get(library.db, iteration_id)


def events_size_bytes(library: Library, iteration: Iteration) -> int:
    """How long the run's events are; while that stays the same there is nothing to collect."""
    try:
        return RunFolder(library.run_path(iteration.uuid)).events_file.stat().st_size
    except FileNotFoundError:
        return 0


def _note_end(library: Library, iteration: Iteration, folder: RunFolder) -> None:
    """Store how a run ended that left no event about it."""
    with library.db.atomic():
        # Asked again under the write lock: somebody may have noticed too, or resumed it meanwhile.
        if (
            iterations.get(library.db, iteration.id).ended
            or get_launcher(iteration.settings.launcher).state(folder).alive
        ):
            return
        ending = folder.exit
        state: IterationState = "lost"
        message = LOST if folder.job_file.exists() else GONE
        if ending is not None:
            state = "lost" if ending.state == "completed" else ending.state
            message = ending.message
        iterations.set_state(library.db, iteration.id, state, message)
    if ending is None and iteration.settings.on_end and folder.job_file.exists():
        notify_elsewhere(folder, state, message)


def collect_running(library: Library, project_id: int | None = None) -> list[Iteration]:
    """Collect every run that has not ended; as they are now, ended ones included once.

    One that was lost counts as soon as it is there again. In a library that can only be read,
    all stay as somebody else's process collected them.
    """
    if library.db.is_read_only:
        return iterations.live(library.db, project_id)
    followed = iterations.live(library.db, project_id)
    for iteration in iterations.lost(library.db, project_id):
        folder = RunFolder(library.run_path(iteration.uuid))
        if get_launcher(iteration.settings.launcher).state(folder).alive:
            followed.append(iteration)
    return [collect(library, iteration.id) for iteration in followed]


def _collect_chunk(library: Library, iteration_id: int, folder: RunFolder) -> bool:
    """Take in the next events; whether there may be more."""
    db = library.db
    before = runs.offset(db, iteration_id)
    if not folder.events_file.exists() or folder.events_file.stat().st_size <= before:
        return False
    with db.atomic():
        # Read again under the write lock: another process may have come first.
        before = runs.offset(db, iteration_id)
        events, after = folder.read_events(before, CHUNK_BYTES)
        if after == before:
            return False
        collector = _Collector(db, iterations.get(db, iteration_id))
        for event in events:
            collector.take(event)
        collector.finish()
        kept = [e for e in events if e.seq and e.kind not in _NOT_KEPT]
        runs.add_events(db, iteration_id, [(e.seq, e.kind, e.at.isoformat(), e.data) for e in kept])
        runs.advance(db, iteration_id, after, len(events))
    return True


class _Collector:
    """Turns the events of one chunk into columns and rows."""

    def __init__(self, db: Database, iteration: Iteration) -> None:
        self._db = db
        self._id = iteration.id
        self._project_id = iteration.project_id
        self._is_folded = bool(iteration.settings.folds)
        self._has_started = iteration.started_at is not None
        self._progress = iteration.progress
        self._warnings = list(iteration.warnings)
        self._columns: dict[str, Any] = {}
        self._tag_ids = [tag.id for tag in iterations.tags(db, iteration.id)]
        self._handlers: Mapping[str, Callable[[Event], None]] = {
            "started": self._started,
            "stage": self._stage,
            "warning": self._warning,
            "part": self._part,
            "batch": self._batch,
            "meters": self._meters,
            "epoch": self._epoch,
            "detections": self._detections,
            "finished": self._ended,
            "failed": self._ended,
            "cancelled": self._ended,
        }

    def take(self, event: Event) -> None:
        """Take in one event."""
        handler = self._handlers.get(event.kind)
        if handler is not None:
            handler(event)

    def finish(self) -> None:
        """Write what the events changed on the iteration itself."""
        self._columns["progress"] = asdict(self._progress)
        self._columns["warnings"] = self._warnings
        iterations.update(self._db, self._id, **self._columns)

    def _started(self, event: Event) -> None:
        recipe: dict[str, Any] = dict(event.data.get("recipe") or {})  # type: ignore[call-overload]
        recipe["device"] = event.data.get("device_name") or event.data.get("device")
        self._columns |= {
            "state": "training",
            "message": "",
            "recipe": recipe,
            "epochs_planned": recipe.get("epochs"),
        }
        if not self._has_started:
            self._has_started = True
            self._columns["started_at"] = event.at.isoformat()
        self._progress = replace(
            self._progress,
            device=str(recipe["device"] or ""),
            epochs=int(recipe.get("epochs") or 0),
        )

    def _stage(self, event: Event) -> None:
        stage = str(event.data.get("stage", ""))
        if stage != "waiting":
            self._columns.setdefault("state", "training")
        self._progress = replace(
            self._progress,
            stage=stage,
            waiting_for=str(event.data.get("waiting_for", "")),
        )

    def _warning(self, event: Event) -> None:
        self._warnings.append(str(event.data.get("message", "")))

    def _part(self, event: Event) -> None:
        part: Any = event.data["part"]
        parts: Any = event.data["parts"]
        name = str(event.data.get("name", ""))
        recipe: Any = event.data.get("recipe")
        self._columns["part"] = int(part)
        if recipe:
            self._columns["epochs_planned"] = recipe.get("epochs")
        self._progress = replace(
            self._progress, part=int(part), parts=int(parts), part_name=name, epoch=0, batch=0
        )

    def _meters(self, event: Event) -> None:
        self._progress = replace(self._progress, meters=Meters.from_dict(event.data))

    def _batch(self, event: Event) -> None:
        known = Progress.__dataclass_fields__.keys()
        values: dict[str, Any] = {k: v for k, v in event.data.items() if k in known}
        self._progress = replace(self._progress, stage="training", **values)

    def _epoch(self, event: Event) -> None:
        payload = {key: value for key, value in event.data.items() if key in _EPOCH_FIELDS}
        number = int(event.data["epoch"])  # type: ignore[call-overload]
        part = self._progress.part
        runs.add_epoch(self._db, self._id, part, number, event.at.isoformat(), payload)
        self._progress = replace(self._progress, epoch=number)

    def _detections(self, event: Event) -> None:
        image = images.by_uuid(self._db, self._project_id, str(event.data["image"]))
        if image is None:
            return
        items: list[list[Any]] = event.data["items"]  # type: ignore[assignment]
        runs.set_detections(
            self._db,
            self._id,
            image.id,
            [
                Detection(self._tag_ids[int(tag)], probability, Box(*box))
                for tag, probability, *box in items
            ],
        )

    def _ended(self, event: Event) -> None:
        # Somebody may have had pictures looked at while a resumed run still changed the weights.
        runs.forget_looks(self._db, self._id, only_validation=not self._is_folded)
        states = {"finished": "completed", "failed": "failed", "cancelled": "cancelled"}
        parts = [str(event.data.get(key) or "") for key in ("message", "hint")]
        self._columns |= {
            "state": states[event.kind],
            "finished_at": event.at.isoformat(),
            "message": "; ".join(part for part in parts if part),
        }
        if event.data.get("part"):
            self._columns["part"] = event.data["part"]
        recipe: Any = event.data.get("recipe")
        if recipe:
            device = self._progress.device
            self._columns |= {
                "recipe": {**recipe, "device": device},
                "epochs_planned": recipe["epochs"],
            }


_EPOCH_FIELDS = (
    "losses",
    "validation_losses",
    "precision",
    "recall",
    "map50",
    "map50_95",
    "learning_rate",
    "seconds",
)
