"""What is seen of a widget on the screen."""

from __future__ import annotations

from textual.widget import Widget

from tui_detect.ui.graphics.backend import Sight


def sight_of(widget: Widget) -> Sight:
    """Whether other screens or other widgets lie over it."""
    stack = widget.app.screen_stack
    screen = widget.screen
    if screen not in stack:
        return "hidden"
    above = stack[stack.index(screen) + 1 :]
    if above:
        return "behind" if all(each.is_modal for each in above) else "hidden"
    return "overlapped" if _overlapped(widget) else "clear"


def _overlapped(widget: Widget) -> bool:
    mine, ancestors = widget.region, set(widget.ancestors_with_self)
    return any(
        other not in ancestors and mine.overlaps(region.intersection(clip))
        for other, (region, clip) in widget.screen._compositor.visible_widgets.items()
    )
