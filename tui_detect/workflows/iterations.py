"""List, find and rename iterations."""

from __future__ import annotations

from collections.abc import Sequence

from tui_detect.core.errors import Conflict, NotFound
from tui_detect.core.model import Iteration, Tag
from tui_detect.store import iterations, tagging, tags
from tui_detect.workflows.library import Library
from tui_detect.workflows.projects import clean_name


def list_iterations(library: Library, project_id: int) -> list[Iteration]:
    """The project's iterations, newest first."""
    return iterations.of_project(library.db, project_id)


def get_iteration(library: Library, iteration_id: int) -> Iteration:
    """The iteration with that key.

    Raises:
        NotFound: somebody has deleted it, for good or into the trash.
    """
    try:
        iteration = iterations.get(library.db, iteration_id)
    except LookupError as error:
        raise NotFound("the iteration is not there any more", "it was deleted") from error
    if iteration.deleted_at is not None:
        raise _trashed(iteration)
    return iteration


def called(every: Sequence[Iteration], number_name_or_id: str) -> Iteration | None:
    """The one with that number or id, else the one with that name (letter case aside)."""
    wanted = number_name_or_id.strip().casefold()
    # Libraries may hold names, given by older versions, that are another one's number or id.
    for iteration in every:
        if wanted in (str(iteration.number), iteration.uuid):
            return iteration
    return next((one for one in every if one.name.casefold() == wanted), None)


def _trashed(iteration: Iteration) -> NotFound:
    return NotFound(
        f"{iteration.name} is in the trash",
        f"bring it back with `tui-detect iteration restore PROJECT {iteration.number}`",
    )


def find_iteration(
    library: Library, project_id: int, number_name_or_id: str | None = None
) -> Iteration:
    """An iteration by number, name or id; the newest completed one without.

    Raises:
        NotFound: there is none; the hint says which there are.
    """
    every = iterations.of_project(library.db, project_id)
    if number_name_or_id is None:
        completed = [iteration for iteration in every if iteration.state == "completed"]
        if completed:
            return completed[0]
        if every:
            raise NotFound(
                "no iteration of this project is completed",
                f"the newest, {every[0].number}, is {every[0].state}; name one to use it anyway",
            )
        raise NotFound("this project has no iteration yet", "train first: `tui-detect train`")
    found = called([*every, *iterations.in_trash(library.db, project_id)], number_name_or_id)
    if found is not None and found.deleted_at is not None:
        raise _trashed(found)
    if found is not None:
        return found
    numbers = ", ".join(str(iteration.number) for iteration in every)
    raise NotFound(
        f"there is no iteration {number_name_or_id!r}",
        f"there are: {numbers}" if numbers else "this project has none yet: train first",
    )


def rename_iteration(library: Library, iteration_id: int, name: str) -> Iteration:
    """Give an iteration another name.

    Raises:
        BadInput: the name cannot be used.
        Conflict: another iteration of the project has it, or it is read as another one's number
            or id.
    """
    name = clean_name(name, "iteration")
    with library.db.atomic():
        iteration = get_iteration(library, iteration_id)
        # Those in the trash keep their names, so that they can come back under them.
        others = [
            other
            for other in (
                *iterations.of_project(library.db, iteration.project_id),
                *iterations.in_trash(library.db, iteration.project_id),
            )
            if other.id != iteration_id
        ]
        is_number = name.isdecimal() and name != str(iteration.number)
        if is_number or name.casefold() in {other.uuid for other in others}:
            raise Conflict(
                f"an iteration cannot be named {name!r}: a number or an id stands for the "
                "iteration that has it",
                "choose another name",
            )
        for other in others:
            if name.casefold() == other.name.casefold():
                where = ", which is in the trash" if other.deleted_at else ""
                raise Conflict(
                    f"{name!r} is iteration {other.number}{where}", "choose another name"
                )
        iterations.rename(library.db, iteration_id, name)
        tagging.record_act(
            library.db,
            iteration.project_id,
            "rename iteration",
            iteration=iteration.uuid,
            before=iteration.name,
            after=name,
        )
    return get_iteration(library, iteration_id)


def iteration_tags(library: Library, iteration_id: int) -> list[Tag]:
    """Its tags in the order of the model's classes, with the names they had."""
    return iterations.tags(library.db, iteration_id)


def find_iteration_tag(library: Library, iteration: Iteration, name: str) -> Tag:
    """One of its tags by the name it had, else by the one it has now, letter case aside.

    Raises:
        NotFound: it was trained on no such tag.
    """
    known = iteration_tags(library, iteration.id)
    now = tags.find(library.db, iteration.project_id, name)
    named = [tag for tag in known if tag.name.casefold() == name.casefold()]
    for tag in named or [tag for tag in known if now is not None and tag.id == now.id]:
        return tag
    there = ", ".join(tag.name for tag in known)
    raise NotFound(f"{iteration.name} knows no tag {name!r}", f"it knows: {there}")
