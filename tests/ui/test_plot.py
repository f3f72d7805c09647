"""Plots fill their pane exactly, and say in one line when they cannot."""

from __future__ import annotations

import math
import subprocess
import sys
from importlib import import_module

import pytest
from textual.app import App, ComposeResult

from tests.waiting import until
from tui_detect.ui.theme import CALM, SIXTEEN
from tui_detect.ui.widgets.plot import (
    TOO_SMALL,
    Axis,
    Line,
    Marker,
    Plot,
    PlotData,
    nice_ticks,
    shares,
)

SHARES = tuple(i / 20 for i in range(21))
CURVES = PlotData(
    title="precision and recall",
    lines=(
        Line("precision", SHARES, SHARES, "$success", "p"),
        Line("recall", SHARES, tuple(1 - y for y in SHARES), "#ff8800", "r"),
    ),
    x=Axis("probability threshold", 0, 1),
    y=Axis("", 0, 1, percent=True),
    markers=(Marker(0.42),),
)


class PlotApp(App[None]):
    """A plot that fills the terminal."""

    def __init__(self, data: PlotData | None) -> None:
        super().__init__()
        self._data = data
        for theme in (CALM, SIXTEEN):
            self.register_theme(theme)
        self.theme = CALM.name

    def compose(self) -> ComposeResult:
        yield Plot(self._data)

    @property
    def plot(self) -> Plot:
        return self.query_one(Plot)


@pytest.fixture(autouse=True)
def plotext_is_loaded() -> None:
    """As for all plots but the first."""
    import_module("plotext")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50), (20, 5), (33, 7), (61, 9)])
async def test_a_plot_fills_its_pane_exactly(size: tuple[int, int]) -> None:
    app = PlotApp(CURVES)
    async with app.run_test(size=size):
        shown = app.plot.render().plain.split("\n")
        assert len(shown) == size[1]
        assert {len(line) for line in shown} == {size[0]}
        text = "\n".join(shown)
        assert "┤" in text
        if size[0] >= 33:
            assert "│" in text
            assert "p precision" in text
            assert "r recall" in text
        if size[1] >= 12:
            assert "probability threshold" in text
        if size[1] >= 8:
            assert "100 %" in text


@pytest.mark.parametrize("size", [(19, 20), (60, 4), (5, 2), (1, 1), (3, 30)])
async def test_a_pane_too_small_says_so_on_one_line(size: tuple[int, int]) -> None:
    app = PlotApp(CURVES)
    async with app.run_test(size=size):
        shown = app.plot.render().plain
        assert shown.strip() == TOO_SMALL[: size[0]].strip()
        assert len(shown.split("\n")) <= size[1]


async def test_without_data_it_says_what_will_be_there() -> None:
    nan = (math.nan,) * 2
    gaps = PlotData("loss", (Line("box", (1, 2), nan, "$accent"),), empty="no epoch has ended yet")
    app = PlotApp(None)
    async with app.run_test(size=(60, 20)) as pilot:
        assert app.plot.render().plain == ""
        app.plot.data = gaps
        await until(
            pilot, lambda: "no epoch has ended yet" in app.plot.render().plain, "the message"
        )


async def test_it_is_drawn_again_only_when_something_changed() -> None:
    app = PlotApp(CURVES)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.plot.times_drawn == 1, "the first drawing")
        app.plot.data = PlotData(CURVES.title, CURVES.lines, CURVES.x, CURVES.y, CURVES.markers)
        app.plot.refresh()
        await pilot.pause()
        app.plot.render()
        assert app.plot.times_drawn == 1
        await pilot.resize_terminal(100, 24)
        await until(pilot, lambda: app.plot.times_drawn == 2, "a drawing at the new size")
        app.theme = SIXTEEN.name
        await until(pilot, lambda: app.plot.times_drawn == 3, "a drawing in the new colours")


async def test_lines_have_their_colours_and_the_pane_keeps_its_background() -> None:
    app = PlotApp(CURVES)
    async with app.run_test(size=(80, 24)):
        styles = [str(span.style) for span in app.plot.render().spans]
        assert any("#ff8800" in style.lower() or "255,136,0" in style for style in styles)
        assert not any(" on " in style for style in styles)


async def test_one_point_is_a_plot() -> None:
    app = PlotApp(PlotData("loss", (Line("box", (1,), (2.5,), "$accent"),), x=Axis(whole=True)))
    async with app.run_test(size=(60, 20)):
        assert "┤" in app.plot.render().plain


def test_ticks_are_round_and_not_too_many() -> None:
    assert nice_ticks(0, 1, 6) == [0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert nice_ticks(1, 7, 20, whole=True) == [1, 2, 3, 4, 5, 6, 7]
    assert nice_ticks(1, 150, 5, whole=True) == [50, 100, 150]
    assert nice_ticks(0.013, 0.02, 3) == [0.015, 0.02]
    assert nice_ticks(2, 2, 5) == [2]


def test_shares_leave_gaps_where_there_is_no_figure() -> None:
    first, gap = shares([0.5, None])
    assert first == 0.5
    assert math.isnan(gap)


def test_plotext_waits_for_the_first_plot() -> None:
    code = "import sys, tui_detect.ui.widgets.plot; print('plotext' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "False"


FIRST_PLOT = """
import asyncio
from tests.ui.test_plot import CURVES, PlotApp
from tests.waiting import until

async def main():
    app = PlotApp(CURVES)
    async with app.run_test() as pilot:
        print("┤" in app.plot.render().plain)
        await until(pilot, lambda: "┤" in app.plot.render().plain, "the plot")
        print("┤" in app.plot.render().plain)

asyncio.run(main())
"""


def test_the_first_plot_comes_by_itself_when_plotext_is_loaded() -> None:
    command = [sys.executable, "-c", FIRST_PLOT]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    assert shown.stdout.split() == ["False", "True"]
