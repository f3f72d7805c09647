"""Two iterations side by side: is the second one better, where, and what changed?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static
from textual.worker import get_current_worker

from tui_detect.core.errors import TuiDetectError
from tui_detect.core.model import Image, Iteration
from tui_detect.ui.difference_words import (
    change_lines,
    figure_lines,
    shares,
    verdict,
    won_and_lost,
)
from tui_detect.ui.errors import reporting
from tui_detect.ui.screens.base import ProjectScreen
from tui_detect.ui.screens.performance_keys import next_usual_overlap
from tui_detect.ui.widgets.footer import KeysLine
from tui_detect.ui.widgets.header import TitleLine
from tui_detect.ui.widgets.outcome_rows import OutcomeRows, name_of
from tui_detect.ui.widgets.row_table import Column, Row, RowTable
from tui_detect.ui.widgets.text_lines import TextLines
from tui_detect.ui.wording import printable
from tui_detect.workflows.changes import Changes, changes_between
from tui_detect.workflows.comparing import Pairing, comparisons, errors_on, pair_up, pictures_of

if TYPE_CHECKING:
    from tui_detect.core.evaluation import Overlap
    from tui_detect.core.evaluation.comparison import Comparison

    Asked = tuple[int, int, Overlap]
    """The keys of both iterations, and the overlap threshold."""

SLOW_AFTER_S = 0.25
"""Figures that take longer are dimmed until the right ones are there."""
PANES = ("pictures", "tags", "changes")


class _CalledOff(Exception):
    """Something else was asked for, or the screen was left, while it was computed."""


class CompareScreen(ProjectScreen):
    """The figures of two iterations, the pictures won and lost, and what changed."""

    CSS_PATH = "compare.tcss"
    HELP_PAGE = "compare"
    AUTO_FOCUS = "#pictures"
    BINDINGS = [
        Binding("v", "view", "view", tooltip="pictures, tags or changes", id="compare.view"),
        Binding(
            "o",
            "overlap",
            "overlap",
            tooltip="overlap threshold 0.30, 0.50 or 0.50:0.95",
            id="compare.overlap",
        ),
        Binding("x", "swap", "swap", tooltip="the other way round", id="compare.swap"),
        Binding("q,escape", "leave", "back", id="compare.leave"),
    ]

    @dataclass
    class Progressed(Message):
        """A thread says what it does."""

        asked: Asked
        text: str

    @dataclass
    class Compared(Message):
        """A thread has figures, at first without how sure their differences are."""

        pairing: Pairing
        comparison: Comparison
        pictures: dict[int, Image]
        changes: Changes

    @dataclass
    class Refused(Message):
        """The two cannot be compared."""

        error: TuiDetectError

    overlap: reactive[Overlap] = reactive["Overlap"](0.3, init=False)
    pane: reactive[int] = reactive(0, init=False)
    """Which of `PANES` a narrow screen shows."""

    pictures = getters.query_one("#pictures", RowTable)
    tags = getters.query_one("#tags", RowTable)
    title_line = getters.query_one(TitleLine)

    def __init__(self, first: Iteration, second: Iteration, overlap: Overlap = 0.3) -> None:
        """Whether `second` is better than `first`."""
        super().__init__()
        self._first = first
        self._second = second
        self._pairing: Pairing | None = None
        """Of the comparison that is shown; the screen may ask for another one by now."""
        self._comparison: Comparison | None = None
        self._images: dict[int, Image] = {}
        self.set_reactive(CompareScreen.overlap, overlap)

    def compose(self) -> ComposeResult:
        """The figures over pictures, tags and changes."""
        yield TitleLine(shows_run=False)
        yield Static("comparing …", id="empty", classes="empty")
        with Vertical(id="body"):
            yield Static(id="basis")
            yield TextLines(id="differences")
            with Horizontal(id="room"):
                with Vertical(id="pictures-pane", classes="pane"):
                    yield Static(id="won")
                    yield RowTable(
                        Column("", 4),
                        Column("picture"),
                        Column("errors: first", 13, right=True),
                        Column("second", 6, right=True),
                        id="pictures",
                    )
                with Vertical(id="tags-pane", classes="pane"):
                    yield Static("Average precision of each tag, %", id="about-tags")
                    yield RowTable(
                        Column("tag"),
                        Column("first", 6, right=True),
                        Column("second", 6, right=True),
                        Column("differ", 6, right=True),
                        Column("", 29),
                        id="tags",
                        opens=False,
                    )
                with VerticalScroll(id="changes-pane", classes="pane"):
                    yield Static(id="changes")
        yield KeysLine()

    def on_mount(self) -> None:
        """Compare in a thread."""
        self.query_one("#body").display = False
        self._show_pane()
        self._compare_soon()

    def on_resize(self) -> None:
        """The columns of the figures follow the width."""
        self._show_figures()

    # --- comparing in a thread ------------------------------------------------------------------

    def _compare_soon(self) -> None:
        self._show_title()
        known = self._pairing
        again = known is not None and (known.first.id, known.second.id) == self._asked[:2]
        self._compare(self.overlap, known if again else None)
        self.set_timer(SLOW_AFTER_S, self._dim_what_is_old)

    def _dim_what_is_old(self) -> None:
        self.query_one("#body").set_class(not self._is_shown, "-waiting")

    @property
    def _asked(self) -> Asked:
        return self._first.id, self._second.id, self.overlap

    @property
    def _is_shown(self) -> bool:
        """Whether the figures shown are those that were asked for."""
        pairing, comparison = self._pairing, self._comparison
        if pairing is None or comparison is None:
            return False
        return (pairing.first.id, pairing.second.id, comparison.overlap) == self._asked

    @work(
        thread=True,
        exclusive=True,
        exit_on_error=False,
        group="compare",
        description="comparing iterations",
    )
    def _compare(self, overlap: Overlap, pairing: Pairing | None) -> None:
        worker = get_current_worker()
        library, first, second = self.app.library, self._first, self._second

        asked = first.id, second.id, overlap

        def tell(text: str) -> None:
            if worker.is_cancelled:
                raise _CalledOff
            self.post_message(self.Progressed(asked, text))

        try:
            pairing = pairing or pair_up(library, first, second, tell)
            changes = changes_between(library, first, second)
            for comparison in comparisons(pairing, overlap, on_progress=tell):
                if worker.is_cancelled:
                    return
                images = pictures_of(library, comparison)
                self.post_message(self.Compared(pairing, comparison, images, changes))
        except _CalledOff:
            pass
        except TuiDetectError as error:
            self.post_message(self.Refused(error))

    @on(Progressed)
    def _progressed(self, event: Progressed) -> None:
        if event.asked == self._asked:
            self.title_line.news = f"{event.text} …"

    @on(Compared)
    def _compared(self, event: Compared) -> None:
        pairing, comparison = event.pairing, event.comparison
        if (pairing.first.id, pairing.second.id, comparison.overlap) != self._asked:
            return
        self._pairing, self._comparison, self._images = pairing, comparison, event.pictures
        self.query_one("#empty").display = False
        body = self.query_one("#body")
        body.display = True
        body.remove_class("-waiting")
        self.query_one("#basis", Static).update(Content(printable(" ".join(pairing.basis))))
        lines = change_lines(event.changes, comparison.definition)
        self.query_one("#changes", Static).update(Content("\n").join(lines))
        self.title_line.news = ""
        self._show_title()
        self._show_figures()
        self._show_tables()

    @on(Refused)
    def _refused(self, event: Refused) -> None:
        error = event.error
        hint = f"\n\n{error.hint}" if error.hint else ""
        self.query_one("#body").display = False
        empty = self.query_one("#empty", Static)
        empty.update(Content(printable(error.message) + hint + "\n\nq  goes back."))
        empty.display = True
        self.title_line.news = ""

    # --- showing --------------------------------------------------------------------------------

    def _show_title(self) -> None:
        from tui_detect.core.evaluation import format_overlap, format_threshold

        title, pairing, comparison = self.title_line, self._pairing, self._comparison
        if pairing is None or comparison is None:
            title.where = printable(f"{self._first.name} → {self._second.name}")
            title.state = f"overlap {format_overlap(self.overlap)}"
            return
        title.where = printable(f"{pairing.first.name} → {pairing.second.name}")
        both = (comparison.first_threshold, comparison.second_threshold)
        parts = [f"overlap {format_overlap(comparison.overlap)}"]
        parts.append("threshold " + " → ".join(map(format_threshold, dict.fromkeys(both))))
        title.state = " · ".join(parts)

    def _show_figures(self) -> None:
        pairing, comparison = self._pairing, self._comparison
        if pairing is not None and comparison is not None:
            lines = self.query_one(TextLines)
            width = self.app.size.width - lines.styles.padding.width
            lines.content = figure_lines(pairing.first, pairing.second, comparison, width)

    def _show_tables(self) -> None:
        pairing, comparison = self._pairing, self._comparison
        if pairing is None or comparison is None:
            return
        self.query_one("#won", Static).update(won_and_lost(pairing.second, comparison))
        rows = OutcomeRows(comparison.pictures, self._images)
        place = rows.place_of(self.pictures.key)
        self.pictures.show_at(rows, self.pictures.cursor if place is None else place)
        self.tags.show(
            [
                Row(
                    item.tag.id,
                    (
                        Content.assemble(
                            ("■ ", item.tag.colour or "$foreground"), printable(item.tag.name)
                        ),
                        *shares(item.ap)[:3],
                        verdict(item.ap),
                    ),
                )
                for item in comparison.tags
            ]
        )
        self.refresh_bindings()

    # --- keys -----------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys are there when there is something for them."""
        if action in ("view", "overlap", "swap"):
            return self._comparison is not None
        return True

    def action_view(self) -> None:
        """The next of pictures, tags and changes."""
        self.pane = (self.pane + 1) % len(PANES)

    def watch_pane(self) -> None:
        """It gets the keys, and on a narrow screen the room."""
        self._show_pane()
        chosen = PANES[self.pane]
        self.query_one(f"#{chosen}-pane" if chosen == "changes" else f"#{chosen}").focus()

    def _show_pane(self) -> None:
        for position, name in enumerate(PANES):
            self.set_class(position == self.pane, f"-shows-{name}")

    def action_overlap(self) -> None:
        """The next of 0.30, 0.50 and 0.50:0.95."""
        self.overlap = next_usual_overlap(self.overlap)

    def watch_overlap(self) -> None:
        """Which detections are correct changes with it."""
        self._compare_soon()

    def action_swap(self) -> None:
        """Compare the other way round."""
        self._first, self._second = self._second, self._first
        self._compare_soon()

    @on(RowTable.Selected, "#pictures")
    def _open_picture(self, event: RowTable.Selected) -> None:
        """Open the errors that the worse one of the two makes there."""
        from tui_detect.core.evaluation import format_overlap, format_threshold
        from tui_detect.ui.screens.errors import ErrorsScreen

        pairing, comparison = self._pairing, self._comparison
        if pairing is None or comparison is None or not isinstance(event.key, int):
            return
        with reporting(self.app):
            worse, overlap, findings = errors_on(pairing, comparison, event.key)
            is_first = worse.id == pairing.first.id
            at = comparison.first_threshold if is_first else comparison.second_threshold
            words = f"threshold {format_threshold(at)}, overlap {format_overlap(overlap)}"
            title = f"{name_of(event.key, self._images)} · {worse.name}"
            if overlap != comparison.overlap:
                title += f" at overlap {format_overlap(overlap)}"
            self.app.push_screen(ErrorsScreen(worse, title, findings, thresholds=words))

    def action_leave(self) -> None:
        """Back to the figures of one."""
        self.dismiss()
