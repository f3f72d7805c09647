"""Create, rename, merge and delete tags."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

from tui_detect.core.edits import Edit, RegionChange
from tui_detect.core.errors import BadInput, Conflict, NotFound
from tui_detect.core.model import Region, Tag
from tui_detect.core.palette import tag_colour
from tui_detect.store import suggestions, tagging, tags
from tui_detect.workflows.library import Library
from tui_detect.workflows.projects import clean_name


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag and how much of the workspace carries it."""

    tag: Tag
    images: int
    regions: int


def create_tag(library: Library, project_id: int, name: str) -> Tag:
    """Make a tag; its colour is the next of the palette.

    Raises:
        BadInput: the name cannot be used.
        Conflict: the project has a tag of that name.
    """
    name = clean_name(name, "tag")
    with library.db.atomic():
        _check_free(library, project_id, name)
        colour = tag_colour(tags.number_made(library.db, project_id))
        tag = tags.create(library.db, project_id, name, colour)
        tagging.record_act(library.db, project_id, "create tag", tag=tag.id, name=name)
    return tag


def _check_free(library: Library, project_id: int, name: str, but: int | None = None) -> None:
    other = tags.find(library.db, project_id, name)
    if other is not None and other.id != but:
        raise Conflict(
            f"there is a tag named {other.name!r} already", "choose another name, or merge the two"
        )


def list_tags(library: Library, project_id: int) -> list[TagCount]:
    """The project's tags in the order they were made, with their counts in the workspace."""
    counts = tags.counts(library.db, project_id)
    return [
        TagCount(tag, *counts.get(tag.id, (0, 0)))
        for tag in tags.of_project(library.db, project_id)
    ]


def find_tag(library: Library, project_id: int, name_or_id: str) -> Tag:
    """A tag of the project by name (letter case aside) or id.

    Raises:
        NotFound: there is none; the hint names the nearest.
    """
    tag = tags.find(library.db, project_id, name_or_id)
    if tag is not None:
        return tag
    names = [tag.name for tag in tags.of_project(library.db, project_id)]
    near = get_close_matches(name_or_id, names, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(names) or 'none'}"
    raise NotFound(f"there is no tag {name_or_id!r} in this project", hint)


def rename_tag(library: Library, tag_id: int, name: str) -> Tag:
    """Give a tag another name; iterations keep the one it had.

    Raises:
        BadInput: the name cannot be used.
        Conflict: another tag of the project has it.
    """
    name = clean_name(name, "tag")
    with library.db.atomic():
        tag = tags.get(library.db, tag_id)
        _check_free(library, tag.project_id, name, but=tag_id)
        tags.rename(library.db, tag_id, name)
        tagging.record_act(
            library.db, tag.project_id, "rename tag", tag=tag_id, before=tag.name, after=name
        )
    return tags.get(library.db, tag_id)


def merge_tags(library: Library, source_id: int, target_id: int) -> int:
    """Give all regions of one tag to another and delete the first; how many regions changed.

    Raises:
        BadInput: both are the same tag.
        Conflict: one of them was deleted meanwhile.
    """
    if source_id == target_id:
        raise BadInput("a tag cannot be merged into itself", "name two different tags")
    source, target = tags.get(library.db, source_id), tags.get(library.db, target_id)
    with library.db.atomic():
        for gone in tags.deleted_among(library.db, {source_id, target_id}):
            raise Conflict(f"the tag {gone.name!r} was deleted meanwhile", "choose another tag")
        suggestions.move_to_tag(library.db, source_id, target_id)
        return _replace_tag(
            library,
            source,
            f"merge {source.name} into {target.name}",
            lambda region: Region(region.uuid, target_id, region.box),
            merged_into=target_id,
        )


def delete_tag(library: Library, tag_id: int) -> int:
    """Delete a tag and its regions; how many regions went. The images stay as they are."""
    tag = tags.get(library.db, tag_id)
    return _replace_tag(library, tag, f"delete tag {tag.name}", lambda _: None)


def _replace_tag(
    library: Library,
    tag: Tag,
    label: str,
    after: Callable[[Region], Region | None],
    merged_into: int | None = None,
) -> int:
    """Change every region of a tag, as an edit of each image that undo can take back."""
    with library.db.atomic():
        changed = 0
        for image_id, regions in tagging.with_tag(library.db, tag.id).items():
            reviewed = tagging.load(library.db, image_id).reviewed
            changes = tuple(RegionChange(region, after(region)) for region in regions)
            edit = Edit(label, changes, reviewed, reviewed)
            tagging.write(library.db, image_id, edit)
            tagging.record(library.db, tag.project_id, image_id, edit)
            changed += len(regions)
        tags.mark_deleted(library.db, tag.id, merged_into)
        tagging.record_act(library.db, tag.project_id, label, tag=tag.id)
    return changed
