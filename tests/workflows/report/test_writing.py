"""The report is one page that stands alone, says all there is, and never replaces another file."""

from __future__ import annotations

from pathlib import Path

import pytest

import tui_detect
from tests.library import finished_iteration
from tests.ui.evaluated import TAG_NAMES, evaluated_iteration, tagged_project
from tests.workflows.report.reading import Page
from tui_detect.core.errors import Conflict, StorageFailed
from tui_detect.core.evaluation.finding import ERROR_KINDS
from tui_detect.core.model import Iteration, Project
from tui_detect.store import images
from tui_detect.workflows.full_performance import full_performance
from tui_detect.workflows.iterations import rename_iteration
from tui_detect.workflows.library import Library
from tui_detect.workflows.report.writing import write_report
from tui_detect.workflows.tags import find_tag, rename_tag
from tui_detect.workflows.thresholds import set_threshold

HELP = Path(tui_detect.__file__).parent / "help" / "performance.md"
NASTY = "<script>alert('x')</script> & \"sons\""


@pytest.fixture
def iteration(library: Library, project: Project, tmp_path: Path) -> Iteration:
    """One whose names are not to be trusted."""
    tagged_project(library, project, tmp_path / "pictures", images=16)
    rename_tag(library, find_tag(library, project.id, "fork").id, NASTY)
    made = evaluated_iteration(library, project, epochs=4)
    return rename_iteration(library, made.id, NASTY + "!")


def report(
    library: Library, iteration: Iteration, path: Path, threshold: float | None = None
) -> Page:
    """The page that is written."""
    write_report(library, full_performance(library, iteration, threshold), path)
    return Page(path.read_text(encoding="utf-8"))


def test_a_report_is_a_page_that_needs_nothing_else(
    library: Library, iteration: Iteration, tmp_path: Path
) -> None:
    page = report(library, iteration, tmp_path / "report.html")
    assert page.elements[0] == ("html", {"lang": "en"})
    assert page.addresses
    assert all(address.startswith("data:image/jpeg;base64,") for address in page.addresses)
    (style,) = page.texts["style"]
    assert "url(" not in style
    assert "@import" not in style
    assert page.count("link") == page.count("img") == page.count("iframe") == 0
    assert (tmp_path / "report.html").stat().st_size < 3_000_000


def test_names_are_text_whatever_they_hold(
    library: Library, iteration: Iteration, tmp_path: Path
) -> None:
    page = report(library, iteration, tmp_path / "report.html")
    assert page.count("script") == 1, "only the one that sorts"
    assert "alert" not in page.texts["script"][0]
    assert page.texts["h1"] == [NASTY + "!"]
    assert NASTY in page.texts["span"]
    assert NASTY in page.texts["th"], "the confusion matrix"


def test_every_figure_and_plot_is_there(
    library: Library, iteration: Iteration, tmp_path: Path
) -> None:
    page = report(library, iteration, tmp_path / "report.html")
    assert page.texts["dt"][:5] == ["Precision", "Recall", "F1", "mAP", "False alarms"]
    assert page.texts["h2"] == [
        "Thresholds",
        "Tags",
        "Errors",
        "The worst of them",
        "Which tags are confused",
        "Sizes and probabilities",
        "Training",
    ]
    assert page.texts["h3"] == [
        "Against the probability threshold",
        "Precision by recall",
        "By the size of the box",
        "Is a probability what it says?",
        "Losses by epoch",
        "Figures by epoch",
    ]
    assert page.count("svg", "plot") == page.count("details") == 5, "each plot with its table"
    assert set(ERROR_KINDS) <= set(page.texts["span"])
    assert set(TAG_NAMES) - {"fork"} <= set(page.texts["span"])
    assert page.count("svg", "crop") >= 2


