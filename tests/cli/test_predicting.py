"""`predict` with several workers, from a script."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.split_predicting import draw, expected, predictable, use_stand_in
from tests.waiting import wait_for
from tui_detect.core.model import Project
from tui_detect.workflows.library import Library
from tui_detect.workflows.split_prediction import PredictionWatch, find_prediction


@pytest.fixture
def pictures(
    library: Library, project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> list[Path]:
    use_stand_in(monkeypatch)
    predictable(library, project, tmp_path)
    return draw(tmp_path / "new", 3)


def told(found: list[dict[str, object]]) -> list[tuple[Path, int]]:
    """Path and colour, from the JSON."""
    return [
        (Path(str(one["path"])), round(one["predictions"][0]["left"] * 255))  # type: ignore[index]
        for one in found
    ]


def test_several_workers_give_what_one_would(run: Run, pictures: list[Path]) -> None:
    ran = run("predict", "parts", *pictures, "--jobs", 2, "--json")
    assert told(ran.json) == expected(pictures)


def test_the_chosen_threshold_is_used_unless_another_is_asked_for(
    run: Run, pictures: list[Path]
) -> None:
    run("iteration", "threshold", "parts", "1", "0.95")
    ask = ("predict", "parts", *pictures, "--jobs", 1, "--json")
    assert [found["predictions"] for found in run(*ask).json] == [[], [], []]
    assert told(run(*ask, "--threshold", 0.9).json) == expected(pictures)


def test_an_interrupted_command_says_how_to_collect_the_results(
    run: Run,
    library: Library,
    project: Project,
    pictures: list[Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("tui_detect.cli.predicting.time.sleep", interrupt)
        ran = run("predict", "parts", *pictures, "--launcher", "local")
    assert ran.code == 130
    command = ran.err.splitlines()[-1].partition("tui-detect ")[2].split()
    assert command[:3] == ["predict", "parts", "--collect"]
    watch = PredictionWatch(find_prediction(library, project.id, command[3]))
    wait_for(lambda: not watch.look().working, "the workers to go on without it")
    assert told(run(*command, "--json").json) == expected(pictures)


def test_pictures_or_an_earlier_prediction_but_not_both(run: Run, pictures: list[Path]) -> None:
    assert run("predict", "parts").code == 2
    assert run("predict", "parts", *pictures, "--collect", "x").code == 2
