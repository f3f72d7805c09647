"""`iteration compare`: the same answer for a person and for a script."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.comparing import everything, iteration_finding, nothing
from tests.library import add_pictures, tag_image
from tui_detect.cli import common, comparing
from tui_detect.core.evaluation.comparison import Comparison
from tui_detect.core.model import Image, Project
from tui_detect.store import images
from tui_detect.workflows.comparing import pictures_of
from tui_detect.workflows.library import Library
from tui_detect.workflows.tags import create_tag


@pytest.fixture
def compared(library: Library, project: Project, tmp_path: Path) -> None:
    """Iteration 1 finds nothing, iteration 2 everything."""
    nut = create_tag(library, project.id, "nut")
    for image in add_pictures(library, project, tmp_path / "pictures", 40):
        tag_image(library, image, nut)
    iteration_finding(library, project, nothing, epochs=10)
    iteration_finding(library, project, everything, epochs=20)


def test_a_person_reads_which_is_better_where_and_what_changed(run: Run, compared: None) -> None:
    out = run("iteration", "compare", "parts", "1", "2").out
    recall = next(line for line in out.splitlines() if line.startswith("recall"))
    assert "100.0" in recall
    assert "better, by chance" in recall
    assert "won, 0 lost by Iteration 2" in out
    assert "epochs at most: 10 → 20" in out
    assert "What changed in the data: nothing" in out
    assert "paired bootstrap" in out


def test_a_script_reads_the_same(run: Run, compared: None) -> None:
    result = run("iteration", "compare", "parts", "2", "1", "--overlap", "0.5", "--json").json
    assert (result["first"], result["second"], result["labels_of"]) == (2, 1, 2)
    assert result["recall"]["difference"] == -1
    assert result["recall"]["verdict"] == "worse"
    assert result["recall"]["p"] < 0.05
    assert result["precision"]["second"] is None, "nothing found: no made-up 0"
    assert result["tags"][0]["name"] == "nut"
    assert result["tags"][0]["ap"]["difference"] == -1
    assert len(result["pictures"]) == result["images"]
    assert result["pictures"][0]["errors"] == [0, 1]
    assert result["changes"]["settings"] == [
        {"name": "epochs at most", "first": "20", "second": "10"}
    ]


def test_thresholds_of_single_tags_are_said_not_to_be_used(run: Run, compared: None) -> None:
    before = run("iteration", "compare", "parts", "1", "2")
    assert "use other thresholds" not in before.out
    run("iteration", "threshold", "parts", "2", "0.99", "--tag", "nut")
    told = "Predictions of 1 tag by Iteration 2 use other thresholds"
    after = run("iteration", "compare", "parts", "1", "2").out
    assert told in after
    assert set(before.out.splitlines()) < set(after.splitlines()), "the figures are the same"
    result = run("iteration", "compare", "parts", "1", "2", "--json").json
    assert (result["thresholds"], result["unused_tag_thresholds"]) == ([0.5, 0.5], [0, 1])


def test_thresholds_that_are_none_are_wrong_usage(misused: Callable[..., str]) -> None:
    for command in (("iteration", "compare", "parts", "1", "2"), ("performance", "parts")):
        for value in ("nan", "2", "-1", "inf", "abc"):
            assert "'--threshold'" in misused(*command, "--threshold", value)
        for value in ("0", "nan", "abc", "1.5", "0.5:0.9"):
            assert "'--overlap'" in misused(*command, "--overlap", value)
    assert "'--threshold'" in misused("predict", "parts", "x.png", "--threshold", "nan")


def test_progress_goes_to_stderr(run: Run, compared: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(common, "LINE_EVERY_S", 0.0)
    told = run("iteration", "compare", "parts", "1", "2").err.splitlines()
    assert told == [
        "reading Iteration 1",
        "reading Iteration 2",
        "matching boxes",
        "how sure the differences are: 100 %",
    ]


def test_a_picture_deleted_for_good_meanwhile_has_no_name(
    run: Run, compared: None, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    def purged(_: Library, comparison: Comparison) -> dict[int, Image]:
        images.delete(library.db, [picture.image_id for picture in comparison.pictures[:1]])
        return pictures_of(library, comparison)

    monkeypatch.setattr(comparing, "pictures_of", purged)
    out = run("iteration", "compare", "parts", "1", "2").out
    assert (
        next(line for line in out.splitlines() if line.startswith("won ")).split()[1] == "deleted"
    )
    first, *others = run("iteration", "compare", "parts", "1", "2", "--json").json["pictures"]
    assert first == {"id": None, "name": None, "errors": [1, 0]}
    assert all(each["name"] for each in others)


def test_what_cannot_be_compared_is_one_line(refused: Callable[..., str], compared: None) -> None:
    assert "with itself" in refused("iteration", "compare", "parts", "1", "1")
    assert "'9'" in refused("iteration", "compare", "parts", "1", "9")
