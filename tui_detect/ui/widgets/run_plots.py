"""The plots of a run: what its pages show, and the meters read since it was opened."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import Literal

from tui_detect.core.meters import Meters
from tui_detect.core.model import Epoch
from tui_detect.ui.widgets.performance_plots import loss_plot, metric_plot
from tui_detect.ui.widgets.plot import Axis, Line, PlotData, shares

PlotName = Literal["losses", "figures", "rate", "use"]
SINGLE_PAGES: tuple[tuple[PlotName, ...], ...] = (("figures",), ("losses",), ("rate",), ("use",))
DOUBLE_PAGES: tuple[tuple[PlotName, ...], ...] = (("losses", "figures"), ("rate", "use"))

READINGS_KEPT = 900
"""Half an hour of readings, one each two seconds."""
MOST_POINTS = 100
"""Of a line: a pane shows hardly more, and drawing 300 takes three times as long."""
COLOURS = ("$accent", "$success", "$warning", "$error")


@dataclass(frozen=True, slots=True)
class Reading:
    """The meters at one moment."""

    at_s: float
    meters: Meters


class MeterHistory:
    """The readings that came while somebody looked."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._opened_s = clock()
        self._readings: deque[Reading] = deque(maxlen=READINGS_KEPT)

    def add(self, meters: Meters | None) -> bool:
        """Keep a reading; whether it is a new one."""
        last = self._readings[-1].meters if self._readings else None
        if meters is None or meters == last:
            return False
        self._readings.append(Reading(self._clock(), meters))
        return True

    def clear(self) -> None:
        """Another run is looked at."""
        self._readings.clear()
        self._opened_s = self._clock()

    def plot(self) -> PlotData:
        """The use of each device and of the processor by the minutes that somebody looked."""
        readings = tuple(self._readings)
        x = tuple((reading.at_s - self._opened_s) / 60 for reading in readings)
        devices = readings[-1].meters.devices if readings else ()
        lines = [
            Line(
                f"GPU {device.index}",
                x,
                shares(_use(reading, place) for reading in readings),
                COLOURS[place % len(COLOURS)],
                str(device.index)[-1],
            )
            for place, device in enumerate(devices)
        ]
        cpu = Line("CPU", x, shares(reading.meters.cpu for reading in readings), "$primary", "c")
        return PlotData(
            "in use",
            tuple(map(thinned, (*lines, cpu))),
            Axis("minutes since you opened this"),
            Axis("", 0, 1, percent=True),
            empty="drawn from what the machine reads while you look",
        )


def _use(reading: Reading, place: int) -> float | None:
    devices = reading.meters.devices
    return devices[place].use if place < len(devices) else None


def learning_rate_plot(epochs: Sequence[Epoch]) -> PlotData:
    """The learning rate by epoch."""
    x = tuple(float(epoch.number) for epoch in epochs)
    rates = shares(epoch.learning_rate for epoch in epochs)
    return PlotData(
        "learning rate by epoch",
        (Line("", x, rates, "$accent"),),
        Axis("epoch", whole=True),
        Axis("", low=0),
    )


def epoch_plot(name: PlotName, epochs: Sequence[Epoch], *, ended: bool) -> PlotData:
    """One of the plots that grow with every epoch."""
    makers = {"losses": loss_plot, "figures": metric_plot, "rate": learning_rate_plot}
    plot = makers[name](epochs)
    empty = "no epoch was finished" if ended else "drawn from the first epoch on"
    return replace(plot, lines=tuple(map(thinned, plot.lines)), empty=empty)


def thinned(line: Line, most: int = MOST_POINTS) -> Line:
    """The same line with at most as many points: the lowest and highest of each stretch stay."""
    points = len(line.x)
    if points <= most:
        return line
    stretch = math.ceil(2 * points / most)
    kept: set[int] = set()
    for start in range(0, points, stretch):
        known = [i for i in range(start, min(start + stretch, points)) if math.isfinite(line.y[i])]
        # Without a known value the first one stays, as the gap that it is.
        known = known or [start]
        kept |= {min(known, key=line.y.__getitem__), max(known, key=line.y.__getitem__)}
    chosen = sorted(kept)
    return replace(line, x=tuple(line.x[i] for i in chosen), y=tuple(line.y[i] for i in chosen))
