"""`suspects` from a script."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.library import (
    add_pictures,
    finished_iteration,
    model_finds,
    tag_image,
    with_weights,
    workspace,
)
from tui_detect.cli import suspects
from tui_detect.core.geometry import Box
from tui_detect.core.model import Detection, Project
from tui_detect.store import images, runs
from tui_detect.workflows.images import ImageCard, image_cards
from tui_detect.workflows.library import Library
from tui_detect.workflows.tags import create_tag

BOX = Box(0.1, 0.1, 0.3, 0.3)
SECOND = Box(0.6, 0.6, 0.3, 0.3)


@pytest.fixture(autouse=True)
def iteration(
    library: Library, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of five pictures has a nut; the model finds two, and was trained on four of them."""
    nut = create_tag(library, project.id, "nut")
    for image in add_pictures(library, project, tmp_path / "p", 5):
        tag_image(library, image, nut, box=BOX)
    done = finished_iteration(library, project)
    items = [Detection(nut.id, 0.9, BOX), Detection(nut.id, 0.8, SECOND)]
    for image in workspace(library, project):
        if image.split == "validation":
            runs.set_detections(library.db, done.id, image.id, items)
    with_weights(library, done)
    model_finds(monkeypatch, [(0, 0.9, BOX), (0, 0.8, SECOND)])


def test_suspects_are_listed_as_json(run: Run) -> None:
    (found,) = run("suspects", "parts", "--json").json
    assert found["kind"] == "missing"
    assert found["region"] is None
    assert found["detection"] == {
        "tag": "nut",
        "probability": 0.8,
        **{"left": 0.6, "top": 0.6, "width": 0.3, "height": 0.3},
    }
    assert found["trained_on"] is False
    assert found["image"].startswith("picture_")
    listed = {image["id"]: image["name"] for image in run("images", "parts", "--json").json}
    assert listed[found["image_id"]] == found["image"]


def test_suspects_are_listed_as_a_table(run: Run) -> None:
    head, line = run("suspects", "parts").out.splitlines()
    assert head.split() == ["score", "kind", "label", "model", "overlap", "picture"]
    assert "missing" in line
    assert "nut 0.80" in line


def test_training_pictures_come_with_a_warning(run: Run) -> None:
    ran = run("suspects", "parts", "--all")
    assert ran.out.count("missing") == 5
    assert ran.out.count("*") == 5, "four pictures, and what the star means"
    assert "memorise" in ran.out
    assert "memorise" not in run("suspects", "parts").out


def test_no_more_are_listed_than_wanted(run: Run) -> None:
    assert len(run("suspects", "parts", "--all", "--limit", 2, "--json").json) == 2


def test_an_iteration_without_suspicions_says_so(
    run: Run, library: Library, project: Project
) -> None:
    for image in workspace(library, project):
        runs.set_detections(library.db, 1, image.id, [])
    assert run("suspects", "parts").out.startswith("Iteration 1 suspects no label. Its mAP is ")


def test_a_picture_deleted_for_good_meanwhile_is_not_listed(
    run: Run, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def purged(_: Library, ids: Sequence[int]) -> list[ImageCard]:
        images.delete(library.db, ids)
        return image_cards(library, ids)

    assert run("suspects", "parts", "--json").json
    monkeypatch.setattr(suspects, "image_cards", purged)
    assert run("suspects", "parts", "--json").json == []
