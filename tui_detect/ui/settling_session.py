"""Going through findings: which are listed, which is shown, what was said about each."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain

from tui_detect.core.edits import Edit, Tagging
from tui_detect.core.errors import NotFound
from tui_detect.core.evaluation.finding import Finding
from tui_detect.core.ids import new_uuid
from tui_detect.core.model import Iteration
from tui_detect.core.settling import Case, Verdict, delete_label, take_over
from tui_detect.ui.finding_words import TagNames
from tui_detect.workflows import settling
from tui_detect.workflows.library import Library

Settle = Callable[[Library, int, Case], object]
"""What settles a case: `settling.keep`, `take` or `delete`."""


class SettlingSession:
    """The findings of an iteration behind one number, and the one that is looked at.

    A place is a finding's index; the list may leave out those that are settled.
    """

    def __init__(self, library: Library, iteration: Iteration, findings: Sequence[Finding]) -> None:
        self._library = library
        self._iteration = iteration
        self.findings = findings
        self.kinds = {finding.kind for finding in findings}
        self.listed: Sequence[int] = range(len(findings))
        """Places, rising."""
        self.place = 0
        """Of the finding that is shown."""
        self.case: Case | None = None
        """The finding beside its picture as it is now; `None` where there is none."""
        self.verdicts: dict[tuple[int, str], Verdict] = {}
        self.names = TagNames({})
        self.open_only = False
        self.changed = False
        """Whether any picture was changed."""
        self._about = [(finding.image_id, finding.key) for finding in findings]
        self._total = len(set(self._about))
        self._on_image: dict[int, list[int]] = {}
        for place, finding in enumerate(findings):
            self._on_image.setdefault(finding.image_id, []).append(place)
        self._settled_here: list[int] = []

    # --- which one ------------------------------------------------------------------------------

    @property
    def finding(self) -> Finding | None:
        """The one that is shown; `None` when nothing is listed."""
        return self.findings[self.place] if self.listed else None

    @property
    def position(self) -> int:
        """Of the finding that is shown, in the list."""
        return bisect_left(self.listed, self.place)

    @property
    def settled_count(self) -> int:
        """How many are settled."""
        return len(self.verdicts)

    @property
    def total(self) -> int:
        """How many there are to settle."""
        return self._total

    def begin(self) -> None:
        """Read what was settled before, and open the worst that was not.

        Raises:
            NotFound: its picture is not there any more.
        """
        self.verdicts = settling.verdicts_on(self._library, self._iteration.id, self.findings)
        self.read_tags()
        self.go_to(self._next_open(0) or 0)

    def read_tags(self) -> None:
        """Tags may have been made or renamed."""
        self.names = TagNames(settling.tags_by_id(self._library, self._iteration))

    def go_to(self, place: int) -> None:
        """Show the finding at a place.

        Raises:
            NotFound: its picture is not there any more.
        """
        self.place = place
        self.look_again()

    def look_again(self) -> None:
        """Read how the picture is now, and what others said about it.

        Raises:
            NotFound: it is not there any more.
        """
        self.case, finding = None, self.finding
        if finding is None:
            return
        self.case = settling.open_case(self._library, self._iteration.id, finding)
        self._read_verdicts(finding.image_id)

    def _read_verdicts(self, image_id: int) -> None:
        """Of a picture: a verdict on one finding may settle others there."""
        there = [self.findings[place] for place in self._on_image[image_id]]
        for each in there:
            self.verdicts.pop((image_id, each.key), None)
        self.verdicts |= settling.verdicts_on_image(
            self._library, self._iteration.id, image_id, there
        )
        self._settled_here = [each for each in self._settled_here if not self._is_open(each)]

    def show_open_only(self, only: bool) -> None:
        """List only what is not settled, or everything."""
        self.open_only = only
        self._list()
        if only:
            self.place = self._next_open(self.place) or 0
        self.look_again()

    def following(self) -> Case | None:
        """The next open one, to have its picture ready; `None` when there is none."""
        place = self._next_open(self.place + 1)
        if place is None or place == self.place:
            return None
        try:
            return settling.open_case(self._library, self._iteration.id, self.findings[place])
        except NotFound:
            # It is said when it is that one's turn.
            return None

    def _list(self) -> None:
        every = range(len(self.findings))
        self.listed = (
            [place for place in every if self._is_open(place)] if self.open_only else every
        )

    def _is_open(self, place: int) -> bool:
        return self._about[place] not in self.verdicts

    def _next_open(self, start: int) -> int | None:
        """The first open one from a place on, from the beginning after the end."""
        places = chain(range(start, len(self.findings)), range(start))
        return next((place for place in places if self._is_open(place)), None)

    # --- verdicts -------------------------------------------------------------------------------

    @property
    def takes(self) -> Edit | None:
        """The edit that taking over would be; `None` when there is nothing to take."""
        return None if self.case is None else take_over(self.case, new_uuid, self.names.name)

    @property
    def is_open(self) -> bool:
        """Whether the finding that is shown waits for a verdict."""
        return self.case is not None and self.case.verdict is None

    @property
    def can_delete(self) -> bool:
        """Whether there is a label to delete."""
        return self.case is not None and delete_label(self.case) is not None

    @property
    def can_undo(self) -> bool:
        """Whether there is a verdict to take back."""
        return bool(self._settled_here) or (self.case is not None and not self.is_open)

    def settle(self, do: Settle) -> str:
        """Settle what is shown and go on to the next open one; what to tell the person.

        Raises:
            TuiDetectError: it could not be settled; nothing is changed.
        """
        if self.case is None or not self.is_open:
            return ""
        do(self._library, self._iteration.id, self.case)
        return self._go_on()

    def come_back(self, before: Case, seen: Tagging, then: Settle | None) -> str:
        """After the editor, settle what was said there or changed; what to tell the person.

        Args:
            before: the finding, with the picture as the editor opened it.
            seen: the picture as the editor showed it last.

        Raises:
            TuiDetectError: it could not be settled; what was edited by hand stays.
        """
        self.read_tags()
        self.look_again()
        if self.case is None:
            return ""
        self.changed = self.changed or self.case.tagging != before.tagging
        if then is not None:
            # What is said there is said of the labels that were seen.
            self.case = replace(self.case, tagging=seen)
            return self.settle(then)
        # Taking edits back is not editing: it opens what they had settled.
        if seen != before.tagging and self.case.last_edit > before.last_edit:
            if self.is_open:
                return self.settle(settling.mark_edited)
            if before.verdict is None:
                # What was redone there had settled it, and does so again.
                return self._go_on()
        self._list()
        return "open again" if self.is_open and before.verdict is not None else ""

    def _go_on(self) -> str:
        """To the next open one; what to tell the person about the one before."""
        self.look_again()
        self._settled_here = [each for each in self._settled_here if each != self.place]
        self._settled_here.append(self.place)
        said: list[str] = []
        if self.case is not None and self.case.verdict is not None:
            said.append(self.case.verdict)
            self.changed = self.changed or self.case.verdict != "kept"
            if self.case.image.state == "untagged":
                said.append("no label left, so the picture is untagged again")
        following = self._next_open(self.place + 1)
        self._list()
        if following is None:
            said.append("all are settled")
            self.look_again()
        else:
            self.go_to(following)
        return "; ".join(said)

    def undo(self) -> str:
        """Take back the verdict shown, else the last one given here; what to tell the person.

        Raises:
            Conflict: the picture was edited after it, or somebody else took it back.
            NotFound: the picture is not there any more.
        """
        shown = self.case is not None and not self.is_open
        place = self.place if shown else self._settled_here[-1]
        finding = self.findings[place]
        try:
            taken_back = settling.undo(self._library, self._iteration.id, finding)
        finally:
            self._read_verdicts(finding.image_id)
        self.changed = True
        self._list()
        self.go_to(place)
        return "open again" + (
            "; edits made by hand stay" if taken_back.verdict == "edited" else ""
        )
