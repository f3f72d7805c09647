"""Chosen thresholds: of a tag, else of the iteration, else the usual one; predictions use them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ui.evaluated import evaluated_iteration, tagged_project
from tui_detect.core.errors import BadInput, Conflict
from tui_detect.core.geometry import Box
from tui_detect.core.model import Iteration, Project, Tag
from tui_detect.workflows.iterations import iteration_tags
from tui_detect.workflows.library import Library
from tui_detect.workflows.prediction import PicturePredictions, TagPrediction, likely
from tui_detect.workflows.tags import create_tag
from tui_detect.workflows.thresholds import (
    find_threshold,
    set_tag_threshold,
    set_threshold,
    threshold_of,
)

BOX = Box(0.1, 0.1, 0.2, 0.2)


@pytest.fixture
def trained(library: Library, project: Project, tmp_path: Path) -> Iteration:
    """A completed iteration with detections."""
    tagged_project(library, project, tmp_path / "pictures")
    return evaluated_iteration(library, project)


def found(*items: tuple[Tag, float]) -> PicturePredictions:
    """Predictions on a picture."""
    boxes = tuple(TagPrediction(tag, probability, BOX) for tag, probability in items)
    return PicturePredictions(Path("a.png"), 10, 10, boxes)


def test_a_tags_threshold_comes_before_the_iterations(library: Library, trained: Iteration) -> None:
    first, second, *_ = iteration_tags(library, trained.id)
    assert threshold_of(trained) == threshold_of(trained, first.uuid) == 0.5
    set_threshold(library, trained.id, 0.0)
    after = set_tag_threshold(library, trained.id, first.uuid, 0.8)
    assert threshold_of(after) == threshold_of(after, second.uuid) == 0.0
    assert threshold_of(after, first.uuid) == 0.8
    assert set_threshold(library, trained.id, 0.3).tag_thresholds == {first.uuid: 0.8}
    assert set_threshold(library, trained.id, 0.3, by_tag={}).tag_thresholds == {}
    assert set_threshold(library, trained.id, None) == trained


def test_predictions_are_measured_by_what_was_chosen_unless_asked_otherwise(
    library: Library, trained: Iteration
) -> None:
    first, second, *_ = iteration_tags(library, trained.id)
    picture = found((first, 0.7), (second, 0.6), (first, 0.45), (second, 0.3))
    assert [item.probability for item in likely(picture, trained)] == [0.7, 0.6]
    set_threshold(library, trained.id, 0.3)
    chosen = set_tag_threshold(library, trained.id, first.uuid, 0.7)
    assert [item.probability for item in likely(picture, chosen)] == [0.7, 0.6, 0.3]
    assert [item.probability for item in likely(picture, chosen, 0.4)] == [0.7, 0.6, 0.45]


def test_what_is_no_threshold_or_no_tag_is_refused(
    library: Library, project: Project, trained: Iteration
) -> None:
    stranger = create_tag(library, project.id, "stranger")
    (first, *_) = iteration_tags(library, trained.id)
    for value in (-0.1, 1.1, float("nan")):
        with pytest.raises(BadInput, match="not 0 to 1"):
            set_threshold(library, trained.id, value)
        with pytest.raises(BadInput, match="not 0 to 1"):
            set_tag_threshold(library, trained.id, first.uuid, value)
    with pytest.raises(BadInput, match="knows no tag"):
        set_tag_threshold(library, trained.id, stranger.uuid, 0.5)
    with pytest.raises(BadInput, match="not trained on 'stranger'"):
        find_threshold(library, trained.id, tag=stranger)


def test_a_threshold_that_cannot_be_found_is_said_so(library: Library, trained: Iteration) -> None:
    with pytest.raises(Conflict, match="no threshold reaches a recall of 1: the") as refused:
        find_threshold(library, trained.id, recall=1.0, overlap=0.95)
    highest = float(refused.value.message.rpartition(" the highest is ")[2])
    assert 0 < highest < 1
    assert 0 <= find_threshold(library, trained.id, recall=highest, overlap=0.95) <= 1
