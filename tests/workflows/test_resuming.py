"""A run that was lost, stopped or failed goes on; nobody starts it twice."""

from __future__ import annotations

import os
import shutil
import threading
import time
from pathlib import Path

import pytest

from tests.launching import launch_with
from tests.library import add_pictures, make_iteration, report_run, tag_image
from tui_detect.core.errors import Conflict, RunFailed
from tui_detect.core.model import Iteration, Project
from tui_detect.store import iterations, runs, settled
from tui_detect.store.settled import Settlement
from tui_detect.vision.processes import ProcessIdentity
from tui_detect.vision.run_folder import Exit, RunFolder
from tui_detect.workflows.collecting import collect
from tui_detect.workflows.library import Library
from tui_detect.workflows.resuming import can_resume, newest_resumable, resume_training
from tui_detect.workflows.tags import create_tag
from tui_detect.workflows.thresholds import set_threshold, threshold_of

GONE = ProcessIdentity(1, 0.0, "elsewhere")


@pytest.fixture
def queued(library: Library, project: Project, tmp_path: Path) -> Iteration:
    """An iteration whose run has been prepared and not started."""
    tag = create_tag(library, project.id, "nut")
    for image in add_pictures(library, project, tmp_path / "p", 4):
        tag_image(library, image, tag)
    return make_iteration(library, project)


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[RunFolder]:
    """The folders that a worker was started on."""
    folders: list[RunFolder] = []
    launch_with(monkeypatch, folders.append)
    return folders


def folder_of(library: Library, iteration: Iteration) -> RunFolder:
    return RunFolder(library.run_path(iteration.uuid))


def lose(library: Library, iteration: Iteration) -> None:
    """Let the process of a run that had begun be gone."""
    folder = folder_of(library, iteration)
    folder.open_events().write("started", device="cpu", recipe={"epochs": 3})
    folder.record_process(GONE)
    an_hour_ago = time.time() - 3600
    os.utime(folder.heartbeat_file, (an_hour_ago, an_hour_ago))
    assert collect(library, iteration.id).state == "lost"


def test_a_lost_run_is_started_again_on_its_folder(
    library: Library, queued: Iteration, launched: list[RunFolder]
) -> None:
    lose(library, queued)
    assert can_resume(library, queued.id)
    assert newest_resumable(library, queued.project_id) == iterations.get(library.db, queued.id)
    assert resume_training(library, queued.id).state == "queued"
    assert [folder.path for folder in launched] == [folder_of(library, queued).path]
    assert collect(library, queued.id).state == "queued", "not lost before its worker is there"


def test_a_stopped_run_goes_on_and_forgets_that_it_was_stopped(
    library: Library, queued: Iteration, launched: list[RunFolder]
) -> None:
    folder = folder_of(library, queued)
    report_run(library, queued, ending="cancelled")
    folder.request_stop()
    folder.write_exit(Exit("cancelled", "stopped after 3 of 9 epochs"))
    assert collect(library, queued.id).map == 1.0
    resumed = resume_training(library, queued.id)
    assert (resumed.state, resumed.message, resumed.map) == ("queued", "", None)
    assert resumed.finished_at is None
    assert not folder.stop_requested
    assert folder.exit is None
    assert len(launched) == 1


def test_a_completed_run_cannot_go_on(
    library: Library, queued: Iteration, launched: list[RunFolder]
) -> None:
    report_run(library, queued)
    assert not can_resume(library, collect(library, queued.id).id)
    with pytest.raises(Conflict, match="completed") as caught:
        resume_training(library, queued.id)
    assert "warm start" in caught.value.hint
    assert launched == []


def test_a_run_that_goes_on_is_not_started_twice(
    library: Library, queued: Iteration, launched: list[RunFolder]
) -> None:
    """Two people press the key at once."""
    lose(library, queued)
    outcomes: list[str] = []
    both = threading.Barrier(2)

    def press() -> None:
        both.wait()
        try:
            outcomes.append(resume_training(library, queued.id).state)
        except Conflict:
            outcomes.append("refused")

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["queued", "refused"]
    assert len(launched) == 1


def test_a_run_whose_folder_is_gone_cannot_go_on(
    library: Library, queued: Iteration, launched: list[RunFolder]
) -> None:
    shutil.rmtree(folder_of(library, queued).path)
    collect(library, queued.id)
    assert not can_resume(library, queued.id)
    with pytest.raises(Conflict, match="gone"):
        resume_training(library, queued.id)
    assert launched == []


def test_a_worker_that_cannot_be_started_leaves_the_run_resumable(
    library: Library, queued: Iteration, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(folder: RunFolder) -> None:
        raise RunFailed("no process left")

    lose(library, queued)
    launch_with(monkeypatch, refuse)
    with pytest.raises(RunFailed):
        resume_training(library, queued.id)
    assert iterations.get(library.db, queued.id).state == "failed"
    assert can_resume(library, queued.id)


def test_what_was_said_about_the_old_weights_does_not_stick_to_the_new_ones(
    library: Library, queued: Iteration, launched: list[RunFolder]
) -> None:
    report_run(library, queued, ending="cancelled")
    folder_of(library, queued).write_exit(Exit("cancelled"))
    stopped = collect(library, queued.id)
    judged, *looked_at = sorted(
        iterations.images(library.db, queued.id), key=lambda each: each[1], reverse=True
    )
    image = judged[0]
    for other, _ in looked_at:
        runs.set_detections(library.db, queued.id, other.id, [])
    for key in ("a/0", "/1", "b/"):
        settled.put(library.db, queued.id, image.id, key, Settlement("kept", ""))
    tag = iterations.tags(library.db, queued.id)[0]
    set_threshold(library, queued.id, 0.42, by_tag={tag.uuid: 0.7})
    resumed = resume_training(library, stopped.id)
    assert list(runs.detections(library.db, queued.id)) == [image.id]
    assert (threshold_of(resumed), threshold_of(resumed, tag.uuid)) == (0.5, 0.5)
    assert len(settled.of_iteration(library.db, queued.id)) == 3, "the old boxes are still there"
    runs.set_detections(library.db, queued.id, looked_at[0][0].id, [])
    report_run(library, queued, epochs=5)
    assert collect(library, queued.id).state == "completed"
    assert list(runs.detections(library.db, queued.id)) == [image.id]
    assert list(settled.of_iteration(library.db, queued.id)) == [(image.id, "b/")]
