"""Verdicts belong to an iteration and a picture, and go with either."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.findings import Findings
from tui_detect.core.model import Project
from tui_detect.store import images, iterations, settled
from tui_detect.store.settled import Settlement
from tui_detect.workflows.library import Library

KEPT = Settlement("kept", "2026-05-04T10:00:00.000+00:00")
TAKEN = Settlement("taken", "2026-05-04T10:00:01.000+00:00")


@pytest.fixture
def made(library: Library, project: Project, tmp_path: Path) -> Findings:
    made = Findings(library, project, tmp_path / "pictures")
    settled.put(library.db, made.iteration.id, made.image(0).id, "a/", KEPT)
    settled.put(library.db, made.iteration.id, made.image(1).id, "b/3", TAKEN)
    return made


def test_each_finding_has_one_verdict_the_newest(library: Library, made: Findings) -> None:
    settled.put(library.db, made.iteration.id, made.image(0).id, "a/", TAKEN)
    assert settled.of_iteration(library.db, made.iteration.id) == {
        (made.image(0).id, "a/"): TAKEN,
        (made.image(1).id, "b/3"): TAKEN,
    }
    settled.delete(library.db, made.iteration.id, made.image(0).id, "a/")
    assert settled.of_image(library.db, made.iteration.id, made.image(0).id) == {}
    assert settled.of_image(library.db, made.iteration.id, made.image(1).id) == {"b/3": TAKEN}


def test_verdicts_go_with_their_picture_and_with_their_iteration(
    library: Library, made: Findings
) -> None:
    images.delete(library.db, [made.image(0).id])
    assert list(settled.of_iteration(library.db, made.iteration.id)) == [(made.image(1).id, "b/3")]
    iterations.delete(library.db, made.iteration.id)
    assert settled.of_iteration(library.db, made.iteration.id) == {}
