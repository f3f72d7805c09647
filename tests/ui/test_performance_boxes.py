"""Every number, bar and cell of the Performance view opens the boxes behind it."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.evaluated import evaluated_iteration, tagged_project
from tests.waiting import until
from tui_detect.core.evaluation import match
from tui_detect.core.evaluation.error_kinds import KindsOfError, kinds_of
from tui_detect.core.model import Iteration, Project
from tui_detect.ui.app import TuiDetectApp
from tui_detect.ui.screens.errors import ErrorsScreen
from tui_detect.ui.screens.performance import PerformanceScreen
from tui_detect.ui.widgets.box_tables import BinTable
from tui_detect.ui.widgets.confusion_table import ConfusionTable
from tui_detect.ui.widgets.figures import Headline
from tui_detect.ui.widgets.header import TitleLine
from tui_detect.workflows.library import Library
from tui_detect.workflows.performance import load_evaluation, performance


@pytest.fixture
def iteration(library: Library, project: Project, tmp_path: Path) -> Iteration:
    """An iteration with wrong detections and missed regions."""
    tagged_project(library, project, tmp_path / "pictures")
    return evaluated_iteration(library, project, skill=0.5, seed=4)


@pytest.fixture
def kinds(library: Library, iteration: Iteration) -> KindsOfError:
    """Its errors at overlap 0.30."""
    return kinds_of(match(load_evaluation(library, iteration.id), 0.3))


async def opened(pilot: Pilot[None], app: TuiDetectApp) -> PerformanceScreen:
    """The view, once all is computed."""
    screens = app.screen_stack
    await until(
        pilot,
        lambda: any(
            isinstance(s, PerformanceScreen) and s.evaluation and not s.evaluation.step
            for s in screens
        ),
        "all figures",
    )
    return next(s for s in screens if isinstance(s, PerformanceScreen))


async def listed(pilot: Pilot[None], app: TuiDetectApp) -> str:
    """The title of the list that opened, with how many boxes it has."""

    def title() -> str:
        if not isinstance(app.screen, ErrorsScreen):
            return ""
        return str(app.screen.query_one(TitleLine).where)

    await until(pilot, title, "the list of boxes")
    return title()


async def test_a_tag_opens_its_errors_and_q_comes_back(
    library: Library, project: Project, iteration: Iteration, kinds: KindsOfError
) -> None:
    app = TuiDetectApp(library, project=project, mode="performance")
    async with app.run_test(size=(120, 40)) as pilot:
        view = await opened(pilot, app)
        view.panes.tags.focus()
        await pilot.press("down", "enter")
        name, errors = kinds.data.tags[1].name, len(kinds.findings(0.5, tag=1))
        assert await listed(pilot, app) == f"Errors with {name} · 1 of {errors}"
        await pilot.press("q")
        await until(pilot, lambda: app.screen is view, "the way back")


async def test_a_kind_of_error_opens_as_many_boxes_as_it_counts(
    library: Library, project: Project, iteration: Iteration, kinds: KindsOfError
) -> None:
    app = TuiDetectApp(library, project=project, mode="performance")
    async with app.run_test(size=(80, 24)) as pilot:
        view = await opened(pilot, app)
        await pilot.press("v", "v", "v", "enter")
        title = await listed(pilot, app)
        costs = {kind: cost or 0 for kind, cost in kinds.costs().items()}
        worst = max(costs, key=lambda kind: costs[kind])
        assert view.panes.errors.key == worst
        assert title.endswith(f"of {kinds.counts(0.5)[worst]}")


async def test_a_cell_of_the_confusion_matrix_opens_its_boxes(
    library: Library, project: Project, iteration: Iteration
) -> None:
    app = TuiDetectApp(library, project=project, mode="performance")
    async with app.run_test(size=(80, 24)) as pilot:
        view = await opened(pilot, app)
        await pilot.press("v", "v", "v", "v")
        matrix = view.query_one(ConfusionTable)
        await until(pilot, lambda: matrix.confusion is not None, "the matrix")
        await pilot.press("right", "right", "right")
        assert matrix.confusion is not None
        missed = int(matrix.confusion.counts[0, 3])
        assert missed
        assert matrix.sentence == f"{missed} × fork missed"
        await pilot.press("enter")
        assert await listed(pilot, app) == f"fork missed · 1 of {missed}"
        await pilot.press("q")
        await until(pilot, lambda: app.screen is view, "the way back")
        await pilot.press("end", "enter")
        await pilot.pause()
        assert app.screen is view, "nothing met nothing: there is no box to show"


async def test_a_headline_figure_opens_what_keeps_it_from_being_perfect(
    library: Library, project: Project, iteration: Iteration
) -> None:
    truth = performance(library, iteration.id, 0.5, 0.3)
    app = TuiDetectApp(library, project=project, mode="performance")
    async with app.run_test(size=(120, 40)) as pilot:
        view = await opened(pilot, app)
        view.query_one(Headline).focus()
        words = view.panes.words
        await until(pilot, lambda: str(words.content).endswith("enter: wrong detections"), "words")
        await pilot.press("enter")
        wrong = f"Wrong detections · 1 of {truth.false_positives:.0f}"
        assert await listed(pilot, app) == wrong
        await pilot.press("q")
        await until(pilot, lambda: app.screen is view, "the way back")
        await pilot.press("right", "enter")
        missed = f"Regions not found · 1 of {truth.false_negatives:.0f}"
        assert await listed(pilot, app) == missed
        await pilot.press("q")
        await until(pilot, lambda: app.screen is view, "the way back")
        await pilot.press("right", "right", "right", "enter")
        assert (await listed(pilot, app)).startswith("False alarms on background images")


async def test_box_sizes_and_probabilities_open_their_boxes(
    library: Library, project: Project, iteration: Iteration
) -> None:
    app = TuiDetectApp(library, project=project, mode="performance")
    async with app.run_test(size=(120, 40)) as pilot:
        view = await opened(pilot, app)
        await pilot.press("v", "v")
        view.query_one("#sizes").focus()
        await pilot.press("enter")
        assert (await listed(pilot, app)).startswith("Errors with small boxes")
        await pilot.press("q")
        await until(pilot, lambda: app.screen is view, "the way back")
        view.query_one("#bins").focus()
        await pilot.press("end", "enter")
        assert (await listed(pilot, app)).startswith("Wrong detections of 0.05 to 0.145")
        await pilot.press("q")
        await until(pilot, lambda: app.screen is view, "the way back")
        await pilot.press("right", "enter")
        boxes = view.query_one("#bins", BinTable).rows[-1].cells[1]
        assert await listed(pilot, app) == f"Detections of 0.05 to 0.145 · 1 of {boxes}"


async def test_each_figure_of_a_tag_opens_the_boxes_behind_it(
    library: Library, project: Project, iteration: Iteration
) -> None:
    truth = performance(library, iteration.id, 0.5, 0.3).tags[0]
    wrong = truth.detections - int(truth.true_positives)
    wanted = {
        "precision": f"Wrong detections of fork · 1 of {wrong}",
        "recall": f"Not found: fork · 1 of {truth.regions - int(truth.true_positives)}",
        "AP": "Errors with fork · 1 of ",
        "regions": f"Regions of fork · 1 of {truth.regions}",
        "found": f"Right detections of fork · 1 of {truth.true_positives:.0f}",
        "false": f"Wrong detections of fork · 1 of {wrong}",
        "images": f"Regions of fork · 1 of {truth.regions}",
    }
    app = TuiDetectApp(library, project=project, mode="performance")
    async with app.run_test(size=(240, 40)) as pilot:
        view = await opened(pilot, app)
        tags = view.panes.tags
        tags.focus()
        for figure, title in wanted.items():
            await pilot.press("right")
            assert tags.figure == figure
            words = f"enter: {title.split(' · ')[0]}"
            assert str(view.panes.words.content).endswith(words)
            await pilot.press("enter")
            assert (await listed(pilot, app)).startswith(title)
            await pilot.press("q")
            await until(pilot, lambda: app.screen is view, "the way back")


async def test_the_chosen_figure_is_marked_and_a_click_chooses_it(
    library: Library, project: Project, iteration: Iteration
) -> None:
    app = TuiDetectApp(library, project=project, mode="performance")
    async with app.run_test(size=(160, 40)) as pilot:
        view = await opened(pilot, app)
        tags = view.panes.tags
        tags.focus()
        await pilot.press("down", "right", "right", "right", "left")
        line = tags.render_line(2).text
        assert line.split("▸")[1].split("  ")[0] == str(tags.rows[1].cells[2])
        await pilot.click(tags, offset=(line.index("▸") - 10, 1))
        await until(pilot, lambda: (tags.cursor, tags.figure) == (0, "precision"), "the click")
        assert app.screen is view, "another figure was only chosen"
        await pilot.click(tags, offset=(line.index("▸") - 10, 1))
        assert (await listed(pilot, app)).startswith("Wrong detections of fork")
