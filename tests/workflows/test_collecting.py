"""What a run reports reaches the database exactly once, whoever collects it and however it ends."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from tests.library import add_pictures, finished_iteration, make_iteration, report_run, tag_image
from tui_detect.core.model import Iteration, Project
from tui_detect.store import iterations, runs
from tui_detect.store.values import to_json
from tui_detect.vision import run_folder
from tui_detect.vision.processes import ProcessIdentity
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows import collecting
from tui_detect.workflows.collecting import collect, collect_running
from tui_detect.workflows.library import Library, open_library
from tui_detect.workflows.tags import create_tag
from tui_detect.workflows.training import epochs


@pytest.fixture
def queued(library: Library, project: Project, tmp_path: Path) -> Iteration:
    """An iteration whose run has been prepared and not started."""
    tag = create_tag(library, project.id, "nut")
    for image in add_pictures(library, project, tmp_path / "p", 10):
        tag_image(library, image, tag)
    return make_iteration(library, project)


def folder_of(library: Library, iteration: Iteration) -> RunFolder:
    return RunFolder(library.run_path(iteration.uuid))


def test_a_run_is_followed_from_start_to_end(library: Library, queued: Iteration) -> None:
    assert collect(library, queued.id).state == "queued"
    report_run(library, queued, epochs=4)
    iteration = collect(library, queued.id)
    assert (iteration.state, iteration.epochs_done, iteration.map) == ("completed", 4, 1.0)
    assert [epoch.number for epoch in epochs(library, queued.id)] == [1, 2, 3, 4]
    assert len(runs.detections(library.db, queued.id)) == iteration.images_validation == 2


def test_events_that_come_in_pieces_are_taken_once(library: Library, queued: Iteration) -> None:
    report_run(library, queued, epochs=6)
    file = folder_of(library, queued).events_file
    content = file.read_bytes()
    file.write_bytes(b"")
    for end in range(0, len(content), 97):
        file.write_bytes(content[:end])
        collect(library, queued.id)
    file.write_bytes(content)
    collect(library, queued.id)
    assert runs.event_count(library.db, queued.id) == content.count(b"\n")
    assert runs.offset(library.db, queued.id) == len(content)


def test_several_collectors_take_every_event_once(
    library: Library, queued: Iteration, home: Path
) -> None:
    """Threads of one app and processes beside it, while the run goes on writing."""
    script = (
        "import sys; from pathlib import Path\n"
        "from tui_detect.workflows.library import open_library\n"
        "from tui_detect.workflows.collecting import collect\n"
        "library = open_library(Path(sys.argv[1]))\n"
        "while not collect(library, int(sys.argv[2])).ended: pass\n"
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", script, str(home), str(queued.id)])
        for _ in range(2)
    ]

    def follow() -> None:
        while not collect(library, queued.id).ended:
            pass

    threads = [threading.Thread(target=follow) for _ in range(2)]
    for thread in threads:
        thread.start()
    report_run(library, queued, epochs=200)
    for thread in threads:
        thread.join(60)
    assert [process.wait(60) for process in processes] == [0, 0]
    lines = folder_of(library, queued).events_file.read_bytes().count(b"\n")
    assert runs.event_count(library.db, queued.id) == lines
    numbers = runs.sequence_numbers(library.db, queued.id)
    assert len(set(numbers)) == len(numbers) == 1 + 200 + 1, "started, epochs, finished"


def test_a_run_that_died_without_a_word_is_lost(
    library: Library, queued: Iteration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_folder, "HEARTBEAT_LIMIT_ELSEWHERE_S", -1)
    iteration = collect(library, queued.id)
    assert iteration.state == "lost"
    assert "killed" in iteration.message


def test_a_run_taken_for_lost_is_found_again(
    library: Library, queued: Iteration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_folder, "HEARTBEAT_LIMIT_ELSEWHERE_S", -1)
    collect(library, queued.id)
    report_run(library, queued)
    assert collect(library, queued.id).state == "completed"


def test_a_lost_run_that_beats_again_is_training_again(library: Library, queued: Iteration) -> None:
    """Its machine slept, or its network folder was away."""
    folder = folder_of(library, queued)
    folder.open_events().write("started", device="cpu", recipe={"epochs": 3})
    let_heart_stand_still(folder)
    assert collect(library, queued.id).state == "lost"
    assert collect_running(library) == [], "a lost run is not followed"
    os.utime(folder.heartbeat_file)
    assert [iteration.state for iteration in collect_running(library)] == ["training"]


def let_heart_stand_still(folder: RunFolder) -> None:
    """Have the run's process on another host be silent for an hour."""
    folder.record_process(ProcessIdentity(1, 0.0, "elsewhere"))
    an_hour_ago = time.time() - 3600
    os.utime(folder.heartbeat_file, (an_hour_ago, an_hour_ago))


