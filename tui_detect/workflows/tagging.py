"""Tag one image: every edit is saved when it happens, and undone and redone for ever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from tui_detect.core.edits import Edit, Tagging, apply_edit
from tui_detect.core.errors import Conflict, NotFound
from tui_detect.core.model import Image, Split
from tui_detect.store import images, tagging, tags
from tui_detect.workflows.library import Library

NEWEST = 51
"""Regions that say how large the things of a tag usually are."""


@dataclass(frozen=True, slots=True)
class OpenImage:
    """An image with what has been said about it."""

    image: Image
    tagging: Tagging
    undo_count: int
    redo_count: int
    last_edit: int
    """The key of the newest edit that is not undone; 0 without any."""


def open_image(library: Library, image_id: int) -> OpenImage:
    """The image as it is stored now.

    Raises:
        NotFound: it is not there any more.
    """
    return OpenImage(
        _image(library, image_id),
        tagging.load(library.db, image_id),
        *tagging.depth(library.db, image_id),
        tagging.last_done_id(library.db, image_id) or 0,
    )


def _image(library: Library, image_id: int) -> Image:
    found = images.get(library.db, [image_id])
    if not found:
        raise NotFound("this image is not there any more", "it was removed from the project")
    return found[0]


def save_edit(library: Library, image_id: int, edit: Edit) -> None:
    """Store an edit and its journal row in one transaction.

    Raises:
        Conflict: somebody else has changed the image since it was opened, or deleted a tag.
        NotFound: the image is not there any more.
        StorageFailed: it could not be written; nothing has changed.
    """
    with library.db.atomic():
        image = _image(library, image_id)
        _check_applies(library, image_id, edit)
        _check_tags(library, edit)
        tagging.write(library.db, image_id, edit)
        tagging.record(library.db, image.project_id, image_id, edit)


def undo(library: Library, image_id: int) -> Edit | None:
    """Take the image's last edit back; the edit as applied, `None` when there is none.

    A tag that was deleted since comes back with its region.

    Raises:
        Conflict: the image is not as that edit left it, or the tag's name is taken.
    """
    return _step(library, image_id, undoing=True)


def redo(library: Library, image_id: int) -> Edit | None:
    """Do the image's last undone edit again; the edit as applied, `None` when there is none.

    Raises:
        Conflict: the image is not as that edit found it, or the tag's name is taken.
    """
    return _step(library, image_id, undoing=False)


def _step(library: Library, image_id: int, *, undoing: bool) -> Edit | None:
    with library.db.atomic():
        find = tagging.last_done if undoing else tagging.first_undone
        found = find(library.db, image_id)
        if found is None:
            return None
        edit_id, edit = found
        applied = edit.inverse if undoing else edit
        _check_applies(library, image_id, applied)
        _revive_tags(library, applied)
        tagging.write(library.db, image_id, applied)
        tagging.mark(library.db, edit_id, undone=undoing)
        return applied


def _check_applies(library: Library, image_id: int, edit: Edit) -> None:
    try:
        apply_edit(tagging.load(library.db, image_id), edit)
    except ValueError as error:
        raise Conflict(
            "this image was changed elsewhere meanwhile, so the edit was not saved",
            "it is shown as it is now; make the edit again",
        ) from error


def _needed_tags(edit: Edit) -> set[int]:
    regions = {c.after.tag_id for c in edit.changes if c.after is not None}
    return regions | {c.after.tag_id for c in edit.suggestions if c.after is not None}


def _check_tags(library: Library, edit: Edit) -> None:
    gone = tags.deleted_among(library.db, _needed_tags(edit))
    if gone:
        raise Conflict(
            f"the tag {gone[0].name!r} was deleted meanwhile, so the edit was not saved",
            "choose another tag",
        )


def _revive_tags(library: Library, edit: Edit) -> None:
    for tag in tags.deleted_among(library.db, _needed_tags(edit)):
        if not tags.revive(library.db, tag.id):
            raise Conflict(
                f"the deleted tag {tag.name!r} cannot come back: another tag has its name",
                "rename that tag first",
            )


def typical_size(library: Library, tag_id: int) -> tuple[float, float] | None:
    """Median width and height of a tag's regions on the newest images; `None` without any."""
    boxes = tagging.newest_boxes(library.db, tag_id, NEWEST)
    if not boxes:
        return None
    return median(box.width for box in boxes), median(box.height for box in boxes)


def set_split(library: Library, image_ids: Sequence[int], split: Split) -> None:
    """Move images to a split by hand; they stay there."""
    with library.db.atomic():
        found = images.get(library.db, image_ids)
        images.set_split(library.db, {image.id: split for image in found})
        for project_id in {image.project_id for image in found}:
            tagging.record_act(
                library.db, project_id, f"move to {split}", images=[i.uuid for i in found]
            )
