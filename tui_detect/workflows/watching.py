"""Follow one run: its figures, its pictures after each epoch, its log, its last sign of life."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from tui_detect.core.model import Detection, Epoch, Image, Iteration, Region, Tag
from tui_detect.store import images, iterations, runs
from tui_detect.vision import run_log
from tui_detect.vision.run_folder import RunFolder
from tui_detect.vision.run_log import LogLine
from tui_detect.workflows.images import picture_path
from tui_detect.workflows.library import Library
from tui_detect.workflows.resuming import can_resume

__all__ = ["FlipPage", "FlipPicture", "LastSign", "LogLine", "LogReader", "RunReport", "RunWatcher"]

TAIL_LINES = 40
TAIL_BYTES = 16 * 1024


@dataclass(frozen=True, slots=True)
class LastSign:
    """When and where a run's process was last seen."""

    at: datetime
    host: str
    pid: int


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run has reported so far, beside what its iteration tells."""

    epochs: tuple[Epoch, ...] = ()
    """Of the part that goes on or was kept."""
    previews: tuple[int, ...] = ()
    """Numbers to ask `RunWatcher.flip_page` for, in the order it happened."""
    log: tuple[str, ...] = ()
    """The last lines."""
    can_resume: bool = False
    last_sign: LastSign | None = None
    """Of a run that is lost."""


@dataclass(frozen=True, slots=True)
class FlipPicture:
    """A validation picture: the regions that a person drew, and the boxes found so far."""

    image: Image
    path: Path
    regions: tuple[Region, ...]
    found: tuple[Detection, ...]


@dataclass(frozen=True, slots=True)
class FlipPage:
    """The same few pictures after one epoch."""

    part: int
    epoch: int
    pictures: tuple[FlipPicture, ...]


class RunWatcher:
    """Reads what a run reported, and again only what changed; threads take turns."""

    def __init__(self, library: Library, iteration: Iteration) -> None:
        self._library = library
        self._id = iteration.id
        self._folder = RunFolder(library.run_path(iteration.uuid))
        self._lock = Lock()
        self._newest_event = -1
        self._part = 0
        self._log_bytes = -1
        self._report = RunReport()
        self._tags: tuple[Tag, ...] = ()
        self._pictures: dict[str, FlipPicture] = {}

    @property
    def tags(self) -> tuple[Tag, ...]:
        """The tags in the order of the model's classes, with the names they had; once read."""
        return self._tags

    def read(self, iteration: Iteration) -> RunReport:
        """All that the run has reported; `iteration` is how it is now."""
        with self._lock:
            return self._read(iteration)

    def _read(self, iteration: Iteration) -> RunReport:
        db, before = self._library.db, self._report
        if not self._tags:
            self._tags = tuple(iterations.tags(db, self._id))
        epochs, previews = before.epochs, before.previews
        newest = runs.newest_event(db, self._id)
        if newest != self._newest_event or iteration.progress.part != self._part:
            epochs = tuple(runs.epochs(db, self._id))
            previews += tuple(runs.preview_numbers(db, self._id, self._newest_event))
            self._newest_event, self._part = newest, iteration.progress.part
        is_over = iteration.ended and iteration.state != "completed"
        self._report = RunReport(
            epochs,
            previews,
            self._read_tail(before.log),
            is_over and can_resume(self._library, self._id),
            _last_sign(self._folder) if iteration.state == "lost" else None,
        )
        return self._report

    def _read_tail(self, before: tuple[str, ...]) -> tuple[str, ...]:
        size = run_log.size_bytes(self._folder.log_file)
        if size == self._log_bytes:
            return before
        self._log_bytes = size
        return tuple(self._folder.log_tail(TAIL_LINES, TAIL_BYTES))

    def flip_page(self, number: int) -> FlipPage | None:
        """The pictures of a preview with their boxes; `None` when it is gone."""
        with self._lock:
            return self._flip_page(number)

    def _flip_page(self, number: int) -> FlipPage | None:
        db = self._library.db
        preview = runs.preview(db, self._id, number, [tag.id for tag in self._tags])
        if preview is None:
            return None
        self._look_up([uuid for uuid, _ in preview.pictures if uuid not in self._pictures])
        pictures = tuple(
            FlipPicture(known.image, known.path, known.regions, found)
            for known, found in (
                (self._pictures.get(uuid), found) for uuid, found in preview.pictures
            )
            if known is not None
        )
        return FlipPage(preview.part, preview.epoch, pictures)

    def _look_up(self, uuids: list[str]) -> None:
        db = self._library.db
        if not uuids:
            return
        project_id = iterations.get(db, self._id).project_id
        found = [images.by_uuid(db, project_id, uuid) for uuid in uuids]
        known = [image for image in found if image is not None]
        regions = iterations.regions_on(db, self._id, [image.id for image in known])
        for image in known:
            path = picture_path(self._library, image)
            self._pictures[image.uuid] = FlipPicture(image, path, regions[image.id], ())


def _last_sign(folder: RunFolder) -> LastSign | None:
    """What the heartbeat tells; `None` when there never was one."""
    process = folder.process
    if process is None:
        return None
    at = datetime.fromtimestamp(folder.heartbeat_file.stat().st_mtime, UTC)
    return LastSign(at, process.host, process.pid)


class LogReader:
    """A run's log by pages, from any line on; never all of it at once."""

    def __init__(self, library: Library, iteration: Iteration) -> None:
        self._file = RunFolder(library.run_path(iteration.uuid)).log_file

    def size_bytes(self) -> int:
        """How long it is now."""
        return run_log.size_bytes(self._file)

    def page_at(self, offset: int, move: int, lines: int) -> list[LogLine]:
        """A page of `lines`, its first line `move` lines after the one at `offset`.

        The last page is as full as the others; a negative `move` goes towards the start.
        """
        if move < 0:
            before = run_log.lines_before(self._file, offset, -move)
            offset = before[0].start if before else 0
        elif move > 0:
            passed = run_log.lines_from(self._file, offset, move)
            offset = passed[-1].end if passed else offset
        page = run_log.lines_from(self._file, offset, lines)
        return page if len(page) == lines else self.last_page(lines)

    def last_page(self, lines: int) -> list[LogLine]:
        """The newest lines."""
        return run_log.lines_before(self._file, self.size_bytes(), lines)

    def find(
        self, text: str, offset: int, *, backwards: bool, should_stop: Callable[[], bool]
    ) -> LogLine | None:
        """The next line with the text from `offset` on or before it, whatever its case."""
        return run_log.find_line(
            self._file, text, offset, backwards=backwards, should_stop=should_stop
        )
