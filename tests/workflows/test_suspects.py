"""Suspect labels: judged as they are now, by what the model found where it was not trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.library import (
    add_pictures,
    draw_pictures,
    make_iteration,
    model_finds,
    tag_image,
    with_weights,
    workspace,
)
from tui_detect.core.edits import Edit, RegionChange
from tui_detect.core.errors import Conflict
from tui_detect.core.evaluation import suspects as core_suspects
from tui_detect.core.evaluation.finding import Finding
from tui_detect.core.geometry import Box
from tui_detect.core.model import (
    Detection,
    Image,
    Iteration,
    Project,
    Region,
    Tag,
    TrainingSettings,
)
from tui_detect.store import images as rows
from tui_detect.store import runs
from tui_detect.store.connection import Database
from tui_detect.workflows import settling
from tui_detect.workflows.adding import add_images
from tui_detect.workflows.images import remove_images
from tui_detect.workflows.library import Library, open_library
from tui_detect.workflows.projects import create_project
from tui_detect.workflows.suspects import LookReport, SuspectLabel, look_everywhere, suspects
from tui_detect.workflows.tagging import open_image, save_edit, undo
from tui_detect.workflows.tags import create_tag, delete_tag, find_tag, merge_tags
from tui_detect.workflows.training import prepare_run
from tui_detect.workflows.warm_starting import with_warm_start

BOX = Box(0.1, 0.1, 0.3, 0.3)
SECOND = Box(0.6, 0.6, 0.3, 0.3)


@pytest.fixture
def nut(library: Library, project: Project) -> Tag:
    return create_tag(library, project.id, "nut")


@pytest.fixture
def iteration(library: Library, project: Project, nut: Tag, tmp_path: Path) -> Iteration:
    """Each of ten images has a nut; on each validation one the model finds two."""
    for image in add_pictures(library, project, tmp_path / "p", 10):
        tag_image(library, image, nut, box=BOX)
    made = make_iteration(library, project)
    for image in validation(library, project):
        find_two(library, made, image, nut)
    return made


def find_two(library: Library, iteration: Iteration, image: Image, tag: Tag) -> None:
    items = [Detection(tag.id, 0.9, BOX), Detection(tag.id, 0.8, SECOND)]
    runs.set_detections(library.db, iteration.id, image.id, items)


def validation(library: Library, project: Project) -> list[Image]:
    found = [image for image in workspace(library, project) if image.split == "validation"]
    assert len(found) == 2
    return found


def images_of(found: list[SuspectLabel]) -> set[int]:
    return {label.finding.image_id for label in found}


def look(library: Library, iteration: Iteration) -> LookReport:
    return look_everywhere(library, iteration, on_progress=lambda _done, _total: None)


def test_what_the_model_found_where_no_label_is_may_be_missing(
    library: Library, project: Project, iteration: Iteration
) -> None:
    found = suspects(library, iteration)
    assert images_of(found) == {image.id for image in validation(library, project)}
    assert {label.finding.kind for label in found} == {"missing"}
    assert not any(label.trained_on for label in found)


def test_a_label_corrected_since_drops_out(
    library: Library, project: Project, iteration: Iteration, nut: Tag
) -> None:
    first, second = validation(library, project)
    tag_image(library, first, nut, box=SECOND)
    assert images_of(suspects(library, iteration)) == {second.id}


def test_what_was_settled_is_left_out_unless_asked_for(
    library: Library, project: Project, iteration: Iteration
) -> None:
    first, second = suspects(library, iteration)
    settling.keep(library, iteration.id, settling.open_case(library, iteration.id, first.finding))
    assert suspects(library, iteration, limit=1) == [second]
    assert suspects(library, iteration, with_settled=True) == [first, second]
    assert suspects(library, iteration, limit=1, with_settled=True) == [first]


def test_the_first_few_of_many_are_found_without_making_the_rest(
    library: Library,
    project: Project,
    iteration: Iteration,
    nut: Tag,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for image in validation(library, project):
        items = [Detection(nut.id, 0.9, Box(0.1 * n, 0.8, 0.09, 0.1)) for n in range(9)]
        items.append(Detection(nut.id, 0.9, BOX))
        runs.set_detections(library.db, iteration.id, image.id, items)
    first = suspects(library, iteration)[0].finding
    settling.keep(library, iteration.id, settling.open_case(library, iteration.id, first))
    every, made = suspects(library, iteration), list[object]()
    make = core_suspects._finding

    def counting(*about: Any) -> Finding:  # noqa: ANN401
        made.append(about)
        return make(*about)

    monkeypatch.setattr(core_suspects, "_finding", counting)
    assert suspects(library, iteration, limit=3) == every[:3]
    assert len(every) > 10
    assert len(made) == 4, "one for the verdict"


def test_a_suspect_comes_back_when_what_settled_it_is_undone(
    library: Library, project: Project, iteration: Iteration
) -> None:
    first, second = suspects(library, iteration)
    settling.take(library, iteration.id, settling.open_case(library, iteration.id, first.finding))
    assert images_of(suspects(library, iteration)) == {second.finding.image_id}
    undo(library, first.finding.image_id)
    assert suspects(library, iteration) == [first, second]


def test_a_kept_label_is_suspicious_again_once_it_was_changed(
    library: Library, project: Project, iteration: Iteration
) -> None:
    image, _ = validation(library, project)
    (label,) = open_image(library, image.id).tagging.regions
    wrong = replace(label, box=Box(0.6, 0.1, 0.2, 0.3))
    settling.keep(
        library,
        iteration.id,
        settling.open_case(library, iteration.id, Finding("missed", image.id, 0.9, label)),
    )
    save_edit(library, image.id, Edit("move", (RegionChange(label, wrong),), True, True))
    found = [each.finding for each in suspects(library, iteration)]
    assert [each.kind for each in found if each.region == wrong] == ["spurious"]


def test_pictures_that_were_removed_or_are_untagged_are_not_judged(
    library: Library, project: Project, iteration: Iteration
) -> None:
    first, second = validation(library, project)
    remove_images(library, [first.id])
    assert images_of(suspects(library, iteration)) == {second.id}
    (region,) = open_image(library, second.id).tagging.regions
    save_edit(library, second.id, Edit("clear", (RegionChange(region, None),), True, False))
    with pytest.raises(Conflict, match="none of the pictures"):
        suspects(library, iteration)


def test_a_tag_deleted_since_is_not_missed(
    library: Library, project: Project, iteration: Iteration, nut: Tag
) -> None:
    create_tag(library, project.id, "bolt")
    delete_tag(library, nut.id)
    assert suspects(library, iteration) == []


def test_a_tag_that_somebody_makes_and_uses_meanwhile_does_not_count_yet(
    library: Library, project: Project, iteration: Iteration, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere, regions = open_library(library.home), rows.regions

    def regions_after(db: Database, image_ids: Sequence[int]) -> dict[int, tuple[Region, ...]]:
        monkeypatch.undo()
        tag = create_tag(elsewhere, project.id, "bolt")
        tag_image(elsewhere, validation(elsewhere, project)[0], tag)
        return regions(db, image_ids)

    before = suspects(library, iteration)
    monkeypatch.setattr(rows, "regions", regions_after)
    assert suspects(library, iteration) == before
    assert find_tag(library, project.id, "bolt")
    elsewhere.close()


def test_an_iteration_that_is_training_has_judged_nothing(
    library: Library, project: Project, nut: Tag, tmp_path: Path
) -> None:
    for image in add_pictures(library, project, tmp_path / "p", 3):
        tag_image(library, image, nut)
    with pytest.raises(Conflict, match="still queued"):
        suspects(library, make_iteration(library, project))


def test_a_cross_validated_iteration_has_seen_none_of_what_it_judged(
    library: Library, project: Project, iteration: Iteration, nut: Tag
) -> None:
    folded, _ = prepare_run(library, project.id, TrainingSettings(folds=2))
    for image in workspace(library, project):
        find_two(library, folded, image, nut)
    found = suspects(library, folded)
    assert len(found) == 10
    assert not any(label.trained_on for label in found)


def test_pictures_that_the_weights_it_started_from_have_seen_are_marked(
    library: Library, project: Project, iteration: Iteration, nut: Tag
) -> None:
    with_weights(library, iteration)
    learnt = {image.id for image in workspace(library, project) if image.split == "train"}
    first = min(learnt)
    rows.set_split(library.db, {first: "validation"})
    warm = with_warm_start(library, project.id, TrainingSettings(), str(iteration.number))
    second, _ = prepare_run(library, project.id, warm)
    for image in workspace(library, project):
        find_two(library, second, image, nut)
    found = suspects(library, second)
    assert len(found) == 3, "those that it was validated on"
    assert {each.finding.image_id for each in found if each.trained_on} == {first}


def test_pictures_that_were_trained_on_in_another_project_are_marked(
    library: Library, project: Project, iteration: Iteration, tmp_path: Path
) -> None:
    """They are the same by their bytes."""
    with_weights(library, iteration)
    learnt = {image.sha256 for image in workspace(library, project) if image.split == "train"}
    other = create_project(library, "other")
    tag = create_tag(library, other.id, "nut")
    for image in add_pictures(library, other, tmp_path / "q", 10):
        tag_image(library, image, tag, box=BOX)
    first = min(image.id for image in workspace(library, other) if image.sha256 in learnt)
    rows.set_split(library.db, {first: "validation"})
    warm = with_warm_start(library, other.id, TrainingSettings(), f"{project.name}/1")
    second, _ = prepare_run(library, other.id, warm)
    for image in workspace(library, other):
        find_two(library, second, image, tag)
    found = suspects(library, second)
    assert len(found) > 1
    assert {each.finding.image_id for each in found if each.trained_on} == {first}


@pytest.fixture
def trained(library: Library, iteration: Iteration, monkeypatch: pytest.MonkeyPatch) -> Iteration:
    """The iteration with weights that find two nuts on every picture."""
    model_finds(monkeypatch, [(0, 0.9, BOX), (0, 0.8, SECOND)])
    return with_weights(library, iteration)


def test_training_pictures_are_judged_on_request_and_marked(
    library: Library, project: Project, trained: Iteration
) -> None:
    assert look(library, trained).images == 8
    assert len(suspects(library, trained)) == 2, "not unless asked for"
    found = suspects(library, trained, everywhere=True)
    assert len(found) == 10
    unseen = {image.id for image in validation(library, project)}
    assert all(label.trained_on == (label.finding.image_id not in unseen) for label in found)


def test_what_is_found_on_training_pictures_changes_nothing_about_the_others(
    library: Library, trained: Iteration
) -> None:
    before = suspects(library, trained)
    look(library, trained)
    found = suspects(library, trained, everywhere=True)
    assert [label for label in found if not label.trained_on] == before
    assert found[:2] == before, "rarer than the same on each of eight training pictures"


def test_a_picture_is_looked_at_once(
    library: Library, trained: Iteration, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which ones were is known without reading what was found on them."""
    monkeypatch.delattr(runs, "detections")
    look(library, trained)
    assert look(library, trained) == LookReport(0, ())


