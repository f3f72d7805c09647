"""Training starts from a frozen workspace, or says in one sentence why it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.launching import launch_with
from tests.library import (
    WEIGHTS,
    add_pictures,
    draw_pictures,
    finished_iteration,
    make_iteration,
    report_run,
    tag_image,
    workspace,
)
from tui_detect.core.errors import BadInput, Conflict, NotFound, RunFailed, TrainingImpossible
from tui_detect.core.model import Image, Project, TrainingSettings
from tui_detect.store import iterations as iteration_rows
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows.adding import add_images
from tui_detect.workflows.iterations import list_iterations
from tui_detect.workflows.library import Library
from tui_detect.workflows.projects import update_project
from tui_detect.workflows.tagging import set_split, undo
from tui_detect.workflows.tags import create_tag, list_tags, rename_tag
from tui_detect.workflows.training import (
    check_training,
    collect,
    start_training,
    stop_training,
)


@pytest.fixture
def images(library: Library, project: Project, tmp_path: Path) -> list[Image]:
    """Ten images with a nut each."""
    tag = create_tag(library, project.id, "nut")
    images = add_pictures(library, project, tmp_path / "p", 10)
    for image in images:
        tag_image(library, image, tag)
    return images


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[RunFolder]:
    """Run folders that would have been started; no process is."""
    folders: list[RunFolder] = []
    launch_with(monkeypatch, folders.append)
    return folders


def refusal(library: Library, project: Project) -> TrainingImpossible:
    with pytest.raises(TrainingImpossible) as raised:
        start_training(library, project.id)
    assert list_iterations(library, project.id) == []
    return raised.value


def test_without_a_tagged_image(library: Library, project: Project, tmp_path: Path) -> None:
    add_pictures(library, project, tmp_path / "p", 2)
    assert "no image is tagged" in refusal(library, project).message


def test_with_background_only(library: Library, project: Project, tmp_path: Path) -> None:
    for image in add_pictures(library, project, tmp_path / "p", 2):
        tag_image(library, image)
    assert "background" in refusal(library, project).message


def test_with_one_image(library: Library, project: Project, tmp_path: Path) -> None:
    (image,) = add_pictures(library, project, tmp_path / "p", 1)
    tag_image(library, image, create_tag(library, project.id, "nut"))
    assert "only one image" in refusal(library, project).message


def test_with_a_tag_that_has_no_region(
    library: Library, project: Project, images: list[Image]
) -> None:
    create_tag(library, project.id, "bolt")
    assert "the tag has no region: 'bolt'" in refusal(library, project).message


def test_with_a_split_emptied_by_hand(
    library: Library, project: Project, images: list[Image]
) -> None:
    set_split(library, [image.id for image in images], "train")
    error = refusal(library, project)
    assert "validation" in error.message
    assert "--set-split" in error.hint


@pytest.mark.parametrize(
    "settings",
    [
        TrainingSettings(epochs=0),
        TrainingSettings(image_size_px=8),
        TrainingSettings(budget_minutes=0),
        TrainingSettings(weights="/nowhere/yolo.pt"),
        TrainingSettings(epochs=3, overrides={"epochs": 7}),
        TrainingSettings(image_size_px=320, overrides={"image_size_px": 640}),
        TrainingSettings(seed=-1),
        TrainingSettings(seed=2**31),
        TrainingSettings(device="foo"),
        TrainingSettings(device="-1"),
    ],
)
def test_settings_that_make_no_sense(
    library: Library, project: Project, images: list[Image], settings: TrainingSettings
) -> None:
    with pytest.raises(BadInput):
        start_training(library, project.id, settings)
    assert list_iterations(library, project.id) == []


def test_with_an_unknown_launcher(library: Library, project: Project, images: list[Image]) -> None:
    with pytest.raises(NotFound):
        start_training(library, project.id, TrainingSettings(launcher="moon"))


def test_the_check_says_what_would_be_trained_on(
    library: Library, project: Project, images: list[Image]
) -> None:
    check = check_training(library, project.id)
    assert (check.images, check.train, check.validation) == (10, 8, 2)
    assert check.warnings == [
        "nut needs 5 more pictures to reach 15 (30 advised, 50 recommended)",
        "only 2 images to check on: figures will be rough; --folds 5 checks on all of them",
    ]
    assert all(image.split is None for image in workspace(library, project)), "nothing is fixed yet"


def test_the_run_gets_all_it_needs(
    library: Library, project: Project, images: list[Image], started: list[RunFolder]
) -> None:
    iteration = start_training(library, project.id, TrainingSettings(epochs=7))
    job = started[0].read_job()
    assert (job.iteration, job.tags, job.settings.epochs) == (iteration.uuid, ("nut",), 7)
    assert [image.split for image in job.images].count("validation") == 2
    assert all(image.object.is_file() for image in job.images)
    assert iteration.state == "queued"
    assert {image.split for image in workspace(library, project)} == {"train", "validation"}


@pytest.mark.parametrize("given", ["mine.pt", "~/mine.pt", "../place/mine.pt"])
def test_the_run_finds_weights_named_from_where_a_person_is(
    library: Library,
    project: Project,
    images: list[Image],
    started: list[RunFolder],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    given: str,
) -> None:
    place = tmp_path / "place"
    place.mkdir()
    (place / "mine.pt").write_bytes(WEIGHTS)
    monkeypatch.chdir(place)
    monkeypatch.setenv("HOME", str(place))
    iteration = start_training(library, project.id, TrainingSettings(weights=given))
    weights = Path(started[0].read_job().settings.weights)
    assert weights.is_absolute()
    assert weights.samefile(place / "mine.pt")
    assert iteration.settings.weights == str(weights)


def test_a_second_training_waits_its_turn(
    library: Library, project: Project, images: list[Image], started: list[RunFolder]
) -> None:
    first = start_training(library, project.id)
    second = start_training(library, project.id, TrainingSettings(seed=1))
    assert (first.state, second.state) == ("queued", "queued")
    jobs = [folder.read_job() for folder in started]
    assert [job.title for job in jobs] == ["Iteration 1 of parts", "Iteration 2 of parts"]
    assert {job.queue_folder for job in jobs} == {library.queue_path}


def test_the_snapshot_does_not_follow_the_workspace(
    library: Library, project: Project, images: list[Image]
) -> None:
    iteration = finished_iteration(library, project)
    undo(library, images[0].id)
    rename_tag(library, iteration_rows.tags(library.db, iteration.id)[0].id, "hex nut")
    update_project(library, project.id, domain="Logo")
    assert len(iteration_rows.regions(library.db, iteration.id)) == 10
    assert iteration_rows.tags(library.db, iteration.id)[0].name == "nut"
    assert collect(library, iteration.id).domain == "General"


def test_the_split_is_kept_for_the_next_iteration(
    library: Library, project: Project, images: list[Image], tmp_path: Path
) -> None:
    finished_iteration(library, project)
    before = {image.name: image.split for image in workspace(library, project)}
    add_images(library, project.id, draw_pictures(tmp_path / "more", 22))
    tag = list_tags(library, project.id)[0].tag
    for image in workspace(library, project)[10:]:
        tag_image(library, image, tag)
    finished_iteration(library, project)
    after = {image.name: image.split for image in workspace(library, project)}
    assert {name: split for name, split in after.items() if name in before} == before
    assert list(after.values()).count("validation") == 4


def test_a_process_that_does_not_start_is_a_failed_iteration(
    library: Library,
    project: Project,
    images: list[Image],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_: RunFolder) -> None:
        raise RunFailed("no more processes")

    launch_with(monkeypatch, refuse)
    with pytest.raises(RunFailed):
        start_training(library, project.id)
    (iteration,) = list_iterations(library, project.id)
    assert (iteration.state, iteration.message) == ("failed", "no more processes")


def test_stopping_asks_the_run_and_refuses_an_ended_one(
    library: Library, project: Project, images: list[Image]
) -> None:
    iteration = make_iteration(library, project)
    stop_training(library, iteration.id)
    assert RunFolder(library.run_path(iteration.uuid)).stop_requested
    report_run(library, iteration, ending="cancelled")
    with pytest.raises(Conflict, match="has ended already: cancelled"):
        stop_training(library, iteration.id)


def test_a_full_disk_leaves_no_iteration_behind(
    library: Library, project: Project, images: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    from tui_detect.vision import run_folder

    monkeypatch.setattr(run_folder, "write_atomically", full)
    with pytest.raises(Exception, match="No space left"):
        start_training(library, project.id)
    assert list_iterations(library, project.id) == []
