"""Add pictures, alone or with the regions of a data set, from paths on this machine."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tui_detect.core.edits import Edit, RegionChange, Tagging
from tui_detect.core.errors import TuiDetectError
from tui_detect.core.geometry import Box
from tui_detect.core.ids import new_uuid
from tui_detect.core.model import Region, Tag
from tui_detect.formats import SourceImage, read_source
from tui_detect.imaging.decode import inspect
from tui_detect.store import images, tagging, tags
from tui_detect.store.images import NewImage
from tui_detect.workflows.library import Library
from tui_detect.workflows.tags import create_tag

Outcome = Literal["added", "present", "refused"]

COMMIT_EVERY_S = 0.5
"""A commit waits for the disk; one for each picture would halve the speed of adding."""
REPORT_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class AddResult:
    """What became of one file."""

    path: str
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AddProgress:
    """How far adding has come."""

    done: int
    total: int
    added: int
    present: int
    refused: int
    per_second: float
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class AddReport:
    """One result per file, and their sums."""

    results: list[AddResult]
    regions: int
    """Regions that came with the pictures."""
    cancelled: bool
    """Whether it was stopped early; what is in stays in."""

    def count(self, outcome: Outcome) -> int:
        """How many files ended so."""
        return sum(result.outcome == outcome for result in self.results)

    @property
    def added(self) -> int:
        """Files that are new in the workspace."""
        return self.count("added")

    @property
    def present(self) -> int:
        """Files whose bytes were there already."""
        return self.count("present")

    @property
    def refused(self) -> int:
        """Files that could not be used."""
        return self.count("refused")


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A picture that was looked at, before it has a row."""

    source: SourceImage
    new: NewImage | None
    refusal: str = ""


