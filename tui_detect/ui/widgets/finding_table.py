"""The list of findings: a row is made when it comes into sight."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from textual.content import Content

from tui_detect.ui.finding_words import VERDICT_MARKS, brief
from tui_detect.ui.settling_session import SettlingSession
from tui_detect.ui.widgets.row_table import Column, LazyRows, Row, RowTable
from tui_detect.ui.wording import printable

NAMES_AHEAD = 64
"""Names of pictures that are asked for at once."""

COLUMNS = (
    Column("", 1),
    Column("kind", 10),
    Column("tag"),
    Column("prob.", 5, right=True, from_width=40),
    Column("overlap", 7, right=True, from_width=60),
    Column("picture", 16, from_width=50),
)


class FindingRows(LazyRows):
    """Rows of what a session lists."""

    def __init__(
        self, session: SettlingSession, pictures: Callable[[Sequence[int]], Mapping[int, str]]
    ) -> None:
        """Rows for what the session lists now.

        Args:
            pictures: the names of images by key; asked for many at a time.
        """
        self.places = session.listed
        self._findings = session.findings
        self._verdicts = session.verdicts
        self._tags = session.names
        self._with_kind = len(session.kinds) > 1
        self._pictures = pictures
        self._known: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self.places)

    def row(self, index: int) -> Row:
        """Make one."""
        place = self.places[index]
        finding = self._findings[place]
        verdict = self._verdicts.get((finding.image_id, finding.key))
        mark = Content.styled(VERDICT_MARKS[verdict], "$success") if verdict else Content(" ")
        sure = f"{finding.detection.probability:.2f}" if finding.detection else ""
        shared = f"{finding.overlap:.2f}" if finding.overlap is not None else ""
        picture = self._picture(index, finding.image_id)
        kind = (finding.kind,) if self._with_kind else ()
        return Row(place, (mark, *kind, brief(finding, self._tags), sure, shared, picture))

    def _picture(self, index: int, image_id: int) -> str:
        if image_id not in self._known:
            near = self.places[index : index + NAMES_AHEAD]
            wanted = {self._findings[place].image_id for place in near} - self._known.keys()
            found = self._pictures(sorted(wanted))
            self._known |= {each: printable(found.get(each, "gone")) for each in wanted}
        return self._known[image_id]


class FindingTable(RowTable, can_focus=False, inherit_bindings=False):
    """Findings, worst first; the screen has the keys, so that none of them means up or down."""

    # Its cursor is where the keys go, although it never has the focus.
    DEFAULT_CSS = """
    FindingTable > .row-table--cursor {
        background: $block-cursor-background;
        color: $block-cursor-foreground;
        text-style: $block-cursor-text-style;
    }
    """

    def __init__(self, *, with_kind: bool) -> None:
        """A table, with a column for the kind unless all are of one."""
        super().__init__(*(c for c in COLUMNS if with_kind or c.title != "kind"))
