"""`performance`: figures as a table, all of them as JSON, and as one HTML page."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run
from tests.library import add_pictures, finished_iteration, tag_image
from tests.ui.evaluated import TAG_NAMES, evaluated_iteration, tagged_project
from tui_detect.cli import common, performance
from tui_detect.cli.performance_json import compact
from tui_detect.core.evaluation.finding import ERROR_KINDS
from tui_detect.core.model import Iteration, Project
from tui_detect.workflows.iterations import iteration_tags
from tui_detect.workflows.library import Library
from tui_detect.workflows.tagging import set_split
from tui_detect.workflows.tags import create_tag
from tui_detect.workflows.thresholds import set_threshold

NUMBER = (int, float)
MAYBE = (int, float, type(None))
PROMISED: dict[str, Any] = {
    "iteration": int,
    "name": str,
    "published_as": (str, type(None)),
    "threshold": NUMBER,
    "chosen_threshold": MAYBE,
    "overlap": (float, str),
    "definition": str,
    "warning": (str, type(None)),
    "precision": MAYBE,
    "recall": MAYBE,
    "f1": MAYBE,
    "map": MAYBE,
    "intervals": dict,
    "images": int,
    "folds": int,
    "regions": int,
    "true_positives": NUMBER,
    "false_positives": NUMBER,
    "false_negatives": NUMBER,
    "background_images": int,
    "false_alarms": int,
    "false_alarms_per_background": MAYBE,
    "as_predicted": dict,
    "best_threshold": MAYBE,
    "best_f1": MAYBE,
    "tags": list,
    "curves": dict,
    "sizes": list,
    "calibration": dict,
    "confusion": dict,
    "errors": list,
    "epochs": list,
}
PROMISED_OF_TAGS: dict[str, Any] = {
    "name": str,
    "precision": MAYBE,
    "recall": MAYBE,
    "f1": MAYBE,
    "ap": MAYBE,
    "regions": int,
    "images": int,
    "detections": int,
    "true_positives": NUMBER,
    "best_threshold": MAYBE,
    "best_f1": MAYBE,
    "chosen_threshold": MAYBE,
    "precision_at_recall": list,
}


@pytest.fixture
def iteration(library: Library, project: Project, tmp_path: Path) -> Iteration:
    """A completed one, neither perfect nor hopeless."""
    tagged_project(library, project, tmp_path / "pictures", images=24)
    return evaluated_iteration(library, project, epochs=4)


def strictly(text: str) -> Any:  # noqa: ANN401
    """JSON as the standard has it, without NaN."""

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


def test_all_figures_are_in_the_json_as_promised(iteration: Iteration, run: Run) -> None:
    figures = strictly(run("performance", "parts", "--json").out)
    assert figures.keys() == PROMISED.keys()
    for key, kind in PROMISED.items():
        assert isinstance(figures[key], kind), key
    assert [tag["name"] for tag in figures["tags"]] == list(TAG_NAMES)
    for tag in figures["tags"]:
        assert tag.keys() == PROMISED_OF_TAGS.keys()
        for key, kind in PROMISED_OF_TAGS.items():
            assert isinstance(tag[key], kind), key
    assert figures["intervals"].keys() == {
        "precision",
        "recall",
        "f1",
        "map",
        "false_alarms_per_background",
    }
    assert "too few" in figures["warning"]
    assert figures["warning"] in run("performance", "parts").out
    low, high = figures["intervals"]["recall"]
    assert low <= figures["recall"] <= high


def test_parts_of_the_json_agree_with_each_other(iteration: Iteration, run: Run) -> None:
    figures = run("performance", "parts", "--json", "--threshold", "0.3").json
    curves, errors = figures["curves"], figures["errors"]
    at = curves["thresholds"].index(0.3)
    assert curves["precision"][at] == pytest.approx(figures["precision"], abs=1e-6)
    assert curves["f1"][at] == pytest.approx(figures["f1"], abs=1e-6)
    assert all(len(curve) == 101 for curve in curves.values())
    assert [error["kind"] for error in errors] == list(ERROR_KINDS)
    assert sum(error["count"] for error in errors[:5]) == figures["false_positives"]
    assert all((error["advice"] is None) == (error["count"] == 0) for error in errors)
    assert sum(size["regions"] for size in figures["sizes"]) >= figures["regions"]
    matrix = figures["confusion"]["matrix"]
    assert figures["confusion"]["labels"] == [*TAG_NAMES, None]
    assert sum(map(sum, matrix[:-1])) == figures["regions"]
    means = [tag["ap"] for tag in figures["tags"]]
    assert figures["map"] == pytest.approx(sum(means) / len(means))
    assert [epoch["epoch"] for epoch in figures["epochs"]] == [1, 2, 3, 4]


def test_what_cannot_be_computed_is_null(
    library: Library, project: Project, tmp_path: Path, run: Run
) -> None:
    nut, never = (create_tag(library, project.id, name) for name in ("nut", "never"))
    first, *rest = add_pictures(library, project, tmp_path / "pictures", 6)
    tag_image(library, first, nut, never)
    for image in rest:
        tag_image(library, image, nut)
    set_split(library, [image.id for image in (first, *rest[:2])], "train")
    set_split(library, [image.id for image in rest[2:]], "validation")
    finished_iteration(library, project, epochs=0)
    figures = strictly(run("performance", "parts", "--json", "--threshold", "0.95").out)
    assert figures["precision"] is None
    assert figures["recall"] == 0
    assert figures["false_alarms_per_background"] is None
    assert figures["epochs"] == []
    assert figures["published_as"] is figures["chosen_threshold"] is None
    of_nut, of_never = figures["tags"]
    assert (of_nut["regions"], of_never["regions"]) == (3, 0)
    assert of_nut["ap"] == 1
    assert of_never["recall"] is of_never["f1"] is of_never["ap"] is None
    assert set(of_never["precision_at_recall"]) == {None}


def test_the_chosen_threshold_is_used_unless_another_is_given(
    library: Library, iteration: Iteration, run: Run
) -> None:
    assert run("performance", "parts", "--json").json["threshold"] == 0.5
    fork = next(tag for tag in iteration_tags(library, iteration.id) if tag.name == "fork")
    set_threshold(library, iteration.id, 0.35, by_tag={fork.uuid: 0.6})
    figures = run("performance", "parts", "--json").json
    assert (figures["threshold"], figures["chosen_threshold"]) == (0.35, 0.35)
    chosen = {tag["name"]: tag["chosen_threshold"] for tag in figures["tags"]}
    assert chosen == {"fork": 0.6, "scissors": None, "knife": None}
    predicted = figures["as_predicted"]
    assert predicted["threshold"] == 0.35
    assert predicted["precision"] != figures["precision"], "fork needs more"
    given = run("performance", "parts", "--json", "--threshold", "0.7").json
    assert given["as_predicted"] == predicted, "whatever is looked at"
    assert (given["threshold"], given["chosen_threshold"]) == (0.7, 0.35)
    text = run("performance", "parts").out
    assert "probability 0.35 or more" in text
    told = f"thresholds for 1 tag: with them precision {100 * predicted['precision']:.1f} %"
    assert told in text


def test_a_range_of_overlaps_has_all_figures_too(iteration: Iteration, run: Run) -> None:
    figures = strictly(run("performance", "parts", "--json", "--overlap", "0.50:0.95").out)
    assert figures["overlap"] == "0.50:0.95"
    assert figures["confusion"]["overlap"] == 0.5
    assert figures["map"] < run("performance", "parts", "--json").json["map"]


def test_a_tiny_overlap_is_shown_as_it_is(iteration: Iteration, run: Run) -> None:
    shown = run("performance", "parts", "--overlap", "1e-9", "--threshold", "0.1").out
    assert "probability 0.10 or more and overlap (IoU) 0.000000001 or more" in shown


def test_a_report_is_written_and_its_path_told(
    iteration: Iteration, run: Run, refused: Callable[..., str], tmp_path: Path
) -> None:
    path = tmp_path / "report.html"
    ran = run("performance", "parts", "--json", "--report", path)
    assert ran.json["iteration"] == 1, "standard output is JSON alone"
    assert f"report: {path} (" in ran.err
    assert "<h1>Iteration 1</h1>" in path.read_text()
    assert "mAP" in run("performance", "parts", "--report", path).out
    (tmp_path / "letter.html").write_text("A letter")
    assert "is no report" in refused("performance", "parts", "--report", tmp_path / "letter.html")
    missing = tmp_path / "missing" / "report.html"
    assert str(missing.parent) in refused("performance", "parts", "--report", missing)


def test_a_report_that_cannot_be_written_is_refused_before_anything_is_computed(
    iteration: Iteration,
    misused: Callable[..., str],
    refused: Callable[..., str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(performance, "full_performance", lambda *_: pytest.fail("computed"))
    for name in ("", "-"):
        assert f"'{name}' is no file" in misused("performance", "parts", "--report", name)
    (tmp_path / "letter.html").write_text("A letter")
    assert "is no report" in refused("performance", "parts", "--report", tmp_path / "letter.html")
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != tmp_path)
    line = refused("performance", "parts", "--report", tmp_path / "report.html")
    assert f"{tmp_path / 'report.html'} cannot be written: the folder {tmp_path} is" in line


def test_a_report_in_the_persons_home_folder(
    iteration: Iteration, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    run("performance", "parts", "--report", "~/mine.html")
    assert "Iteration 1" in (tmp_path / "mine.html").read_text()


def test_progress_is_told_whatever_is_printed(
    iteration: Iteration, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(common, "LINE_EVERY_S", 0)
    for how in ((), ("--json",)):
        assert "comparing them with the regions" in run("performance", "parts", *how).err


def test_numbers_of_a_list_stand_on_one_line() -> None:
    value = {"curve": [0.5, None, 1, -2e-7], "names": ["a", "[\n 1,\n 2\n]"], "rows": [[1], [2, 3]]}
    text = compact(json.dumps(value, indent=2))
    assert json.loads(text) == value
    assert '"curve": [0.5, null, 1, -2e-07]' in text
    assert "[2, 3]" in text


def test_a_loss_that_was_no_number_is_null_and_leaves_a_gap(
    library: Library, project: Project, tmp_path: Path, run: Run
) -> None:
    tagged_project(library, project, tmp_path / "pictures", images=8)
    made = evaluated_iteration(library, project, epochs=2)
    library.db.run(
        "UPDATE epochs SET payload = json_replace(payload, '$.losses.box', NULL) "
        "WHERE iteration_id = ? AND number = 1",
        (made.id,),
    )
    losses = strictly(run("performance", "parts", "--json").out)["epochs"][0]["losses"]
    assert losses["box"] is None
    assert losses["cls"] > 0
    report = tmp_path / "report.html"
    assert run("performance", "parts", "--report", report).code == 0
