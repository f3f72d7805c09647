"""`iteration` from a script: the life of an iteration, without torch."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest

from tests.cli.conftest import Run
from tests.exporting import convert_with_stand_in
from tests.library import workspace
from tests.ui.evaluated import evaluated_iteration, tagged_project
from tui_detect.core.evaluation import match
from tui_detect.core.evaluation.thresholds import best_threshold, threshold_for
from tui_detect.core.model import Iteration, Project
from tui_detect.store import iterations as rows
from tui_detect.workflows.images import remove_images
from tui_detect.workflows.iterations import get_iteration, iteration_tags
from tui_detect.workflows.library import Library
from tui_detect.workflows.performance import load_evaluation
from tui_detect.workflows.publishing import publish
from tui_detect.workflows.trash import list_deleted


@pytest.fixture
def trained(library: Library, project: Project, tmp_path: Path) -> Iteration:
    """A completed iteration with weights."""
    tagged_project(library, project, tmp_path / "pictures")
    return evaluated_iteration(library, project)


def listed(run: Run, *options: str) -> list[dict[str, object]]:
    """`iteration list --json`."""
    found: list[dict[str, object]] = run("iteration", "list", "parts", "--json", *options).json
    return found


def test_publishing_moving_a_name_and_unpublishing(
    run: Run,
    refused: Callable[..., str],
    library: Library,
    project: Project,
    trained: Iteration,
) -> None:
    evaluated_iteration(library, project, seed=2)
    ran = run("iteration", "publish", "parts", "1", "detector")
    assert ran.out == "Iteration 1 is published as detector\n"
    assert [item["published_as"] for item in listed(run)] == [None, "detector"]
    assert "detector" in run("iteration", "list", "parts").out
    line = refused("iteration", "publish", "parts", "2", "Detector")
    assert "Iteration 1 is published as detector" in line
    assert "--overwrite" in line
    ran = run("iteration", "publish", "parts", "2", "Detector", "--overwrite")
    assert ran.out.splitlines()[1:] == ["Iteration 1 is published no more"]
    ran = run("iteration", "publish", "parts", "2", "other")
    assert ran.out.splitlines()[1:] == ["nothing answers to Detector any more"]
    assert run("iteration", "unpublish", "parts", "2").code == 0
    assert "not published" in refused("iteration", "unpublish", "parts", "2")


def test_deleting_lists_what_goes_and_restoring_brings_it_back(
    run: Run, refused: Callable[..., str], library: Library, project: Project, trained: Iteration
) -> None:
    gone = workspace(library, project)[0]
    remove_images(library, [gone.id])
    run("iteration", "publish", "parts", "1", "detector")
    assert run("iteration", "delete", "parts", "1", stdin="n\n").code == 1
    ran = run("iteration", "delete", "parts", "1", stdin="y\n")
    assert "detections, 1 images that belong to nothing else" in ran.err
    assert f"  {gone.name}\n" in ran.err
    assert "published as detector, and is unpublished first" in ran.err
    assert "restored for 30 days" in ran.out
    assert listed(run) == []
    (deleted,) = listed(run, "--deleted")
    assert deleted["number"] == 1
    assert str(deleted["purged_on"]) > str(deleted["deleted"])
    assert "purged on" in run("iteration", "list", "parts", "--deleted").out
    assert "iteration restore PROJECT 1" in refused("iteration", "rename", "parts", "1", "x")
    assert run("iteration", "restore", "parts", "1").out == (
        "restored Iteration 1, published as detector\n"
    )
    assert [item["number"] for item in listed(run)] == [1]


def test_purging_says_how_much_is_free_again(
    run: Run, refused: Callable[..., str], library: Library, project: Project, trained: Iteration
) -> None:
    assert "was not deleted" in refused("iteration", "restore", "parts", "1")
    run("iteration", "delete", "parts", "1", "--yes")
    assert "in the trash" in refused("iteration", "purge", "parts", "7")
    assert run("iteration", "purge", "parts", stdin="n\n").code == 1
    ran = run("iteration", "purge", "parts", "1", "--yes")
    assert "purged 1 iteration and 0 images; 5 MB are free again" in ran.out
    assert listed(run, "--deleted") == []
    assert "it was purged, or there never was one" in refused("iteration", "restore", "parts", "1")
    assert run("iteration", "purge", "parts").out.startswith("purged 0 iterations")


def test_a_deletion_whose_files_cannot_be_moved_is_done_with_a_warning(
    run: Run, library: Library, project: Project, trained: Iteration
) -> None:
    evaluated_iteration(library, project, seed=2)
    in_the_way = library.home / "trash"
    in_the_way.write_text("a file where the folder belongs")
    ran = run("iteration", "delete", "parts", "1", "--yes")
    assert (ran.code, ran.out) == (0, "deleted Iteration 1; it can be restored for 30 days\n")
    *_, warning = ran.err.splitlines()
    folder = library.run_path(trained.uuid)
    assert warning.startswith(f"warning: files still lie in {folder}, to be moved or deleted later")
    assert "warning" not in run("iteration", "list", "parts").err, "only where one can act"
    ran = run("iteration", "purge", "parts", "--yes")
    assert ran.code == 1
    assert "purged 0 iterations" in ran.out
    assert ran.err.count("warning: ") == 1
    found = {f["name"]: f for f in run("doctor", "--json").json}["leftovers"]
    assert (found["state"], str(folder) in found["detail"]) == ("note", True)
    in_the_way.unlink()
    listed(run)
    assert library.trash_path(trained.uuid).exists()


def test_a_name_published_between_the_question_and_the_yes_is_said_to_be_gone(
    run: Run, library: Library, trained: Iteration, monkeypatch: pytest.MonkeyPatch
) -> None:
    def publish_meanwhile(*_: object, **__: object) -> bool:
        publish(library, trained.id, "detector")
        return True

    monkeypatch.setattr(click, "confirm", publish_meanwhile)
    ran = run("iteration", "delete", "parts", "1")
    assert "published as" not in ran.err
    assert ran.out.splitlines()[1:] == ["nothing answers to detector any more"]


def test_restoring_without_files_says_what_is_missing(
    run: Run, library: Library, trained: Iteration
) -> None:
    run("iteration", "publish", "parts", "1", "detector")
    run("iteration", "delete", "parts", "1", "--yes")
    shutil.rmtree(library.trash_path(trained.uuid))
    assert run("iteration", "restore", "parts", "1").out.splitlines() == [
        "restored Iteration 1",
        "its files are gone from the trash: it has its figures, but no weights",
        "it is not published: nothing could answer to detector",
    ]


@pytest.mark.parametrize(
    "command",
    [
        ("list", "parts"),
        ("list", "parts", "--deleted"),
        ("rename", "parts", "2", "best"),
        ("publish", "parts", "2", "detector"),
        ("threshold", "parts", "2", "0.4"),
        ("delete", "parts", "2", "--yes"),
        ("restore", "parts", "3"),
    ],
    ids=" ".join,
)
def test_what_lists_or_changes_iterations_purges_what_is_due(
    run: Run, library: Library, project: Project, trained: Iteration, command: tuple[str, ...]
) -> None:
    for seed in (2, 3):
        evaluated_iteration(library, project, seed=seed)
    for number in ("1", "3"):
        run("iteration", "delete", "parts", number, "--yes")
    long_ago(library, trained)
    ran = run("iteration", *command)
    assert ran.code == 0
    assert trained.name not in ran.out
    assert trained.id not in [one.id for one in list_deleted(library, project.id)]


def test_purging_takes_and_counts_only_what_it_names(
    run: Run, library: Library, project: Project, trained: Iteration
) -> None:
    evaluated_iteration(library, project, seed=2)
    for number in ("1", "2"):
        run("iteration", "delete", "parts", number, "--yes")
    long_ago(library, trained)
    ran = run("iteration", "purge", "parts", "2", "--yes")
    assert "purged 1 iteration and" in ran.out
    assert [one.id for one in list_deleted(library, project.id)] == [trained.id]


def long_ago(library: Library, iteration: Iteration) -> None:
    """The iteration was deleted 31 days ago."""
    then = datetime.now(UTC) - timedelta(days=31)
    rows.update(library.db, iteration.id, deleted_at=then.isoformat())


def test_a_threshold_is_chosen_by_number_or_by_what_it_gives(
    run: Run, refused: Callable[..., str], library: Library, project: Project, trained: Iteration
) -> None:
    matched = match(load_evaluation(library, trained.id), 0.3)
    tag = iteration_tags(library, trained.id)[0]
    wanted = {
        "0.42": 0.42,
        "best": best_threshold(matched)[0],
        "precision=0.9": threshold_for(matched, precision=0.9),
        "recall=0.5": threshold_for(matched, recall=0.5),
    }
    for value, threshold in wanted.items():
        assert run("iteration", "threshold", "parts", "1", value).code == 0
        assert get_iteration(library, trained.id).threshold == threshold
        assert run("performance", "parts", "--json").json["threshold"] == threshold
    run("tag", "rename", "parts", tag.name, "new name")
    assert run("iteration", "threshold", "parts", "1", "best", "--tag", "new name").code == 0
    best = best_threshold(matched, 0)[0]
    (item,) = listed(run)
    assert (item["threshold"], item["tag_thresholds"]) == (wanted["recall=0.5"], {tag.name: best})
    run("iteration", "threshold", "parts", "1", "none", "--tag", tag.name)
    assert "of 0.5" in run("iteration", "threshold", "parts", "1", "none").out
    assert get_iteration(library, trained.id) == trained
    assert tag.name in refused("iteration", "threshold", "parts", "1", "0.5", "--tag", "no such")


def test_a_threshold_that_cannot_be_understood_is_wrong_usage_and_changes_nothing(
    misused: Callable[..., str], library: Library, trained: Iteration
) -> None:
    command = ("iteration", "threshold", "parts", "1")
    for value in ("x", "1.5", "nan", "precision=", "precision=2", "recall=0"):
        assert "give 0 to 1, best" in misused(*command, value)
    assert "'abc' is not a number" in misused(*command, "0.4", "--overlap", "abc")
    assert get_iteration(library, trained.id) == trained


def test_exporting_prints_what_it_wrote(
    run: Run,
    refused: Callable[..., str],
    trained: Iteration,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    convert_with_stand_in(monkeypatch)
    ran = run("iteration", "export", "parts", tmp_path / "x.onnx")
    names = ["x.onnx", "x.labels.txt", "x.json"]
    assert ran.out.splitlines() == [str(tmp_path / name) for name in names]
    again = ("iteration", "export", "parts", "1", tmp_path / "x.onnx")
    assert "--force" in run(*again).err
    assert run(*again, "--force").code == 0
    assert "does not tell the format" in refused("iteration", "export", "parts", tmp_path / "y")
    assert run("iteration", "export", "parts", "1", "2", tmp_path / "y").code == 2
    ran = run("iteration", "export", "parts", tmp_path / "x.torchscript")
    assert "which may take minutes" in ran.err
