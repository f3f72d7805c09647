"""What is seen of a widget on the screen."""

from __future__ import annotations

from textual.widget import Widget

from tui_detect.ui.graphics.backend import Sight, Surroundings


def surroundings_of(widget: Widget) -> Surroundings:
    """Where a widget lies, and whether other screens or other widgets lie over it."""
    visible = widget.screen._compositor.visible_widgets
    if widget not in visible:
        return Surroundings(sight="hidden")
    content, ancestors = widget.content_region, set(widget.ancestors_with_self)
    pieces = (
        content.intersection(region.intersection(clip)).translate(-content.offset)
        for other, (region, clip) in visible.items()
        if other not in ancestors
    )
    covered = tuple(piece for piece in pieces if piece)
    return Surroundings(content.offset, _sight_of(widget, bool(covered)), covered)


def _sight_of(widget: Widget, is_covered: bool) -> Sight:
    stack, screen = widget.app.screen_stack, widget.screen
    if screen not in stack:
        return "hidden"
    above = stack[stack.index(screen) + 1 :]
    if above:
        return "behind" if all(each.is_modal for each in above) else "hidden"
    return "overlapped" if is_covered else "clear"
