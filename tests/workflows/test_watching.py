"""What a watcher of a run reads, and what it does not read again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.library import add_pictures, make_iteration, report_epoch, tag_image
from tui_detect.core.model import Iteration, Project
from tui_detect.store import iterations, runs
from tui_detect.vision.processes import identify
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows.collecting import collect
from tui_detect.workflows.library import Library
from tui_detect.workflows.tags import create_tag
from tui_detect.workflows.watching import LogReader, RunWatcher

FOUND = [0, 0.75, 0.25, 0.25, 0.5, 0.5]


@pytest.fixture
def iteration(library: Library, project: Project, tmp_path: Path) -> Iteration:
    tag = create_tag(library, project.id, "nut")
    for image in add_pictures(library, project, tmp_path / "p", 10):
        tag_image(library, image, tag)
    return make_iteration(library, project)


def report(library: Library, iteration: Iteration, first: int, last: int) -> Iteration:
    """Epochs with previews of the first validation picture, collected."""
    folder = RunFolder(library.run_path(iteration.uuid))
    shown = next(image for image in folder.read_job().images if image.split == "validation")
    events = folder.open_events()
    for epoch in range(first, last + 1):
        report_epoch(folder, epoch, 4, events.write)
        pictures = [{"image": shown.uuid, "items": [FOUND]}, {"image": "gone", "items": []}]
        events.write("preview", part=1, epoch=epoch, pictures=pictures)
    events.close()
    with folder.log_file.open("a") as log:
        log.writelines(f"epoch {epoch}\n" for epoch in range(first, last + 1))
    return collect(library, iteration.id)


def test_a_report_grows_with_the_run(library: Library, iteration: Iteration) -> None:
    watcher = RunWatcher(library, iteration)
    assert watcher.read(iteration).epochs == ()
    first = watcher.read(report(library, iteration, 1, 2))
    assert [epoch.number for epoch in first.epochs] == [1, 2]
    assert first.log == ("epoch 1", "epoch 2")
    then = watcher.read(report(library, iteration, 3, 3))
    assert [epoch.number for epoch in then.epochs] == [1, 2, 3]
    assert then.previews[:2] == first.previews
    assert len(then.previews) == 3


def test_what_did_not_change_is_not_read_again(
    library: Library, iteration: Iteration, monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher = RunWatcher(library, iteration)
    now = report(library, iteration, 1, 2)
    before = watcher.read(now)

    def not_again(*_: object) -> object:
        raise AssertionError("read again")

    monkeypatch.setattr(runs, "epochs", not_again)
    monkeypatch.setattr(RunFolder, "log_tail", not_again)
    assert watcher.read(now) == before


def test_a_flip_page_has_the_regions_and_what_was_found(
    library: Library, iteration: Iteration
) -> None:
    watcher = RunWatcher(library, iteration)
    number = watcher.read(report(library, iteration, 1, 1)).previews[0]
    page = watcher.flip_page(number)
    assert page is not None
    assert (page.part, page.epoch) == (1, 1)
    (picture,) = page.pictures
    assert picture.path.is_file()
    assert len(picture.regions) == 1
    assert [item.probability for item in picture.found] == [0.75]
    assert watcher.flip_page(number + 100) is None


def test_of_a_lost_run_its_last_sign_is_known(library: Library, iteration: Iteration) -> None:
    folder = RunFolder(library.run_path(iteration.uuid))
    me = identify()
    assert me is not None
    folder.record_process(type(me)(999_999_999, me.started_at, me.host))
    iterations.set_state(library.db, iteration.id, "lost", "killed")
    lost = iterations.get(library.db, iteration.id)
    report = RunWatcher(library, lost).read(lost)
    assert report.last_sign is not None
    assert report.last_sign.host == me.host
    assert report.can_resume, "it never began"


def test_the_log_is_read_by_full_pages(library: Library, iteration: Iteration) -> None:
    RunFolder(library.run_path(iteration.uuid)).log_file.write_text(
        "".join(f"{number}\n" for number in range(100))
    )
    reader = LogReader(library, iteration)

    def texts(offset: int, move: int) -> list[str]:
        return [line.text for line in reader.page_at(offset, move, 3)]

    end = reader.last_page(3)
    assert [line.text for line in end] == ["97", "98", "99"]
    assert texts(end[0].start, 1) == ["97", "98", "99"], "the last page stays full"
    assert texts(end[0].start, -2) == ["95", "96", "97"]
    assert texts(0, -5) == ["0", "1", "2"]
    assert texts(0, 4) == ["4", "5", "6"]
    assert texts(0, 1000) == ["97", "98", "99"]
