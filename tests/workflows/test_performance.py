"""The figures come from the stored detections and agree with faster-coco-eval."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.core.evaluation.test_coco import assert_same
from tests.library import add_pictures, finished_iteration, make_iteration, tag_image
from tui_detect.core.errors import Conflict, NotFound
from tui_detect.core.geometry import Box
from tui_detect.core.model import Iteration, IterationState, Project, TrainingSettings
from tui_detect.store import iterations as iteration_rows
from tui_detect.store import runs
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows.collecting import collect
from tui_detect.workflows.images import remove_images
from tui_detect.workflows.library import Library, delete_folder, open_library
from tui_detect.workflows.performance import load_evaluation, mean_ap, performance
from tui_detect.workflows.tags import create_tag
from tui_detect.workflows.training import prepare_run
from tui_detect.workflows.trash import delete_iteration, purge


@pytest.fixture
def tagged(library: Library, project: Project, tmp_path: Path) -> Project:
    """Thirty images with one to three regions of three tags, and five background ones."""
    rng = random.Random(4)
    tags = [create_tag(library, project.id, name) for name in ("bolt", "nut", "washer")]
    for number, image in enumerate(add_pictures(library, project, tmp_path / "p", 35)):
        if number % 7 == 6:
            tag_image(library, image)
            continue
        for tag in rng.sample(tags, rng.randint(1, 3)):
            left, top = rng.uniform(0, 0.6), rng.uniform(0, 0.6)
            tag_image(library, image, tag, box=Box(left, top, 0.3, 0.25))
    return project


def test_a_perfect_model_gets_perfect_figures(library: Library, tagged: Project) -> None:
    figures = performance(library, finished_iteration(library, tagged).id)
    assert (figures.precision.value, figures.recall.value, figures.map.value) == (1, 1, 1)
    assert figures.background_images > 0


def test_nothing_above_the_threshold_has_no_precision(library: Library, tagged: Project) -> None:
    figures = performance(library, finished_iteration(library, tagged, probability=0.3).id)
    assert figures.precision.value is None
    assert figures.recall.value == 0
    assert figures.map.value == 1, "AP does not depend on the probability threshold"


def test_an_iteration_that_is_training_has_none(library: Library, tagged: Project) -> None:
    with pytest.raises(Conflict, match="still queued"):
        performance(library, make_iteration(library, tagged).id)


@pytest.mark.parametrize(
    ("state", "message", "hint"),
    [
        ("lost", "its process is gone", "let it go on with `tui-detect resume PROJECT 1`"),
        ("cancelled", "stopped before the first epoch", "let it go on with"),
        ("failed", "the disk is full; free some space, then resume", ""),
    ],
)
def test_a_run_that_ended_too_early_has_one_hint_that_helps(
    library: Library, tagged: Project, state: IterationState, message: str, hint: str
) -> None:
    made = make_iteration(library, tagged)
    iteration_rows.set_state(library.db, made.id, state, message)
    with pytest.raises(Conflict, match="before it was evaluated") as refused:
        performance(library, made.id)
    assert message in refused.value.message
    assert refused.value.hint.startswith(hint)
    assert bool(refused.value.hint) == bool(hint)
    delete_folder(library.run_path(made.uuid))
    with pytest.raises(Conflict) as refused:
        performance(library, made.id)
    assert refused.value.hint == ("train again" if hint else "")


def test_what_is_removed_later_still_counts(library: Library, tagged: Project) -> None:
    iteration = finished_iteration(library, tagged)
    before = performance(library, iteration.id)
    remove_images(
        library, [image.id for image, _ in iteration_rows.images(library.db, iteration.id)]
    )
    assert performance(library, iteration.id) == before


def test_pictures_the_run_could_not_read_do_not_count_as_missed(
    library: Library, tagged: Project
) -> None:
    iteration = make_iteration(library, tagged)
    events = RunFolder(library.run_path(iteration.uuid)).open_events()
    job = RunFolder(library.run_path(iteration.uuid)).read_job()
    validation = [image for image in job.images if image.split == "validation"]
    for image in validation[1:]:
        items = [[tag, 0.9, b.left, b.top, b.width, b.height] for tag, b in image.regions]
        events.write("detections", image=image.uuid, items=items)
    events.write("finished", weights="", epochs=1)
    collect(library, iteration.id)
    figures = performance(library, iteration.id)
    assert figures.recall.value == 1
    assert figures.images == len(validation) - 1


def test_detections_on_training_pictures_do_not_count(library: Library, tagged: Project) -> None:
    iteration = finished_iteration(library, tagged)
    before = performance(library, iteration.id)
    trained_on = next(
        image
        for image, split in iteration_rows.images(library.db, iteration.id)
        if split == "train"
    )
    runs.set_detections(library.db, iteration.id, trained_on.id, ())
    assert performance(library, iteration.id) == before


def test_loading_says_how_far_it_has_come(library: Library, tagged: Project) -> None:
    iteration = finished_iteration(library, tagged)
    heard: list[tuple[int, int]] = []
    loaded = load_evaluation(library, iteration.id, lambda done, total: heard.append((done, total)))
    assert heard[-1] == (loaded.images, loaded.images)


def test_an_iteration_that_somebody_else_deleted_is_said_to_be_gone(
    library: Library, tagged: Project
) -> None:
    iteration = finished_iteration(library, tagged)
    delete_iteration(library, iteration.id)
    with pytest.raises(NotFound, match="in the trash"):
        load_evaluation(library, iteration.id)
    purge(library, [iteration.id])
    with pytest.raises(NotFound, match="not there any more"):
        load_evaluation(library, iteration.id)
    assert mean_ap(library, iteration.id) is None


def test_an_iteration_purged_while_it_is_read_is_read_as_it_was(
    library: Library, tagged: Project
) -> None:
    iteration = finished_iteration(library, tagged)
    whole = load_evaluation(library, iteration.id)
    elsewhere = open_library(library.home)

    def purge_it(_done: int, _total: int) -> None:
        delete_iteration(elsewhere, iteration.id)
        purge(elsewhere, [iteration.id])

    read = load_evaluation(library, iteration.id, purge_it)
    elsewhere.close()
    assert read.regions == whole.regions > 0


def noisy_iteration(library: Library, project: Project) -> Iteration:
    """An iteration whose detections miss, shift, double and invent."""
    rng = random.Random(7)
    iteration = make_iteration(library, project)
    folder = RunFolder(library.run_path(iteration.uuid))
    events = folder.open_events()
    for image in folder.read_job().images:
        if image.split != "validation":
            continue
        items: list[list[float]] = []
        for tag, box in image.regions:
            for _ in range(rng.randint(0, 3)):
                shift = rng.uniform(-0.1, 0.1)
                found = [box.left + shift, box.top, box.width, box.height]
                items.append([tag, round(rng.random(), 2), *found])
        items += [
            [rng.randrange(3), rng.random(), rng.random() / 2, rng.random() / 2, 0.2, 0.2]
            for _ in range(4)
        ]
        events.write("detections", image=image.uuid, items=items)
    events.write("finished", weights="", epochs=1)
    return collect(library, iteration.id)


@pytest.mark.parametrize("overlap", [0.3, 0.5, 0.75])
def test_ap_of_stored_detections_equals_faster_coco_eval(
    library: Library, tagged: Project, overlap: float
) -> None:
    iteration = noisy_iteration(library, tagged)
    assert 0 < (performance(library, iteration.id, 0.5, overlap).map.value or 0) < 1
    assert_same(load_evaluation(library, iteration.id), overlap)


def test_a_cross_validation_is_judged_on_all_images(library: Library, tagged: Project) -> None:
    iteration, folder = prepare_run(library, tagged.id, TrainingSettings(folds=5))
    events = folder.open_events()
    events.write("started", device="cpu", device_name="CPU", recipe={"epochs": 3})
    for part in range(1, 7):
        recipe = {"epochs": part, "model": "yolo11n"}
        events.write("part", part=part, parts=6, name=f"fold {part} of 5", recipe=recipe)
    for image in folder.read_job().images:
        items = [[tag, 0.9, b.left, b.top, b.width, b.height] for tag, b in image.regions]
        events.write("detections", image=image.uuid, items=items)
    events.write(
        "finished", part=6, recipe={"epochs": 6, "model": "yolo11n"}, weights="w", epochs=6
    )
    events.close()
    done = collect(library, iteration.id)
    assert performance(library, done.id).images == 35
    assert done.map == 1
    assert (done.epochs_planned, done.recipe["device"]) == (6, "CPU")
