"""Errors: one finding after another, each a crop of its picture, settled by one key."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import chain

from textual import getters, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from tui_detect.core.errors import NotFound, TuiDetectError
from tui_detect.core.evaluation.finding import Finding
from tui_detect.core.ids import new_uuid
from tui_detect.core.model import Iteration
from tui_detect.core.settling import Case, Verdict, delete_label, take_over
from tui_detect.core.view import View, zoomed_to
from tui_detect.ui.finding_overlay import MARGIN, area_of, ghost_of, overlay_of
from tui_detect.ui.finding_words import TagNames, facts, sentence, warnings
from tui_detect.ui.graphics.overlay import NOTHING
from tui_detect.ui.screens.base import ProjectScreen
from tui_detect.ui.screens.errors_keys import BINDINGS
from tui_detect.ui.widgets.canvas import Canvas, PictureSource
from tui_detect.ui.widgets.finding_table import FindingRows, FindingTable
from tui_detect.ui.widgets.footer import KeysLine
from tui_detect.ui.widgets.header import TitleLine
from tui_detect.ui.wording import printable
from tui_detect.workflows import settling
from tui_detect.workflows.images import image_names, picture_path

NONE_HERE = "Nothing of that kind is here.  q  goes back."
NONE_OPEN = """All {} are settled.

