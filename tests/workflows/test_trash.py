"""The trash: what goes into it disappears everywhere, and comes back whole until it is purged."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest

from tests.killed import kill, killed_at
from tests.library import (
    WEIGHTS,
    add_pictures,
    finished_iteration,
    make_iteration,
    report_run,
    tag_image,
    with_weights,
    workspace,
)
from tui_detect.core.errors import Conflict, NotFound
from tui_detect.core.model import Image, Iteration, Project, TrainingSettings
from tui_detect.store import iterations as rows
from tui_detect.store.connection import Database
from tui_detect.workflows.collecting import collect_running
from tui_detect.workflows.images import remove_images
from tui_detect.workflows.iterations import (
    find_iteration,
    get_iteration,
    list_iterations,
    rename_iteration,
)
from tui_detect.workflows.library import Library
from tui_detect.workflows.performance import load_evaluation
from tui_detect.workflows.planning import plan_training
from tui_detect.workflows.prediction import weights_of
from tui_detect.workflows.projects import (
    create_project,
    delete_project,
    list_projects,
    project_deletion,
)
from tui_detect.workflows.publishing import find_published, publish
from tui_detect.workflows.sweeping import sweep
from tui_detect.workflows.tagging import set_split, undo
from tui_detect.workflows.tags import create_tag
from tui_detect.workflows.training import collect, prepare_run, run_log
from tui_detect.workflows.trash import (
    delete_iteration,
    find_deleted,
    iteration_deletion,
    list_deleted,
    purge,
    purged_at,
    restore_iteration,
    tidy,
)
from tui_detect.workflows.warm_starting import with_warm_start


def test_what_goes_is_known_before(library: Library, trained: Iteration) -> None:
    gone = [image for image, _ in rows.images(library.db, trained.id)][:2]
    remove_images(library, [image.id for image in gone])
    plan = iteration_deletion(library, trained.id)
    assert [image.id for image in plan.images] == [image.id for image in gone]
    assert plan.weights_bytes >= len(WEIGHTS)
    assert plan.detections == load_evaluation(library, trained.id).detection_image.size > 0


def test_a_deleted_iteration_disappears_from_everything(
    library: Library, project: Project, trained: Iteration
) -> None:
    delete_iteration(library, trained.id)
    assert not library.run_path(trained.uuid).exists()
    assert (library.trash_path(trained.uuid) / "weights" / "best.pt").read_bytes() == WEIGHTS
    assert list_iterations(library, project.id) == []
    assert list_projects(library)[0].last_iteration is None
    assert project_deletion(library, project.id).iterations == 0
    assert plan_training(library, project.id).unchanged_since == ""
    assert collect_running(library) == []
    refusals: tuple[Callable[[], object], ...] = (
        lambda: get_iteration(library, trained.id),
        lambda: find_iteration(library, project.id, "1"),
        lambda: find_iteration(library, project.id, trained.uuid),
        lambda: rename_iteration(library, trained.id, "other"),
        lambda: weights_of(library, trained),
        lambda: publish(library, trained.id, "detector"),
        lambda: with_warm_start(library, project.id, TrainingSettings(), "1"),
        lambda: run_log(library, trained.id),
        lambda: delete_iteration(library, trained.id),
    )
    for refused in refusals:
        with pytest.raises(NotFound, match="in the trash") as raised:
            refused()
        assert "iteration restore PROJECT 1" in raised.value.hint
    with pytest.raises(NotFound):
        find_iteration(library, project.id)


def test_restoring_brings_back_all_there_was(
    library: Library, project: Project, trained: Iteration
) -> None:
    before = load_evaluation(library, trained.id)
    removed = workspace(library, project)[0]
    remove_images(library, [removed.id])
    delete_iteration(library, trained.id)
    assert library.objects.path(removed.sha256).exists()
    found = find_deleted(library, project.id, "iteration 1")
    assert restore_iteration(library, found.id).iteration == trained
    assert find_iteration(library, project.id, "1") == trained
    assert weights_of(library, trained).read_bytes() == WEIGHTS
    assert load_evaluation(library, trained.id).image_ids.tolist() == before.image_ids.tolist()
    assert not library.trash_path(trained.uuid).exists()
    with pytest.raises(Conflict, match="not in the trash"):
        restore_iteration(library, trained.id)
    with pytest.raises(NotFound, match="in the trash") as raised:
        find_deleted(library, project.id, "1")
    assert raised.value.hint == "it was not deleted"


def test_a_picture_removed_meanwhile_comes_back_with_its_iteration(
    library: Library, project: Project, trained: Iteration
) -> None:
    delete_iteration(library, trained.id)
    (image, *_) = workspace(library, project)
    assert remove_images(library, [image.id]).deleted == 0
    restore_iteration(library, trained.id)
    assert image.id in {held.id for held, _ in rows.images(library.db, trained.id)}
    assert library.objects.path(image.sha256).exists()


def test_a_published_one_gets_its_name_back_unless_another_one_answers_to_it(
    library: Library, project: Project, trained: Iteration
) -> None:
    publish(library, trained.id, "detector")
    delete_iteration(library, trained.id)
    assert find_published(library, project.id, "detector") is None
    restored = restore_iteration(library, trained.id)
    assert (restored.iteration.published_as, restored.name_lost) == ("detector", "")
    delete_iteration(library, trained.id)
    second = with_weights(library, finished_iteration(library, project))
    publish(library, second.id, "Detector")
    restored = restore_iteration(library, trained.id)
    assert (restored.iteration.published_as, restored.name_lost) == ("", "detector")


@pytest.mark.parametrize("gone", ["all", "weights"])
def test_one_whose_files_are_gone_comes_back_with_its_figures_and_is_not_published(
    library: Library, project: Project, trained: Iteration, gone: str
) -> None:
    publish(library, trained.id, "detector")
    figures = load_evaluation(library, trained.id).image_ids.tolist()
    delete_iteration(library, trained.id)
    folder = library.trash_path(trained.uuid)
    shutil.rmtree(folder if gone == "all" else folder / "weights")
    restored = restore_iteration(library, trained.id)
    assert (restored.files_gone, restored.name_lost) == (True, "detector")
    assert restored.iteration.published_as == ""
    assert find_published(library, project.id, "detector") is None
    assert load_evaluation(library, trained.id).image_ids.tolist() == figures


def test_weights_that_a_run_starts_from_stay(
    library: Library, project: Project, trained: Iteration
) -> None:
    settings = with_warm_start(library, project.id, TrainingSettings(), "1")
    prepare_run(library, project.id, settings)
    with pytest.raises(Conflict, match="Iteration 2 starts from the weights of Iteration 1"):
        delete_iteration(library, trained.id)


def test_its_name_stays_its_own_and_its_number_for_ever(
    library: Library, project: Project, trained: Iteration
) -> None:
    second = finished_iteration(library, project)
    rename_iteration(library, second.id, "best")
    delete_iteration(library, second.id)
    with pytest.raises(Conflict, match="in the trash"):
        rename_iteration(library, trained.id, "best")
    third = finished_iteration(library, project)
    assert third.number == 3
    delete_iteration(library, third.id)
    purge(library, [second.id, third.id])
    assert rename_iteration(library, trained.id, "best").name == "best"
    assert finished_iteration(library, project).number == 4, "a number speaks of one iteration"


def test_after_thirty_days_it_goes_by_itself(
    library: Library, project: Project, trained: Iteration
) -> None:
    delete_iteration(library, trained.id)
    (deleted,) = list_deleted(library, project.id)
    almost = purged_at(deleted) - timedelta(seconds=1)
    assert tidy(library, almost).iterations == ()
    assert tidy(library, purged_at(deleted)).iterations == (deleted,)
    assert list_deleted(library, project.id) == []
    assert not library.trash_path(trained.uuid).exists()
    assert purged_at(deleted) - (deleted.deleted_at or almost) == timedelta(days=30)


def test_purging_frees_the_disk_and_says_how_much(
    library: Library, project: Project, trained: Iteration, tmp_path: Path
) -> None:
    only_copy, linked = workspace(library, project)[:2]
    remove_images(library, [only_copy.id, linked.id])
    path = library.objects.path(only_copy.sha256)
    (tmp_path / "p" / only_copy.name).unlink()
    os.link(library.objects.path(linked.sha256), tmp_path / "kept elsewhere")
    delete_iteration(library, trained.id)
    in_folder = iteration_bytes(library.trash_path(trained.uuid))
    size = path.stat().st_size
    gone = purge(library, [trained.id])
    assert gone.images == 2
    note = len(f'["{only_copy.sha256}", "{linked.sha256}"]')
    assert gone.freed_bytes == in_folder + note + size
    assert not path.exists()
    assert not library.objects.path(linked.sha256).exists()
    with pytest.raises(NotFound, match="not there any more"):
        restore_iteration(library, trained.id)


def iteration_bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def test_a_kill_at_any_step_of_deleting_leaves_one_or_the_other(
    library: Library, project: Project, trained: Iteration, monkeypatch: pytest.MonkeyPatch
) -> None:
    for when in ("before the truth", "before the folder"):
        step = "trash.iterations.update" if when == "before the truth" else "trash.sweep"
        with killed_at(step, monkeypatch):
            delete_iteration(library, trained.id)
        tidy(library)
        is_deleted = when == "before the folder"
        assert bool(list_deleted(library, project.id)) == is_deleted
        assert library.trash_path(trained.uuid).exists() == is_deleted
        assert library.run_path(trained.uuid).exists() != is_deleted


def test_a_kill_while_restoring_leaves_it_in_the_trash_whole(
    library: Library, project: Project, trained: Iteration, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete_iteration(library, trained.id)
    with killed_at("trash.iterations.update", monkeypatch):
        restore_iteration(library, trained.id)
    assert library.run_path(trained.uuid).exists(), "killed behind the first step"
    sweep(library)
    assert library.trash_path(trained.uuid).exists()
    restore_iteration(library, trained.id)
    assert weights_of(library, trained).read_bytes() == WEIGHTS


@pytest.mark.parametrize(
    "step", ["trash.iterations.delete", "trash.delete_files", "sweeping.delete_folder"]
)
def test_a_kill_while_purging_leaves_nothing_half(
    library: Library,
    project: Project,
    trained: Iteration,
    step: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (image, *_) = workspace(library, project)
    remove_images(library, [image.id])
    delete_iteration(library, trained.id)
    with killed_at(step, monkeypatch):
        purge(library, [trained.id])
    if step == "trash.iterations.delete":
        restore_iteration(library, trained.id)
        assert weights_of(library, trained).read_bytes() == WEIGHTS
        assert library.objects.path(image.sha256).exists()
    else:
        tidy(library)
        assert list((library.home / "trash").iterdir()) == []
        assert not library.objects.path(image.sha256).exists()


def test_tidying_what_is_tidy_only_reads(
    library: Library, trained: Iteration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Database, "atomic", kill)
    tidy(library)


def test_a_project_goes_with_its_trash(
    library: Library, project: Project, trained: Iteration
) -> None:
    second = with_weights(library, finished_iteration(library, project))
    delete_iteration(library, trained.id)
    plan = project_deletion(library, project.id)
    assert (plan.iterations, plan.trashed) == (1, 1)
    assert plan.size_bytes > 2 * len(WEIGHTS)
    delete_project(library, project.id)
    assert not library.trash_path(trained.uuid).exists()
    assert not library.run_path(second.uuid).exists()
    assert list(library.objects.list()) == []


def test_images_held_by_two_in_the_trash_go_with_the_last(
    library: Library, project: Project, trained: Iteration
) -> None:
    second = finished_iteration(library, project)
    (image, *_) = workspace(library, project)
    remove_images(library, [image.id])
    assert delete_iteration(library, trained.id).images == []
    assert [gone.id for gone in delete_iteration(library, second.id).images] == [image.id]
    assert purge(library, [second.id]).images == 0
    assert purge(library, [trained.id]).images == 1


def test_an_iteration_that_is_training_stays(
    library: Library, project: Project, trained: Iteration
) -> None:
    live = make_iteration(library, project)
    with pytest.raises(Conflict, match="still queued"):
        delete_iteration(library, live.id)
    report_run(library, live)
    collect(library, live.id)
    delete_iteration(library, live.id)
    assert [i.number for i in list_iterations(library, project.id)] == [1]


def test_purging_in_every_order_leaves_exactly_the_images_in_use(
    library: Library, tmp_path: Path
) -> None:
    """Three iterations over five images; then some leave the workspace.

    Image 0 stays in the workspace. 1 is only in iteration 1; 2 in 1 and 2; 3 in all three;
    4 only in iteration 3.
    """
    members = {1: {0, 1, 2, 3}, 2: {0, 2, 3}, 3: {0, 3, 4}}
    for number, order in enumerate(permutations((1, 2, 3))):
        project = create_project(library, f"order {order}")
        images = add_pictures(library, project, tmp_path / str(number), 5)
        made = _three_iterations(library, project, images, members)
        hashes = {image.name: image.sha256 for image in images}
        remaining = dict(members)
        for doomed in order:
            del remaining[doomed]
            kept = {0}.union(*remaining.values())
            plan = delete_iteration(library, made[doomed].id)
            assert {image.name for image in plan.images} == names(members[doomed] - kept)
            assert purge(library, [made[doomed].id]).images == len(plan.images)
            there = {name for name, sha in hashes.items() if library.objects.path(sha).exists()}
            assert there == names(kept), f"after purging iteration {doomed} in order {order}"
        assert [image.name for image in workspace(library, project)] == ["picture_0.png"]
        assert len(list((tmp_path / str(number)).iterdir())) == 5, "originals are untouched"
        delete_project(library, project.id)
        assert list(library.objects.list()) == []


def names(indices: set[int]) -> set[str]:
    return {f"picture_{index}.png" for index in indices}


def _three_iterations(
    library: Library, project: Project, images: list[Image], members: dict[int, set[int]]
) -> dict[int, Iteration]:
    """Iterations that hold the given images each; all images but the first leave the workspace."""
    tag = create_tag(library, project.id, "nut")
    made = {}
    # The image that all iterations hold validates; a split never moves by itself.
    set_split(library, [images[0].id], "validation")
    for number, indices in members.items():
        for index in indices:
            tag_image(library, images[index], tag)
        made[number] = finished_iteration(library, project)
        for index in indices:
            undo(library, images[index].id)
    remove_images(library, [image.id for image in images[1:]])
    return made
