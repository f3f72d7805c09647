"""Lines in a pane, drawn by plotext at exactly the size the pane has."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from rich.text import Text
from textual import work
from textual.color import Color
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.style import Style
from textual.visual import Visual
from textual.widget import Widget

from tui_detect.ui.errors import ReportsErrors

MIN_WIDTH = 20
MIN_HEIGHT = 5
TITLE_HEIGHT = 1
_TALL_ENOUGH_FOR_AXIS_TITLE = 12
_BACKGROUND_CODE = re.compile(r"\x1b\[48;[\d;]*m")
QUIET = "$foreground 60%"
"""`$text-muted` is automatic: inside content it comes out as plain white."""
TOO_SMALL = "too small for a plot"
_BLANKS = (" ", "\N{BRAILLE PATTERN BLANK}")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a plot."""

    label: str
    """In the legend; empty leaves the line out of it."""
    x: tuple[float, ...]
    y: tuple[float, ...]
    """As long as `x`; NaN leaves a gap."""
    colour: str
    """`#rrggbb`, or a colour of the theme such as `$accent`."""
    mark: str = ""
    """One character that stands on the line and in the legend, for eyes and terminals that cannot
    tell the colours apart."""


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis shows; without limits it shows all of the data."""

    title: str = ""
    low: float | None = None
    high: float | None = None
    percent: bool = False
    """Shares of 1 are written as per cent."""
    whole: bool = False
    """Only whole numbers are marked: epochs."""


@dataclass(frozen=True, slots=True)
class Marker:
    """A vertical line at a value of x, such as the threshold now."""

    x: float
    colour: str = "$warning"
    sign: str = "│"


@dataclass(frozen=True, slots=True)
class PlotData:
    """All that a plot shows; two that are equal look the same."""

    title: str
    lines: tuple[Line, ...]
    x: Axis = Axis()
    y: Axis = Axis()
    markers: tuple[Marker, ...] = ()
    """Laid over the drawn lines, so that moving one draws nothing else again; the last on top."""
    legend_note: str = ""
    """Words after the legend, such as what capital letters stand for."""
    empty: str = "nothing to draw yet"
    """Shown when no line has a point."""


class Plot(ReportsErrors, Widget):
    """A plot that fills its pane, or says in one line why it cannot.

    Drawn again only when its data, its size or the theme changed; a moved marker changes two
    columns. plotext is loaded in a thread with the first plot that has data: it takes 0.3 s.
    """

    DEFAULT_CSS = """
    Plot {
        width: 1fr;
        height: 1fr;
    }
    """

    class CanDraw(Message, bubble=False):
        """plotext is loaded."""

    data: reactive[PlotData | None] = reactive[PlotData | None](None, repaint=False)

    def __init__(
        self,
        data: PlotData | None = None,
        *,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.set_reactive(Plot.data, data)
        self._drawn_for: tuple[object, ...] = ()
        """Size and theme; empty when the data changed."""
        self._drawn: list[Content] = []
        self._area: Region | None = None
        """Where the lines are, once they are drawn."""
        self._x_limits = 0.0, 1.0
        self.times_drawn = 0

    def watch_data(self, before: PlotData | None, now: PlotData | None) -> None:
        """Draw anew, or only the columns whose marker came or went."""
        same_lines = before and now and replace(before, markers=now.markers) == now
        if not same_lines or self._area is None:
            self._draw_again()
            return
        assert before is not None
        assert now is not None
        moved = set(before.markers) ^ set(now.markers)
        for x in {self._column(marker.x) for marker in moved}:
            if x is not None:
                self.refresh(Region(x, self._area.y, 1, self._area.height))

    def render(self) -> Content:
        """The plot, from memory unless something changed."""
        return Content("\n").join(self._line(y) for y in range(len(self._lines())))

    def render_line(self, y: int) -> Strip:
        """One line of it."""
        width = self.content_size.width
        line = self._line(y) if y < len(self._lines()) else Content()
        return Visual.to_strips(self, line, width, 1, self.visual_style, pad=True)[0]

    def _line(self, y: int) -> Content:
        """A drawn line under the markers, which leave the lines of the plot in sight."""
        line, area = self._lines()[y], self._area
        if self.data is None or area is None or not area.y <= y < area.bottom:
            return line
        for marker in self.data.markers:
            x = self._column(marker.x)
            if x is not None and line.plain[x : x + 1] in _BLANKS:
                colour = Color.parse(_hex(marker.colour, self.app.theme_variables))
                sign = Content.styled(marker.sign, Style(foreground=colour))
                line = Content.assemble(line[:x], sign, line[x + 1 :])
        return line

    def _column(self, x: float) -> int | None:
        low, high = self._x_limits
        if self._area is None or not low <= x <= high:
            return None
        return self._area.x + round((x - low) / (high - low) * (self._area.width - 1))

    def _lines(self) -> list[Content]:
        width, height = self.content_size
        wanted = (width, height, self.app.theme)
        if wanted != self._drawn_for:
            self._drawn_for = wanted
            self._area = None
            drawn = self._draw(width, height)
            self._drawn = drawn.split("\n", allow_blank=True)
            self.times_drawn += 1
        return self._drawn

    def _draw(self, width: int, height: int) -> Content:
        if self.data is None or width < 1 or height < 1:
            return Content()
        data = _with_colours(self.data, self.app.theme_variables)
        if not any(_points(line) for line in data.lines):
            return _message(data.empty, width, height)
        if width < MIN_WIDTH or height < MIN_HEIGHT:
            return _message(TOO_SMALL, width, height)
        if "plotext" not in sys.modules:
            self._load_plotext()
            return Content()
        has_axis_title = bool(data.x.title) and height >= _TALL_ENOUGH_FOR_AXIS_TITLE
        rows = _canvas(data, width, height - TITLE_HEIGHT - has_axis_title, _muted(self))
        self._area = _area_of_lines(rows.plain, width)
        self._x_limits = _limits(data.x, _all_x(data))
        parts = [_heading(data, width), rows]
        if has_axis_title:
            title = data.x.title[:width].rjust(width)
            parts.append(Content.styled(title, QUIET))
        return Content("\n").join(parts)

    @work(thread=True, exclusive=True, exit_on_error=False, group="plotext", description="plots")
    def _load_plotext(self) -> None:
        import_module("plotext")
        self.post_message(self.CanDraw())

    def on_plot_can_draw(self) -> None:
        """Draw what was waiting for it."""
        self._draw_again()

    def _draw_again(self) -> None:
        self._drawn_for = ()
        self.refresh()


def _area_of_lines(rows: str, width: int) -> Region:
    """Where the lines are: right of the axis of y, above the axis of x."""
    lines = rows.split("\n")
    axis = next((x for x, sign in enumerate(lines[0]) if sign in "┤│"), -1)
    height = next((y for y, line in enumerate(lines) if "└" in line), len(lines))
    return Region(axis + 1, TITLE_HEIGHT, width - axis - 1, height)


def shares(values: Iterable[float | None]) -> tuple[float, ...]:
    """Values for a line, `None` as a gap."""
    return tuple(math.nan if value is None else float(value) for value in values)


def nice_ticks(low: float, high: float, most: int, *, whole: bool = False) -> list[float]:
    """Round numbers from `low` to `high`, as many as there is room for, one at least."""
    span = high - low
    if span <= 0 or most < 2:
        return [low]
    step = 10.0 ** math.floor(math.log10(span / most))
    for factor in (1, 2, 5, 10, 20, 50):
        candidate = max(1.0, step * factor) if whole else step * factor
        first = math.ceil(low / candidate - 1e-9)
        last = math.floor(high / candidate + 1e-9)
        if last - first + 1 <= most:
            return [round(i * candidate, 12) for i in range(first, last + 1)] or [low]
    return [low]


def _points(line: Line) -> list[tuple[float, float, bool]]:
    """Finite points, and whether each is joined to the one before."""
    points: list[tuple[float, float, bool]] = []
    joined = False
    for x, y in zip(line.x, line.y, strict=True):
        finite = math.isfinite(x) and math.isfinite(y)
        if finite:
            points.append((x, y, joined))
        joined = finite
    return points


def _with_colours(data: PlotData, variables: dict[str, str]) -> PlotData:
    """The same with the theme's colours looked up."""
    lines = tuple(replace(line, colour=_hex(line.colour, variables)) for line in data.lines)
    return replace(data, lines=lines)