o  lists them again, u  takes the last verdict back, q  goes back."""


class ErrorsScreen(ProjectScreen):
    """The findings behind one number, worst first."""

    CSS_PATH = "errors.tcss"
    HELP_PAGE = "errors"
    BINDINGS = BINDINGS
    AUTO_FOCUS = ""

    canvas = getters.query_one(Canvas)
    table = getters.query_one(FindingTable)
    title_line = getters.query_one(TitleLine)

    def __init__(
        self,
        iteration: Iteration,
        title: str,
        findings: Sequence[Finding],
        *,
        trained_on: frozenset[int] = frozenset(),
        thresholds: str = "",
    ) -> None:
        """Findings of an iteration, worst first.

        Args:
            title: what they are, such as `Missed · scissors`.
            trained_on: keys of the images that the iteration's model was trained on.
            thresholds: at which the findings were made, such as `threshold 0.42, overlap 0.50`.
        """
        super().__init__()
        self._iteration = iteration
        self._title = title
        self._findings = findings
        self._trained_on = trained_on
        self._thresholds = thresholds
        self._listed = {(finding.image_id, finding.key) for finding in findings}
        self._verdicts: dict[tuple[int, str], Verdict] = {}
        self._order: Sequence[int] = range(len(findings))
        self._place = 0
        self._case: Case | None = None
        self._takes = self._deletes = False
        self._settled_here: list[int] = []
        self._open_only = False
        self._notice = ""
        self._edited = False

    def compose(self) -> ComposeResult:
        """The matter in words, over the list, the crop and the facts."""
        yield TitleLine(shows_run=False)
        yield Static(id="words")
        with Horizontal(id="room"):
            yield FindingTable()
            yield Canvas(self.app.terminal)
            yield Static(id="facts")
        yield Static(id="empty", classes="empty")
        yield KeysLine()

    def on_mount(self) -> None:
        """Begin with the worst that is not settled yet."""
        self._names = TagNames({})
        with self._shown_afterwards():
            self._names = TagNames(settling.tags_by_id(self.app.library, self._iteration))
            self._verdicts = settling.settled(self.app.library, self._iteration.id)
            self._place = self._next_open(0) or 0
            self._open()

    # --- which one ------------------------------------------------------------------------------

    @property
    def finding(self) -> Finding | None:
        """The one that is shown."""
        shown = self._findings and not (self._open_only and not self._order)
        return self._findings[self._place] if shown else None

    @property
    def _position(self) -> int:
        return bisect_left(self._order, self._place)

    def _is_open(self, place: int) -> bool:
        finding = self._findings[place]
        return (finding.image_id, finding.key) not in self._verdicts

    def _next_open(self, start: int) -> int | None:
        """The first open one from a place on, from the beginning after the end."""
        places = chain(range(start, len(self._findings)), range(start))
        return next((place for place in places if self._is_open(place)), None)

    def _arrange(self) -> None:
        """What the list holds."""
        every = range(len(self._findings))
        self._order = (
            [place for place in every if self._is_open(place)] if self._open_only else every
        )

    def _open(self) -> None:
        """Read how the picture of the finding is now.

        Raises:
            NotFound: it is not there any more.
        """
        self._case = None
        finding = self.finding
        if finding is None:
            return
        self._case = case = settling.open_case(self.app.library, self._iteration.id, finding)
        about = (finding.image_id, finding.key)
        if case.verdict is None:
            self._verdicts.pop(about, None)
        else:
            self._verdicts[about] = case.verdict

    def _go_to(self, place: int) -> None:
        with self._shown_afterwards():
            self._place = place
            self._open()

    # --- keys -----------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The keys that do something for this finding."""
        case = self._case
        if action == "undo":
            return bool(self._settled_here) or (case is not None and case.verdict is not None)
        if action in ("take", "delete", "keep"):
            possible = {"take": self._takes, "delete": self._deletes, "keep": True}[action]
            return case is not None and case.verdict is None and possible
        if action in ("edit", "pixels"):
            return case is not None
        return True

    def action_take(self) -> None:
        """Take over what the model found."""
        self._settle(settling.take, "taken over")

    def action_keep(self) -> None:
        """The label is right."""
        self._settle(settling.keep, "kept")

    def action_delete(self) -> None:
        """Delete the label."""
        self._settle(settling.delete, "deleted")

    def _settle(self, do: Callable[..., object], said: str) -> None:
        """Settle the finding; the next open one comes."""
        case, place = self._case, self._place
        if case is None:
            return
        with self._shown_afterwards():
            do(self.app.library, self._iteration.id, case)
            self._edited = self._edited or said != "kept"
            self._settled(place, said)

    def _settled(self, place: int, said: str) -> None:
        self._open()
        self._notice = said
        if self._case is not None and self._case.image.state == "untagged":
            self._notice = f"{said}; no label left, so the picture is untagged again"
        self._settled_here = [each for each in self._settled_here if each != place] + [place]
        following = self._next_open(place + 1)
        self._arrange()
        if following is not None:
            self._place = following
            self._open()
        else:
            self._notice += "; all are settled"
            if self._open_only:
                self._case = None

    def action_undo(self) -> None:
        """Take back the verdict shown, else the last one that was given here."""
        case = self._case
        shown = case is not None and case.verdict is not None
        place = self._place if shown else self._settled_here[-1]
        with self._shown_afterwards():
            finding = self._findings[place]
            self._settled_here = [each for each in self._settled_here if each != place]
            taken_back = settling.undo(self.app.library, self._iteration.id, finding)
            self._edited = True
            self._place = place
            del self._verdicts[finding.image_id, finding.key]
            self._arrange()
            self._open()
            by_hand = "; edits made by hand stay" if taken_back.verdict == "edited" else ""
            self._notice = f"open again{by_hand}"

    def action_step(self, steps: int) -> None:
        """The next or the one before."""
        wanted = self._position + steps
        self.action_step_to(min(max(wanted, 0), len(self._order) - 1))
        if wanted not in range(len(self._order)):
            self._notice = "this is the last one" if steps > 0 else "this is the first one"
            self._show_title()

    def action_step_to(self, position: int) -> None:
        """One by its position in the list, -1 being the last."""
        self._notice = ""
        if self._order:
            self._go_to(self._order[position])

    def action_open_only(self) -> None:
        """List what is open, or everything."""
        self._open_only = not self._open_only
        with self._shown_afterwards():
            self._notice = "only open ones" if self._open_only else ""
            if self._open_only:
                self._place = self._next_open(self._place) or 0
            self._arrange()
            self._open()

    def action_list(self) -> None:
        """Show or hide the list."""
        self.toggle_class("-unfolded" if self.has_class("-narrow") else "-folded")

    def action_edit(self) -> None:
        """Open the editor on it; what it changes settles the finding."""
        from tui_detect.ui.screens.errors_editor import FindingEditor

        case = self._case
        if case is None:
            return
        with self._shown_afterwards():
            settling.check_editable(case)
            detection, region = case.finding.detection, case.region
            editor = FindingEditor(
                case.image.id,
                area_of(case),
                region.uuid if region is not None else None,
                ghost_of(detection, self._names) if detection is not None else None,
            )
            self.app.push_screen(editor, partial(self._back_from_editor, case))

    def _back_from_editor(self, before: Case, _: object) -> None:
        with self._shown_afterwards():
            self._open()
            case = self._case
            if case is None or case.tagging == before.tagging:
                return
            self._edited = True
            if case.verdict is None:
                settling.mark_edited(self.app.library, self._iteration.id, case)
                self._settled(self._place, "edited")

    def action_pixels(self) -> None:
        """The crop in real pixels, until the next key."""
        if self._case is not None:
            from tui_detect.ui.screens.pixels import show_pixels

            show_pixels(self.app, self._source(self._case), self._view(self._case))

    def action_leave(self) -> None:
        """Back to the figures."""
        if self._edited:
            self.app.set_project(self.project)
        self.dismiss()

    @on(FindingTable.Highlighted)
    def _highlighted(self) -> None:
        place = self.table.key
        if isinstance(place, int) and place != self._place:
            self._notice = ""
            self._go_to(place)

    @on(FindingTable.Selected)
    def _selected(self) -> None:
        self.action_edit()

    # --- showing --------------------------------------------------------------------------------

    @contextmanager
    def _shown_afterwards(self) -> Iterator[None]:
        """Whatever happens in the block, the screen then shows how things are."""
        try:
            yield
        except NotFound as error:
            self._case = None
            self.app.report(error)
        except TuiDetectError as error:
            self.app.report(error)
            self._look_again()
        self._show()

    def _look_again(self) -> None:
        try:
            self._open()
        except TuiDetectError as error:
            self.app.report(error)

    def _show(self) -> None:
        if not self.is_attached:
            return
        case, finding = self._case, self.finding
        self._takes = case is not None and self._can_take(case)
        self._deletes = case is not None and delete_label(case) is not None
        self.set_class(finding is None, "-empty")
        nothing = NONE_OPEN.format(len(self._findings)) if self._findings else NONE_HERE
        self.query_one("#empty", Static).update(nothing)
        self.query_one("#words", Static).update(self._words())
        self.query_one("#facts", Static).update(facts(case, self._names) if case else "")
        rows = FindingRows(
            self._findings,
            self._order,
            self._verdicts,
            self._names,
            partial(image_names, self.app.library),
        )
        self.table.show_at(rows, self._position)
        self._show_picture()
        self._show_title()
        self.refresh_bindings()

    def _can_take(self, case: Case) -> bool:
        return take_over(case, new_uuid, self._names.name) is not None

    def _words(self) -> Content:
        case, finding = self._case, self.finding
        if finding is None:
            return Content("")
        if case is None:
            return Content("This picture is not there any more.")
        trained_on = finding.image_id in self._trained_on
        lines = [Content.styled(sentence(case, self._names), "bold")]
        for warning in warnings(case, self._names, trained_on=trained_on):
            lines.append(Content.styled(f"! {warning}", "$warning"))
        return Content("\n").join(lines)

    def _source(self, case: Case) -> PictureSource:
        image = case.image
        path = picture_path(self.app.library, image)
        return PictureSource(path, printable(image.name), image.width_px, image.height_px)

    def _view(self, case: Case) -> View:
        return zoomed_to(area_of(case), self.canvas.frame, margin=MARGIN)

    def _show_picture(self) -> None:
        case = self._case
        if case is None:
            self.canvas.set_picture(None)
            self.canvas.set_overlay(NOTHING)
            return
        source = self._source(case)
        self.canvas.set_picture(source, self._view(case))
        self.canvas.set_overlay(overlay_of(case, self._names))

    @on(Canvas.FrameChanged)
    def _frame_changed(self) -> None:
        self._show_picture()

    @on(Canvas.Failed)
    def _picture_failed(self, message: Canvas.Failed) -> None:
        self.app.report(message.error)

    def _show_title(self) -> None:
        title = self.title_line
        position = f"{self._position + 1:,} of {len(self._order):,}" if self.finding else ""
        title.where = " · ".join(filter(None, (self._title, position)))
        settled = sum(about in self._listed for about in self._verdicts)
        title.state = self._notice or f"{settled:,} of {len(self._listed):,} settled"
        news = " · ".join(filter(None, (self._iteration.name, self._thresholds)))
        title.news = "" if self._notice else news
