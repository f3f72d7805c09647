"""Plots as inline SVG: lines on two axes, and small bars beside figures."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from tui_detect.core.evaluation import EvaluationTag, Figure
from tui_detect.workflows.report.markup import Markup, element

WIDTH, HEIGHT = 440, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 20, 10, 38
_MOST_TICKS: Final = 6
_LABEL_WIDTH: Final = 120
DASHES: Final = ("", "7 3", "2 3", "9 3 2 3")
"""Lines differ by them too, so that colour is not needed to tell them apart."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a plot."""

    label: str
    """Empty: not in the legend."""
    x: Sequence[float]
    y: Sequence[float]
    """NaN where there is nothing: the line has a gap there."""
    colour: str
    """A CSS colour."""
    dash: str = ""
    kind: str = ""
    """More CSS classes: `tag`, `quiet`, `strong`."""
    dots: Sequence[float] = ()
    """Radius of a dot at each point, in the units of the drawing."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis: what it measures, from where to where, and how its numbers read."""

    label: str
    low: float = 0.0
    high: float = 1.0
    text: Callable[[float], str] = field(default=lambda value: f"{value:g}")

    def ticks(self) -> list[float]:
        """At most six or so round numbers from end to end."""
        span = self.high - self.low
        rough = span / _MOST_TICKS
        power = 10 ** math.floor(math.log10(rough))
        step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [round(index * step, 10) for index in range(first, last + 1)]


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on the horizontal axis that deserves a line of its own."""

    x: float
    label: str


def percentages(label: str = "") -> Axis:
    """An axis of shares, 0 to 100 %."""
    return Axis(label, 0.0, 1.0, lambda value: f"{value * 100:.0f} %")


def fitted(label: str, lines: Sequence[Line]) -> Axis:
    """A vertical axis from 0 to what the lines reach."""
    known = [value for line in lines for value in line.y if math.isfinite(value)]
    return Axis(label, 0.0, max(known, default=1.0) * 1.05 or 1.0)


def line_plot(
    lines: Sequence[Line], x_axis: Axis, y_axis: Axis, description: str, marks: Sequence[Mark] = ()
) -> Markup:
    """Lines on two axes; the description is what a screen reader says instead."""
    place = _Place(x_axis, y_axis)
    return element(
        "svg",
        element("title", description),
        list(_grid(place)),
        [_marked(place, mark) for mark in marks],
        [part for line in lines for part in _drawn(place, line)],
        [_mark_label(place, mark, row, marks) for row, mark in enumerate(marks)],
        class_="plot",
        viewbox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
    )


def legend(lines: Sequence[Line]) -> Markup | None:
    """What the lines are, each with a piece of it; nothing for a single line."""
    named = [line for line in lines if line.label]
    if len(named) < 2:
        return None
    return element("ul", [element("li", _sample(line), line.label) for line in named], class_="key")


def _sample(line: Line) -> Markup:
    return element(
        "svg",
        element("path", d="M0 5H24", class_=f"line {line.kind}".strip(), **_pen(line)),
        viewbox="0 0 24 10",
        aria_hidden="true",
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a value lies on the drawing."""

    x_axis: Axis
    y_axis: Axis

    def x(self, value: float) -> float:
        share = (value - self.x_axis.low) / (self.x_axis.high - self.x_axis.low)
        return _LEFT + share * (WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        share = (value - self.y_axis.low) / (self.y_axis.high - self.y_axis.low)
        return HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM)


def _grid(place: _Place) -> Iterator[Markup]:
    right, floor = WIDTH - _RIGHT, HEIGHT - _BOTTOM
    for value in place.y_axis.ticks():
        y = place.y(value)
        yield element("path", d=f"M{_LEFT} {y:.1f}H{right}", class_="grid")
        text = place.y_axis.text(value)
        yield element("text", text, x=_LEFT - 6, y=y + 3.5, text_anchor="end")
    for value in place.x_axis.ticks():
        x = place.x(value)
        yield element("path", d=f"M{x:.1f} {floor}v4", class_="axis")
        yield element("text", place.x_axis.text(value), x=x, y=floor + 15, text_anchor="middle")
    yield element("path", d=f"M{_LEFT} {floor}H{right}", class_="axis")
    middle = (_LEFT + right) / 2
    yield element("text", place.x_axis.label, x=middle, y=HEIGHT - 5, text_anchor="middle")


def _marked(place: _Place, mark: Mark) -> Markup:
    return element("path", d=f"M{place.x(mark.x):.1f} {_TOP}V{HEIGHT - _BOTTOM}", class_="mark")


def _mark_label(place: _Place, mark: Mark, row: int, marks: Sequence[Mark]) -> Markup:
    """Beside its line, away from that of another one, and in a row of its own."""
    x = place.x(mark.x)
    is_left = any(other.x > mark.x for other in marks)
    if not _LABEL_WIDTH < x < WIDTH - _LABEL_WIDTH:
        is_left = x > _LABEL_WIDTH
    return element(
        "text",
        mark.label,
        x=x - 5 if is_left else x + 5,
        y=HEIGHT - _BOTTOM - 8 - 14.0 * row,
        text_anchor="end" if is_left else "start",
        class_="marked",
    )


def _drawn(place: _Place, line: Line) -> Iterator[Markup]:
    path = _path(place, line)
    if path:
        yield element("path", d=path, class_=f"line {line.kind}".strip(), **_pen(line))
    for x, y, radius in zip(line.x, line.y, line.dots, strict=False):
        if math.isfinite(y):
            yield element(
                "circle", cx=place.x(x), cy=place.y(y), r=radius, class_="dot", **_pen(line)
            )


def _path(place: _Place, line: Line) -> str:
    """Points joined by lines, with a new start after each gap; a lone point is a short dash."""
    steps: list[str] = []
    drawing = False
    for x, y in zip(line.x, line.y, strict=True):
        if not math.isfinite(y):
            drawing = False
            continue
        steps.append(f"{'L' if drawing else 'M'}{place.x(x):.1f} {place.y(y):.1f}")
        drawing = True
    return steps[0] + "h0.1" if len(steps) == 1 else "".join(steps)


def _pen(line: Line) -> dict[str, str | None]:
    return {"style": f"--c:{line.colour}", "stroke_dasharray": line.dash or None}


def bar(share: float, kind: str = "") -> Markup:
    """A bar that fills a share of its cell; the figure beside it says the same."""
    width = 100 * min(max(share, 0.0), 1.0)
    return element(
        "svg",
        element("rect", width=100, height=8, class_="track"),
        element("rect", width=width, height=8, class_="fill"),
        class_=f"bar {kind}".strip(),
        viewbox="0 0 100 8",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


def interval_bar(figure: Figure) -> Markup:
    """Where between 0 and 100 % a figure lies, and how far its interval reaches."""
    parts = [element("rect", width=100, height=6, y=1, class_="track")]
    if figure.low is not None and figure.high is not None:
        low, high = 100 * figure.low, 100 * figure.high
        parts.append(element("rect", x=low, width=max(high - low, 1), height=6, y=1, class_="span"))
    if figure.value is not None:
        at = min(100 * figure.value, 98.8)
        parts.append(element("rect", x=at, width=1.2, height=8, class_="fill"))
    return element(
        "svg",
        parts,
        class_="bar",
        viewbox="0 0 100 8",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


def tag_colour(tag: EvaluationTag) -> str:
    """A tag's colour for a style, where anything else might ask the network for something."""
    return tag.colour if re.fullmatch(r"#[0-9a-fA-F]{6}", tag.colour) else "var(--ink)"
