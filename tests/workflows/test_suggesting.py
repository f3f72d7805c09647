"""An iteration proposes boxes for untagged images, and a person's work stays as it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.library import (
    add_pictures,
    finished_iteration,
    model_finds,
    tag_image,
    with_weights,
    workspace,
)
from tui_detect.core.errors import Conflict
from tui_detect.core.geometry import Box
from tui_detect.core.model import Image, Iteration, Project, Tag
from tui_detect.core.query import parse_query
from tui_detect.vision.predictor import Predictor
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows.images import image_ids
from tui_detect.workflows.library import Library
from tui_detect.workflows.suggesting import SuggestReport, suggest
from tui_detect.workflows.tagging import open_image
from tui_detect.workflows.tags import create_tag, delete_tag, merge_tags
from tui_detect.workflows.thresholds import set_threshold

FOUND = [(0, 0.9, Box(0.1, 0.1, 0.2, 0.2)), (0, 0.6, Box(0.5, 0.5, 0.2, 0.2))]


@pytest.fixture
def nut(library: Library, project: Project) -> Tag:
    return create_tag(library, project.id, "nut")


@pytest.fixture
def iteration(
    library: Library,
    project: Project,
    nut: Tag,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iteration:
    """Trained on two of five images, with a model that finds two nuts on every picture."""
    for image in add_pictures(library, project, tmp_path / "p", 5)[:2]:
        tag_image(library, image, nut)
    done = finished_iteration(library, project)
    model_finds(monkeypatch, FOUND)
    return with_weights(library, done)


def run(
    library: Library, iteration: Iteration, threshold: float | None = 0.5, most: int | None = None
) -> SuggestReport:
    return suggest(
        library, iteration, most=most, threshold=threshold, on_progress=lambda _done, _total: None
    )


def suggested(library: Library, images: Sequence[Image]) -> list[int]:
    """How many suggestions each image has."""
    return [len(open_image(library, image.id).tagging.suggestions) for image in images]


def test_the_threshold_chosen_for_the_iteration_is_used(
    library: Library, iteration: Iteration
) -> None:
    assert run(library, iteration, threshold=None).suggestions == 6
    chosen = set_threshold(library, iteration.id, 0.7)
    assert run(library, chosen, threshold=None).suggestions == 3


def test_untagged_images_get_what_is_probable_enough(
    library: Library, project: Project, iteration: Iteration
) -> None:
    report = run(library, iteration, threshold=0.7)
    assert (report.images, report.empty, report.suggestions) == (3, 0, 3)
    images = workspace(library, project)
    assert suggested(library, images) == [0, 0, 1, 1, 1]
    (made,) = open_image(library, images[2].id).tagging.suggestions
    assert (made.source, made.probability) == (iteration.name, 0.9)
    assert open_image(library, images[2].id).image.state == "untagged"
    found = image_ids(library, project.id, parse_query("suggested"))
    assert found == [image.id for image in images[2:]]


def test_new_suggestions_take_the_place_of_old_ones(
    library: Library, project: Project, iteration: Iteration
) -> None:
    run(library, iteration)
    run(library, iteration, threshold=0.7, most=1)
    assert suggested(library, workspace(library, project)) == [0, 0, 1, 2, 2]


def test_an_image_that_a_person_looks_at_meanwhile_is_left_alone(
    library: Library,
    project: Project,
    iteration: Iteration,
    nut: Tag,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    images = workspace(library, project)

    def predict(*_: object) -> list[tuple[int, float, Box]]:
        if not open_image(library, images[4].id).image.reviewed:
            tag_image(library, images[4], nut)
        return FOUND

    monkeypatch.setattr(Predictor, "predict", predict)
    run(library, iteration)
    assert suggested(library, images) == [0, 0, 2, 2, 0]


def test_with_nothing_untagged_no_model_is_loaded(
    library: Library, project: Project, iteration: Iteration, nut: Tag
) -> None:
    for image in workspace(library, project)[2:]:
        tag_image(library, image, nut)
    RunFolder(library.run_path(iteration.uuid)).weights.unlink()
    assert run(library, iteration) == SuggestReport(0, 0, 0, ())


def test_without_weights_it_says_so(library: Library, iteration: Iteration) -> None:
    RunFolder(library.run_path(iteration.uuid)).weights.unlink()
    with pytest.raises(Conflict, match="no weights"):
        run(library, iteration)


def test_suggestions_follow_their_tag_and_go_with_it(
    library: Library, project: Project, iteration: Iteration, nut: Tag
) -> None:
    run(library, iteration)
    bolt = create_tag(library, project.id, "bolt")
    merge_tags(library, nut.id, bolt.id)
    image = workspace(library, project)[4]
    assert {s.tag_id for s in open_image(library, image.id).tagging.suggestions} == {bolt.id}
    delete_tag(library, bolt.id)
    assert open_image(library, image.id).tagging.suggestions == ()
    assert image_ids(library, project.id, parse_query("suggested")) == []
    assert run(library, iteration).suggestions == 0, "a deleted tag is not suggested"
