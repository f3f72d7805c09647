"""`demo` and `doctor` from a script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.launching import launch_with
from tests.library import report_run
from tui_detect.vision.run_folder import RunFolder
from tui_detect.workflows import training
from tui_detect.workflows.library import Library


@pytest.fixture
def quick_training(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that finds everything at once; real ones are tested where `training` is marked."""

    def finish(folder: RunFolder) -> None:
        report_run(library, training.collect(library, 1))

    launch_with(monkeypatch, finish)


@pytest.mark.usefixtures("quick_training")
def test_the_demo_draws_trains_and_prints(run: Run, refused: Callable[..., str]) -> None:
    ran = run("demo", "--headless")
    assert ran.code == 0, ran.err
    assert "Iteration 1 completed" in ran.out
    assert "mAP" in ran.out
    images = run("images", "demo", "--json").json
    assert len(images) >= 80
    assert {(i["width"], i["height"]) for i in images} == {(320, 240)}
    assert {r["tag"] for i in images for r in i["regions"]} == {"bolt", "nut", "washer"}
    assert any(i["state"] == "background" for i in images)
    assert max(len(i["regions"]) for i in images) > 2
    assert "there is a demo project already" in refused("demo", "--headless")
    assert run("images", "demo", "--json").json == images


def test_the_doctor_looks_and_advises(run: Run, home: Path) -> None:
    findings = {f["name"]: f for f in run("doctor", "--json").json}
    assert findings["home"]["detail"] == str(home)
    assert findings["torch"]["state"] == "ok"
    assert "weights" in findings["weights"]["detail"]
    assert findings["terminal"]["advice"]
    text = run("doctor").out
    assert "✓ home" in text


def test_the_doctor_says_what_is_wrong(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = run("--home", tmp_path / "file" / "home", "doctor")
    assert ran.code == 1
    assert "✗ home" in ran.out
