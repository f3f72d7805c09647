"""The predictor answers from its child, and says so when the child cannot."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.waiting import wait_for
from tui_detect.core.errors import PictureRefused, RunFailed
from tui_detect.core.geometry import Box
from tui_detect.vision import predictor
from tui_detect.vision.exporter import export_weights, get_format
from tui_detect.vision.predictor import Predictor

CHILD = """
import json, os, sys
order = json.loads(sys.stdin.readline())
if order["weights"] == "bad.pt":
    print(json.dumps({"error": "the weights bad.pt cannot be used", "hint": "train again"}))
    sys.exit(1)
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    name = request["picture"]
    if name == "die":
        print("last words", file=sys.stderr)
        os._exit(3)
    if name == "pid":
        answer = {"items": [[os.getpid(), 1.0, 0, 0, 1, 1]]}
    elif name == "text.jpg":
        answer = {"error": "text.jpg cannot be read", "hint": "", "about": "picture"}
    elif name == "mute":
        continue
    else:
        answer = {"items": [[1, request["floor"], 0.1, 0.2, 0.3, request["limit"] / 1000]]}
    print(json.dumps(answer), flush=True)
open(order["weights"] + ".left", "w").close()
"""

Make = Callable[[str], Predictor]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    monkeypatch.setattr(predictor, "COMMAND", (sys.executable, "-c", CHILD))
    monkeypatch.chdir(tmp_path)
    return lambda weights: Predictor(Path(weights))


def test_boxes_come_back_with_the_floor_and_limit_asked_for(make: Make) -> None:
    with make("best.pt") as child:
        assert child.predict(Path("a.png")) == [(1, 0.01, Box(0.1, 0.2, 0.3, 0.2))]
        assert child.predict(Path("a.png"), floor=0.5, limit=900) == [
            (1, 0.5, Box(0.1, 0.2, 0.3, 0.2))
        ]


def test_one_process_serves_many_pictures_and_leaves_when_closed(
    make: Make, tmp_path: Path
) -> None:
    with make("best.pt") as child:
        assert child.predict(Path("pid")) == child.predict(Path("pid"))
    assert (tmp_path / "best.pt.left").exists()


def test_a_bad_picture_is_refused_and_the_next_one_works(make: Make) -> None:
    with make("best.pt") as child:
        before = child.predict(Path("pid"))
        with pytest.raises(PictureRefused, match="cannot be read"):
            child.predict(Path("text.jpg"))
        assert child.predict(Path("pid")) == before


def test_weights_that_cannot_be_used_are_told(make: Make) -> None:
    with make("bad.pt") as child, pytest.raises(RunFailed) as caught:
        child.predict(Path("a.png"))
    assert (caught.value.message, caught.value.hint) == (
        "the weights bad.pt cannot be used",
        "train again",
    )


def test_a_child_that_dies_is_noticed_and_replaced(make: Make) -> None:
    with make("best.pt") as child:
        with pytest.raises(RunFailed, match="last words"):
            child.predict(Path("die"))
        assert child.predict(Path("a.png"))


def test_a_child_that_was_killed_is_noticed(make: Make) -> None:
    with make("best.pt") as child:
        pid = child.predict(Path("pid"))[0][0]
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(RunFailed, match="ended unexpectedly"):
            child.predict(Path("a.png"))


def test_a_child_that_never_answers_is_given_up(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predictor, "PICTURE_LIMIT_S", 0.2)
    with make("best.pt") as child, pytest.raises(RunFailed, match="no answer within"):
        child.predict(Path("mute"))


def test_a_child_leaves_when_its_parent_is_killed(tmp_path: Path) -> None:
    parent = f"""
import os, pathlib, sys
from tui_detect.vision import predictor
predictor.COMMAND = (sys.executable, "-c", {CHILD!r})
child = predictor.Predictor(pathlib.Path("best.pt"))
child.predict(pathlib.Path("a.png"))
os.kill(os.getpid(), 9)
"""
    pid = os.spawnve(
        os.P_NOWAIT,
        sys.executable,
        [sys.executable, "-c", f"import os; os.chdir({str(tmp_path)!r})\n{parent}"],
        os.environ | {"PYTHONPATH": str(Path(predictor.__file__).parents[2])},
    )
    assert os.WIFSIGNALED(os.waitpid(pid, 0)[1])
    wait_for((tmp_path / "best.pt.left").exists, "the orphaned child to leave")


def test_a_prediction_that_is_no_longer_wanted_is_given_up(make: Make) -> None:
    with make("best.pt") as child:
        child.predict(Path("a.png"))
        timer = threading.Timer(0.05, child.interrupt)
        timer.start()
        with pytest.raises(RunFailed):
            child.predict(Path("mute"))
        timer.join()
        assert child.predict(Path("a.png")), "the next one starts anew"


@pytest.mark.training
def test_broken_weights_are_told_with_what_to_do_about_a_prediction_or_an_export(
    tmp_path: Path,
) -> None:
    weights = tmp_path / "best.pt"
    weights.write_bytes(b"PK broken")
    hint = "put the file back from a copy, or choose another iteration"
    with Predictor(weights) as child, pytest.raises(RunFailed, match="cannot be used") as caught:
        child.predict(tmp_path / "picture.png")
    assert caught.value.hint == hint
    with pytest.raises(RunFailed, match=f"the weights {weights} cannot be used") as caught:
        export_weights(weights, get_format("torchscript"), tmp_path / "model", 64)
    assert caught.value.hint == hint