def test_a_run_whose_folder_vanished_is_lost_and_says_so(
    library: Library, queued: Iteration
) -> None:
    shutil.rmtree(folder_of(library, queued).path)
    iteration = collect(library, queued.id)
    assert iteration.state == "lost"
    assert iteration.message == "its run folder is gone"


def test_a_resumed_run_keeps_the_time_it_was_first_started(
    library: Library, queued: Iteration
) -> None:
    events = folder_of(library, queued).open_events()
    events.write("started", device="cpu", recipe={"epochs": 3})
    first = collect(library, queued.id).started_at
    assert first is not None
    events.write("started", device="cpu", recipe={"epochs": 3}, resumed_from_epoch=1)
    assert collect(library, queued.id).started_at == first


def test_a_failure_says_what_and_what_to_do(library: Library, queued: Iteration) -> None:
    events = folder_of(library, queued).open_events()
    events.write("failed", message="the GPU is out of memory", hint="give a smaller --image-size")
    iteration = collect(library, queued.id)
    assert iteration.state == "failed"
    assert iteration.message == "the GPU is out of memory; give a smaller --image-size"


def test_a_cancelled_run_keeps_its_figures(library: Library, queued: Iteration) -> None:
    report_run(library, queued, ending="cancelled")
    iteration = collect(library, queued.id)
    assert (iteration.state, iteration.map) == ("cancelled", 1.0)


def test_warnings_are_kept(library: Library, queued: Iteration) -> None:
    events = folder_of(library, queued).open_events()
    events.write("warning", message="no pretrained weights here: training from scratch")
    assert collect(library, queued.id).warnings == (
        "no pretrained weights here: training from scratch",
    )


def test_only_live_runs_are_asked(library: Library, project: Project, queued: Iteration) -> None:
    report_run(library, queued)
    assert [i.state for i in collect_running(library)] == ["completed"]
    assert collect_running(library, project.id) == []


def test_reopening_the_library_shows_the_same(
    library: Library, project: Project, queued: Iteration, home: Path
) -> None:
    report_run(library, queued)
    before = collect(library, queued.id)
    finished_iteration(library, project)
    again = open_library(home)
    assert collect(again, queued.id) == before
    again.close()


def test_a_run_that_waits_for_its_device_stays_queued(library: Library, queued: Iteration) -> None:
    events = folder_of(library, queued).open_events()
    reason = "the CPU: Iteration 3 of cutlery trains there"
    events.write("stage", stage="waiting", waiting_for=reason)
    waiting = collect(library, queued.id)
    assert (waiting.state, waiting.progress.waiting_for) == ("queued", reason)
    events.write("stage", stage="preparing", done=0, total=0)
    begun = collect(library, queued.id)
    assert (begun.state, begun.progress.waiting_for) == ("training", "")
    events.close()


def test_a_lost_run_is_told_to_the_person_s_command_once(
    library: Library, queued: Iteration, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(
        collecting, "notify_elsewhere", lambda _, state, message: told.append((state, message))
    )
    settings = to_json(asdict(replace(queued.settings, on_end="beep")))
    iterations.update(library.db, queued.id, settings=settings)
    job_file = folder_of(library, queued).job_file
    long_ago = job_file.stat().st_mtime - 3600
    os.utime(job_file, (long_ago, long_ago))
    collectors = [threading.Thread(target=collect, args=(library, queued.id)) for _ in range(4)]
    for collector in collectors:
        collector.start()
    for collector in collectors:
        collector.join()
    assert collect(library, queued.id).state == "lost"
    assert told == [("lost", collecting.LOST)]
