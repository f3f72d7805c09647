"""Write the report where a person wants it."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tui_detect.core.errors import Conflict, StorageFailed
from tui_detect.core.evaluation.error_kinds import KindsOfError
from tui_detect.core.evaluation.finding import ERROR_KINDS, Finding
from tui_detect.store import images
from tui_detect.vision.files import write_atomically
from tui_detect.workflows.full_performance import FullPerformance
from tui_detect.workflows.library import Library
from tui_detect.workflows.projects import get_project
from tui_detect.workflows.report.crops import worst_errors
from tui_detect.workflows.report.page import GENERATOR, page

CROPS_PER_KIND = 2


def write_report(
    library: Library,
    full: FullPerformance,
    path: Path,
    on_step: Callable[[str], None] = lambda what: None,
) -> Path:
    """Write one HTML page of all figures, which needs no other file and no network.

    A report that is there already is replaced, by rename; any other file is left alone. Of a link
    that is what it leads to.

    Returns:
        The absolute path.

    Raises:
        Conflict: there is a file that is no report.
        StorageFailed: the file cannot be written.
    """
    path = path.absolute()
    target = report_target(path)
    findings = worst_of_each_kind(full.kinds, full.performance.threshold)
    shown = {image.id: image for image in images.get(library.db, [f.image_id for f in findings])}
    names = {tag.id: tag.name for tag in full.data.tags}
    on_step("cutting out the worst errors")
    crops = worst_errors(library, findings, shown, names)
    project = get_project(library, full.iteration.project_id)
    text = page(full, project.name, crops, datetime.now(UTC))
    try:
        write_atomically(target, text)
    except OSError as error:
        raise _unwritable(path, error) from error
    return path


def worst_of_each_kind(kinds: KindsOfError, threshold: float) -> list[Finding]:
    """A few of each kind of error, worst first: of all together missed ones leave no room."""
    found = [
        finding
        for kind in ERROR_KINDS
        for finding in kinds.findings(threshold, kinds=(kind,), limit=CROPS_PER_KIND)
    ]
    return sorted(found, key=lambda finding: -finding.score)


def report_target(path: Path) -> Path:
    """The file that a report would be written to, if it can be and if no other file is lost.

    Raises:
        Conflict: something that is no report lies there, or there is no such folder.
        StorageFailed: nothing can be written there.
    """
    try:
        target = path.resolve() if path.is_symlink() else path.absolute()
        if not target.parent.is_dir():
            raise Conflict(
                f"there is no folder {target.parent}", "make it, or choose another place"
            )
        if target.exists() and not _is_replaceable(target):
            raise Conflict(f"{path} is there already, and is no report", "choose another name")
    except (OSError, RuntimeError) as error:  # the latter when links lead round in a circle
        raise _unwritable(path, error) from error
    if not os.access(target.parent, os.W_OK):
        raise StorageFailed(
            f"{path} cannot be written: the folder {target.parent} is read-only",
            "choose another place",
        )
    return target


def _is_replaceable(file: Path) -> bool:
    """Whether it is an older report, or empty."""
    if not file.is_file():
        return False
    with file.open("rb") as content:
        start = content.read(1000)
    return not start or GENERATOR.encode() in start


def _unwritable(path: Path, error: OSError | RuntimeError) -> StorageFailed:
    why = error.strerror if isinstance(error, OSError) else "its links lead round in a circle"
    return StorageFailed(
        f"{path} cannot be written: {why}", "free some space, or choose another place"
    )
