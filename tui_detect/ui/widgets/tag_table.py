"""The figures of each tag, sorted by the column one chooses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from textual.color import Color
from textual.content import Content
from textual.message import Message
from textual.style import Style

from tui_detect.ui.widgets.cell_table import CellTable
from tui_detect.ui.widgets.row_table import Column, Row
from tui_detect.ui.wording import number, percent

if TYPE_CHECKING:
    from tui_detect.core.evaluation import TagPerformance

SortKey = Callable[["TagPerformance"], float | None]


@dataclass(frozen=True, slots=True)
class _Figure:
    """One column, and what it sorts by."""

    column: Column
    sort_by: SortKey | None
    """`None`: the order of the project."""


FIGURES: tuple[_Figure, ...] = (
    _Figure(Column("tag"), None),
    _Figure(Column("precision", 10, right=True), lambda tag: tag.precision),
    _Figure(Column("recall", 7, right=True), lambda tag: tag.recall),
    _Figure(Column("AP", 5, right=True), lambda tag: tag.ap),
    _Figure(Column("regions", 8, right=True), lambda tag: tag.regions),
    _Figure(Column("found", 6, right=True, from_width=74), lambda tag: tag.true_positives),
    _Figure(
        Column("false", 6, right=True, from_width=74),
        lambda tag: tag.detections - tag.true_positives,
    ),
    _Figure(Column("images", 7, right=True, from_width=56), lambda tag: tag.images),
    _Figure(Column("best F1 at", 10, right=True, from_width=84), None),
)
BEST_AT = len(FIGURES) - 1


class TagTable(CellTable):
    """The figures of each tag; enter opens the boxes behind the chosen one."""

    @dataclass
    class Sorted(Message):
        """Another order was asked for."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(*(figure.column for figure in FIGURES), id=id)
        self.sort_column = 0
        self.descending = False

    def sort_by_next(self) -> None:
        """Sort by the next column that is in sight."""
        width = self.scrollable_content_region.width
        shown = [
            i
            for i, figure in enumerate(FIGURES)
            if i < BEST_AT and width >= figure.column.from_width
        ]
        following = [i for i in shown if i > self.sort_column]
        self.sort_column = following[0] if following else 0
        # The weakest tags first, but the most frequent ones.
        self.descending = FIGURES[self.sort_column].column.title in ("regions", "images", "false")
        self.post_message(self.Sorted())

    def reverse(self) -> None:
        """Turn the order round."""
        self.descending = not self.descending
        self.post_message(self.Sorted())

    def show_tags(
        self, tags: Sequence[TagPerformance], best: Mapping[int, float | None] | None = None
    ) -> None:
        """Replace the rows.

        Args:
            best: the threshold with the best F1 by the tag's id, once it is known.
        """
        self.set_columns(
            [
                replace(figure.column, title=self._title(i, figure.column.title))
                for i, figure in enumerate(FIGURES)
            ]
        )
        ordered = in_order(tags, FIGURES[self.sort_column].sort_by, descending=self.descending)
        self.show([_row(tag, (best or {}).get(tag.tag.id)) for tag in ordered])

    def _title(self, position: int, title: str) -> str:
        if position != self.sort_column or (position == 0 and not self.descending):
            return title
        return f"{title}{'▼' if self.descending else '▲'}"


def in_order(
    tags: Sequence[TagPerformance], sort_by: SortKey | None, *, descending: bool
) -> list[TagPerformance]:
    """The tags by a figure, those without one last; without a figure in the project's order."""
    if sort_by is None:
        return list(reversed(tags)) if descending else list(tags)
    known = [tag for tag in tags if sort_by(tag) is not None]
    unknown = [tag for tag in tags if sort_by(tag) is None]
    return sorted(known, key=lambda tag: sort_by(tag) or 0.0, reverse=descending) + unknown


def _row(tag: TagPerformance, best: float | None) -> Row:
    from tui_detect.core.evaluation import format_threshold

    return Row(
        tag.tag.id,
        (
            _name(tag.tag.name, tag.tag.colour),
            percent(tag.precision),
            percent(tag.recall),
            percent(tag.ap),
            f"{tag.regions:,}",
            number(tag.true_positives),
            number(tag.detections - tag.true_positives),
            f"{tag.images:,}",
            "–" if best is None else format_threshold(best),
        ),
    )


@lru_cache(maxsize=512)
def _name(name: str, colour: str) -> Content:
    # A style in words is parsed at every drawing, which took a sixth of a threshold key.
    style = Style(foreground=Color.parse(colour)) if colour else Style()
    return Content.styled("■ ", style) + Content(name)
