"""Verdicts belong to an iteration and a picture, and go with either."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.findings import Findings
from tests.library import tag_image
from tui_detect.core.model import Project
from tui_detect.store import images, iterations, settled, tagging
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


def test_the_label_that_was_kept_is_read_as_it_was(library: Library, made: Findings) -> None:
    label = made.region(2)
    kept = Settlement("kept", KEPT.at, label=label)
    settled.put(library.db, made.iteration.id, made.image(2).id, f"{label.uuid}/4", kept)
    found = settled.of_image(library.db, made.iteration.id, made.image(2).id)
    assert found == {f"{label.uuid}/4": kept}


def test_verdicts_whose_edit_is_undone_are_left_out(library: Library, made: Findings) -> None:
    image = made.image(2)
    tag_image(library, image, made.scissors)
    edit_id = tagging.last_done_id(library.db, image.id)
    assert edit_id is not None
    taken = Settlement("taken", TAKEN.at, edit_id)
    settled.put(library.db, made.iteration.id, image.id, "c/0", taken)
    for undone, found in ((True, {}), (False, {"c/0": taken})):
        tagging.mark(library.db, edit_id, undone=undone)
        assert settled.of_image(library.db, made.iteration.id, image.id) == found


def test_verdicts_go_with_their_picture_and_with_their_iteration(
    library: Library, made: Findings
) -> None:
    images.delete(library.db, [made.image(0).id])
    assert list(settled.of_iteration(library.db, made.iteration.id)) == [(made.image(1).id, "b/3")]
    iterations.delete(library.db, made.iteration.id)
    assert settled.of_iteration(library.db, made.iteration.id) == {}
