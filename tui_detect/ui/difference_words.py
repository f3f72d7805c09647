"""How the differences between two iterations read: lines, marks and colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from tui_detect.core.words import count
from tui_detect.ui.wording import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tui_detect.core.evaluation.comparison import Comparison
    from tui_detect.core.evaluation.difference import Difference, Verdict
    from tui_detect.core.model import Iteration
    from tui_detect.workflows.changes import Changes

MARKS: dict[Verdict, tuple[str, str]] = {
    "better": ("▲", "bold $success"),
    "worse": ("▼", "bold $error"),
    "could be chance": ("≈", "$foreground"),
    "same": ("=", "$muted"),
    "unknown": ("", "$muted"),
}
"""Mark and style of each verdict; the mark alone tells it, too."""

_NAME, _APART, _INTERVAL, _VERDICT = 12, 7, 16, 31
_FIGURE_MIN, _FIGURE_MAX = 6, 16
_FIGURES = (
    ("Precision %", "precision"),
    ("Recall %", "recall"),
    ("F1 %", "f1"),
    ("mAP %", "map"),
)


def figure_lines(
    first: Iteration, second: Iteration, comparison: Comparison, width: int
) -> Content:
    """The figures of both side by side, with their difference and what to make of it."""
    room = (width - _NAME - _APART - _INTERVAL - _VERDICT) // 2
    figure = min(_FIGURE_MAX, max(_FIGURE_MIN, room))
    widths = (figure, figure, _APART, _INTERVAL)
    names = (_fitting(first, figure), _fitting(second, figure), "differ", "95 % interval")
    head = " " * _NAME + _columns(names, widths)
    lines = [Content.styled(head, "$muted")]
    for name, key in _FIGURES:
        difference = getattr(comparison, key)
        lines.append(_line(name, difference, widths, shares(difference)))
    alarms = comparison.false_alarms_per_background
    lines.append(_line("False alarms", alarms, widths, _cells(alarms, 1, 2)))
    return Content("\n").join(lines)


def verdict(difference: Difference) -> Content:
    """Better, worse or chance, with its mark."""
    mark, style = MARKS[difference.verdict]
    return Content.styled(f"{mark} {difference.in_words}".strip(), style)


def shares(difference: Difference) -> tuple[str, str, str, str]:
    """First, second, how far apart they are, and the interval of that: in percent."""
    return _cells(difference, 100, 1)


def won_and_lost(second: Iteration, comparison: Comparison) -> str:
    """How many pictures, in a heading."""
    if not comparison.pictures:
        return "No picture with more or fewer errors"
    return (
        f"{count(comparison.won, 'picture')} won, {comparison.lost:,} lost "
        f"by {printable(second.name)}"
    )


def change_lines(changes: Changes, definition: str) -> Iterator[Content]:
    """What changed, and how to read the figures."""
    for title, lines in (
        ("What changed in the data", changes.data_lines),
        ("What changed in the settings", changes.setting_lines),
        ("How to read this", [definition]),
    ):
        yield Content.styled(title, "bold $primary")
        yield from (Content(printable(line)) for line in lines or ["nothing"])
        yield Content()


def _line(
    name: str, difference: Difference, widths: tuple[int, ...], cells: tuple[str, ...]
) -> Content:
    return Content.assemble(name.ljust(_NAME), _columns(cells, widths), "  ", verdict(difference))


def _columns(cells: tuple[str, ...], widths: tuple[int, ...]) -> str:
    return "".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))


def _fitting(iteration: Iteration, width: int) -> str:
    name = printable(iteration.name)
    return name if len(name) < width else f"#{iteration.number}"


def _cells(difference: Difference, factor: float, decimals: int) -> tuple[str, str, str, str]:
    first, second = (
        "–" if value is None else f"{value * factor:.{decimals}f}"
        for value in (difference.first, difference.second)
    )
    value, low, high = difference.value, difference.low, difference.high
    return (
        first,
        second,
        "–" if value is None else f"{value * factor:+.{decimals}f}",
        "–"
        if low is None or high is None
        else f"{low * factor:+.{decimals}f} … {high * factor:+.{decimals}f}",
    )