def _hex(colour: str, variables: dict[str, str]) -> str:
    if colour.startswith("$"):
        colour = variables.get(colour[1:], variables["foreground"])
    return Color.parse(colour).hex6


def _muted(widget: Widget) -> str:
    """The axes' colour, opaque: text-muted is mixed from foreground and background."""
    variables = widget.app.theme_variables
    background = Color.parse(variables["background"])
    return background.blend(Color.parse(variables["foreground"]), 0.55).hex6


def _message(text: str, width: int, height: int) -> Content:
    line = Content.styled(text[:width].center(width).rstrip(), QUIET)
    return Content("\n" * ((height - 1) // 2)) + line


def _heading(data: PlotData, width: int) -> Content:
    """The title, and the legend at the right as far as there is room."""
    entries = [
        Content.assemble((f"{line.mark or '━'} ", f"bold {line.colour}"), (line.label, line.colour))
        for line in data.lines
        if line.label
    ]
    if data.legend_note:
        entries.append(Content.styled(data.legend_note, QUIET))
    right = Content("  ").join(entries)
    if right.cell_length > width:
        right = Content(" ").join(entries)
    left = Content.styled(data.title, QUIET)
    if left.cell_length + 2 + right.cell_length > width:
        left = Content()
    right = right.truncate(width - left.cell_length, ellipsis=True)
    return Content.assemble(left, " " * (width - left.cell_length - right.cell_length), right)


def _all_x(data: PlotData) -> list[float]:
    return [x for line in data.lines for x, _, _ in _points(line)]


def _limits(axis: Axis, values: Sequence[float]) -> tuple[float, float]:
    low = min(values) if axis.low is None else axis.low
    high = max(values) if axis.high is None else axis.high
    if high <= low:
        margin = 0.5 if axis.whole or low == 0 else abs(low) * 0.1
        return low - margin, high + margin
    return low, high


def _labels(axis: Axis, ticks: list[float]) -> list[str]:
    if axis.percent:
        texts = [f"{100 * tick:.0f}" for tick in ticks]
        return [*texts[:-1], f"{texts[-1]} %"]
    decimals = 0
    while decimals < 6 and any(abs(tick - round(tick, decimals)) > 1e-9 for tick in ticks):
        decimals += 1
    return [f"{tick:.{decimals}f}" for tick in ticks]


def _canvas(data: PlotData, width: int, height: int, frame_colour: str) -> Content:
    """Axes and lines, exactly `width` × `height` cells."""
    import plotext

    points = [_points(line) for line in data.lines]
    x_low, x_high = _limits(data.x, _all_x(data))
    y_low, y_high = _limits(data.y, [y for line in points for _, y, _ in line])
    figure = _blank_figure(plotext, width, height, frame_colour)
    x_ticks = nice_ticks(x_low, x_high, max(2, width // 10), whole=data.x.whole)
    y_ticks = nice_ticks(
        y_low, y_high, max(3 if height >= 6 else 2, height // 3), whole=data.y.whole
    )
    figure.ruler("x").lim(x_low, x_high).ticks(x_ticks, _labels(data.x, x_ticks))
    figure.ruler("y").lim(y_low, y_high).ticks(y_ticks, _labels(data.y, y_ticks))
    marks = []
    for position, (line, own) in enumerate(zip(data.lines, points, strict=True)):
        if own:
            colour = plotext.pixel(Color.parse(line.colour).rgb)
            figure.draw(_signal(plotext, figure, own, colour))
            if line.mark:
                x, y, _ = own[int(len(own) * (position + 0.5) / len(points))]
                marks.append(figure.text(x, y, plotext.colorize(line.mark).fill(colour)))
    for mark in marks:
        figure.draw(mark)
    return _content(figure.build().string(), width, height)


def _signal(
    plotext: Any,  # noqa: ANN401
    figure: Any,  # noqa: ANN401
    points: list[tuple[float, float, bool]],
    colour: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    marker = plotext.marker("braille", colour)
    signal = figure.signal([x for x, _, _ in points], [y for _, y, _ in points], marker=marker)
    for index, (_, _, joined) in enumerate(points):
        signal.line(index, joined)
    return signal


def _blank_figure(plotext: Any, width: int, height: int, frame_colour: str) -> Any:  # noqa: ANN401
    """plotext's one figure, emptied, at this size whatever the terminal's is."""
    plotext.terminal.limit(False, False)
    figure = plotext.figure
    figure.clear.subplots()
    figure.clear.data()
    figure.clear.settings()
    figure.clear.pixels()
    figure.clear.styles()
    figure.plot_size(width, height)
    figure.canvas("default")
    frame = plotext.pixel(Color.parse(frame_colour).rgb)
    figure.axes(True, pixel=frame)
    figure.axes(False, axis="x", side="upper")
    figure.axes(False, axis="y", side="right")
    figure.ruler("both", "both").pixel(frame)
    return figure


def _content(drawn: str, width: int, height: int) -> Content:
    """plotext's escape codes as content; its white background goes, the pane's shows through."""
    text = Text.from_ansi(_BACKGROUND_CODE.sub("", drawn))
    rows = text.split("\n", allow_blank=True)[:height]
    for row in rows:
        row.truncate(width, pad=True)
    rows.extend(Text(" " * width) for _ in range(height - len(rows)))
    return Content.from_rich_text(Text("\n").join(rows))
