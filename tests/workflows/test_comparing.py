"""Two iterations of a project: compared on what they share, judged alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.comparing import Found, everything, iteration_finding, nothing
from tests.library import BOX, add_pictures, make_iteration, tag_image
from tui_detect.core.edits import Edit, RegionChange
from tui_detect.core.errors import BadInput, Conflict
from tui_detect.core.evaluation import comparison as comparison_module
from tui_detect.core.evaluation.comparison import Comparison
from tui_detect.core.geometry import Box
from tui_detect.core.model import Image, Project, Tag, TrainingSettings
from tui_detect.store import images as image_rows
from tui_detect.store import iterations as iteration_rows
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows.comparing import (
    compare_iterations,
    comparisons,
    errors_on,
    pair_up,
    pictures_of,
)
from tui_detect.workflows.iterations import get_iteration
from tui_detect.workflows.library import Library
from tui_detect.workflows.performance import load_evaluation
from tui_detect.workflows.tagging import open_image, save_edit
from tui_detect.workflows.tags import create_tag, delete_tag, merge_tags


@pytest.fixture
def nut(library: Library, project: Project) -> Tag:
    return create_tag(library, project.id, "nut")


@pytest.fixture
def pictures(library: Library, project: Project, nut: Tag, tmp_path: Path) -> list[Image]:
    """Forty images, each with one region."""
    added = add_pictures(library, project, tmp_path / "pictures", 40)
    for image in added:
        tag_image(library, image, nut)
    return added


def test_finding_all_instead_of_nothing_is_better(
    library: Library, project: Project, pictures: list[Image]
) -> None:
    first, second = (iteration_finding(library, project, find) for find in (nothing, everything))
    pairing = pair_up(library, first, second)
    comparison = compare_iterations(pairing, 0.3)
    assert (comparison.recall.first, comparison.recall.second) == (0, 1)
    assert comparison.recall.verdict == comparison.map.verdict == "better"
    assert comparison.won == comparison.images == first.images_validation
    assert {image.name for image in pictures_of(library, comparison).values()} <= {
        image.name for image in pictures
    }


def test_corrected_labels_count_for_both(
    library: Library, project: Project, pictures: list[Image]
) -> None:
    """Both iterations find the same; only the labels they were validated on differ."""
    found = Box(0.6, 0.6, 0.3, 0.3)

    def find(_: str, regions: object) -> Iterable[Found]:
        return [(0, 0.9, found)]

    first = iteration_finding(library, project, find)
    for image in pictures:
        before = open_image(library, image.id).tagging.regions[0]
        after = type(before)(before.uuid, before.tag_id, found)
        save_edit(library, image.id, Edit("move", (RegionChange(before, after),), True, True))
    second = iteration_finding(library, project, find)
    for pairing in (pair_up(library, first, second), pair_up(library, second, first)):
        assert pairing.labels_of.id == second.id
        comparison = compare_iterations(pairing, 0.5)
        assert (comparison.recall.first, comparison.recall.second) == (1, 1)
        assert comparison.recall.verdict == "same"
        assert f"by the labels that {second.name} was trained with" in pairing.basis[0]


def test_only_shared_pictures_and_tags_are_compared_and_the_rest_is_said(
    library: Library, project: Project, pictures: list[Image]
) -> None:
    first = iteration_finding(library, project, everything)
    moved = next(
        image
        for image, split in iteration_rows.images(library.db, first.id)
        if split == "validation"
    )
    image_rows.set_split(library.db, {moved.id: "train"})
    bolt = create_tag(library, project.id, "bolt")
    tag_image(library, pictures[0], bolt)
    second = iteration_finding(library, project, everything)
    pairing = pair_up(library, first, second)
    shared = first.images_validation - 1
    assert pairing.ground.first.images == shared
    assert pairing.basis == [
        f"On the {shared} images that both were evaluated on ({shared} regions, 0 background), "
        f"by the labels that {second.name} was trained with.",
        f"Left out, as only {first.name} has it: 1 image.",
        f"Left out, as only {second.name} has it: tag bolt.",
    ]


def retagged(library: Library, pictures: Iterable[Image], tag: Tag) -> None:
    """Give the only region of each picture another tag."""
    for image in pictures:
        before = open_image(library, image.id).tagging.regions[0]
        after = type(before)(before.uuid, tag.id, before.box)
        save_edit(library, image.id, Edit("retag", (RegionChange(before, after),), True, True))


def test_pictures_of_a_new_tag_are_no_background(
    library: Library, project: Project, pictures: list[Image]
) -> None:
    first = iteration_finding(library, project, everything)
    validated = [
        image
        for image, split in iteration_rows.images(library.db, first.id)
        if split == "validation"
    ]
    bolt = create_tag(library, project.id, "bolt")
    retagged(library, validated[:3], bolt)
    second = iteration_finding(library, project, everything)
    kept = len(validated) - 3
    for pairing in (pair_up(library, first, second), pair_up(library, second, first)):
        assert f"On the {kept} images" in pairing.basis[0]
        assert "0 background" in pairing.basis[0]
        assert pairing.basis[1:] == [
            f"Left out, as only {second.name} has it: tag bolt.",
            f"Left out, as they show only tags that {first.name} does not know: 3 images.",
        ]
        comparison = compare_iterations(pairing, 0.3)
        assert comparison.background_images == 0
        assert comparison.false_alarms_per_background.value is None
        assert (comparison.precision.first, comparison.precision.second) == (1, 1)
    retagged(library, validated[3:], bolt)
    tag_image(library, next(image for image in pictures if image not in validated), bolt)
    third = iteration_finding(library, project, everything)
    with pytest.raises(Conflict, match="show only tags that one of them does not know"):
        pair_up(library, first, third)


def test_of_one_that_is_cross_validated_it_is_said_whose_figures_are_compared(
    library: Library, project: Project, pictures: list[Image]
) -> None:
    first, second = (iteration_finding(library, project, everything) for _ in range(2))
    pairing = pair_up(library, first, second)
    folded = TrainingSettings(folds=5)
    for before, now in (
        (replace(first, settings=folded), second),
        (second, replace(first, settings=folded)),
    ):
        assert replace(pairing, first=before, second=now).basis[1:] == [
            f"The figures of {first.name} come from the models of its 5 folds, those of "
            f"{second.name} from its own model."
        ]
    before, now = (replace(item, settings=folded) for item in (first, second))
    assert len(replace(pairing, first=before, second=now).basis) == 1


def test_of_weights_that_have_seen_the_images_it_is_said_that_figures_may_be_too_good(
    library: Library, project: Project, pictures: list[Image]
) -> None:
    source = iteration_finding(library, project, everything)
    weights = RunFolder(library.run_path(source.uuid)).weights
    learnt = iteration_rows.images(library.db, source.id, "train")[:2]
    image_rows.set_split(library.db, {image.id: "validation" for image, _ in learnt})
    first, second = (iteration_finding(library, project, everything) for _ in range(2))
    warm = replace(second, settings=TrainingSettings(weights=str(weights)))
    for pairing in (pair_up(library, first, warm), pair_up(library, warm, first)):
        assert pairing.basis[1:] == [
            f"{second.name} started from weights of {source.name}, which was trained on 2 of these "
            "images: its figures may be too good."
        ]
    assert len(pair_up(library, source, warm).basis) == 2, "only what the others add is left out"


def test_iterations_that_share_no_picture_or_are_one_are_refused(
    library: Library, project: Project, pictures: list[Image]
) -> None:
    first = iteration_finding(library, project, everything)
    swapped = {
        image.id: "train" if split == "validation" else "validation"
        for image, split in iteration_rows.images(library.db, first.id)
    }
    image_rows.set_split(library.db, swapped)  # type: ignore[arg-type]
    second = iteration_finding(library, project, everything)
    with pytest.raises(Conflict, match="none is shared"):
        pair_up(library, first, second)
    with pytest.raises(BadInput, match="with itself"):
        pair_up(library, first, first)
    with pytest.raises(Conflict, match="still queued"):
        pair_up(library, first, make_iteration(library, project))


def test_each_is_judged_at_the_threshold_chosen_for_it(
    library: Library, project: Project, pictures: list[Image]
) -> None:
    def unsure(_: str, regions: tuple[tuple[int, Box], ...]) -> Iterable[Found]:
        return [(tag, 0.4, box) for tag, box in regions]

    first, second = (iteration_finding(library, project, unsure) for _ in range(2))
    iteration_rows.update(library.db, second.id, threshold=0.35)
    pairing = pair_up(library, first, get_iteration(library, second.id))
    comparison = compare_iterations(pairing, 0.3)
    assert (comparison.first_threshold, comparison.second_threshold) == (0.5, 0.35)
    assert (comparison.recall.first, comparison.recall.second) == (0, 1)
    asked = compare_iterations(pairing, 0.3, threshold=0.2)
    assert (asked.recall.first, asked.recall.second) == (1, 1)


def test_the_figures_come_before_how_sure_they_are_and_progress_is_told(
    library: Library, project: Project, pictures: list[Image]
) -> None:
    first, second = (iteration_finding(library, project, find) for find in (nothing, everything))
    told: list[str] = []
    pairing = pair_up(library, first, second, told.append)
    quick, whole = comparisons(pairing, 0.3, on_progress=told.append)
    assert quick.recall.value == whole.recall.value == 1
    assert (quick.recall.verdict, whole.recall.verdict) == ("unknown", "better")
    assert told == [
        f"reading {first.name}",
        f"reading {second.name}",
        "matching boxes",
        "how sure the differences are: 100 %",
    ]


def test_the_whole_at_once_is_compared_once(
    library: Library, project: Project, pictures: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (iteration_finding(library, project, find) for find in (nothing, everything))
    pairing, compare = pair_up(library, first, second), comparison_module.compare
    compared: list[Comparison] = []

    def counting(*both: Any, **options: Any) -> Comparison:  # noqa: ANN401
        compared.append(compare(*both, **options))
        return compared[-1]

    monkeypatch.setattr(comparison_module, "compare", counting)
    told: list[str] = []
    assert compare_iterations(pairing, 0.3, on_progress=told.append) is compared[0]
    assert len(compared) == 1
    assert told == ["matching boxes", "how sure the differences are: 100 %"]


def test_the_errors_on_a_picture_are_those_of_the_worse_iteration(
    library: Library, project: Project, pictures: list[Image]
) -> None:
    first, second = (iteration_finding(library, project, find) for find in (nothing, everything))
    for pairing, worse in (
        (pair_up(library, first, second), first),
        (pair_up(library, second, first), first),
    ):
        comparison = compare_iterations(pairing, 0.3)
        image_id = comparison.pictures[0].image_id
        iteration, overlap, findings = errors_on(pairing, comparison, image_id)
        assert (iteration.id, overlap) == (worse.id, 0.3)
        assert [(f.kind, f.image_id) for f in findings] == [("missed", image_id)]


@pytest.mark.parametrize(
    ("false", "worse", "at"), [(0, "first", 0.65), (1, "first", 0.65), (2, "second", 0.5)]
)
def test_of_ten_overlaps_errors_are_listed_at_the_lowest_at_which_there_are_more(
    library: Library, project: Project, pictures: list[Image], false: int, worse: str, at: float
) -> None:
    """The first one's boxes are too narrow from 0.65 on; the second one has false detections."""
    away = [(0, 0.8, Box(0.0, 0.0, 0.2, 0.2)), (0, 0.8, Box(0.8, 0.0, 0.2, 0.2))]

    def narrow(_: str, regions: tuple[tuple[int, Box], ...]) -> Iterable[Found]:
        return [(tag, 0.9, Box(b.left, b.top, 0.62 * b.width, b.height)) for tag, b in regions]

    def exact(_: str, regions: tuple[tuple[int, Box], ...]) -> Iterable[Found]:
        return [*((tag, 0.9, box) for tag, box in regions), *away[:false]]

    first, second = (iteration_finding(library, project, find) for find in (narrow, exact))
    pairing = pair_up(library, first, second)
    comparison = compare_iterations(pairing, "0.50:0.95")
    iteration, overlap, findings = errors_on(pairing, comparison, comparison.pictures[0].image_id)
    assert iteration.name == getattr(pairing, worse).name
    assert overlap == pytest.approx(at)
    assert findings, "errors were counted, so that some are listed"


