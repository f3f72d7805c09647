"""Run folders that the disk refuses to move: nothing waits for them, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.library import (
    WEIGHTS,
    finished_iteration,
    make_iteration,
)
from tui_detect.core.errors import StorageFailed
from tui_detect.core.model import Iteration, Project
from tui_detect.store.connection import Database
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows import sweeping, trash
from tui_detect.workflows.library import Library
from tui_detect.workflows.prediction import weights_of
from tui_detect.workflows.sweeping import Leftover, sweep, warning_of
from tui_detect.workflows.trash import (
    Purge,
    delete_iteration,
    list_deleted,
    purge,
    purged_at,
    restore_iteration,
    tidy,
)


@contextmanager
def stuck(*folders: Path) -> Iterator[None]:
    """The disk refuses to move these folders."""
    rename = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if self in folders:
            raise OSError(30, "Read-only file system")
        return rename(self, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "rename", refuse)
        yield


def test_the_sweep_follows_the_truth(library: Library, trained: Iteration) -> None:
    library.run_path("of-nobody").mkdir()
    library.trash_path("of-nobody-either").mkdir(parents=True)
    library.run_path(trained.uuid).rename(library.trash_path(trained.uuid))
    (library.home / "runs" / "a note.txt").touch()
    sweep(library)
    there = {path.name for path in (library.home / "runs").iterdir()}
    assert there == {trained.uuid, "a note.txt"}
    assert list((library.home / "trash").iterdir()) == []


def test_a_deletion_holds_and_says_where_the_files_still_lie(
    library: Library, project: Project, trained: Iteration
) -> None:
    folder = library.run_path(trained.uuid)
    with stuck(folder):
        done = delete_iteration(library, trained.id)
    assert [one.id for one in list_deleted(library, project.id)] == [trained.id]
    warning = warning_of(done.leftovers)
    assert warning is not None
    assert warning.one_line() == (
        f"files still lie in {folder}, to be moved or deleted later: Read-only file system; "
        f"see that {folder.parent} and {library.home / 'trash'} can be written and are on one disk"
    )
    assert tidy(library).leftovers == ()
    assert (library.trash_path(trained.uuid) / "weights" / "best.pt").read_bytes() == WEIGHTS


@contextmanager
def another_writes(library: Library) -> Iterator[None]:
    """Another process holds the write lock, and nobody has the patience to wait for it."""
    library.db.connection.execute("PRAGMA busy_timeout = 0")
    other = Database(library.db.path)
    with other.atomic():
        yield
    other.close()


def test_a_deletion_holds_while_another_process_writes(
    library: Library, project: Project, trained: Iteration, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sweep_while_another_writes(library: Library) -> list[Leftover]:
        with another_writes(library):
            return sweep(library)

    folder = library.run_path(trained.uuid)
    with monkeypatch.context() as patch:
        patch.setattr(trash, "sweep", sweep_while_another_writes)
        done = delete_iteration(library, trained.id)
    assert [one.id for one in list_deleted(library, project.id)] == [trained.id]
    warning = warning_of(done.leftovers)
    assert warning is not None
    assert warning.message.startswith(f"files still lie in {folder}, to be moved")
    assert "another process has been writing" in warning.message
    tidy(library)
    assert library.trash_path(trained.uuid).exists()


def test_a_purge_on_a_home_that_is_read_only_says_so_and_tidying_is_silent(
    library: Library, project: Project, trained: Iteration
) -> None:
    delete_iteration(library, trained.id)
    (deleted,) = list_deleted(library, project.id)
    library.db.is_read_only = True
    with pytest.raises(StorageFailed, match="read-only, and this would change it"):
        purge(library, [trained.id])
    assert tidy(library, purged_at(deleted)) == Purge()
    assert list_deleted(library, project.id) == [deleted]


def test_a_purge_while_another_process_writes_says_so_and_changes_nothing(
    library: Library, trained: Iteration
) -> None:
    delete_iteration(library, trained.id)
    with (
        another_writes(library),
        pytest.raises(StorageFailed, match=r"^another process has been writing"),
    ):
        purge(library, [trained.id])
    restore_iteration(library, trained.id)
    assert weights_of(library, trained).read_bytes() == WEIGHTS


def test_what_is_stuck_stops_no_deletion_and_no_training(
    library: Library, project: Project, trained: Iteration
) -> None:
    second = finished_iteration(library, project)
    folder = library.run_path(trained.uuid)
    with stuck(folder):
        delete_iteration(library, trained.id)
        assert make_iteration(library, project).number == 3
        done = delete_iteration(library, second.id)
        assert [left.folder for left in done.leftovers] == [folder]
        assert library.trash_path(second.uuid).exists()
        gone = purge(library, [trained.id, second.id])
    assert [one.id for one in gone.iterations] == [second.id]
    assert len(gone.leftovers) == 1, "said once"
    assert [one.id for one in list_deleted(library, project.id)] == [trained.id], "not half gone"


def test_what_was_asked_for_is_named_first_and_the_others_counted(
    library: Library, project: Project, trained: Iteration
) -> None:
    every = [trained, *(finished_iteration(library, project) for _ in range(2))]
    folders = [library.run_path(iteration.uuid) for iteration in every]
    with stuck(*folders):
        for iteration in every:
            deleted = warning_of(delete_iteration(library, iteration.id).leftovers)
        purged = warning_of(purge(library, [every[1].id]).leftovers)
    assert deleted is not None
    assert f"{folders[-1]} and in 2 more run folders" in deleted.message
    assert purged is not None
    assert f"{folders[1]} and in 2 more run folders" in purged.message


def test_tidying_raises_nothing_and_purges_what_it_can(
    library: Library, project: Project, trained: Iteration, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = finished_iteration(library, project)
    with stuck(library.run_path(trained.uuid)):
        for iteration in (trained, second):
            delete_iteration(library, iteration.id)
        at = purged_at(list_deleted(library, project.id)[0]) + timedelta(days=1)
        assert [one.id for one in tidy(library, at).iterations] == [second.id]

    def fail(_folder: Path) -> None:
        raise StorageFailed("the disk is gone")

    with monkeypatch.context() as patch:
        patch.setattr(sweeping, "delete_folder", fail)
        assert len(tidy(library, at).leftovers) == 1
        assert list_deleted(library, project.id) == []
    tidy(library)
    assert list((library.home / "trash").iterdir()) == []


def test_a_trash_that_cannot_be_looked_into_is_one_clear_error(
    library: Library, trained: Iteration, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete_iteration(library, trained.id)
    exists = Path.exists

    def refuse(self: Path) -> bool:
        if self.parent.name == "trash":
            raise PermissionError(13, "Permission denied")
        return exists(self)

    monkeypatch.setattr(Path, "exists", refuse)
    with pytest.raises(StorageFailed, match="Permission denied"):
        restore_iteration(library, trained.id)


def test_a_restoration_that_the_disk_refuses_is_one_clear_error(
    library: Library, project: Project, trained: Iteration
) -> None:
    delete_iteration(library, trained.id)
    with (
        stuck(library.trash_path(trained.uuid)),
        pytest.raises(StorageFailed, match="Read-only file system") as raised,
    ):
        restore_iteration(library, trained.id)
    assert "on one disk" in raised.value.hint
    assert list_deleted(library, project.id), "it stays in the trash"
    assert restore_iteration(library, trained.id).iteration == trained


def test_a_log_that_reappears_is_kept_inside_the_run(
    library: Library, project: Project, trained: Iteration
) -> None:
    other = finished_iteration(library, project)
    delete_iteration(library, trained.id)
    log = library.run_path(trained.uuid) / "log.txt"
    log.parent.mkdir()
    log.write_text("first")
    assert delete_iteration(library, other.id).leftovers == ()
    assert not log.parent.exists()
    log.parent.mkdir()
    log.write_text("second")
    restored = restore_iteration(library, trained.id)
    assert not restored.files_gone
    assert weights_of(library, restored.iteration).read_bytes() == WEIGHTS
    kept = library.run_path(trained.uuid).glob("leftover-*/log.txt")
    assert sorted(path.read_text() for path in kept) == ["first", "second"]


def test_of_two_folders_the_one_with_a_job_is_the_run(library: Library, trained: Iteration) -> None:
    stray = library.trash_path(trained.uuid) / "log.txt"
    stray.parent.mkdir(parents=True)
    stray.write_text("stray")
    delete_iteration(library, trained.id)
    folder = library.trash_path(trained.uuid)
    assert RunFolder(folder).job_file.exists()
    assert (folder / "leftover-1" / "log.txt").read_text() == "stray"
