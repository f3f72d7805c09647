"""What the worker has ready before it trains."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui_detect.vision import weights
from tui_detect.vision.run_folder import RunFolder
from tui_detect.vision.stopping import StopSwitch
from tui_detect.workflows.run import fetch_larger


def test_a_search_that_will_try_no_larger_model_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "wants_offline", lambda: True)
    folder, file = RunFolder(tmp_path / "run"), tmp_path / "weights" / "yolo11n.pt"
    file.parent.mkdir()
    folder.path.mkdir()
    events, stop = folder.open_events(), StopSwitch(folder)
    fetch_larger(file, "cpu", events, stop)
    fetch_larger(file.with_name("yolo11s.pt"), "cpu", events, stop)
    file.with_name("yolo11s.pt").touch()
    fetch_larger(file, "cpu", events, stop)
    (warning,) = folder.read_events()[0]
    assert warning.data["message"] == (
        "no larger model will be tried: the network is switched off by YOLO_OFFLINE; put "
        f"yolo11s.pt into {file.parent}"
    )
