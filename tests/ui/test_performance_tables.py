"""The tables of the Performance view: what is shown of many tags, in which order, and how."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tests.core.evaluation.detections import confused
from tests.ui.evaluated import evaluated_iteration, tagged_project
from tests.waiting import until
from tui_detect.core.evaluation import EvaluationTag, TagPerformance
from tui_detect.core.evaluation.confusion import Confusion
from tui_detect.core.model import Project
from tui_detect.ui.theme import CALM
from tui_detect.ui.widgets.confusion_table import ConfusionTable
from tui_detect.ui.widgets.error_table import ErrorTable
from tui_detect.ui.widgets.iteration_table import iteration_rows
from tui_detect.ui.widgets.sparkline import bar, sparkline
from tui_detect.ui.widgets.tag_table import in_order
from tui_detect.workflows.library import Library


class TableApp(App[None]):
    """A confusion matrix that fills the terminal."""

    def __init__(self, confusion: Confusion) -> None:
        super().__init__()
        self._confusion = confusion
        self.register_theme(CALM)
        self.theme = CALM.name

    def compose(self) -> ComposeResult:
        yield ConfusionTable()

    def on_mount(self) -> None:
        self.table.confusion = self._confusion
        self.table.focus()

    @property
    def table(self) -> ConfusionTable:
        return self.query_one(ConfusionTable)

    @property
    def lines(self) -> list[str]:
        return [self.table.render_line(y).text for y in range(self.table.size.height)]


async def ready(pilot: Pilot[None], app: TableApp) -> None:
    await until(pilot, lambda: app.table.has_focus and app.table.cell, "the matrix")


async def test_a_small_matrix_is_seen_whole_with_background_last() -> None:
    app = TableApp(confused(2, (0, 1, 3), (1, 2, 4), (2, 0, 5)))
    async with app.run_test(size=(80, 12)) as pilot:
        await ready(pilot, app)
        shown = app.lines
        assert shown[1].split() == ["tag", "1", "tag", "2", "background"]
        assert shown[2].split() == ["tag", "1", "[10]", "3", "·"]
        assert shown[3].split() == ["tag", "2", "·", "10", "4"]
        assert shown[4].split() == ["background", "5", "·"]


async def test_a_wide_matrix_follows_the_cursor_and_says_that_it_goes_on() -> None:
    app = TableApp(confused(80, *((k, k + 1, 80 - k) for k in range(79))))
    async with app.run_test(size=(60, 12)) as pilot:
        await ready(pilot, app)
        assert "→↓" in app.lines[0]
        await pilot.press("end")
        assert "←↑" in app.lines[0]
        assert app.table.cell == (80, 80)
        assert app.lines[-1].startswith("background")
        assert all(len(line) == 60 for line in app.lines)


async def test_the_cursor_stays_on_its_cell_when_the_counts_change() -> None:
    app = TableApp(confused(20, (3, 4, 2), (7, 8, 5)))
    async with app.run_test(size=(80, 12)) as pilot:
        await ready(pilot, app)
        assert app.table.cell == (7, 7)
        await pilot.press("right")
        assert app.table.sentence == "5 × tag 8 taken for tag 9"
        app.table.confusion = confused(20, (3, 4, 9), (7, 8, 1))
        assert app.table.cell == (7, 8)
        assert app.table.sentence == "1 × tag 8 taken for tag 9"


def tag(name: str, precision: float | None, regions: int) -> TagPerformance:
    """A tag's figures."""
    return TagPerformance(EvaluationTag(1, name), precision, None, None, regions, 1, 1, 1.0)


def test_tags_sort_by_a_figure_those_without_it_last() -> None:
    tags = [tag("a", 0.5, 3), tag("b", None, 2), tag("c", 0.1, 9)]

    def names(**order: bool) -> str:
        return "".join(t.tag.name for t in in_order(tags, lambda tag: tag.precision, **order))

    assert names(descending=False) == "cab"
    assert names(descending=True) == "acb"
    assert [t.tag.name for t in in_order(tags, None, descending=True)] == ["c", "b", "a"]


@pytest.mark.parametrize(
    ("share", "shown"), [(0.0, ""), (0.001, "▏"), (0.5, "██"), (1.0, "████"), (0.53, "██▏")]
)
def test_a_bar_is_exact_to_an_eighth_and_nothing_above_nothing_vanishes(
    share: float, shown: str
) -> None:
    assert bar(share, 4) == shown


def test_iterations_that_are_near_together_look_so(
    library: Library, project: Project, tmp_path: Path
) -> None:
    tagged_project(library, project, tmp_path / "pictures")
    first = evaluated_iteration(library, project)
    near = [replace(first, map=value) for value in (0.937, 0.935)]
    apart = [replace(first, map=value) for value in (0.9, 0.1)]
    assert [str(row.cells[-1]) for row in iteration_rows(near)] == ["▄▅", "▄"]
    assert [str(row.cells[-1]) for row in iteration_rows(apart)] == ["▁█", "▁"]


def test_a_sparkline_spans_what_there_is() -> None:
    assert sparkline([0.0, 0.5, 1.0], 0.0, 1.0) == "▁▅█"
    assert sparkline([0.4, 0.4], 0.4, 0.4) == "▄▄"


async def test_errors_are_ordered_by_what_they_cost_once_that_is_known() -> None:
    class ErrorApp(App[None]):
        def compose(self) -> ComposeResult:
            yield ErrorTable()

    app = ErrorApp()
    async with app.run_test(size=(100, 12)):
        table = app.query_one(ErrorTable)
        table.can_focus = False
        counts = dict.fromkeys(("class", "location", "both", "duplicate", "background"), 1)
        table.show_errors({**counts, "missed": 2}, None)  # type: ignore[dict-item]
        assert table.rows[0].key == "class"
        assert "…" in str(table.rows[0].cells[2])
        costs = dict.fromkeys(counts, 0.01) | {"missed": 0.2}
        table.show_errors({**counts, "missed": 2}, costs)  # type: ignore[dict-item, arg-type]
        table.advise({"missed": "Tag 2 more pictures with forks."})
        assert [row.key for row in table.rows].index("missed") == 0
        assert str(table.rows[0].cells[2]) == "20.0 %"
        assert "Tag 2 more pictures" in table.rows[0].cells[4].plain  # type: ignore[union-attr]


async def test_a_kind_that_costs_without_a_box_at_the_threshold_says_why() -> None:
    class ErrorApp(App[None]):
        def compose(self) -> ComposeResult:
            yield ErrorTable()

    app = ErrorApp()
    async with app.run_test(size=(100, 12)) as pilot:
        table = app.query_one(ErrorTable)
        table.show_errors({"duplicate": 0, "missed": 2}, {"duplicate": 0.1, "missed": 0.0})
        await until(pilot, lambda: table.key == "duplicate", "the kind that costs most")
        assert "counts every probability" in table.sentence
        table.action_move_to(1)
        assert "every probability" not in table.sentence
