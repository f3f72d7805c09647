"""Plots show what they are given, with gaps where there is nothing."""

from __future__ import annotations

import math
import re

import pytest

from tests.workflows.report.reading import Page
from tui_detect.core.evaluation import EvaluationTag, Figure
from tui_detect.workflows.report.plots import (
    HEIGHT,
    WIDTH,
    Axis,
    Line,
    Mark,
    fitted,
    interval_bar,
    legend,
    line_plot,
    percentages,
    tag_colour,
)


def drawn(line: Line) -> list[str]:
    """What is drawn of one line on axes from 0 to 1."""
    plot = line_plot([line], Axis("x"), percentages(), "a plot")
    return [
        str(attributes["d"])
        for name, attributes in Page(plot).elements
        if name == "path" and "line" in str(attributes["class"])
    ]


def test_a_line_goes_from_corner_to_corner() -> None:
    (path,) = drawn(Line("up", (0.0, 1.0), (0.0, 1.0), "red"))
    left, floor, right, top = map(float, re.findall(r"[\d.]+", path))
    assert 0 < left < right <= WIDTH
    assert HEIGHT > floor > top > 0


def test_a_value_that_is_not_there_leaves_a_gap() -> None:
    nan = math.nan
    (path,) = drawn(Line("gap", (0.0, 0.25, 0.5, 0.75, 1.0), (nan, 0.5, 0.5, nan, 0.5), "red"))
    assert path.count("M") == 2
    assert "nan" not in path
    assert drawn(Line("none", (0.0, 1.0), (nan, nan), "red")) == []
    (lone,) = drawn(Line("lone", (0.0, 1.0), (nan, 0.5), "red"))
    assert lone.endswith("h0.1")


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (1, 60, [10, 20, 30, 40, 50, 60]),
        (1, 3, [1, 1.5, 2, 2.5, 3]),
        (0, 0.0042, [0, 0.001, 0.002, 0.003, 0.004]),
    ],
)
def test_axes_are_marked_at_round_numbers(low: float, high: float, ticks: list[float]) -> None:
    assert Axis("x", low, high).ticks() == ticks


def test_an_axis_reaches_what_the_lines_reach() -> None:
    assert fitted("loss", [Line("a", (1.0, 2.0), (3.0, math.nan), "red")]).high > 3
    assert fitted("loss", [Line("a", (1.0, 2.0), (0.0, math.nan), "red")]).high > 0


def test_marks_near_the_end_are_written_before_their_line() -> None:
    near, far = (
        Page(line_plot([], Axis("x"), percentages(), "", [Mark(at, "here")])).elements
        for at in (0.1, 0.95)
    )
    anchors = [
        [a["text-anchor"] for name, a in page if name == "text" and a.get("class") == "marked"]
        for page in (near, far)
    ]
    assert anchors == [["start"], ["end"]]


def test_a_single_line_needs_no_legend() -> None:
    line = Line("a", (), (), "red")
    assert legend([line]) is None
    assert legend([line, Line("", (), (), "red")]) is None
    assert Page(legend([line, line]) or "").count("li") == 2


def test_an_interval_lies_around_its_figure() -> None:
    bar = Page(interval_bar(Figure(0.8, 0.7, 0.9)))
    (span,) = [a for _, a in bar.elements if a.get("class") == "span"]
    assert (span["x"], span["width"]) == ("70", "20")
    assert Page(interval_bar(Figure(0.8))).count("rect", "span") == 0
    assert Page(interval_bar(Figure(None))).count("rect") == 1


def test_only_a_colour_gets_into_a_style() -> None:
    assert tag_colour(EvaluationTag(1, "fork", "#f94144")) == "#f94144"
    assert tag_colour(EvaluationTag(1, "fork", "red;background:url(//x)")) == "var(--ink)"
