"""Tagging one image after another: the editor's state beside what is stored of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tui_detect.core.editor import absorbed
from tui_detect.core.editor_state import Context, EditorState, Outcome
from tui_detect.core.edits import Edit, Tagging
from tui_detect.core.errors import Conflict, NotFound
from tui_detect.core.ids import new_uuid
from tui_detect.core.model import Image, Tag
from tui_detect.core.pointing import QWERTY, KeyGrid
from tui_detect.core.reviewing import copied, reviewing, suggest
from tui_detect.core.view import Frame
from tui_detect.workflows import tagging
from tui_detect.workflows.images import ImageQuery, image_cards, image_ids, picture_path
from tui_detect.workflows.library import Library
from tui_detect.workflows.tags import create_tag, list_tags


class TaggingSession:
    """What is edited, in which order, and whether it is saved.

    An edit that could not be saved stays: the next attempt saves it first, and the image is not
    left before that.
    """

    def __init__(
        self,
        library: Library,
        project_id: int,
        ids: Sequence[int],
        index: int,
        keys: KeyGrid = QWERTY,
    ) -> None:
        self._library = library
        self.keys = keys
        """The keyboard that points."""
        self._project_id = project_id
        self._ids = list(ids)
        self.index = index
        self.unsaved: list[Edit] = []
        self.changed = False
        """Whether anything was saved at all."""
        counts = list_tags(library, project_id)
        self.tags: list[Tag] = [count.tag for count in counts]
        self.region_counts = Counter({count.tag.id: count.regions for count in counts})
        self.state: EditorState
        self.image: Image
        self.opened: tagging.OpenImage
        """As it was before anything was changed here."""
        self.undo_count = 0
        self.redo_count = 0
        self._before: int | None = None
        """The image that was open before this one."""
        self._open(EditorState(Tagging(False, ())))

    # --- where we are ---------------------------------------------------------------------------

    @property
    def position(self) -> str:
        """`3/40`."""
        return f"{self.index + 1}/{len(self._ids)}"

    @property
    def path(self) -> Path:
        """The picture's file."""
        return picture_path(self._library, self.image)

    def context(self, frame: Frame) -> Context:
        """What the editor needs to know."""
        return Context(frame, tuple(self.tags), new_uuid, self.keys)

    def neighbours(self) -> list[tuple[Image, Path]]:
        """The next image and the one before, with their files."""
        near = [index for index in (self.index + 1, self.index - 1) if 0 <= index < len(self._ids)]
        cards = image_cards(self._library, [self._ids[index] for index in near])
        return [(card.image, picture_path(self._library, card.image)) for card in cards]

    # --- from image to image --------------------------------------------------------------------

    def go(self, offset: int) -> bool:
        """Open the image `offset` further, past any that is gone; whether there is one.

        Raises:
            StorageFailed: edits of this image are not saved; it stays open.
        """
        self.save()
        here = self.image.id
        direction = 1 if offset > 0 else -1
        index = self.index + offset
        while 0 <= index < len(self._ids):
            if self._try_open(index):
                self._before = here
                return True
            del self._ids[index]
            if direction > 0:
                continue
            self.index -= 1
            index -= 1
        return False

    def go_to_untagged(self) -> bool:
        """Open the next image that nobody has reviewed, from the start after the end.

        Raises:
            StorageFailed: edits of this image are not saved; it stays open.
        """
        self.save()
        untagged = set(image_ids(self._library, self._project_id, ImageQuery(state="untagged")))
        order = [*range(self.index + 1, len(self._ids)), *range(self.index)]
        found = next((index for index in order if self._ids[index] in untagged), None)
        here = self.image.id
        if found is None or not self._try_open(found):
            return False
        self._before = here
        return True

    def reload(self) -> None:
        """Show the image as it is stored now.

        Raises:
            NotFound: it is not there any more.
        """
        self.unsaved.clear()
        self._open(self.state)

    def _try_open(self, index: int) -> bool:
        before, self.index = self.index, index
        try:
            self._open(self.state)
        except NotFound:
            self.index = before
            return False
        return True

    def _open(self, before: EditorState) -> None:
        """Open the image at `index` with the choices made so far."""
        opened = tagging.open_image(self._library, self._ids[self.index])
        self.image = opened.image
        if not self.changed:
            self.opened = opened
        self.undo_count, self.redo_count = opened.undo_count, opened.redo_count
        state = EditorState(
            opened.tagging,
            sticky_tag_id=before.sticky_tag_id,
            close_up=before.close_up,
            last=before.last,
        )
        self.state = reviewing(state)

    # --- edits ----------------------------------------------------------------------------------

    def take(self, outcome: Outcome) -> None:
        """Go on to that state, and save its edit.

        Raises:
            StorageFailed: the edit could not be saved; it is kept, to be saved next time.
            Conflict: it can never be saved, because the image was changed elsewhere; the image
                is shown as it is stored.
        """
        self.state = outcome.state
        if outcome.edit is not None:
            self._count(outcome.edit)
            self.unsaved.append(outcome.edit)
            self.save()

    def save(self) -> None:
        """Save what is not saved yet, oldest first.

        Raises:
            StorageFailed, Conflict: as `take`.
        """
        while self.unsaved:
            try:
                tagging.save_edit(self._library, self.image.id, self.unsaved[0])
            except Conflict:
                self.reload()
                raise
            del self.unsaved[0]
            self.undo_count, self.redo_count = self.undo_count + 1, 0
            self.changed = True

    def undo(self, frame: Frame) -> Edit | None:
        """Take the last edit back; `None` when there is none.

        Raises:
            Conflict: the image was changed elsewhere.
        """
        if self.unsaved:
            return self._absorb(self.unsaved.pop().inverse, frame)
        edit = tagging.undo(self._library, self.image.id)
        if edit is None:
            return None
        self.undo_count, self.redo_count = self.undo_count - 1, self.redo_count + 1
        return self._absorb(edit, frame)

    def redo(self, frame: Frame) -> Edit | None:
        """Do the last undone edit again; `None` when there is none.

        Raises:
            Conflict: the image was changed elsewhere.
        """
        self.save()
        edit = tagging.redo(self._library, self.image.id)
        if edit is None:
            return None
        self.undo_count, self.redo_count = self.undo_count + 1, self.redo_count - 1
        return self._absorb(edit, frame)

    def copy_from_before(self, frame: Frame) -> Outcome:
        """The regions of the image that was open before, or else lies before, as suggestions."""
        earlier = self._before
        if earlier is None and self.index > 0:
            earlier = self._ids[self.index - 1]
        if earlier is None:
            return Outcome(self.state, notice="there is no image before this one")
        try:
            other = tagging.open_image(self._library, earlier)
        except NotFound:
            return Outcome(self.state, notice="the image before is not there any more")
        if not other.tagging.regions:
            return Outcome(self.state, notice=f"{other.image.name} has no regions to copy")
        known = self.state.tagging.suggestions
        context = self.context(frame)
        made = copied(other.tagging.regions, other.image.name, context, known)
        return suggest(self.state, made, f"copy from {other.image.name}")

    def typical_size(self) -> tuple[float, float] | None:
        """How large the things of the tag of new boxes usually are, in fractions."""
        tag_id = self.state.sticky_tag_id
        return None if tag_id is None else tagging.typical_size(self._library, tag_id)

    def new_tag(self, name: str) -> Tag:
        """Make a tag, to be used at once.

        Raises:
            BadInput, Conflict: the name cannot be used, or is taken.
        """
        tag = create_tag(self._library, self._project_id, name)
        self.tags.append(tag)
        self.changed = True
        return tag

    def _absorb(self, edit: Edit, frame: Frame) -> Edit:
        self._refresh_tags(edit)
        self.state = absorbed(self.state, edit, self.context(frame))
        self._count(edit)
        self.changed = True
        return edit

    def _refresh_tags(self, edit: Edit) -> None:
        """A tag that was deleted may have come back with its region."""
        known = {tag.id for tag in self.tags}
        if any(c.after is not None and c.after.tag_id not in known for c in edit.changes):
            self.tags = [count.tag for count in list_tags(self._library, self._project_id)]

    def _count(self, edit: Edit) -> None:
        for change in edit.changes:
            if change.before is not None:
                self.region_counts[change.before.tag_id] -= 1
            if change.after is not None:
                self.region_counts[change.after.tag_id] += 1
        image = self.image
        self.image = replace(image, reviewed=edit.reviewed_after)
