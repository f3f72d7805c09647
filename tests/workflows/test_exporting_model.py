"""Exporting a model: what is written, where, and what is refused; nothing is half there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.exporting import convert_with_stand_in
from tests.ui.evaluated import evaluated_iteration, tagged_project
from tui_detect.core.errors import BadInput, Conflict, NotFound, RunFailed, StorageFailed
from tui_detect.core.model import Iteration, Project
from tui_detect.vision import exporter
from tui_detect.vision.exporter import ExportFormat
from tui_detect.workflows.exporting_model import export_iteration, format_for, get_format
from tui_detect.workflows.iterations import iteration_tags
from tui_detect.workflows.library import Library
from tui_detect.workflows.prediction import weights_of
from tui_detect.workflows.thresholds import set_tag_threshold, set_threshold

PT = get_format("pt")
OPENVINO = get_format("openvino")


@pytest.fixture
def trained(library: Library, project: Project, tmp_path: Path) -> Iteration:
    """A completed iteration with weights."""
    tagged_project(library, project, tmp_path / "pictures")
    return evaluated_iteration(library, project)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The child that converts is stood in for; the sizes that it was asked for."""
    return convert_with_stand_in(monkeypatch)


def test_a_folder_gets_the_model_its_labels_and_what_they_mean(
    library: Library, trained: Iteration, tmp_path: Path
) -> None:
    first, *others = iteration_tags(library, trained.id)
    set_threshold(library, trained.id, 0.4)
    set_tag_threshold(library, trained.id, first.uuid, 0.7)
    target = tmp_path / "deep" / "out"
    done = export_iteration(library, trained.id, target, PT)
    assert {path.name for path in target.iterdir()} == {"model.pt", "labels.txt", "model.json"}
    assert done.model.read_bytes() == weights_of(library, trained).read_bytes()
    names = [first.name, *(tag.name for tag in others)]
    assert done.labels.read_text().splitlines() == names
    facts = json.loads(done.description.read_text())
    assert [(tag["number"], tag["name"]) for tag in facts["tags"]] == list(enumerate(names))
    assert [tag["threshold"] for tag in facts["tags"]] == [0.7] + [0.4] * len(others)
    assert (facts["threshold"], facts["input"]["width"], facts["map"]) == (0.4, 640, trained.map)
    assert "output" not in facts, "what Ultralytics loads it knows how to read"


def test_a_file_gets_the_rest_beside_it(
    library: Library, trained: Iteration, tmp_path: Path, written: list[int]
) -> None:
    done = export_iteration(library, trained.id, tmp_path / "knives.onnx", get_format("onnx"))
    assert [path.name for path in done.paths] == ["knives.onnx", "knives.labels.txt", "knives.json"]
    facts = json.loads(done.description.read_text())
    assert (facts["file"], facts["output"]["columns"][-1]) == ("knives.onnx", "tag")
    assert written == [640]


def test_what_is_there_stays_unless_it_may_be_replaced(
    library: Library, trained: Iteration, tmp_path: Path, written: list[int]
) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "labels.txt").write_text("mine")
    with pytest.raises(Conflict, match=r"labels\.txt is there already"):
        export_iteration(library, trained.id, target, OPENVINO)
    assert [path.name for path in target.iterdir()] == ["labels.txt"]
    for _ in range(2):
        done = export_iteration(library, trained.id, target, OPENVINO, force=True)
    assert len(list(target.iterdir())) == 3, "nothing is left over"
    assert (done.model / "model.xml").read_text() == "from best.pt"


@pytest.mark.parametrize("file", ["labels.txt", "model.json", "model.onnx"])
def test_what_came_while_it_was_converted_stays(
    library: Library,
    trained: Iteration,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    file: str,
) -> None:
    target = tmp_path / "out"

    def convert(weights: Path, format_: ExportFormat, stem: Path, size_px: int) -> Path:
        (target / file).write_text("mine")
        stem.write_bytes(weights.read_bytes())
        return stem

    monkeypatch.setattr("tui_detect.workflows.exporting_model.export_weights", convert)
    with pytest.raises(Conflict, match=rf"{file} is there already"):
        export_iteration(library, trained.id, target, get_format("onnx"))
    assert [path.name for path in target.iterdir()] == [file], "and nothing is half there"
    assert (target / file).read_text() == "mine"


def test_a_link_that_leads_nowhere_is_there_as_well(
    library: Library, trained: Iteration, tmp_path: Path
) -> None:
    link = tmp_path / "model.pt"
    link.symlink_to(tmp_path / "unmounted")
    with pytest.raises(Conflict, match=r"model\.pt is there already"):
        export_iteration(library, trained.id, tmp_path, PT)
    assert link.is_symlink()


@pytest.mark.parametrize("is_link", [False, True])
def test_a_converted_folder_replaces_a_file_when_it_may(
    library: Library, trained: Iteration, tmp_path: Path, written: list[int], is_link: bool
) -> None:
    target = tmp_path / "out"
    target.mkdir()
    model = target / "model_openvino_model"
    if is_link:
        model.symlink_to(target / "unmounted")
    else:
        model.write_text("a file")
    (target / "labels.txt").write_text("older")
    done = export_iteration(library, trained.id, target, OPENVINO, force=True)
    assert done.model == model
    assert (model / "model.xml").read_text() == "from best.pt"
    assert done.labels.read_text() != "older"
    assert len(list(target.iterdir())) == 3, "nothing is left over"


def test_the_ending_tells_the_format_and_must_not_tell_another() -> None:
    assert format_for(Path("a/best.torchscript")).name == "torchscript"
    assert format_for(Path("a/out"), "onnx").name == "onnx"
    with pytest.raises(BadInput, match="does not tell the format"):
        format_for(Path("a/out"))
    with pytest.raises(BadInput, match="ends as onnx does"):
        format_for(Path("a/best.onnx"), "pt")
    with pytest.raises(NotFound, match="no format 'caffe'"):
        format_for(Path("a"), "caffe")


def test_what_a_format_needs_is_said_with_the_line_that_installs_it(
    library: Library, trained: Iteration, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporter, "find_spec", lambda _name: None)
    with pytest.raises(RunFailed, match="not installed") as raised:
        export_iteration(library, trained.id, tmp_path / "out", OPENVINO)
    assert "-m pip install 'openvino>=2024.0'" in raised.value.hint
    assert not (tmp_path / "out").exists(), "nothing is left of it"


def test_a_folder_that_cannot_be_written_is_one_clear_error(
    library: Library, trained: Iteration, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageFailed, match="cannot be written"):
        export_iteration(library, trained.id, tmp_path / "file" / "out", PT)


def test_an_iteration_without_weights_is_not_exported(
    library: Library, trained: Iteration, tmp_path: Path
) -> None:
    weights_of(library, trained).unlink()
    with pytest.raises(Conflict, match="no weights"):
        export_iteration(library, trained.id, tmp_path / "out", PT)
