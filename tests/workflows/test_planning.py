"""Before a training begins it says what it would do, how long it takes, and what stands out."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tests.library import (
    finished_iteration,
    report_run,
    workspace,
)
from tui_detect.core.errors import BadInput, Conflict, NotFound, TrainingImpossible
from tui_detect.core.model import Iteration, IterationState, Project, TrainingSettings
from tui_detect.store import iterations as iteration_rows
from tui_detect.store import runs
from tui_detect.ui.plan_words import plan_rows
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows.library import Library
from tui_detect.workflows.planning import plan_training
from tui_detect.workflows.projects import create_project
from tui_detect.workflows.tagging import set_split
from tui_detect.workflows.tags import list_tags
from tui_detect.workflows.training import check_training, prepare_run
from tui_detect.workflows.warm_starting import with_warm_start


def weights_of(library: Library, iteration: Iteration) -> Path:
    """Give an iteration weights."""
    path = RunFolder(library.run_path(iteration.uuid)).weights
    path.parent.mkdir(parents=True)
    path.write_bytes(b"PK")
    return path


def measured(
    library: Library, project: Project, epochs: int = 5, image_size_px: int = 64
) -> Iteration:
    """A completed iteration that says what it computed, at one second an epoch."""
    iteration = finished_iteration(library, project, epochs=epochs)
    recipe = {"device": "CPU (2 cores)", "model": "yolo11n", "image_size_px": image_size_px}
    iteration_rows.update(library.db, iteration.id, recipe=recipe)
    return iteration


def test_the_plan_is_that_of_the_run_to_come(library: Library, tagged: Project) -> None:
    preview = plan_training(library, tagged.id, TrainingSettings(epochs=7, device="cpu"))
    assert (preview.plan.epochs, preview.plan.device) == (7, "cpu")
    assert preview.plan.image_size_px == 64, "the pictures are no larger"
    assert preview.check.images == 12
    assert "from scratch: yolo26n.pt is not here" in preview.start
    assert "quick: ends early after 100 epochs" in preview.course
    job = RunFolder(library.run_path(finished_iteration(library, tagged).uuid)).read_job()
    assert job.sizes.longer_side_px == 32, "so that the worker plans the same"


def test_what_is_set_shows_in_the_plan(library: Library, tagged: Project) -> None:
    settings = TrainingSettings(overrides={"learning_rate": 0.1})
    assert plan_training(library, tagged.id, settings).plan.learning_rate == 0.1
    with pytest.raises(BadInput, match="no 'speed'"):
        plan_training(library, tagged.id, TrainingSettings(overrides={"speed": 1}))


def test_weights_at_hand_are_named(library: Library, tagged: Project) -> None:
    library.weights_path.mkdir(parents=True)
    (library.weights_path / "yolo11n.pt").touch()
    preview = plan_training(library, tagged.id, TrainingSettings(device="cpu"))
    assert preview.start == "pretrained, from yolo11n.pt"
    assert preview.plan.model == "yolo11n"


def test_weights_that_must_be_downloaded_are_told_with_the_way_out(
    library: Library, tagged: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("YOLO_OFFLINE")
    preview = plan_training(library, tagged.id, TrainingSettings(device="cpu"))
    assert "to be downloaded at the start, else yolo11n from scratch, 300 epochs" in preview.start
    assert preview.plan.model == "yolo26n"


def test_the_length_is_a_guess_first_and_then_that_of_the_last_training(
    library: Library, tagged: Project
) -> None:
    settings = TrainingSettings(epochs=10, device="cpu")
    assert "a guess" in plan_training(library, tagged.id, settings).basis
    measured(library, tagged)
    preview = plan_training(library, tagged.id, settings)
    assert preview.basis == "at the speed of Iteration 1"
    assert preview.quick_s == pytest.approx(10 + 10 * 1.0), "one second an epoch, as it was"
    larger = plan_training(library, tagged.id, replace(settings, image_size_px=96))
    assert larger.quick_s == pytest.approx(10 + 10 * 2.25)


@pytest.mark.parametrize(
    ("epochs", "image_size_px", "state"),
    [(3, 64, "completed"), (5, 320, "completed"), (5, 64, "failed")],
)
def test_a_short_failed_or_very_different_training_tells_no_length(
    library: Library, tagged: Project, epochs: int, image_size_px: int, state: IterationState
) -> None:
    settings = TrainingSettings(device="cpu")
    guessed = plan_training(library, tagged.id, settings)
    iteration = measured(library, tagged, epochs, image_size_px)
    iteration_rows.update(library.db, iteration.id, state=state)
    preview = plan_training(library, tagged.id, settings)
    assert (preview.basis, preview.quick_s) == ("a guess so far", guessed.quick_s)
    assert preview.budget_minutes == guessed.budget_minutes


def test_a_slow_epoch_does_not_count(library: Library, tagged: Project) -> None:
    iteration = measured(library, tagged)
    first = runs.epochs(library.db, iteration.id)[0]
    slow = {**asdict(first), "seconds": 600.0}
    at = slow.pop("at").isoformat()
    runs.add_epoch(library.db, iteration.id, slow.pop("part"), slow.pop("number"), at, slow)
    preview = plan_training(library, tagged.id, TrainingSettings(epochs=10, device="cpu"))
    assert preview.quick_s == pytest.approx(10 + 10 * 1.0)


@pytest.mark.parametrize(
    ("device", "options", "kind"),
    [
        ("auto", {}, "cpu"),
        ("auto", {"gpus": "0"}, "cpu"),
        ("auto", {"gpus": "2"}, "gpu"),
        ("auto", {"gpus": "a100:1"}, "gpu"),
        ("auto", {"extra": "--gres=gpu:1"}, "gpu"),
        ("cpu", {"gpus": "1"}, "cpu"),
        ("0", {}, "gpu"),
    ],
)
def test_on_a_cluster_the_plan_is_that_of_the_device_asked_for(
    library: Library, tagged: Project, device: str, options: dict[str, str], kind: str
) -> None:
    settings = TrainingSettings(device=device, launcher="slurm", launcher_options=options)
    preview = plan_training(library, tagged.id, settings)
    assert (preview.plan.device, preview.on_cluster) == (kind, True)
    assert (
        f"{kind.upper() if device == 'auto' else device} of the cluster"
        in dict(plan_rows(preview, settings))["pictures"]
    )


def test_this_machine_says_nothing_of_a_cluster_and_the_other_way_round(
    library: Library, tagged: Project
) -> None:
    measured(library, tagged)
    settings = TrainingSettings(device="cpu")
    here = plan_training(library, tagged.id, settings)
    assert (here.basis, here.on_cluster) == ("at the speed of Iteration 1", False)
    there = plan_training(library, tagged.id, replace(settings, launcher="slurm"))
    assert there.basis == "a guess so far"


def test_a_sensible_budget_is_told_first(library: Library, tagged: Project) -> None:
    preview = plan_training(library, tagged.id, TrainingSettings(budget_minutes=7))
    assert preview.total_s == 7 * 60
    assert preview.budget_minutes * 60 / preview.quick_s >= 3
    assert preview.course.startswith("advanced")


def test_folds_take_as_long_as_so_many_trainings(library: Library, tagged: Project) -> None:
    preview = plan_training(library, tagged.id, TrainingSettings(folds=4))
    assert preview.total_s == 5 * preview.quick_s
    assert not any("to check on" in text for text in preview.check.warnings)


@pytest.mark.parametrize(
    ("settings", "kind", "complaint"),
    [
        (TrainingSettings(folds=1), BadInput, "1 folds"),
        (TrainingSettings(folds=13), TrainingImpossible, "13 folds need"),
        (TrainingSettings(folds=3, budget_minutes=5), BadInput, "a search"),
        (TrainingSettings(tags=("spoon",)), NotFound, "no tag 'spoon'"),
    ],
)
def test_settings_that_make_no_sense_are_refused(
    library: Library,
    tagged: Project,
    settings: TrainingSettings,
    kind: type[Exception],
    complaint: str,
) -> None:
    with pytest.raises(kind, match=complaint):
        plan_training(library, tagged.id, settings)


def test_few_or_one_sided_validation_images_are_told(library: Library, tagged: Project) -> None:
    warnings = plan_training(library, tagged.id).check.warnings
    assert any("to check on: figures will be rough; --folds 5" in text for text in warnings)
    (bolt,) = (c.tag for c in list_tags(library, tagged.id) if c.tag.name == "bolt")
    every = workspace(library, tagged)
    set_split(library, [image.id for image in every], "train")
    set_split(library, [every[1].id], "validation")
    warnings = plan_training(library, tagged.id).check.warnings
    assert any(f"no image to check on has {bolt.name}" in text for text in warnings)


def test_only_the_regions_of_the_chosen_tags_are_learnt(library: Library, tagged: Project) -> None:
    settings = TrainingSettings(tags=("NUT",))
    check = plan_training(library, tagged.id, settings).check
    assert (check.images, check.tags, check.regions, check.background) == (12, 1, 8, 4)
    assert not any("bolt" in text for text in check.warnings), "it is not asked for"
    assert any("nut needs 7 more pictures" in text for text in check.warnings)
    iteration, folder = prepare_run(library, tagged.id, settings)
    job = folder.read_job()
    assert job.tags == ("nut",)
    assert sum(not image.regions for image in job.images) == 4
    assert iteration.settings.tags == ("NUT",)


def test_a_warm_start_finds_an_iteration_of_this_or_another_project(
    library: Library, tagged: Project, tmp_path: Path
) -> None:
    iteration = finished_iteration(library, tagged)
    iteration_rows.update(library.db, iteration.id, recipe={"model": "yolo11s"})
    weights = weights_of(library, iteration)
    here = with_warm_start(library, tagged.id, TrainingSettings(), "1")
    assert (here.weights, here.warm_start) == (str(weights), "Iteration 1 of parts")
    other = create_project(library, "other")
    there = with_warm_start(library, other.id, TrainingSettings(seed=2), "parts/Iteration 1")
    assert there == replace(here, seed=2)
    preview = plan_training(library, tagged.id, here)
    assert preview.start == "from Iteration 1 of parts"
    assert preview.plan.model == "yolo11s", "the architecture is that of the weights"


def test_weights_and_another_model_are_not_to_be_had_at_once(
    library: Library, tagged: Project, tmp_path: Path
) -> None:
    weights_of(library, finished_iteration(library, tagged))
    asked = TrainingSettings(overrides={"model": "yolo11s"})
    assert plan_training(library, tagged.id, asked).plan.model == "yolo11s"
    warm = with_warm_start(library, tagged.id, asked, "1")
    with pytest.raises(BadInput, match="the weights of Iteration 1 of parts have a model of their"):
        plan_training(library, tagged.id, warm)
    for model, is_refused in (("yolo11n", True), ("yolo11s", False)):
        own = tmp_path / f"{model}.pt"
        own.write_bytes(b"PK")
        with pytest.raises(BadInput) if is_refused else nullcontext():
            plan_training(library, tagged.id, replace(asked, weights=str(own)))


def test_validation_images_that_the_weights_have_seen_are_told(
    library: Library, tagged: Project
) -> None:
    for _ in range(2):
        weights_of(library, finished_iteration(library, tagged))
    warm = with_warm_start(library, tagged.id, TrainingSettings(), "1")
    assert not any("too good" in text for text in check_training(library, tagged.id, warm).warnings)
    third, folder = prepare_run(library, tagged.id, warm)
    report_run(library, third)
    folder.weights.parent.mkdir()
    folder.weights.write_bytes(b"PK")
    learnt = [i.id for i, _ in iteration_rows.images(library.db, third.id, "train")]
    set_split(library, learnt[:2], "validation")
    moved = with_warm_start(library, tagged.id, TrainingSettings(), "3")
    told = [t for t in check_training(library, tagged.id, moved).warnings if "too good" in t]
    assert told == ["2 validation images were trained on by Iteration 3: figures may be too good"]


def test_folds_do_not_start_from_weights_that_have_seen_their_images(
    library: Library, tagged: Project, tmp_path: Path
) -> None:
    weights_of(library, finished_iteration(library, tagged))
    warm = with_warm_start(library, tagged.id, TrainingSettings(folds=3), "1")
    with pytest.raises(BadInput, match="weights of Iteration 1: it was trained on 9 of the 12"):
        prepare_run(library, tagged.id, warm)
    other = tmp_path / "other.pt"
    other.write_bytes(b"PK")
    check = check_training(library, tagged.id, TrainingSettings(folds=3, weights=str(other)))
    assert check.images == 12


def test_a_warm_start_from_nothing_is_refused(library: Library, tagged: Project) -> None:
    finished_iteration(library, tagged)
    with pytest.raises(Conflict, match="no weights to start from: it is completed, but its run"):
        with_warm_start(library, tagged.id, TrainingSettings(), "1")
    with pytest.raises(NotFound, match="no iteration '7'"):
        with_warm_start(library, tagged.id, TrainingSettings(), "7")
    with pytest.raises(NotFound, match="no project 'nowhere'"):
        with_warm_start(library, tagged.id, TrainingSettings(), "nowhere/1")
