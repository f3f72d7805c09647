"""The pictures of a run are prepared once, and again only where something is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.vision.jobs import drawn_job
from tui_detect.vision.dataset import Dataset
from tui_detect.vision.run_folder import RunFolder
from tui_detect.vision.stopping import StopSwitch
from tui_detect.workflows.preparing import prepare


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path / "run", drawn_job(tmp_path / "pictures"))


def prepared(folder: RunFolder) -> Dataset:
    events = folder.open_events()
    dataset = prepare(folder.dataset, folder.read_job(), events, StopSwitch(folder))
    events.close()
    return dataset


def told(folder: RunFolder) -> list[str]:
    return [event.kind for event in folder.read_events()[0]]


def test_a_resumed_run_finds_its_pictures_prepared(folder: RunFolder) -> None:
    first = prepared(folder)
    before = told(folder)
    for image in folder.read_job().images:
        image.object.unlink()
    again = prepared(folder)
    assert again == first
    assert (len(again.train), len(again.validation)) == (6, 2)
    assert told(folder) == before, "nothing was prepared, so nothing was told"


def test_a_label_that_a_crash_left_empty_is_written_again(folder: RunFolder) -> None:
    prepared(folder)
    labels = sorted((folder.dataset / "labels").rglob("*.txt"))
    texts = [file.read_text() for file in labels]
    labels[0].write_text("")
    prepared(folder)
    assert [file.read_text() for file in labels] == texts


@pytest.mark.parametrize("damage", ["gone", "cut short"])
def test_a_picture_that_is_not_whole_is_prepared_again(folder: RunFolder, damage: str) -> None:
    first = prepared(folder)
    picture = next(iter(first.train))
    whole = picture.stat().st_size
    picture.unlink()
    if damage == "cut short":
        picture.write_bytes(b"PNG")
    assert prepared(folder) == first
    assert picture.stat().st_size == whole


def test_a_stop_in_between_leaves_no_claim_that_all_is_there(folder: RunFolder) -> None:
    folder.request_stop()
    assert prepared(folder).train == {}
    folder.stop_file.unlink()
    assert len(prepared(folder).train) == 6
