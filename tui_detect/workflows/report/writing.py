"""Write the report where a person wants it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tui_detect.core.errors import Conflict
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

    A report that is there already is replaced, by rename; any other file is left alone.

    Returns:
        The absolute path.

    Raises:
        Conflict: there is a file that is no report.
        OSError: the file cannot be written.
    """
    path = path.absolute()
    check_replaceable(path)
    findings = worst_of_each_kind(full.kinds, full.performance.threshold)
    shown = {image.id: image for image in images.get(library.db, [f.image_id for f in findings])}
    names = {tag.id: tag.name for tag in full.data.tags}
    on_step("cutting out the worst errors")
    crops = worst_errors(library, findings, shown, names)
    project = get_project(library, full.iteration.project_id)
    write_atomically(path, page(full, project.name, crops, datetime.now(UTC)))
    return path


def worst_of_each_kind(kinds: KindsOfError, threshold: float) -> list[Finding]:
    """A few of each kind of error, worst first: of all together missed ones leave no room."""
    found = [
        finding
        for kind in ERROR_KINDS
        for finding in kinds.findings(threshold, kinds=(kind,), limit=CROPS_PER_KIND)
    ]
    return sorted(found, key=lambda finding: -finding.score)


def check_replaceable(path: Path) -> None:
    """Make sure that nothing but an older report lies there.

    Raises:
        Conflict: something else does, or there is no such folder.
    """
    if not path.parent.is_dir():
        raise Conflict(f"there is no folder {path.parent}", "make it, or choose another place")
    if not path.exists() or (path.is_file() and path.stat().st_size == 0):
        return
    if path.is_file():
        with path.open("rb") as file:
            if GENERATOR.encode() in file.read(1000):
                return
    raise Conflict(f"{path} is there already, and is no report", "choose another name")