def add_images(
    library: Library,
    project_id: int,
    paths: Sequence[str | Path],
    *,
    format: str = "auto",  # noqa: A002
    dry_run: bool = False,
    on_progress: Callable[[AddProgress], None] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> AddReport:
    """Add files, folders, globs or data sets to a project's workspace.

    Pictures arrive untagged unless the data set says otherwise. A picture that is there already
    stays as it is, except that regions from a data set are added while it has none. The
    originals are never changed.

    Args:
        dry_run: look at everything, change nothing.
        on_progress: called from this thread, at most every `REPORT_EVERY_S`, and at the end.
        should_stop: asked before each picture.

    Raises:
        BadInput: a path or data set cannot be read at all; nothing was added.
        StorageFailed: the disk is full or read-only; what was added before stays.
    """
    sources = [source for path in paths for source in read_source(path, format)]
    adding = _Adding(library, project_id, len(sources), on_progress)
    prepared = _prepared(library, sources, dry_run, should_stop)
    if dry_run:
        for item in prepared:
            adding.judge(item)
    else:
        adding.store(prepared)
    cancelled = len(adding.results) < len(sources)
    adding.report(last=True)
    return AddReport(adding.results, adding.regions, cancelled)


def _prepared(
    library: Library,
    sources: Iterable[SourceImage],
    dry_run: bool,
    should_stop: Callable[[], bool],
) -> Iterator[_Prepared]:
    """Decode, hash and link pictures in a few threads, in order (Pillow frees the GIL)."""
    workers = os.cpu_count() or 1
    window: deque[Future[_Prepared]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for source in sources:
            if should_stop():
                break
            window.append(pool.submit(_prepare, library, source, dry_run))
            if len(window) > 2 * workers:
                yield window.popleft().result()
        while window:
            yield window.popleft().result()


def _prepare(library: Library, source: SourceImage, dry_run: bool) -> _Prepared:
    try:
        facts = inspect(source.path)
        source = source.on_picture(facts.width_px, facts.height_px, facts.orientation)
        sha256, size_bytes = ("", 0) if dry_run else library.objects.add(source.path)
    except TuiDetectError as error:
        if error.title == "Storage failed":
            raise
        return _Prepared(source, None, error.one_line().removeprefix(f"{source.name}: "))
    source = source.on_picture(facts.width_px, facts.height_px, facts.orientation)
    new = NewImage(
        sha256, source.name, str(source.path), facts.width_px, facts.height_px, size_bytes
    )
    return _Prepared(source, new)


class _Adding:
    """One call of `add_images`: the rows it writes, the results it collects."""

    def __init__(
        self,
        library: Library,
        project_id: int,
        total: int,
        on_progress: Callable[[AddProgress], None] | None,
    ) -> None:
        self._library = library
        self._db = library.db
        self._project_id = project_id
        self._total = total
        self._on_progress = on_progress
        self._started_s = time.monotonic()
        self._reported_s = 0.0
        self._counts: dict[Outcome, int] = {"added": 0, "present": 0, "refused": 0}
        self.results: list[AddResult] = []
        self.regions = 0

    def judge(self, item: _Prepared) -> None:
        """Say what would become of a picture, for a dry run."""
        if item.new is None:
            self._finish(item, "refused", item.refusal)
        else:
            self.regions += len(item.source.regions)
            self._finish(item, "added", "; ".join(item.source.notes))

    def store(self, prepared: Iterable[_Prepared]) -> None:
        """Write the pictures in transactions of about `COMMIT_EVERY_S`."""
        batch: list[_Prepared] = []
        last_commit_s = time.monotonic()
        try:
            for item in prepared:
                batch.append(item)
                if time.monotonic() - last_commit_s > COMMIT_EVERY_S:
                    self._commit(batch)
                    batch, last_commit_s = [], time.monotonic()
                    self.report()
        finally:
            self._commit(batch)

    def _commit(self, batch: list[_Prepared]) -> None:
        before = list(self.results), self.regions, dict(self._counts)
        try:
            with self._db.atomic():
                for item in batch:
                    self._store_one(item)
        except TuiDetectError:
            self.results, self.regions, self._counts = before
            raise

    def _store_one(self, item: _Prepared) -> None:
        if item.new is None:
            self._finish(item, "refused", item.refusal)
            return
        notes = list(item.source.notes)
        existing = images.find(self._db, self._project_id, item.new.sha256)
        outcome: Outcome = "added"
        if existing is None:
            image_id = images.insert(self._db, self._project_id, item.new)
        elif existing.in_workspace:
            image_id, outcome = existing.id, "present"
            notes.insert(0, f"already there as {existing.name}")
        else:
            image_id = existing.id
            images.set_removed(self._db, [image_id], removed=False)
            notes.insert(0, "back in the workspace")
        added = self._tag(image_id, item.source)
        if added and existing is not None:
            notes.append(f"{added} {'region' if added == 1 else 'regions'} added")
        self._finish(item, outcome, "; ".join(notes))

    def _tag(self, image_id: int, source: SourceImage) -> int:
        """Give an image the data set's regions unless a person has tagged it; how many."""
        current = tagging.load(self._db, image_id)
        if current.reviewed or current.regions or not (source.regions or source.reviewed):
            return 0
        after = Tagging(True, tuple(self._region(name, box) for name, box in source.regions))
        edit = Edit(
            f"{len(after.regions)} regions with {source.name}",
            tuple(RegionChange(None, region) for region in after.regions),
            current.reviewed,
            True,
        )
        tagging.write(self._db, image_id, edit)
        tagging.record(self._db, self._project_id, image_id, edit)
        self.regions += len(after.regions)
        return len(after.regions)

    def _region(self, tag_name: str, box: Box) -> Region:
        return Region(new_uuid(), self._tag_named(tag_name).id, box)

    def _tag_named(self, name: str) -> Tag:
        found = tags.find(self._db, self._project_id, name)
        return found or create_tag(self._library, self._project_id, name)

    def _finish(self, item: _Prepared, outcome: Outcome, reason: str) -> None:
        self.results.append(AddResult(str(item.source.path), outcome, reason))
        self._counts[outcome] += 1

    def report(self, *, last: bool = False) -> None:
        """Tell the caller how far it is, not too often."""
        now_s = time.monotonic()
        if self._on_progress is None or (not last and now_s - self._reported_s < REPORT_EVERY_S):
            return
        self._reported_s = now_s
        done = len(self.results)
        per_second = done / max(now_s - self._started_s, 1e-6)
        left = (self._total - done) / per_second if per_second else None
        self._on_progress(
            AddProgress(
                done,
                self._total,
                self._counts["added"],
                self._counts["present"],
                self._counts["refused"],
                per_second,
                left,
            )
        )
