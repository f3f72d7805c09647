"""A point goes to a child process with Segment Anything, and a box comes back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from tui_detect.core.errors import PictureRefused, RunFailed
from tui_detect.core.geometry import Box
from tui_detect.vision import segmenter
from tui_detect.vision.environment import worker_environment
from tui_detect.vision.segmenter import Segmenter, find_sam_weights

CHILD = """
import json, sys
sys.stdin.readline()
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    x, y = asked["x"], asked["y"]
    items = [[0.9, x, y, 0.5, 0.5], [0.8, x, y, 0.1, 0.1]] if asked["picture"] == "a.jpg" else []
    print(json.dumps({"items": items}), flush=True)
"""

BUILD = """
import sys, torch
from ultralytics.models.sam.build import build_mobile_sam
torch.manual_seed(0)
torch.save(build_mobile_sam().state_dict(), sys.argv[1])
"""


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segmenter, "COMMAND", (sys.executable, "-c", CHILD))


@pytest.mark.usefixtures("child")
def test_of_several_meanings_the_surest_or_the_one_of_the_usual_size_is_taken() -> None:
    sam = Segmenter(Path("mobile_sam.pt"))
    assert sam.grow(Path("a.jpg"), (0.25, 0.5)) == Box(0.25, 0.5, 0.5, 0.5)
    assert sam.grow(Path("a.jpg"), (0.25, 0.5), (0.15, 0.08)) == Box(0.25, 0.5, 0.1, 0.1)
    assert sam.grow(Path("empty.jpg"), (0.25, 0.5)) is None
    sam.close()


def test_weights_are_found_by_ultralytics_names_the_quick_ones_first(tmp_path: Path) -> None:
    assert find_sam_weights(tmp_path / "none") is None
    for name in ("yolo11n.pt", "sam_h.pt"):
        (tmp_path / name).touch()
    assert find_sam_weights(tmp_path) == tmp_path / "sam_h.pt"
    (tmp_path / "mobile_sam.pt").touch()
    assert find_sam_weights(tmp_path) == tmp_path / "mobile_sam.pt"


def test_broken_weights_are_told(tmp_path: Path) -> None:
    weights = tmp_path / "mobile_sam.pt"
    weights.write_text("a proxy's error page")
    sam = Segmenter(weights, "cpu")
    with pytest.raises(RunFailed, match=r"mobile_sam\.pt cannot be used"):
        sam.grow(tmp_path / "a.png", (0.5, 0.5))
    sam.close()


@pytest.mark.training
def test_a_real_model_answers_a_point_with_a_box_and_refuses_what_is_no_picture(
    tmp_path: Path,
) -> None:
    weights = tmp_path / "mobile_sam.pt"
    subprocess.run(
        [sys.executable, "-c", BUILD, str(weights)], check=True, env=worker_environment(tmp_path)
    )
    picture = Image.new("RGB", (320, 200), (200, 200, 200))
    ImageDraw.Draw(picture).ellipse((100, 60, 220, 160), fill=(20, 40, 160))
    picture.save(tmp_path / "picture.png")
    (tmp_path / "text.png").write_text("no picture")
    sam = Segmenter(weights, "cpu")
    with pytest.raises(PictureRefused):
        sam.grow(tmp_path / "text.png", (0.5, 0.5))
    first = sam.grow(tmp_path / "picture.png", (0.5, 0.55))
    again = sam.grow(tmp_path / "picture.png", (0.5, 0.55))
    sam.close()
    assert first is not None
    assert first == again
    assert 0 <= first.left < first.right <= 1
    assert 0 <= first.top < first.bottom <= 1
