"""What is done with an iteration on the Performance view."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from tests.library import model_finds, with_weights
from tests.ui.evaluated import evaluated_iteration, tagged_project
from tests.ui.shell_library import shown_text
from tests.ui.test_performance_boxes import listed, opened
from tests.waiting import until
from tui_detect.core.errors import BadInput
from tui_detect.core.evaluation import figures
from tui_detect.core.geometry import Box
from tui_detect.core.model import Iteration, Project
from tui_detect.ui.app import TuiDetectApp
from tui_detect.ui.screens.compare import CompareScreen
from tui_detect.ui.screens.performance_keys import parse_wanted
from tui_detect.ui.widgets.dialogs import Confirm, ErrorDialog, Prompt
from tui_detect.ui.widgets.iteration_choice import IterationChoice
from tui_detect.ui.widgets.plot import Plot
from tui_detect.ui.widgets.trash_dialog import TrashDialog
from tui_detect.ui.wording import percent
from tui_detect.workflows import iterations
from tui_detect.workflows.library import Library
from tui_detect.workflows.performance import performance
from tui_detect.workflows.thresholds import set_threshold, threshold_of


@pytest.fixture
def trained(library: Library, project: Project, tmp_path: Path) -> list[Iteration]:
    """Two completed iterations."""
    tagged_project(library, project, tmp_path / "pictures")
    return [
        evaluated_iteration(library, project, skill=0.5, seed=4),
        evaluated_iteration(library, project, skill=0.8),
    ]


@pytest.fixture
def app(library: Library, project: Project, trained: list[Iteration]) -> TuiDetectApp:
    """The app on them."""
    return TuiDetectApp(library, project=project, mode="performance")


async def test_one_key_lets_predictions_use_the_threshold_and_again_the_usual_one(
    app: TuiDetectApp, library: Library, trained: list[Iteration]
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        view = await opened(pilot, app)
        await pilot.press("right_square_bracket", "s")
        stored = iterations.get_iteration(library, trained[1].id)
        assert threshold_of(stored) == 0.55
        await until(
            pilot,
            lambda: "predictions use 0.55" in str(view.query_one("#thresholds").render()),
            "the threshold that predictions use",
        )
        await pilot.press("s")
        assert threshold_of(iterations.get_iteration(library, trained[1].id)) == 0.5


async def test_an_iteration_opens_at_the_threshold_that_its_predictions_use(
    app: TuiDetectApp, library: Library, trained: list[Iteration]
) -> None:
    set_threshold(library, trained[1].id, 0.3)
    async with app.run_test(size=(120, 40)) as pilot:
        view = await opened(pilot, app)
        assert view.threshold == 0.3


async def test_one_key_takes_the_best_threshold_of_a_tag(
    app: TuiDetectApp, library: Library, trained: list[Iteration]
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        view = await opened(pilot, app)
        view.panes.tags.focus()
        assert view.evaluation is not None
        best = view.evaluation.tag_best[int(str(view.panes.tags.key))]
        await pilot.press("t")
        stored = iterations.get_iteration(library, trained[1].id)
        assert list(stored.tag_thresholds.values()) == [best]
        await until(pilot, lambda: "predictions use" in str(view.panes.words.render()), "the words")
        await pilot.press("t")
        assert not iterations.get_iteration(library, trained[1].id).tag_thresholds


async def test_a_wanted_precision_is_reached_by_the_threshold_it_gives(
    app: TuiDetectApp, library: Library, trained: list[Iteration]
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        view = await opened(pilot, app)
        await pilot.press("w")
        await until(pilot, lambda: isinstance(app.screen, Prompt), "the question")
        await pilot.press(*"95")
        assert app.screen.query_one(Input).value == "precision 95"
        await pilot.press("ctrl+u", *"recall", "space", *"60", "enter")
        await until(pilot, lambda: view.threshold != 0.5, "another threshold")
        recall = performance(library, trained[1].id, view.threshold, 0.3).recall.value
        assert recall is not None
        assert recall >= 0.6
        await pilot.press("w")
        await until(pilot, lambda: isinstance(app.screen, Prompt), "the question")
        await pilot.press("ctrl+u", *"nonsense", "enter")
        await until(pilot, lambda: isinstance(app.screen, ErrorDialog), "what can be wanted")


async def test_predictions_of_a_tag_use_the_threshold_for_a_wanted_recall(
    app: TuiDetectApp, library: Library, trained: list[Iteration]
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        view = await opened(pilot, app)
        view.panes.tags.focus()
        before = view.threshold
        await pilot.press("down", "W")
        await until(pilot, lambda: isinstance(app.screen, Prompt), "the question")
        await pilot.press("ctrl+u", *"recall", "space", *"50", "enter")
        await until(pilot, lambda: app.screen is view, "the view")
        chosen = iterations.get_iteration(library, trained[1].id).tag_thresholds
        [threshold] = chosen.values()
        tag = performance(library, trained[1].id, threshold, 0.3).tags[1]
        assert tag.tag.id == view.panes.tags.key
        assert tag.recall is not None
        assert tag.recall >= 0.5
        assert view.threshold == before, "what is looked at stays"
        of_tags = {int(str(view.panes.tags.key)): threshold}
        assert view.evaluation is not None
        assert view.evaluation.matched is not None
        f1 = figures(view.evaluation.matched, 0.5, of_tags=of_tags).f1.value
        line = f"predictions use 0.50, for 1 tag its own: F1 {percent(f1)}"
        await until(pilot, lambda: line in shown_text(app), line)
        words = f"predictions use {threshold:g}"
        await until(pilot, lambda: words in str(view.panes.words.render()), words)


def test_what_is_wanted_may_be_written_in_several_ways() -> None:
    assert parse_wanted("precision 95") == (0.95, None)
    assert parse_wanted(" p 95 % ") == (0.95, None)
    assert parse_wanted("r 0.9") == (None, 0.9)
    assert parse_wanted("Recall 100") == (None, 1.0)
    for text in ("", "95", "accuracy 95", "precision", "precision many"):
        with pytest.raises(BadInput):
            parse_wanted(text)


async def test_publishing_and_deleting_and_restoring(
    app: TuiDetectApp, library: Library, project: Project, trained: list[Iteration]
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        view = await opened(pilot, app)
        await pilot.press("p")
        await until(pilot, lambda: isinstance(app.screen, Prompt), "the question")
        await pilot.press("ctrl+u", *"door", "enter")
        await until(pilot, lambda: app.screen is view, "the view")
        assert iterations.get_iteration(library, trained[1].id).published_as == "door"
        assert "→ door" in str(view.table.rows[0].cells[0])
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, Confirm), "what goes")
        await pilot.press("y")
        await until(pilot, lambda: len(view.table.rows) == 1, "the list without it")
        await pilot.press("R")
        await until(pilot, lambda: isinstance(app.screen, TrashDialog), "the trash")
        await pilot.press("enter")
        await until(pilot, lambda: len(view.table.rows) == 2, "the list with it")


async def test_suspect_labels_open_as_a_list(app: TuiDetectApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, app)
        await pilot.press("l")
        assert (await listed(pilot, app)).startswith("Labels that may be wrong · 1 of ")


async def test_suspect_labels_of_training_pictures_are_listed_with_a_warning(
    app: TuiDetectApp,
    library: Library,
    trained: list[Iteration],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_weights(library, trained[1])
    on_label, on_nothing = Box(0.05, 0.1, 0.25, 0.6), Box(0.05, 0.8, 0.1, 0.1)
    model_finds(monkeypatch, [(0, 0.99, on_label), (0, 0.99, on_nothing)])
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, app)
        await pilot.press("L")
        assert (await listed(pilot, app)).startswith("Labels that may be wrong · 1 of ")
        for _ in range(100):
            if "Trained on this picture" in shown_text(app):
                break
            await pilot.press("n")
        assert "Trained on this picture" in shown_text(app)


async def test_comparing_asks_with_which_one(app: TuiDetectApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot, app)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(app.screen, IterationChoice), "the choice")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, CompareScreen), "the comparison")


async def test_a_held_threshold_key_draws_no_plot_and_lays_nothing_out_anew(
    app: TuiDetectApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        view = await opened(pilot, app)
        await pilot.press("right_square_bracket")
        drawn = {plot.id: plot.times_drawn for plot in view.query(Plot)}
        layouts: list[object] = []
        compositor = type(view._compositor)
        monkeypatch.setattr(compositor, "reflow", lambda *args: layouts.append(args))
        await pilot.press(*["right_square_bracket"] * 3)
        assert view.threshold == 0.7
        assert {plot.id: plot.times_drawn for plot in view.query(Plot)} == drawn
        assert not layouts
