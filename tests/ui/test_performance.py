"""The Performance view: figures that follow the thresholds, plots, renaming, deleting."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.content import Content
from textual.widgets import Static

from tests.library import workspace
from tests.ui.evaluated import (
    evaluated_iteration,
    failed_iteration,
    finish_run,
    running_iteration,
    tagged_project,
)
from tests.waiting import until
from tui_detect.core.model import Iteration, Project
from tui_detect.ui.app import TuiDetectApp
from tui_detect.ui.screens.performance import PerformanceScreen
from tui_detect.ui.screens.performance_keys import next_overlap, next_step, next_usual_overlap
from tui_detect.ui.widgets.dialogs import Confirm, ErrorDialog, Prompt
from tui_detect.ui.widgets.figures import Headline
from tui_detect.ui.widgets.plot import Plot
from tui_detect.workflows import iterations as workflow
from tui_detect.workflows.images import remove_images
from tui_detect.workflows.library import Library
from tui_detect.workflows.performance import performance


class View:
    """The screen as a person sees it."""

    def __init__(self, library: Library, project: Project) -> None:
        self.app = TuiDetectApp(library, project=project, mode="performance")

    @property
    def screen(self) -> PerformanceScreen:
        found = next(s for s in self.app.screen_stack if isinstance(s, PerformanceScreen))
        return found

    def text(self, selector: str) -> str:
        shown = self.screen.query_one(selector)
        return str(shown.render()) if shown.is_on_screen else ""

    @property
    def headline(self) -> str:
        widget = self.screen.query_one(Headline)
        return str(widget.render()) if widget.is_on_screen else ""

    @property
    def complete(self) -> bool:
        """Whether all figures and their plots are in sight."""
        evaluation = self.screen.evaluation
        computed = evaluation is not None and not evaluation.step
        return computed and bool(self.headline) and bool(self.plots)

    @property
    def ready(self) -> bool:
        screens = [s for s in self.app.screen_stack if isinstance(s, PerformanceScreen)]
        return bool(screens) and screens[0].evaluation is not None

    @property
    def plots(self) -> list[str]:
        shown = (plot for plot in self.screen.query(Plot) if plot.is_on_screen)
        return [str(plot.render()) for plot in shown]

    @property
    def list(self) -> list[str]:
        return [
            " ".join(str(Content(cell) if isinstance(cell, str) else cell) for cell in row.cells)
            for row in self.screen.table.rows
        ]


@pytest.fixture
def trained(library: Library, project: Project, tmp_path: Path) -> list[Iteration]:
    """Two completed iterations, the newer and better one last."""
    tagged_project(library, project, tmp_path / "pictures")
    return [
        evaluated_iteration(library, project, skill=0.5, seed=4),
        evaluated_iteration(library, project, skill=0.8),
    ]


async def test_an_empty_project_says_what_will_be_here(library: Library, project: Project) -> None:
    view = View(library, project)
    async with view.app.run_test(size=(80, 24)) as pilot:
        await until(
            pilot, lambda: "Nothing has been trained yet" in view.text("#empty"), "the hint"
        )
        assert "2  opens Train" in view.text("#empty")
        await pilot.press("r", "d", "equals_sign", "v", "left_square_bracket")
        assert isinstance(view.app.screen, PerformanceScreen)


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (120, 40), (200, 50)])
async def test_the_newest_iteration_is_shown_with_its_figures(
    library: Library, project: Project, trained: list[Iteration], size: tuple[int, int]
) -> None:
    truth = performance(library, trained[1].id, 0.5, 0.3)
    view = View(library, project)
    async with view.app.run_test(size=size) as pilot:
        await until(pilot, lambda: view.complete, "the figures")
        for figure in (truth.precision, truth.recall, truth.f1, truth.map):
            assert figure.value is not None
            assert f"{100 * figure.value:.0f} %" in view.headline
            assert (
                f"[{100 * (figure.low or 0):.0f}–{100 * (figure.high or 0):.0f}]" in view.headline
            )
        assert view.text("#definition") == truth.definition
        assert f"of {truth.regions} regions found" in view.text("#counts")
        assert len(view.plots) == (1 if size[0] < 116 else 2)
        # The definition stands beside every number, whatever the size.
        definition = view.screen.query_one("#definition")
        assert definition.region.bottom <= size[1] - 1


async def test_every_figure_follows_the_probability_threshold(
    library: Library, project: Project, trained: list[Iteration]
) -> None:
    view = View(library, project)
    async with view.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: view.complete, "the figures")
        await pilot.press("right_square_bracket", "right_square_bracket", "full_stop")
        assert view.screen.threshold == 0.61
        truth = performance(library, trained[1].id, 0.61, 0.3)
        assert truth.recall.value is not None
        assert f"{100 * truth.recall.value:.0f} %" in view.headline
        assert "0.61" in view.text("#thresholds")
        assert "probability 0.61 or more" in view.text("#definition")
        await pilot.press("left_square_bracket")
        assert view.screen.threshold == 0.6
        await pilot.press(*["right_square_bracket"] * 10)
        assert view.screen.threshold == 1.0
        assert "nothing found" in view.headline


async def test_the_overlap_threshold_decides_what_is_correct(
    library: Library, project: Project, trained: list[Iteration]
) -> None:
    view = View(library, project)
    async with view.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: view.complete, "the figures")
        await pilot.press("o", "o")
        await until(pilot, lambda: "these ten" in view.text("#definition"), "COCO's range")
        truth = performance(library, trained[1].id, 0.5, "0.50:0.95")
        assert truth.map.value is not None
        assert f"{100 * truth.map.value:.0f} %" in view.headline
        await pilot.press("left_curly_bracket", "left_curly_bracket")
        await until(pilot, lambda: "(IoU) 0.90 or more" in view.text("#definition"), "0.90")


async def test_the_best_threshold_is_one_key_away(
    library: Library, project: Project, trained: list[Iteration]
) -> None:
    view = View(library, project)
    async with view.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: view.complete, "the figures")
        shown = view.text("#thresholds").split("best F1 ")[1]
        await pilot.press("equals_sign")
        best = performance(library, trained[1].id, view.screen.threshold, 0.3).f1.value
        assert best is not None
        assert shown == f"{100 * best:.0f} % at {view.screen.threshold:.2f}"


async def test_a_key_shows_the_other_plots(
    library: Library, project: Project, trained: list[Iteration]
) -> None:
    view = View(library, project)
    async with view.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: view.complete, "the figures")
        await until(pilot, lambda: any(view.plots), "the first plot")
        titles = []
        for _ in range(9):
            titles.append(view.screen.panes.current.title)
            await pilot.press("v")
        assert titles == [
            "threshold",
            "recall",
            "tags",
            "errors",
            "confusion",
            "sizes",
            "calibration",
            "loss",
            "epochs",
        ]
        assert view.screen.panes.current.title == "threshold"
        await pilot.press("V")
        assert "by epoch" in view.plots[0]


async def test_another_iteration_is_chosen_in_the_list(
    library: Library, project: Project, trained: list[Iteration]
) -> None:
    failed = failed_iteration(library, project)
    view = View(library, project)
    async with view.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: "failed" in view.text("#note"), "the newest, which failed")
        assert "the GPU ran out of memory" in view.text("#note")
        assert view.headline == ""
        assert view.plots == []
        assert ["failed" in line for line in view.list] == [True, False, False]
        await pilot.press("down", "down")
        title = f"{trained[0].name} · completed"
        await until(pilot, lambda: title in str(view.screen.query_one("TitleLine").render()), title)
        await until(pilot, lambda: view.headline, "the figures of the oldest")
        await pilot.press("up", "up")
        await until(pilot, lambda: view.headline == "", f"{failed.name} again")


async def test_a_narrow_screen_folds_the_list_behind_a_key(
    library: Library, project: Project, trained: list[Iteration]
) -> None:
    view = View(library, project)
    async with view.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: view.complete, "the figures")
        side = view.screen.query_one("#side")
        assert not side.is_on_screen
        await pilot.press("i")
        await until(pilot, lambda: side.is_on_screen, "the list")
        before = view.headline
        await pilot.press("down")
        await until(pilot, lambda: view.headline not in ("", before), "the other iteration")
        await pilot.press("enter")
        await until(pilot, lambda: not side.is_on_screen, "the list folded away")
        await pilot.press("i", "i")
        assert not side.is_on_screen


async def test_an_iteration_in_training_shows_its_plots_and_then_its_figures(
    library: Library, project: Project, trained: list[Iteration]
) -> None:
    running = running_iteration(library, project)
    view = View(library, project)
    async with view.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: any(view.plots), "the epochs so far")
        assert "Figures come when the training has ended" in view.text("#note")
        assert view.headline == ""
        assert "b box" in view.plots[0]
        finish_run(library, running)
        view.app.watch_runs()
        await until(pilot, lambda: view.headline, "the figures, without a key")
        few = "Only 7 images with regions: too few for these figures to mean much."
        await until(pilot, lambda: view.text("#note") == few, "the warning")
        assert "%" in view.list[0]


async def test_an_iteration_that_trains_elsewhere_appears_in_the_list(
    library: Library, project: Project, trained: list[Iteration]
) -> None:
    view = View(library, project)
    async with view.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: view.complete, "the figures")
        running = running_iteration(library, project)
        view.app.watch_runs()
        await until(pilot, lambda: len(view.list) == 3, "the new iteration")
        assert running.name in view.list[0]
        assert view.screen.table.chosen is not None
        assert view.screen.table.chosen.id == trained[1].id, "what one looks at stays"


async def test_a_tiny_terminal_does_not_break_it(
    library: Library, project: Project, trained: list[Iteration]
) -> None:
    view = View(library, project)
    async with view.app.run_test(size=(30, 10)) as pilot:
        await until(pilot, lambda: view.ready, "the figures")
        for size in ((12, 4), (60, 18), (140, 12)):
            await pilot.resize_terminal(*size)
            await pilot.press("v", "right_square_bracket")
        assert view.screen.threshold == 0.65


@pytest.mark.parametrize("title", ["recall", "tags", "confusion", "calibration", "epochs"])
async def test_the_page_stays_at_its_panes_when_the_terminal_becomes_larger(
    library: Library, project: Project, trained: list[Iteration], title: str
) -> None:
    view = View(library, project)
    async with view.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: view.complete, "the figures")
        panes = view.screen.panes
        while panes.current.title != title:
            await pilot.press("v")
        [first, *_] = panes.current.panes
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: panes.room == (True, True), "more room")
        assert first in panes.current.panes


async def test_rename(library: Library, project: Project, trained: list[Iteration]) -> None:
    view = View(library, project)
    async with view.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: view.complete, "the figures")
        await pilot.press("r")
        await until(pilot, lambda: isinstance(view.app.screen, Prompt), "the question")
        await pilot.press("ctrl+u", *"good one", "enter")
        await until(pilot, lambda: "good one" in view.list[0], "the new name in the list")
        assert workflow.get_iteration(library, trained[1].id).name == "good one"

        await pilot.press("r")
        await until(pilot, lambda: isinstance(view.app.screen, Prompt), "the question")
        await pilot.press("ctrl+u", *trained[0].name.replace(" ", "_").split("_")[0], "space", "1")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(view.app.screen, ErrorDialog), "the refusal")


async def test_delete_says_which_images_go_and_how_much(
    library: Library, project: Project, tmp_path: Path
) -> None:
    images = tagged_project(library, project, tmp_path / "pictures", 16)
    first = evaluated_iteration(library, project)
    remove_images(library, [images[0].id, images[5].id])
    second = evaluated_iteration(library, project)
    view = View(library, project)
    async with view.app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: view.complete, "the figures")
        await pilot.press("down", "d")
        await until(pilot, lambda: isinstance(view.app.screen, Confirm), "the question")
        question = " ".join(str(line.render()) for line in view.app.screen.query(Static))
        assert "2 images that nothing else holds" in question
        assert f"{images[0].name}, {images[5].name}" in question
        assert "5.2 MB" in question
        await pilot.press("y")
        await until(pilot, lambda: len(view.list) == 1, "the list without it")
        assert [i.id for i in workflow.list_iterations(library, project.id)] == [second.id]
        assert len(workspace(library, project)) == 14
        assert first.name not in view.list[0]
        await until(pilot, lambda: view.headline, "the figures of the one that is left")

        await pilot.press("d")
        await until(pilot, lambda: isinstance(view.app.screen, Confirm), "the question")
        question = " ".join(str(line.render()) for line in view.app.screen.query(Static))
        assert "No image goes" in question
        await pilot.press("y")
        await until(pilot, lambda: "Nothing has been trained" in view.text("#empty"), "the hint")


def test_steps_go_to_round_numbers() -> None:
    assert next_step(0.42, 1, 0.05, 0, 1) == 0.45
    assert next_step(0.42, -1, 0.05, 0, 1) == 0.4
    assert next_step(0.43, 1, 0.05, 0, 1) == 0.45
    assert next_step(0.43, -1, 0.05, 0, 1) == 0.4
    assert next_step(0.45, 1, 0.05, 0, 1) == 0.5
    assert next_step(1.0, 1, 0.05, 0, 1) == 1.0
    assert next_step(0.0, -1, 0.05, 0, 1) == 0.0


def test_overlap_steps_end_at_the_range_of_coco() -> None:
    assert next_overlap(0.3, 1) == 0.35
    assert next_overlap(0.05, -1) == 0.05
    assert next_overlap(0.95, 1) == "0.50:0.95"
    assert next_overlap("0.50:0.95", 1) == "0.50:0.95"
    assert next_overlap("0.50:0.95", -1) == 0.95
    assert next_usual_overlap(0.3) == 0.5
    assert next_usual_overlap(0.5) == "0.50:0.95"
    assert next_usual_overlap("0.50:0.95") == 0.3
    assert next_usual_overlap(0.65) == 0.3
