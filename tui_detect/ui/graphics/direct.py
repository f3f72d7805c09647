"""Cells that changed, written past Textual's compositor.

For a few cells the compositor divides and crops the lines of the whole screen, which takes longer
than all the rest. It keeps nothing of what it has written, so a widget that shows the same when it
is asked for its lines may write its own cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rich.color import ColorSystem
from rich.segment import Segment
from textual.app import App
from textual.filter import ANSIToTruecolor, LineFilter
from textual.geometry import Region
from textual.widget import Widget

from tui_detect.ui.graphics.commands import move_to
from tui_detect.ui.graphics.sight import surroundings_of
from tui_detect.ui.graphics.wire import write_to
from tui_detect.ui.sgr import Pen


def colour_filters(app: App[Any]) -> list[LineFilter]:
    """What Textual does to all colours, but for the one that takes the default background away."""
    return [each for each in app.get_line_filters() if not isinstance(each, ANSIToTruecolor)]


def write_cells(
    widget: Widget, runs: Sequence[Region], cells: Callable[[Region], Iterable[Segment]]
) -> bool:
    """Write runs of a widget's cells as they look now.

    Args:
        runs: each within one row.
        cells: gives the cells of a run.

    Returns:
        Whether that was possible: it is not while something lies over the widget, while colours
        are filtered, or while the screen waits to be laid out anew.
    """
    app = widget.app
    if app.is_headless or app._batch_count or widget.screen._layout_required:
        return False
    around = surroundings_of(widget)
    if around.sight != "clear" or colour_filters(app):
        return False
    pen = Pen(app.console._color_system or ColorSystem.TRUECOLOR)
    written: list[str] = []
    for run in runs:
        written.append(move_to(around.origin.x + run.x, around.origin.y + run.y))
        written.append(pen.text(cells(run)))
    written.append(pen.end())
    write_to(app, "".join(written))
    return True