def test_a_look_that_was_stopped_goes_on_where_it_was(library: Library, trained: Iteration) -> None:
    told: list[int] = []
    stopped = look_everywhere(
        library,
        trained,
        on_progress=lambda done, _: told.append(done),
        should_stop=lambda: len(told) == 3,
    )
    assert stopped.images == 3
    assert look(library, trained).images == 5


def test_pictures_tagged_later_are_judged_on_request_by_a_model_that_has_not_seen_them(
    library: Library, project: Project, trained: Iteration, nut: Tag, tmp_path: Path
) -> None:
    added = add_new_picture(library, project, tmp_path)
    tag_image(library, added, nut, box=BOX)
    look(library, trained)
    (label,) = (
        label
        for label in suspects(library, trained, everywhere=True)
        if label.finding.image_id == added.id
    )
    assert not label.trained_on
    assert added.id not in images_of(suspects(library, trained))


def add_new_picture(library: Library, project: Project, folder: Path) -> Image:
    known = {image.id for image in workspace(library, project)}
    add_images(library, project.id, draw_pictures(folder / "more", 11)[-1:])
    (added,) = (image for image in workspace(library, project) if image.id not in known)
    return added


def test_the_pictures_of_a_cross_validation_are_not_looked_at_again(
    library: Library, project: Project, trained: Iteration
) -> None:
    folded = replace(trained, settings=TrainingSettings(folds=2))
    assert look(library, folded) == LookReport(0, ())