def test_an_error_keeps_its_number_among_all_stored_detections(
    library: Library, project: Project, pictures: list[Image]
) -> None:
    """What was settled is remembered by it, also where a tag is left out of the comparison."""
    bolt = create_tag(library, project.id, "bolt")
    tag_image(library, pictures[0], bolt)
    away = Box(0.0, 0.0, 0.2, 0.2)

    def find(_: str, regions: object) -> Iterable[Found]:
        return [(1, 0.95, away), (0, 0.9, BOX), (0, 0.8, away)]

    first = iteration_finding(library, project, find)
    delete_tag(library, bolt.id)
    second = iteration_finding(library, project, everything)
    pairing = pair_up(library, first, second)
    comparison = compare_iterations(pairing, 0.3)
    _, _, findings = errors_on(pairing, comparison, comparison.pictures[0].image_id)
    assert [(f.kind, f.detection_number) for f in findings] == [("background", 2)]


def test_a_tag_merged_in_between_is_no_miss_of_the_older_iteration(
    library: Library, project: Project, pictures: list[Image], nut: Tag
) -> None:
    bolt = create_tag(library, project.id, "bolt")
    for image in pictures[::2]:
        tag_image(library, image, bolt, box=Box(0.0, 0.0, 0.2, 0.2))
    first = iteration_finding(library, project, everything)
    merge_tags(library, nut.id, bolt.id)
    second = iteration_finding(library, project, everything)
    pairing = pair_up(library, first, second)
    assert pairing.basis[1:] == ["Tag nut was merged since, and counts as bolt."]
    comparison = compare_iterations(pairing, 0.5)
    assert (comparison.recall.first, comparison.recall.second) == (1, 1)
    alone = load_evaluation(library, first.id)
    assert {tag.name for tag in alone.tags} == {"nut", "bolt"}, "its own figures stay"


def test_iterations_that_knew_different_tags_are_compared_once_these_are_one(
    library: Library, project: Project, pictures: list[Image], nut: Tag
) -> None:
    first = iteration_finding(library, project, everything)
    for name in ("bolt", "screw"):
        tag = create_tag(library, project.id, name)
        merge_tags(library, nut.id, tag.id)
        nut = tag
    second = iteration_finding(library, project, everything)
    comparison = compare_iterations(pair_up(library, first, second), 0.5)
    assert (comparison.recall.first, comparison.recall.second) == (1, 1)