def test_the_plot_of_probabilities_says_which_side_is_too_modest(
    library: Library, iteration: Iteration, tmp_path: Path
) -> None:
    full = full_performance(library, iteration)
    found, right = full.calibration.probability, full.calibration.share_correct
    assert (right > found)[full.calibration.counts > 0].any(), "it is right more often than it says"
    write_report(library, full, tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Above the dashed line it is too modest, below it too sure" in text
    assert "above the diagonal the model is too modest, below it too sure" in HELP.read_text()


def test_tables_and_plots_can_be_read_without_eyes(
    library: Library, iteration: Iteration, tmp_path: Path
) -> None:
    page = report(library, iteration, tmp_path / "report.html")
    assert page.count("table") == page.count("caption") == len(page.texts["caption"])
    heads = [attributes for name, attributes in page.elements if name == "th"]
    assert all(attributes.get("scope") in ("row", "col") for attributes in heads)
    plots = [
        attributes
        for name, attributes in page.elements
        if name == "svg" and attributes.get("aria-hidden") != "true"
    ]
    assert all(attributes.get("role") == "img" for attributes in plots)
    titles = page.count("title") - 1
    assert titles == len(plots), "each plot and crop says what it shows"


def test_the_threshold_is_the_chosen_one_unless_another_is_asked_for(
    library: Library, iteration: Iteration, tmp_path: Path
) -> None:
    def thresholds(asked: float | None = None) -> str:
        page = report(library, iteration, tmp_path / "report.html", asked)
        (sentence,) = (text for text in page.texts["p"] if text.startswith("Probability threshold"))
        return sentence

    assert "0.50 (nobody has chosen one" in thresholds()
    iteration = set_threshold(library, iteration.id, 0.35)
    assert "0.35 (the one chosen" in thresholds()
    assert "0.60 (chosen for this iteration is 0.35)" in thresholds(0.6)


def test_an_iteration_without_epochs_background_or_errors_has_a_report(
    library: Library, project: Project, tmp_path: Path
) -> None:
    tagged_project(library, project, tmp_path / "pictures", images=5)
    iteration = finished_iteration(library, project, epochs=0)
    page = report(library, iteration, tmp_path / "report.html")
    assert "The worst of them" not in page.texts["h2"]
    assert "Losses by epoch" not in page.texts["h3"]
    assert "no background image" in page.texts["span"]


def test_of_pictures_deleted_for_good_meanwhile_the_report_says_that_they_are_gone(
    library: Library, iteration: Iteration, tmp_path: Path
) -> None:
    full = full_performance(library, iteration)
    images.delete(library.db, full.data.image_ids.tolist())
    write_report(library, full, tmp_path / "report.html")
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert page.count("figure") >= 2
    gone = [text for text in page.texts["p"] if text == "No picture: it was deleted."]
    assert len(gone) == page.count("p", "gone") >= 2
    assert any(text.endswith("deleted picture") for text in page.texts["span"])


def test_a_report_replaces_an_older_one_but_no_other_file(
    library: Library, iteration: Iteration, tmp_path: Path
) -> None:
    full = full_performance(library, iteration)
    path = tmp_path / "report.html"
    write_report(library, full, path)
    path.write_text(path.read_text() + "older")
    assert write_report(library, full, path) == path
    assert not path.read_text().endswith("older")

    letter = tmp_path / "letter.html"
    letter.write_text("<!doctype html><title>A letter</title>")
    with pytest.raises(Conflict, match=r"letter\.html is there already, and is no report"):
        write_report(library, full, letter)
    with pytest.raises(Conflict):
        write_report(library, full, tmp_path)
    link = tmp_path / "link.html"
    link.symlink_to(path)
    path.write_text(path.read_text() + "older")
    assert write_report(library, full, link) == link
    assert link.is_symlink(), "what it leads to is replaced"
    assert not path.read_text().endswith("older")
    link.unlink()
    link.symlink_to(letter)
    with pytest.raises(Conflict, match=r"link\.html is there already"):
        write_report(library, full, link)
    link.unlink()
    link.symlink_to(link)
    with pytest.raises(StorageFailed, match=r"link\.html cannot be written"):
        write_report(library, full, link)
    # The temporary name beside it is longer still, and must not be in what is said.
    with pytest.raises(StorageFailed, match=r"/x+\.html cannot be written: File name too long"):
        write_report(library, full, tmp_path / f"{'x' * 245}.html")
    assert letter.read_text().endswith("</title>")
    assert sorted(file.name for file in tmp_path.glob(".*")) == [], "nothing half-written is left"
