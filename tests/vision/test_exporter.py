"""Exporting weights: what the child is asked, what it lacks, and what a real one gives."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tui_detect.core.errors import NotFound, RunFailed, StorageFailed
from tui_detect.vision import exporter
from tui_detect.vision.exporter import FORMATS, export_weights, get_format

CHILD = """
import json, pathlib, sys
order = json.loads(sys.stdin.readline())
print(json.dumps({"ready": True}), flush=True)
request = json.loads(sys.stdin.readline())
weights = pathlib.Path(order["weights"])
if weights.read_bytes() == b"broken":
    print(json.dumps({"error": "the model cannot be written", "hint": "choose another"}))
    sys.exit(1)
if weights.read_bytes() != b"nothing":
    text = f"{request['format']} {order['image_size_px']} {request['limit']}"
    weights.with_suffix("." + request["format"]).write_text(text)
print(json.dumps({"made": ""}), flush=True)
"""


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(exporter, "COMMAND", (sys.executable, "-c", CHILD))
    path = tmp_path / "run" / "best.pt"
    path.parent.mkdir()
    path.write_bytes(b"weights")
    return path


def test_the_model_lies_alone_where_it_was_asked_for(weights: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    made = export_weights(weights, get_format("torchscript"), out / "model", 320)
    assert made.read_text() == "torchscript 320 200"
    assert list(out.iterdir()) == [made]


def test_weights_as_they_are_need_no_child(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporter, "COMMAND", ("no such program",))
    assert export_weights(weights, get_format("pt"), tmp_path / "x", 640).read_bytes() == b"weights"


@pytest.mark.parametrize(
    ("content", "words"), [(b"broken", "cannot be written"), (b"nothing", "nothing came of")]
)
def test_a_child_that_fails_leaves_nothing(
    weights: Path, tmp_path: Path, content: bytes, words: str
) -> None:
    weights.write_bytes(content)
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(RunFailed, match=words):
        export_weights(weights, get_format("torchscript"), out / "model", 320)
    assert list(out.iterdir()) == []


def test_a_missing_package_is_told_before_anything_is_written(
    weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporter, "find_spec", lambda _name: None)
    lacking = [one.name for one in FORMATS if one.missing]
    assert lacking == ["onnx", "openvino"]
    with pytest.raises(RunFailed, match="not installed") as raised:
        export_weights(weights, get_format("onnx"), tmp_path / "model", 320)
    assert raised.value.hint == f"install it with: {sys.executable} -m pip install 'onnx>=1.12,<2'"
    with pytest.raises(NotFound, match="there is no format"):
        get_format("caffe")


def test_a_folder_that_is_gone_is_one_clear_error(weights: Path, tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match="cannot be written"):
        export_weights(weights, get_format("pt"), tmp_path / "gone" / "model", 320)


@pytest.mark.training
def test_a_real_model_finds_the_same_after_its_export(tmp_path: Path) -> None:
    import numpy as np
    import torch
    import torchvision  # type: ignore[import-untyped]  # noqa: F401 - holds its suppression
    from PIL import Image
    from ultralytics import YOLO

    from tui_detect.vision.detector import Detector
    from tui_detect.vision.devices import choose_device

    torch.manual_seed(1)
    model = YOLO("yolo11n.yaml")
    for name, values in model.model.named_parameters():
        if "cv3" in name and name.endswith("2.bias"):  # else nothing is ever probable
            values.data += 12 + torch.randn_like(values)
    weights = tmp_path / "best.pt"
    model.save(weights)
    picture = tmp_path / "picture.png"
    Image.effect_noise((64, 64), 90).convert("RGB").save(picture)
    found = Detector(weights, choose_device("cpu"), 64).detect(picture, 0.01, 200)
    made = export_weights(weights, get_format("torchscript"), tmp_path / "model", 64)

    pixels = torch.tensor(np.asarray(Image.open(picture)))[None]
    rows = torch.jit.load(str(made))(pixels.permute(0, 3, 1, 2) / 255)[0]
    rows = rows[rows[:, 4] > 0]
    assert len(rows) == len(found) > 0
    for (*edges, probability, tag), (index, expected, box) in zip(
        rows.tolist(), found, strict=True
    ):
        assert int(tag) == index
        assert probability == pytest.approx(expected, abs=1e-3)
        clipped = [min(max(edge / 64, 0), 1) for edge in edges]
        assert clipped == pytest.approx([box.left, box.top, box.right, box.bottom], abs=1e-3)