def test_an_iteration_without_weights_cannot_look(library: Library, iteration: Iteration) -> None:
    with pytest.raises(Conflict, match="no weights"):
        look(library, iteration)


def test_a_tag_merged_since_is_found_as_the_one_that_it_is_by_now(
    library: Library, project: Project, iteration: Iteration, nut: Tag
) -> None:
    """Also through a second merge; only what was suspicious before is."""
    before = suspects(library, iteration)
    for name in ("bolt", "screw"):
        merge_tags(library, nut.id, create_tag(library, project.id, name).id)
        nut = find_tag(library, project.id, name)
    found = suspects(library, iteration)
    assert [label.finding.kind for label in found] == ["missing", "missing"]
    assert [label.finding.key for label in found] == [label.finding.key for label in before]
    assert {label.finding.detection.tag_id for label in found if label.finding.detection} == {
        nut.id
    }


def test_a_merge_taken_back_on_a_picture_gives_detections_their_own_tag_again(
    library: Library, project: Project, iteration: Iteration, nut: Tag
) -> None:
    merge_tags(library, nut.id, create_tag(library, project.id, "bolt").id)
    for image in workspace(library, project):
        undo(library, image.id)
    found = suspects(library, iteration)
    assert {label.finding.detection.tag_id for label in found if label.finding.detection} == {
        nut.id
    }
